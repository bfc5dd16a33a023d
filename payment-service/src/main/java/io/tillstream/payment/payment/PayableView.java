package io.tillstream.payment.payment;

import io.tillstream.payment.dispute.Disputes;
import io.tillstream.payment.payable.Payable;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.Payments;
import io.tillstream.payment.payment.InternalPaymentController.PayableShown;
import io.tillstream.payment.payment.InternalPaymentController.Refunded;
import io.tillstream.payment.refund.RefundFlow;
import io.tillstream.payment.refund.Refunds;
import io.tillstream.payment.settlement.PaymentTruth;
import io.tillstream.web.Problem;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** A payable with everything about it, read from Stripe first if that is wanted and Stripe is there. */
@Component
class PayableView {

    private static final Logger log = LoggerFactory.getLogger(PayableView.class);

    private static final Duration STRIPE_WAIT = Duration.ofSeconds(8); // then what is stored is told in time

    private final Payables payables;
    private final Payments payments;
    private final Refunds refunds;
    private final Disputes disputes;
    private final PaymentTruth truth;
    private final RefundFlow refundFlow;

    PayableView(
            Payables payables,
            Payments payments,
            Refunds refunds,
            Disputes disputes,
            PaymentTruth truth,
            RefundFlow refundFlow) {
        this.payables = payables;
        this.payments = payments;
        this.refunds = refunds;
        this.disputes = disputes;
        this.truth = truth;
        this.refundFlow = refundFlow;
    }

    Mono<PayableShown> show(String reference, boolean refresh) {
        Mono<Boolean> fresh = refresh ? refresh(reference) : Mono.just(false);
        return fresh.flatMap(isFresh -> payables.find(reference)
                .switchIfEmpty(Mono.error(Problem::notFound))
                .flatMap(payable -> shown(payable, isFresh)));
    }

    /** Whether Stripe could be asked. */
    private Mono<Boolean> refresh(String reference) {
        return payments.of(reference)
                .collectList()
                .flatMapIterable(all -> all)
                .concatMap(this::refresh)
                .then(Mono.just(true))
                .timeout(STRIPE_WAIT)
                .onErrorResume(e -> {
                    log.warn("Payable {} is shown as stored: {}", reference, e.toString());
                    return Mono.just(false);
                });
    }

    private Mono<Void> refresh(Payment payment) {
        Mono<Payment> now = payment.status() == PaymentStatus.SUCCEEDED
                ? Mono.just(payment)
                : truth.refresh(payment, "stripe:asked for").map(PaymentTruth.Read::payment);
        return now.flatMap(read -> read.status() == PaymentStatus.SUCCEEDED ? refundFlow.learnAll(read) : Mono.empty());
    }

    private Mono<PayableShown> shown(Payable payable, boolean fresh) {
        String reference = payable.reference();
        return Mono.zip(
                        payments.of(reference).map(PaymentJson.Internal::of).collectList(),
                        refunds.of(reference).map(Refunded::of).collectList(),
                        disputes.of(reference).collectList())
                .map(all -> new PayableShown(
                        reference,
                        payable.status().text(),
                        payable.owed() == null ? null : payable.owed().amount(),
                        payable.owed() == null ? null : payable.owed().currency(),
                        all.getT1(),
                        all.getT2(),
                        all.getT3(),
                        fresh));
    }
}
