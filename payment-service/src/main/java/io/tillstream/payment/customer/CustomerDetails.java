package io.tillstream.payment.customer;

import org.jspecify.annotations.Nullable;

/** What a person told about themselves. Never printed: it must not reach a log. */
public record CustomerDetails(
        @Nullable String email,
        @Nullable String name,
        @Nullable Address address) {

    static final CustomerDetails NONE = new CustomerDetails(null, null, null);

    boolean isEmpty() {
        return equals(NONE);
    }

    @Override
    public String toString() {
        return "CustomerDetails[...]";
    }
}
