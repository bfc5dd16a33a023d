package io.tillstream.subscription.moneyback;

import io.tillstream.delivery.Outbox;
import io.tillstream.delivery.Transactions;
import io.tillstream.events.InvoiceEvent;
import io.tillstream.stripe.CompensationGuard;
import io.tillstream.stripe.RefusalReason;
import io.tillstream.stripe.StripeResult;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.invoice.InvoiceFinder;
import io.tillstream.subscription.moneyback.InvoiceRefund.Purpose;
import io.tillstream.subscription.moneyback.InvoiceRefund.Status;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Timeline;
import io.tillstream.web.Problem;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * What becomes of a refund that Stripe does not make. An operator hears the no, unless they were told that it is under way: then
 * it is promised, is tried again where that can help, and else left to a person. What we owe stays owed.
 */
@Component
class RefundRefusals {

    private static final Logger LOG = LoggerFactory.getLogger(RefundRefusals.class);
    private static final String OURS = "request_refused";
    private static final String NO_SINGLE_PAYMENT = "no_single_payment";

    private final InvoiceFinder invoices;
    private final InvoiceRefunds refunds;
    private final PromisedRefunds promised;
    private final Subscriptions subscriptions;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Outbox outbox;

    RefundRefusals(
            InvoiceFinder invoices,
            InvoiceRefunds refunds,
            PromisedRefunds promised,
            Subscriptions subscriptions,
            Timeline timeline,
            Transactions transactions,
            Outbox outbox) {
        this.invoices = invoices;
        this.refunds = refunds;
        this.promised = promised;
        this.subscriptions = subscriptions;
        this.timeline = timeline;
        this.transactions = transactions;
        this.outbox = outbox;
    }

    /**
     * Errors with a {@link Problem} where its operator is told now.
     *
     * @param toldAs what is kept then, for who asks again with the same key
     */
    Mono<Void> take(InvoiceRefund refund, String code, String toldAs, CompensationGuard word) {
        boolean requested = refund.purpose() == Purpose.REQUESTED;
        if (requested && word.takesBack()) {
            return refuse(refund, toldAs);
        }
        if (!requested && code.equals(StripeMoneyBack.ALREADY)) {
            return run(refund, () -> refunds.end(refund, Status.DONE, null, code));
        }
        LOG.warn("Refund {} of invoice {} is owed and refused: {}", refund.id(), refund.invoiceId(), code);
        if (requested) {
            return RefusalReason.passes(code) ? delay(refund, code) : leaveToPerson(refund, code);
        }
        return refund.cannotPass(code)
                ? run(refund, () -> refunds.end(refund, Status.FLAGGED, null, code))
                : delay(refund, code);
    }

    /**
     * Paid by hand, or by several payments: a person has to give it back where it came from. Others hear that, as they were told
     * that it goes back.
     */
    Mono<Void> noPayment(InvoiceRefund refund, CompensationGuard word) {
        if (refund.purpose() == Purpose.REQUESTED) {
            return word.takesBack() ? refuse(refund, NO_SINGLE_PAYMENT) : leaveToPerson(refund, NO_SINGLE_PAYMENT);
        }
        return run(refund, () -> refunds.end(refund, Status.FLAGGED, null, NO_SINGLE_PAYMENT)
                .flatMap(open -> open ? tell(refund, NO_SINGLE_PAYMENT, "refused") : Mono.empty())
                .then());
    }

    /** What its operator cannot mend is told as our fault; what of it, the log says. */
    static String toldAs(StripeResult.Refused<?> no) {
        return no.refusal() == RefusalReason.OURS ? OURS : no.code();
    }

    static Problem problem(@Nullable String code) {
        return OURS.equals(code)
                ? StripeProblems.refusedRequest()
                : Problem.conflict("refund-refused", "Stripe does not make this refund: " + code + ".");
    }

    private Mono<Void> refuse(InvoiceRefund refund, String code) {
        return run(refund, () -> refunds.end(refund, Status.REFUSED, null, code))
                .then(Mono.error(problem(code)));
    }

    /** It is tried again, and others hear of it once. */
    private Mono<Void> delay(InvoiceRefund refund, String code) {
        return run(refund, () -> refunds.refusedForNow(refund, code)
                .flatMap(open -> open && refund.why() == null ? tell(refund, code, "delayed") : Mono.empty())
                .then(Mono.defer(() -> promised.settle(refund.invoiceId(), code))));
    }

    /** Others rely on what was promised, so they hear that it is over. Where all of the money is gone, no person is needed. */
    private Mono<Void> leaveToPerson(InvoiceRefund refund, String code) {
        return run(refund, () -> refunds.end(refund, Status.FLAGGED, null, code)
                .flatMap(open -> open ? tell(refund, code, "refused") : Mono.empty())
                .then(Mono.defer(() -> promised.settle(refund.invoiceId(), code))));
    }

    private Mono<Void> tell(InvoiceRefund refund, String code, String outcome) {
        return invoices.find(refund.invoiceId()).flatMap(invoice -> outbox.append(failed(invoice, refund, code))
                .then(timeline.told(
                        invoice.subscriptionId(), Cause.stripeAnswer("POST /v1/refunds", refund.id()), outcome, code)));
    }

    private static InvoiceEvent failed(InvoiceFinder.Known invoice, InvoiceRefund refund, String code) {
        return new InvoiceEvent.RefundFailed(
                invoice.id(),
                invoice.subscriptionId().toString(),
                invoice.userId(),
                refund.id().toString(),
                refund.money(),
                code);
    }

    /** Under the lock of its subscription, as all that is told of its money. */
    private Mono<Void> run(InvoiceRefund refund, Supplier<Mono<?>> work) {
        return transactions
                .run(invoices.find(refund.invoiceId())
                        .flatMap(invoice -> subscriptions.lock(invoice.subscriptionId()))
                        .then(Mono.defer(work::get))
                        .thenReturn(true))
                .then();
    }
}
