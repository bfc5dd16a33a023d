package io.tillstream.subscription.stripe;

import com.stripe.param.InvoiceRetrieveParams;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.web.Problem;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * The payment of a change that waits for it, or of a renewal. A bank debit is on its way for days, and nobody can call it back: what drops the change
 * meanwhile voids its invoice, and the money comes for nothing (docs.stripe.com/payments/ach-direct-debit).
 */
@Component
public class PaymentInProgressGuard {

    private static final String INTENT = "payments.data.payment.payment_intent";

    private final StripeCalls calls;

    PaymentInProgressGuard(StripeCalls calls) {
        this.calls = calls;
    }

    public static Problem paid() {
        return Problem.conflict("change-paid", "The change is being paid right now.");
    }

    private static Problem processing() {
        return Problem.conflict(
                "invoice-processing",
                "The newest invoice is being paid right now: cancel at the end of the period, or once that is settled.");
    }

    /** Refused, 409, while money for a change of the subscription is on its way. */
    public Mono<Void> mustNotBeUnderWay(StripeSubscriptionState snapshot) {
        return snapshot.pending() == null ? Mono.empty() : mustNotBeUnderWay(snapshot, PaymentInProgressGuard::paid);
    }

    /**
     * Refused, 409, while money is on its way for whatever the newest invoice is of: it would come after the end, and days that were
     * used would be given back. What never began gave none.
     */
    public Mono<Void> mustNotBeUnderWayAtEnd(StripeSubscriptionState snapshot) {
        return snapshot.pending() != null || snapshot.status() == SubscriptionStatus.INCOMPLETE
                ? mustNotBeUnderWay(snapshot)
                : mustNotBeUnderWay(snapshot, PaymentInProgressGuard::processing);
    }

    private Mono<Void> mustNotBeUnderWay(StripeSubscriptionState snapshot, Supplier<Problem> refusal) {
        String invoiceId = snapshot.latestInvoiceId();
        if (invoiceId == null) {
            return Mono.empty();
        }
        var params = InvoiceRetrieveParams.builder().addExpand(INTENT).build();
        return calls.read(
                        "invoice.read",
                        (stripe, options) ->
                                StripeSubscriptions.json(stripe.v1().invoices().retrieve(invoiceId, params, options)))
                .flatMap(answer -> StripeProblems.present(answer)
                                .filter(PaymentInProgressGuard::isUnderWay)
                                .isPresent()
                        ? Mono.error(refusal)
                        : Mono.empty());
    }

    private static boolean isUnderWay(JsonNode invoice) {
        return invoice.path("payments").path("data").valueStream().anyMatch(payment -> "processing"
                .equals(StripeJson.text(payment.path("payment").get("payment_intent"), "status")));
    }
}
