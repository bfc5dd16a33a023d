package io.tillstream.simulator.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * All objects of one type, in the order they were made, packed. What goes in and comes out are copies: an object changes
 * only by {@link #update}.
 */
public final class Store {
    private static final int FIRST_SIZE = 16;
    private static final byte UNLISTED = 1;
    private static final byte MARKED = 2;

    private final String type;
    private final @Nullable String packedBy;
    private final List<String> kinds = new ArrayList<>();
    private final List<Packing> packings = new ArrayList<>();
    private final Map<String, Index> indexes = new HashMap<>();
    private final Map<String, Function<ObjectNode, JsonNode>> includable = new HashMap<>();
    private Index ids = new Index();
    private byte[][] packed = new byte[FIRST_SIZE][];
    private int[] created = new int[FIRST_SIZE];
    private byte[] kind = new byte[FIRST_SIZE];
    private byte[] flags = new byte[FIRST_SIZE];
    private int size;
    private int living;

    /** An object before and after a change, with what Stripe calls {@code previous_attributes}. */
    public record Change(ObjectNode object, ObjectNode previous) {}

    /** Objects that differ in {@code packedBy} look so different that they are packed apart. */
    public Store(String type, List<String> indexed, @Nullable String packedBy) {
        this.type = type;
        this.packedBy = packedBy;
        indexed.forEach(field -> indexes.put(field, new Index()));
    }

    public String type() {
        return type;
    }

    /** A field that is not part of the object unless expanded, as {@code refunds} of a charge. */
    public void includes(String field, Function<ObjectNode, JsonNode> value) {
        includable.put(field, value);
    }

    public @Nullable Function<ObjectNode, JsonNode> includable(String field) {
        return includable.get(field);
    }

    public void add(ObjectNode object) {
        String id = Json.textOf(object, "id");
        if (place(id) >= 0) {
            throw new IllegalStateException(id + " exists");
        }
        if (size == packed.length) {
            int more = size + size / 2;
            packed = Arrays.copyOf(packed, more);
            created = Arrays.copyOf(created, more);
            kind = Arrays.copyOf(kind, more);
            flags = Arrays.copyOf(flags, more);
        }
        int place = size++;
        living++;
        created[place] = (int) Json.number(object, "created");
        kind[place] = kindOf(object);
        flags[place] = 0;
        write(place, object);
        ids.add(id, place);
        indexes.forEach((field, index) -> index.add(Json.text(object, field), place));
    }

    private byte kindOf(ObjectNode object) {
        String name = packedBy == null ? "" : Json.textOf(object, packedBy);
        if (!kinds.contains(name)) {
            kinds.add(name);
            packings.add(new Packing());
        }
        return (byte) kinds.indexOf(name);
    }

    public Optional<ObjectNode> find(@Nullable String id) {
        int place = place(id);
        return place < 0 ? Optional.empty() : Optional.of(read(place));
    }

    /** An object that is known to be there. */
    public ObjectNode get(String id) {
        return read(known(id));
    }

    private int known(String id) {
        int place = place(id);
        if (place < 0) {
            throw new IllegalStateException("no " + type + " " + id);
        }
        return place;
    }

    @CanIgnoreReturnValue
    public Change update(String id, Consumer<ObjectNode> change) {
        int place = known(id);
        ObjectNode before = read(place);
        ObjectNode after = before.deepCopy();
        change.accept(after);
        write(place, after);
        indexes.forEach((field, index) -> {
            index.remove(Json.text(before, field), place);
            index.add(Json.text(after, field), place);
        });
        return new Change(after, Json.previous(before, after));
    }

    /** Sets a flag beside the object, for what Stripe knows of it but does not show. */
    public void mark(String id) {
        flags[known(id)] |= MARKED;
    }

    public boolean isMarked(String id) {
        int place = place(id);
        return place >= 0 && (flags[place] & MARKED) != 0;
    }

    /** Deletes an object; what a later retrieval finds is {@code tombstone}, or nothing if that is null. */
    public void delete(String id, @Nullable ObjectNode tombstone) {
        int place = place(id);
        if (place < 0) {
            return;
        }
        ObjectNode before = read(place);
        indexes.forEach((field, index) -> index.remove(Json.text(before, field), place));
        living -= isListed(place) ? 1 : 0;
        flags[place] |= UNLISTED;
        if (tombstone == null) {
            ids.remove(id, place);
            packed[place] = new byte[0];
        } else {
            write(place, tombstone);
        }
    }

    /** The place of an object in the order of creation; -1 if there is none. */
    int place(@Nullable String id) {
        return ids.newest(id);
    }

    /** Places of the objects whose {@code field} is {@code value}, oldest first; null if the field is not indexed. */
    int @Nullable [] places(String field, String value) {
        Index index = indexes.get(field);
        return index == null ? null : index.places(value);
    }

    boolean isListed(int place) {
        return (flags[place] & UNLISTED) == 0;
    }

    int created(int place) {
        return created[place];
    }

    ObjectNode read(int place) {
        return Json.parse(packings.get(Byte.toUnsignedInt(kind[place])).unpack(packed[place]));
    }

    private void write(int place, ObjectNode object) {
        packed[place] = packings.get(Byte.toUnsignedInt(kind[place])).pack(Json.bytes(object));
    }

    /** How many there have been, deleted ones included. */
    int size() {
        return size;
    }

    /** How many there are. */
    public long count() {
        return living;
    }

    public void clear() {
        packings.forEach(Packing::forget);
        packed = new byte[FIRST_SIZE][];
        created = new int[FIRST_SIZE];
        kind = new byte[FIRST_SIZE];
        flags = new byte[FIRST_SIZE];
        size = 0;
        living = 0;
        ids = new Index();
        indexes.replaceAll((field, index) -> new Index());
    }
}
