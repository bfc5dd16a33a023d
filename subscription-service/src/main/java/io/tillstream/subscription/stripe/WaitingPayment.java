package io.tillstream.subscription.stripe;

import com.stripe.param.InvoiceRetrieveParams;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.web.Problem;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * The payment of a change that waits for it. A bank debit is on its way for days, and nobody can call it back: what drops the change
 * meanwhile voids its invoice, and the money comes for nothing (docs.stripe.com/payments/ach-direct-debit).
 */
@Component
public class WaitingPayment {

    private static final String INTENT = "payments.data.payment.payment_intent";

    private final StripeCalls calls;

    WaitingPayment(StripeCalls calls) {
        this.calls = calls;
    }

    public static Problem paid() {
        return Problem.conflict("change-paid", "The change is being paid right now.");
    }

    /** Refused, 409, while money for a change of the subscription is on its way. */
    public Mono<Void> mustNotBeUnderWay(StripeSubscriptionState snapshot) {
        String invoiceId = snapshot.latestInvoiceId();
        if (snapshot.pending() == null || invoiceId == null) {
            return Mono.empty();
        }
        var params = InvoiceRetrieveParams.builder().addExpand(INTENT).build();
        return calls.read(
                        "invoice.read",
                        (stripe, options) ->
                                StripeSubscriptions.json(stripe.v1().invoices().retrieve(invoiceId, params, options)))
                .flatMap(answer -> StripeProblems.present(answer)
                                .filter(WaitingPayment::isUnderWay)
                                .isPresent()
                        ? Mono.error(paid())
                        : Mono.empty());
    }

    private static boolean isUnderWay(JsonNode invoice) {
        return invoice.path("payments").path("data").valueStream().anyMatch(payment -> "processing"
                .equals(StripeJson.text(payment.path("payment").get("payment_intent"), "status")));
    }
}
