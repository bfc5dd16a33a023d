package io.tillstream.subscription.access;

import java.util.Locale;

/** How much of a feature a user may use; the later one is the better. */
public enum AccessLevel {
    NONE,
    /** What that means is the product's to say: read only, for instance. */
    LIMITED,
    FULL;

    boolean isBetterThan(AccessLevel other) {
        return compareTo(other) > 0;
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static AccessLevel of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
