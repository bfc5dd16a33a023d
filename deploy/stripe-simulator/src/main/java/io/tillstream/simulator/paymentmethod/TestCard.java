package io.tillstream.simulator.paymentmethod;

import java.util.List;

/** One of Stripe's documented test cards; each name stands behind {@code pm_card_} and {@code tok_}. */
public record TestCard(
        List<String> names, String number, String brand, String country, String funding, Behavior behavior) {

    public String lastFour() {
        return number.substring(number.length() - 4);
    }

    /** The same for the same number, as Stripe's are; says nothing of the number. */
    public String fingerprint() {
        return Fingerprints.of(number);
    }
}
