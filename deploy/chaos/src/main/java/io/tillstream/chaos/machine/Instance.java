package io.tillstream.chaos.machine;

import io.tillstream.local.Part;
import java.util.Arrays;
import java.util.List;

/** One process of the system, for example {@code payment-service} or {@code payment-service-2}. */
public record Instance(Part part, boolean second) {
    private static final String SECOND = "-2";

    /** The services of which two instances run: all but the door. */
    public static final List<Part> DOUBLED =
            List.of(Part.PAYMENT_SERVICE, Part.ORDER_SERVICE, Part.SUBSCRIPTION_SERVICE, Part.WEBHOOK_INGEST);

    static Instance first(Part part) {
        return new Instance(part, false);
    }

    static Instance second(Part part) {
        return new Instance(part, true);
    }

    public String label() {
        return part.label() + (second ? SECOND : "");
    }

    /** Fails with {@link IllegalArgumentException} for a label that no part has. */
    public static Instance labeled(String label) {
        boolean second = label.endsWith(SECOND);
        String name = second ? label.substring(0, label.length() - SECOND.length()) : label;
        return Arrays.stream(Part.values())
                .filter(part -> part.label().equals(name))
                .findFirst()
                .map(part -> new Instance(part, second))
                .orElseThrow(() -> new IllegalArgumentException("there is no process " + label));
    }
}
