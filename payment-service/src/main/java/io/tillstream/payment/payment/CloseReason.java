package io.tillstream.payment.payment;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why the owner of a payable closes it. */
enum CloseReason {
    /** Somebody asked for it, or no reason is given: it is closed, and money that came stays. */
    REQUESTED,
    /** It is too old; who has bank details or a voucher in hand has still time. */
    EXPIRED,
    /** Its user is deleted, and money that came since they asked for that was not counted. */
    CUSTOMER_DELETED;

    /** A word that is not known, of a newer release say, is no reason to give anything back. */
    static CloseReason of(@Nullable String text) {
        for (CloseReason one : values()) {
            if (one.name().toLowerCase(Locale.ROOT).equals(text)) {
                return one;
            }
        }
        return REQUESTED;
    }
}
