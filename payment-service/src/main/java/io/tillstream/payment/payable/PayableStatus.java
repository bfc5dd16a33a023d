package io.tillstream.payment.payable;

import java.util.Locale;

/** Open until one payment settles it or its owner closes it; both are for ever. */
public enum PayableStatus {
    OPEN,
    SETTLED,
    CLOSED;

    public boolean canBecome(PayableStatus next) {
        return switch (this) {
            case OPEN -> next != OPEN;
            case SETTLED, CLOSED -> false;
        };
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static PayableStatus of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
