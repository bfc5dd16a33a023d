package io.tillstream.subscription.invoice;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.subscription.Cause;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What an event tells of an invoice beside its snapshot. It is true whatever comes before and after it.
 *
 * @param created Stripe's clock, whole seconds; 0: it is no event, Stripe was asked
 * @param attempt that this is about; 0: none
 * @param collectedFrom when Stripe began to collect it by itself; 0: it does not, or this does not say
 */
record ReceivedInvoiceEvent(Cause cause, String type, long created, int attempt, long collectedFrom) {

    static ReceivedInvoiceEvent of(StripeEvent event) {
        return new ReceivedInvoiceEvent(
                Cause.stripeEvent(event),
                event.type(),
                event.created(),
                attempt(event.object()),
                collectedFrom(event.object()));
    }

    static ReceivedInvoiceEvent asked(Cause cause) {
        return new ReceivedInvoiceEvent(cause, "", 0, 0, 0);
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

    /**
     * Since when the invoice is owed, as far as this says. A later failed attempt may be told before the first: the first
     * was made when the invoice was finalized, as Stripe does with all that it collects by itself. Counted from the later
     * one, access would be given back until the first is told.
     */
    @Nullable
    Instant failedAt() {
        if (paymentFailed() || actionRequired()) {
            boolean first = attempt <= 1 || collectedFrom == 0;
            return Instant.ofEpochSecond(first ? created : Math.min(created, collectedFrom));
        }
        return type.equals("invoice.overdue") ? Instant.ofEpochSecond(created) : null;
    }

    private static long collectedFrom(JsonNode invoice) {
        Long finalized = StripeJson.number(invoice.path("status_transitions"), "finalized_at");
        boolean automatic = "charge_automatically".equals(StripeJson.text(invoice, "collection_method"));
        return automatic && finalized != null ? finalized : 0;
    }

    private static int attempt(JsonNode invoice) {
        Integer attempts = StripeJson.count(invoice, "attempt_count");
        return attempts == null ? 0 : attempts;
    }
}
