package io.tillstream.subscription.change;

import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.IntentError;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** How the user can pay the invoice of a change that was not paid at once, and why it was not. */
@Component
class ChangePaymentDetails {

    private final StripeCalls calls;

    ChangePaymentDetails(StripeCalls calls) {
        this.calls = calls;
    }

    /**
     * @param clientSecret for the browser, with another card or to pass the bank's check
     * @param page the same on a page of Stripe's
     * @param failure why it was not paid; null: its owner has to do something, or there was none
     */
    record ToPay(
            String invoiceId,
            @Nullable String clientSecret,
            @Nullable String page,
            @Nullable Failure failure) {
        @Override
        public String toString() {
            return "ToPay[" + invoiceId + "]"; // never the secret
        }
    }

    /**
     * Why it was not paid.
     *
     * @param fault where that is nobody's no
     */
    record Failure(
            String code,
            @Nullable String declineCode,
            String message,
            boolean retryable,
            @Nullable IntentError fault) {

        static Failure of(StripeResult.Declined<?> no) {
            return new Failure(no.code(), no.declineCode(), no.message(), no.retryable(), null);
        }
    }

    /** What an answer has to be expanded by for {@link #of(JsonNode)}, below the subscription. */
    static final String SECRET = "latest_invoice.confirmation_secret";

    static final String PAYMENTS = "latest_invoice.payments";

    Mono<ToPay> ofInvoice(String invoiceId) {
        var params = com.stripe.param.InvoiceRetrieveParams.builder()
                .addExpand("confirmation_secret")
                .addExpand("payments")
                .build();
        return calls.read(
                        "invoice.read",
                        (stripe, options) ->
                                StripeSubscriptions.json(stripe.v1().invoices().retrieve(invoiceId, params, options)))
                .map(StripeResult::value)
                .flatMap(this::of);
    }

    /** Of an invoice with its secret and its payments. */
    Mono<ToPay> of(JsonNode invoice) {
        ToPay open = new ToPay(
                String.valueOf(StripeJson.text(invoice, "id")),
                StripeJson.text(invoice.get("confirmation_secret"), "client_secret"),
                StripeJson.text(invoice, "hosted_invoice_url"),
                null);
        String intent = intent(invoice);
        return intent == null
                ? Mono.just(open)
                : failure(intent).map(why -> with(open, why)).defaultIfEmpty(open);
    }

    private static ToPay with(ToPay open, Failure why) {
        return new ToPay(open.invoiceId(), open.clientSecret(), open.page(), why);
    }

    private static @Nullable String intent(JsonNode invoice) {
        for (JsonNode payment : invoice.path("payments").path("data")) {
            String intent = StripeJson.id(payment.get("payment"), "payment_intent");
            if (intent != null) {
                return intent;
            }
        }
        return StripeJson.id(invoice, "payment_intent"); // where it stood before 2025-03-31
    }

    private Mono<Failure> failure(String intentId) {
        return calls.read(
                        "payment_intent.read",
                        (stripe, options) -> StripeSubscriptions.json(
                                stripe.v1().paymentIntents().retrieve(intentId, options)))
                .map(StripeResult::value)
                .filter(intent -> "requires_payment_method".equals(StripeJson.text(intent, "status")))
                .mapNotNull(intent -> intent.get("last_payment_error"))
                .filter(JsonNode::isObject)
                .map(error -> failure(intentId, error));
    }

    private Failure failure(String intentId, JsonNode error) {
        IntentError why = IntentError.of(error);
        if (why.isOurs()) {
            calls.failedOnIntent(intentId, String.valueOf(why.type()), why.code());
        }
        return new Failure(why.code(), why.declineCode(), why.message(), why.retryable(), why.isDecline() ? null : why);
    }
}
