package io.tillstream.simulator.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What a list of objects is to hold. Newest first, as all of Stripe's lists. */
public final class Query {
    private final Store store;
    private final Map<String, String> fields = new LinkedHashMap<>();
    private final List<Predicate<ObjectNode>> conditions = new ArrayList<>();
    private long createdFrom = Long.MIN_VALUE;
    private long createdTo = Long.MAX_VALUE;

    /** One page, and whether there is more in the direction asked for. */
    public record Slice(List<ObjectNode> objects, boolean hasMore) {}

    public Query(Store store) {
        this.store = store;
    }

    @CanIgnoreReturnValue
    public Query where(String field, @Nullable String value) {
        if (value != null) {
            fields.put(field, value);
        }
        return this;
    }

    @CanIgnoreReturnValue
    public Query where(Predicate<ObjectNode> condition) {
        conditions.add(condition);
        return this;
    }

    /** Seconds, both ends included. */
    @CanIgnoreReturnValue
    public Query created(long from, long to) {
        createdFrom = Math.max(createdFrom, from);
        createdTo = Math.min(createdTo, to);
        return this;
    }

    public List<ObjectNode> all() {
        Candidates all = candidates();
        return collect(all, Integer.MAX_VALUE, all.count() - 1, -1);
    }

    public Optional<ObjectNode> newest() {
        Candidates all = candidates();
        return collect(all, 1, all.count() - 1, -1).stream().findFirst();
    }

    /** The objects older than {@code id}, or the newest; empty if there is no such object. */
    public Optional<Slice> after(int limit, @Nullable String id) {
        Candidates all = candidates();
        int place = id == null ? store.size() : store.place(id);
        return place < 0
                ? Optional.empty()
                : Optional.of(slice(collect(all, limit + 1, all.lastBefore(place), -1), limit));
    }

    /** The objects just newer than {@code id}; empty if there is no such object. */
    public Optional<Slice> before(int limit, String id) {
        int place = store.place(id);
        if (place < 0) {
            return Optional.empty();
        }
        Candidates all = candidates();
        Slice slice = slice(collect(all, limit + 1, all.lastBefore(place + 1) + 1, 1), limit);
        List<ObjectNode> newestFirst = new ArrayList<>(slice.objects());
        Collections.reverse(newestFirst);
        return Optional.of(new Slice(newestFirst, slice.hasMore()));
    }

    private static Slice slice(List<ObjectNode> found, int limit) {
        return found.size() > limit ? new Slice(found.subList(0, limit), true) : new Slice(found, false);
    }

    private List<ObjectNode> collect(Candidates candidates, int limit, int from, int step) {
        List<ObjectNode> found = new ArrayList<>();
        for (int i = from; i >= 0 && i < candidates.count() && found.size() < limit; i += step) {
            int place = candidates.at(i);
            if (store.isListed(place) && store.created(place) >= createdFrom && store.created(place) <= createdTo) {
                if (matches(store.look(place))) {
                    found.add(store.read(place));
                }
            }
        }
        return found;
    }

    private boolean matches(ObjectNode object) {
        return fields.entrySet().stream().allMatch(field -> Json.is(object, field.getKey(), field.getValue()))
                && conditions.stream().allMatch(condition -> condition.test(object));
    }

    /** The shortest list of places that an index offers for this query; all of the store if none does. */
    private Candidates candidates() {
        int[] narrowest = null;
        for (Map.Entry<String, String> field : fields.entrySet()) {
            int[] places = store.places(field.getKey(), field.getValue());
            if (places != null && (narrowest == null || places.length < narrowest.length)) {
                narrowest = places;
            }
        }
        return new Candidates(narrowest, store.size());
    }

    /** Places to look at, oldest first. */
    private static final class Candidates {
        private final int @Nullable [] places;
        private final int all;

        Candidates(int @Nullable [] places, int all) {
            this.places = places;
            this.all = all;
        }

        int count() {
            return places == null ? all : places.length;
        }

        int at(int index) {
            return places == null ? index : places[index];
        }

        /** The last candidate before a place of the store. */
        int lastBefore(int place) {
            if (places == null) {
                return place - 1;
            }
            int found = Arrays.binarySearch(places, place);
            return (found < 0 ? -found - 1 : found) - 1;
        }
    }
}
