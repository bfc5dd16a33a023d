package io.tillstream.subscription.invoice;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where an invoice stands, in Stripe's words and in the order it goes. */
public enum InvoiceStatus {
    /** It may still change, and nobody has to pay it. */
    DRAFT,
    OPEN,
    /** Written off; it may still be paid or voided. */
    UNCOLLECTIBLE,
    VOID,
    PAID;

    /** Whether it stays so, whatever comes. */
    public boolean isFinal() {
        return this == VOID || this == PAID;
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static InvoiceStatus of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** Null for one that Stripe has added since. */
    static @Nullable InvoiceStatus read(@Nullable String text) {
        for (InvoiceStatus status : values()) {
            if (status.text().equals(text)) {
                return status;
            }
        }
        return null;
    }
}
