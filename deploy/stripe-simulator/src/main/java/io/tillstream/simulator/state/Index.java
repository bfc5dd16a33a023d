package io.tillstream.simulator.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where in a store the objects with a certain text are, kept in a few arrays: with a million objects, maps of texts would
 * take more room than the objects. A text is known by 64 bits of hash, among which two do not meet in practice.
 */
final class Index {
    private static final int NONE = -1;
    private static final int FIRST_SIZE = 64; // a power of two, as each further size is
    private static final double FULLEST = 0.6; // beyond that, probing gets long

    private long[] keys = new long[FIRST_SIZE];
    /** By slot: the newest place plus two; 1 for a key whose places are all gone, 0 for a slot never used. */
    private int[] heads = new int[FIRST_SIZE];
    /** By place: the next older place with the same key. */
    private int[] older = new int[FIRST_SIZE];

    private int slotsUsed;

    void add(@Nullable String value, int place) {
        if (value == null) {
            return;
        }
        if (place >= older.length) {
            older = Arrays.copyOf(older, Math.max(place + 1, older.length + older.length / 2));
        }
        int slot = slotFor(hash(value));
        int head = heads[slot] - 2;
        if (head < place) {
            older[place] = Math.max(head, NONE);
            heads[slot] = place + 2;
            return;
        }
        int at = head;
        while (older[at] > place) {
            at = older[at];
        }
        older[place] = older[at];
        older[at] = place;
    }

    void remove(@Nullable String value, int place) {
        if (value == null) {
            return;
        }
        int slot = slotFor(hash(value));
        int at = heads[slot] - 2;
        if (at == place) {
            heads[slot] = older[place] + 2;
            return;
        }
        while (at > NONE && older[at] != place) {
            at = older[at];
        }
        if (at > NONE) {
            older[at] = older[place];
        }
    }

    /** The newest place; -1 if there is none. */
    int newest(@Nullable String value) {
        return value == null ? NONE : Math.max(heads[probe(keys, heads, hash(value))] - 2, NONE);
    }

    /** All places, oldest first. */
    int[] places(String value) {
        int count = 0;
        for (int at = newest(value); at > NONE; at = older[at]) {
            count++;
        }
        int[] places = new int[count];
        for (int at = newest(value); at > NONE; at = older[at]) {
            places[--count] = at;
        }
        return places;
    }

    private int slotFor(long key) {
        if (slotsUsed > keys.length * FULLEST) {
            grow();
        }
        int slot = probe(keys, heads, key);
        if (heads[slot] == 0) {
            keys[slot] = key;
            heads[slot] = 1;
            slotsUsed++;
        }
        return slot;
    }

    private static int probe(long[] keys, int[] heads, long key) {
        int slot = (int) key & (keys.length - 1);
        while (heads[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & (keys.length - 1);
        }
        return slot;
    }

    private void grow() {
        long[] moreKeys = new long[keys.length * 2];
        int[] moreHeads = new int[keys.length * 2];
        slotsUsed = 0;
        for (int i = 0; i < keys.length; i++) {
            if (heads[i] > 1) {
                int slot = probe(moreKeys, moreHeads, keys[i]);
                moreKeys[slot] = keys[i];
                moreHeads[slot] = heads[i];
                slotsUsed++;
            }
        }
        keys = moreKeys;
        heads = moreHeads;
    }

    private static long hash(String text) {
        long hash = 0x9E3779B97F4A7C15L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xFF51AFD7ED558CCDL;
        return hash ^ (hash >>> 29);
    }
}
