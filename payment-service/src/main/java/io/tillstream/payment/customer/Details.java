package io.tillstream.payment.customer;

import org.jspecify.annotations.Nullable;

/** What a person told about themselves. Never printed: it must not reach a log. */
public record Details(
        @Nullable String email,
        @Nullable String name,
        @Nullable Address address) {

    static final Details NONE = new Details(null, null, null);

    boolean isEmpty() {
        return equals(NONE);
    }

    @Override
    public String toString() {
        return "Details[...]";
    }
}
