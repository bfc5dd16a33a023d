package com.example.fulfilment;

import java.util.Locale;

/** Why an order is not sent. */
enum Hold {
    /** Money went back, all or part of it. A refund that fails later leaves it: a person decides. */
    REFUND,
    /** The buyer's bank wants the money back. */
    DISPUTE;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
