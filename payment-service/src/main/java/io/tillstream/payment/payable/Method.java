package io.tillstream.payment.payable;

import java.util.Locale;

/** The way in which money is asked for. */
public enum Method {
    SAVED_CARD,
    CARD,
    TOKEN,
    PAYMENT_ELEMENT,
    CHECKOUT;

    /** Whether we confirm it ourselves; else the buyer does, on a page. */
    public boolean confirmedByUs() {
        return this == SAVED_CARD || this == CARD || this == TOKEN;
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Method of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
