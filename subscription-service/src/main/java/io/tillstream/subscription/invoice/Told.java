package io.tillstream.subscription.invoice;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.subscription.Cause;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What an event tells of a bill beside its snapshot. It is true whatever comes before and after it.
 *
 * @param created Stripe's clock, whole seconds; 0: it is no event, Stripe was asked
 * @param attempt that this is about; 0: none
 */
record Told(Cause cause, String type, long created, int attempt) {

    static Told of(StripeEvent event) {
        return new Told(Cause.stripeEvent(event), event.type(), event.created(), attempt(event.object()));
    }

    static Told asked(Cause cause) {
        return new Told(cause, "", 0, 0);
    }

    boolean isEvent() {
        return created > 0;
    }

    boolean paymentFailed() {
        return type.equals("invoice.payment_failed");
    }

    boolean actionRequired() {
        return type.equals("invoice.payment_action_required");
    }

    /** Since when the bill is owed, as far as this says. */
    @Nullable
    Instant failedAt() {
        return paymentFailed() || actionRequired() || type.equals("invoice.overdue")
                ? Instant.ofEpochSecond(created)
                : null;
    }

    private static int attempt(JsonNode invoice) {
        Long attempts = StripeJson.number(invoice, "attempt_count");
        return attempts == null ? 0 : Math.toIntExact(attempts);
    }
}
