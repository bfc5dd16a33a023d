package io.tillstream.simulator.state;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
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
public final class Store implements Kept {
    private static final byte UNLISTED = 1;
    private static final byte MARKED = 2;

    private final String type;
    private final @Nullable String packedBy;
    private final Rows rows = new Rows();
    private final RecentObjects recent = new RecentObjects();
    private final Map<String, Index> indexes = new HashMap<>();
    private final Map<String, Function<ObjectNode, JsonNode>> includable = new HashMap<>();
    private Index ids = new Index();
    private int living;
    private int expiredBefore;
    private int expired; // every row before this place was deleted for its age

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
        String kind = packedBy == null ? "" : Json.textOf(object, packedBy);
        int place = rows.add(Json.number(object, "created"), kind, Json.bytes(object));
        living++;
        ids.add(id, place);
        indexes.forEach((field, index) -> index.add(Json.text(object, field), place));
    }

    public Optional<ObjectNode> find(@Nullable String id) {
        int place = place(id);
        return place < 0 ? Optional.empty() : Optional.of(read(place));
    }

    /** The same as whether {@link #find} finds it, without unpacking it. */
    public boolean has(String id) {
        return place(id) >= 0;
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
        ObjectNode before = look(place);
        ObjectNode after = before.deepCopy();
        change.accept(after);
        recent.remove(place);
        rows.write(place, Json.bytes(after));
        indexes.forEach((field, index) -> {
            index.remove(Json.text(before, field), place);
            index.add(Json.text(after, field), place);
        });
        return new Change(after, Json.previous(before, after));
    }

    /** Sets a flag beside the object, for what Stripe knows of it but does not show. */
    public void mark(String id) {
        rows.flag(known(id), MARKED);
    }

    public boolean isMarked(String id) {
        int place = place(id);
        return place >= 0 && rows.has(place, MARKED);
    }

    /** Deletes an object; what a later retrieval finds is {@code tombstone}, or nothing if that is null. */
    public void delete(String id, @Nullable ObjectNode tombstone) {
        int place = place(id);
        if (place < 0) {
            return;
        }
        ObjectNode before = look(place);
        recent.remove(place);
        indexes.forEach((field, index) -> index.remove(Json.text(before, field), place));
        living -= isListed(place) ? 1 : 0;
        rows.flag(place, UNLISTED);
        if (tombstone == null) {
            ids.remove(id, place);
            rows.empty(place);
        } else {
            rows.write(place, Json.bytes(tombstone));
        }
    }

    /** Deletes what is older, as far as it was made in the order of time. */
    public void deleteCreatedBefore(long time) {
        while (expired < rows.size() && rows.created(expired) < time) {
            if (!rows.isEmpty(expired)) {
                delete(Json.textOf(look(expired), "id"), null);
            }
            expired++;
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
        return !rows.has(place, UNLISTED);
    }

    int created(int place) {
        return rows.created(place);
    }

    ObjectNode read(int place) {
        return look(place).deepCopy();
    }

    /** The object itself, for who only looks at it: a change of it would be one that nobody stored. */
    ObjectNode look(int place) {
        ObjectNode known = recent.get(place);
        return known != null ? known : recent.put(place, Json.parse(rows.read(place)));
    }

    /** How many times one was unpacked and parsed: what looking at them costs. */
    long parsed() {
        return recent.parsed();
    }

    /** How many there have been, deleted ones included. */
    int size() {
        return rows.size();
    }

    /** How many there are. */
    public long count() {
        return living;
    }

    @Override
    public void clear() {
        rows.clear();
        forget();
    }

    private void forget() {
        recent.clear();
        living = 0;
        expired = 0;
        ids = new Index();
        indexes.replaceAll((field, index) -> new Index());
    }

    @Override
    public void attempt() {
        rows.attempt();
        expiredBefore = expired;
    }

    @Override
    public void settle() {
        rows.settle();
    }

    @Override
    public void takeBack() {
        List<Integer> places = rows.attempted();
        places.forEach(this::lose);
        rows.takeBack();
        recent.clear();
        expired = expiredBefore;
        for (int place : places) {
            if (place < rows.size() && !rows.isEmpty(place)) {
                find(place, look(place));
            }
        }
    }

    private void lose(int place) {
        if (rows.isEmpty(place)) {
            return;
        }
        ObjectNode object = look(place);
        ids.remove(Json.textOf(object, "id"), place);
        if (isListed(place)) {
            living--;
            indexes.forEach((field, index) -> index.remove(Json.text(object, field), place));
        }
    }

    @Override
    public String name() {
        return type;
    }

    @Override
    public void keep() {
        rows.keep();
    }

    @Override
    public boolean isChanged() {
        return rows.isChanged();
    }

    @Override
    public void writeChanges(DataOutput out) throws IOException {
        rows.writeChanges(out);
    }

    @Override
    public Copy copy() {
        return rows.copy();
    }

    @Override
    public void read(DataInput in) throws IOException {
        rows.readBack(in);
    }

    /** Finds everything anew: the indexes are not in the files, so a later version may have others. */
    @Override
    public void restored() {
        forget();
        for (int place = 0; place < rows.size(); place++) {
            if (!rows.isEmpty(place)) {
                find(place, Json.parse(rows.read(place)));
            }
        }
    }

    private void find(int place, ObjectNode object) {
        ids.add(Json.textOf(object, "id"), place);
        if (isListed(place)) {
            living++;
            indexes.forEach((field, index) -> index.add(Json.text(object, field), place));
        }
    }
}
