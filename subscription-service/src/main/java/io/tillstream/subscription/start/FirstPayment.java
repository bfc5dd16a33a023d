package io.tillstream.subscription.start;

import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.IntentError;
import io.tillstream.subscription.start.StartResult.Declined;
import io.tillstream.subscription.start.StartResult.Secret;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What the browser has to do before a subscription runs, and whether a saved card was declined for it. */
@Component
class FirstPayment {

    private final StripeStarts stripe;
    private final StripeCalls calls;

    FirstPayment(StripeStarts stripe, StripeCalls calls) {
        this.stripe = stripe;
        this.calls = calls;
    }

    /** Of a subscription that was read with {@link StartStripeParams#INVOICE_SECRET} and {@link StartStripeParams#SETUP}. */
    static @Nullable Secret secret(JsonNode subscription) {
        String status = StripeJson.text(subscription, "status");
        String payment = invoiceSecret(subscription);
        if ("incomplete".equals(status) && payment != null) {
            return new Secret(payment, "payment");
        }
        JsonNode setup = subscription.get("pending_setup_intent");
        String secret = StripeJson.text(setup, "client_secret");
        return secret == null || isDone(setup) ? null : new Secret(secret, "setup");
    }

    private static boolean isDone(@Nullable JsonNode setup) {
        String status = StripeJson.text(setup, "status");
        return "succeeded".equals(status) || "canceled".equals(status);
    }

    private static @Nullable String invoiceSecret(JsonNode subscription) {
        JsonNode invoice = subscription.get("latest_invoice");
        return invoice == null ? null : StripeJson.text(invoice.get("confirmation_secret"), "client_secret");
    }

    /**
     * Why the card did not pay the first invoice; empty where the bank only wants to see its owner. Not all of it is the card's
     * fault.
     */
    Mono<Declined> declined(JsonNode subscription) {
        String secret = invoiceSecret(subscription);
        int end = secret == null ? -1 : secret.indexOf("_secret_"); // before it stands the intent's id
        if (secret == null || end < 0 || !secret.startsWith("pi_")) {
            return Mono.empty();
        }
        String intentId = secret.substring(0, end);
        return stripe.intent(intentId)
                .filter(intent -> "requires_payment_method".equals(StripeJson.text(intent, "status")))
                .mapNotNull(intent -> intent.get("last_payment_error"))
                .filter(JsonNode::isObject)
                .map(error -> why(intentId, error));
    }

    private Declined why(String intentId, JsonNode error) {
        IntentError why = IntentError.of(error);
        if (why.isRefusal(StartRefusals::isOurs)) {
            calls.failedOnIntent(intentId, String.valueOf(why.type()), why.code());
        }
        return new Declined(
                why.code(), why.declineCode(), why.message(), why.retryable(), why.isDecline() ? null : why);
    }
}
