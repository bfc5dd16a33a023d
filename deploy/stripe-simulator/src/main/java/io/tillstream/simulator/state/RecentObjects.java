package io.tillstream.simulator.state;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The objects of a store that were looked at last, unpacked and parsed: one request, or one thing that falls due, looks at the same
 * few again and again. By their places, as they are stored now.
 */
final class RecentObjects {
    private static final int MOST = 16; // each takes some ten KiB, and there are forty stores

    private final Map<Integer, ObjectNode> byPlace = new LinkedHashMap<>(MOST, 0.75f, true);
    private long parsed;

    @Nullable
    ObjectNode get(int place) {
        return byPlace.get(place);
    }

    ObjectNode put(int place, ObjectNode object) {
        parsed++;
        byPlace.put(place, object);
        if (byPlace.size() > MOST) {
            Iterator<Integer> eldest = byPlace.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
        return object;
    }

    void remove(int place) {
        byPlace.remove(place);
    }

    void clear() {
        byPlace.clear();
    }

    /** How many were not here when they were looked at. */
    long parsed() {
        return parsed;
    }
}
