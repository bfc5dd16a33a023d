package io.tillstream.simulator.state;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * What Stripe knows beside its objects, by a key, in the order it was learned. A value is written as JSON; it must not be
 * changed after it was put.
 */
public final class StateMap<V> implements Kept {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final byte END = 0;
    private static final byte CLEARED = 1;
    private static final byte PUT = 2;
    private static final byte REMOVED = 3;

    private final String name;
    private final JavaType type;
    private final Map<String, V> entries = new LinkedHashMap<>();
    private final Set<String> changed = new LinkedHashSet<>();
    private final Map<String, Optional<V>> before = new HashMap<>(); // of an attempt: what was there at its start
    private boolean attempted;
    private boolean kept;
    private boolean cleared;

    StateMap(String name, JavaType type) {
        this.name = name;
        this.type = type;
    }

    public @Nullable V get(@Nullable String key) {
        return entries.get(key);
    }

    public V getOrDefault(String key, V otherwise) {
        V value = entries.get(key);
        return value == null ? otherwise : value;
    }

    public boolean contains(String key) {
        return entries.containsKey(key);
    }

    public void put(String key, V value) {
        remember(key);
        entries.put(key, value);
        noteChange(key);
    }

    /** Gives what was there; null if nothing was. */
    @CanIgnoreReturnValue
    public @Nullable V remove(String key) {
        remember(key);
        V was = entries.remove(key);
        if (was != null) {
            noteChange(key);
        }
        return was;
    }

    private void remember(String key) {
        if (attempted) {
            before.putIfAbsent(key, Optional.ofNullable(entries.get(key)));
        }
    }

    @Override
    public void attempt() {
        before.clear();
        attempted = true;
    }

    @Override
    public void settle() {
        before.clear();
        attempted = false;
    }

    @Override
    public void takeBack() {
        before.forEach((key, value) -> {
            value.ifPresentOrElse(was -> entries.put(key, was), () -> entries.remove(key));
            noteChange(key);
        });
        settle();
    }

    private void noteChange(String key) {
        if (kept) {
            changed.add(key);
        }
    }

    /** The keys as they are now: what changes meanwhile does not disturb who walks over them. */
    public List<String> keys() {
        return List.copyOf(entries.keySet());
    }

    public List<V> values() {
        return List.copyOf(entries.values());
    }

    public int size() {
        return entries.size();
    }

    @Override
    public void clear() {
        settle();
        entries.clear();
        changed.clear();
        cleared = kept;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void keep() {
        kept = true;
    }

    @Override
    public boolean isChanged() {
        return cleared || !changed.isEmpty();
    }

    @Override
    public void writeChanges(DataOutput out) throws IOException {
        if (cleared) {
            out.writeByte(CLEARED);
        }
        for (String key : changed) {
            V value = entries.get(key);
            if (value == null) {
                out.writeByte(REMOVED);
                out.writeUTF(key);
            } else {
                write(out, key, value);
            }
        }
        out.writeByte(END);
        cleared = false;
        changed.clear();
    }

    private void write(DataOutput out, String key, V value) throws IOException {
        byte[] json = MAPPER.writeValueAsBytes(value);
        out.writeByte(PUT);
        out.writeUTF(key);
        out.writeInt(json.length);
        out.write(json);
    }

    @Override
    public Copy copy() {
        Map<String, V> now = new LinkedHashMap<>(entries);
        return out -> {
            for (Map.Entry<String, V> entry : now.entrySet()) {
                write(out, entry.getKey(), entry.getValue());
            }
            out.writeByte(END);
        };
    }

    @Override
    public void read(DataInput in) throws IOException {
        for (byte what = in.readByte(); what != END; what = in.readByte()) {
            switch (what) {
                case CLEARED -> entries.clear();
                case REMOVED -> entries.remove(in.readUTF());
                case PUT -> {
                    String key = in.readUTF();
                    byte[] json = new byte[in.readInt()];
                    in.readFully(json);
                    entries.put(key, MAPPER.readValue(json, type));
                }
                default -> throw new IOException("no change of " + name + ": " + what);
            }
        }
    }

    @Override
    public void restored() {
        // Nothing is derived from the entries.
    }
}
