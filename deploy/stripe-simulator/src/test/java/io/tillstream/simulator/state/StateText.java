package io.tillstream.simulator.state;

import java.util.Map;
import java.util.TreeMap;

/** All that the simulator knows, as text by part, to be compared. Within a turn. */
public final class StateText {
    private StateText() {}

    public static Map<String, String> of(Stores stores, Timeline timeline) {
        Map<String, String> all = new TreeMap<>();
        stores.kept().forEach(part -> all.put(part.name(), text(part)));
        all.put("due", Integer.toString(timeline.upcoming()));
        return all;
    }

    private static String text(Kept part) {
        if (part instanceof StateMap<?> map) {
            Map<String, String> entries = new TreeMap<>();
            map.keys().forEach(key -> entries.put(key, String.valueOf(map.get(key))));
            return entries.toString();
        }
        Store store = (Store) part;
        return store.size() + " " + store.count() + " " + new Query(store).all();
    }
}
