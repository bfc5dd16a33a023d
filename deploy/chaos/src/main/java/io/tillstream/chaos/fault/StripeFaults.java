package io.tillstream.chaos.fault;

import io.tillstream.chaos.client.Answer;
import io.tillstream.chaos.client.Stripe;
import java.util.concurrent.atomic.AtomicReference;

/** What goes wrong at Stripe, and on the way of its events: planted at the simulator. */
final class StripeFaults {
    private final Stripe stripe;

    StripeFaults(Stripe stripe) {
        this.stripe = stripe;
    }

    /** @param more further fields as JSON, each with a comma before it */
    Breakage answers(String operation, String kind, String more) {
        return planted("/faults", "{\"operation\": \"" + operation + "\", \"kind\": \"" + kind + "\"" + more + "}");
    }

    /** @param more further fields as JSON, each with a comma before it */
    Breakage deliveries(String kind, String more) {
        return planted("/deliveries/faults", "{\"kind\": \"" + kind + "\"" + more + "}");
    }

    private Breakage planted(String path, String fault) {
        AtomicReference<String> id = new AtomicReference<>("");
        return new Breakage(
                () -> {
                    Answer answer = stripe.control("POST", path, fault);
                    if (!answer.isSuccess()) {
                        throw new IllegalStateException(
                                fault + " was answered " + answer.status() + " " + answer.body());
                    }
                    id.set(answer.id());
                },
                () -> {
                    String known = id.get();
                    if (known != null && !known.isEmpty()) { // else perhaps planted: the end of the round mends all
                        Answer answer = stripe.control("DELETE", path + "/" + known, null);
                        if (!answer.isSuccess()) {
                            throw new IllegalStateException("the end of " + fault + " was answered " + answer.status());
                        }
                    }
                });
    }
}
