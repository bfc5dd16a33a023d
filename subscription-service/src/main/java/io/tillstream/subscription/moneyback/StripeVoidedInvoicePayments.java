package io.tillstream.subscription.moneyback;

import com.stripe.param.InvoiceRetrieveParams;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * The payments of voided invoices at Stripe. Such a payment is canceled with its invoice, and what its intent takes after that, as a
 * debit that was {@code processing} does, shows on the intent alone.
 *
 * @see <a href="https://docs.stripe.com/api/invoice-payment/object">Stripe: the Invoice Payment object</a>
 */
@Component
class StripeVoidedInvoicePayments {

    private static final String INTENT = "payments.data.payment.payment_intent";

    private final StripeCalls calls;

    StripeVoidedInvoicePayments(StripeCalls calls) {
        this.calls = calls.inBackground();
    }

    /**
     * One of them.
     *
     * @param received in the currency's smallest unit
     */
    record Payment(String intentId, String status, long received, String currency) {

        private static Payment of(JsonNode intent) {
            Long received = StripeJson.number(intent, "amount_received");
            return new Payment(
                    String.valueOf(StripeJson.text(intent, "id")),
                    String.valueOf(StripeJson.text(intent, "status")),
                    received == null ? 0 : received,
                    String.valueOf(StripeJson.text(intent, "currency")));
        }

        boolean hasCome() {
            return status.equals("succeeded") && received > 0;
        }

        /** Whether it may take money yet. */
        boolean mayCome() {
            return !status.equals("succeeded") && !status.equals("canceled");
        }
    }

    /**
     * Those that Stripe made for the invoice; of an intent that somebody attached to it, the money may be meant for more. None where
     * it is not void.
     */
    Mono<List<Payment>> of(String invoiceId) {
        var params = InvoiceRetrieveParams.builder().addExpand(INTENT).build();
        return calls.read(
                        "invoice.retrieve",
                        (stripe, options) ->
                                StripeMoneyBack.json(stripe.v1().invoices().retrieve(invoiceId, params, options)))
                .map(answer -> StripeProblems.present(answer)
                        .filter(invoice -> "void".equals(StripeJson.text(invoice, "status")))
                        .map(StripeVoidedInvoicePayments::payments)
                        .orElse(List.of()));
    }

    private static List<Payment> payments(JsonNode invoice) {
        return invoice.path("payments")
                .path("data")
                .valueStream()
                .filter(payment -> payment.path("is_default").asBoolean(true))
                .map(payment -> payment.path("payment").path("payment_intent"))
                .filter(JsonNode::isObject)
                .map(Payment::of)
                .toList();
    }
}
