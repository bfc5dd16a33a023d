package io.tillstream.payment.payment;

import io.tillstream.payment.dispute.Disputes;
import io.tillstream.payment.payable.Payable;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.Payments;
import io.tillstream.payment.payment.InternalPaymentController.PayableShown;
import io.tillstream.payment.payment.InternalPaymentController.Refunded;
import io.tillstream.payment.refund.RefundSubmitter;
import io.tillstream.payment.refund.Refunds;
import io.tillstream.payment.settlement.PaymentRefetch;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A payable with everything about it, read from Stripe first if that is wanted and Stripe is there. */
@Component
class PayableReader {

    private static final Logger log = LoggerFactory.getLogger(PayableReader.class);

    private static final Duration STRIPE_WAIT = Duration.ofSeconds(8); // then what is stored is told in time
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final int MOST_READS = 10; // the newest; a new way to pay closes the older ones
    private static final int AT_ONCE = 3; // of the ten reads at once that all have to share
    private static final String ASKED = "stripe:asked for";

    private final Payables payables;
    private final Payments payments;
    private final Refunds refunds;
    private final Disputes disputes;
    private final PaymentRefetch refetched;
    private final RefundSubmitter refundSubmitter;

    PayableReader(
            Payables payables,
            Payments payments,
            Refunds refunds,
            Disputes disputes,
            PaymentRefetch refetched,
            RefundSubmitter refundSubmitter) {
        this.payables = payables;
        this.payments = payments;
        this.refunds = refunds;
        this.disputes = disputes;
        this.refetched = refetched;
        this.refundSubmitter = refundSubmitter;
    }

    Mono<PayableShown> show(String reference, boolean refresh) {
        Mono<Boolean> fresh = refresh ? refresh(reference) : Mono.just(false);
        return fresh.flatMap(isFresh -> payables.find(reference)
                .switchIfEmpty(Mono.error(() -> Problem.missing(reference)))
                .flatMap(payable -> shown(payable, isFresh)));
    }

    /**
     * One intent's payment as Stripe has it now: what an event of one intent asks for, however many were tried for the
     * same reference.
     */
    Mono<PaymentJson.Internal> intent(String reference, String intentId) {
        return payments.findByIntent(intentId)
                .filter(payment -> payment.reference().equals(reference))
                .switchIfEmpty(Mono.error(() -> Problem.missing(intentId)))
                .flatMap(payment -> refetched.refresh(payment, ASKED))
                .map(read -> PaymentJson.Internal.of(read.payment()))
                .timeout(STRIPE_WAIT)
                .onErrorMap(
                        e -> e instanceof StripeUnavailable || e instanceof TimeoutException,
                        e -> Problem.unavailable("Stripe does not answer.", SOON)
                                .causedBy(e));
    }

    /** Whether Stripe could be asked for all that can still change. */
    private Mono<Boolean> refresh(String reference) {
        return payments.of(reference)
                .filter(PayableReader::canStillChange)
                .takeLast(MOST_READS)
                .collectList()
                .flatMapMany(Flux::fromIterable)
                .flatMap(this::refresh, AT_ONCE)
                .then(Mono.just(true))
                .timeout(STRIPE_WAIT)
                .onErrorResume(e -> {
                    log.warn("Payable {} is shown as stored: {}", reference, e.toString());
                    return Mono.just(false);
                });
    }

    /** A payment that is over for ever needs no look; one that holds money may have refunds of which nobody told. */
    private static boolean canStillChange(Payment payment) {
        return payment.holdsMoney()
                || payment.liveAtStripe()
                || payment.status().inProgress();
    }

    private Mono<Void> refresh(Payment payment) {
        Mono<Payment> now = payment.status() == PaymentStatus.SUCCEEDED
                ? Mono.just(payment)
                : refetched.refresh(payment, ASKED).map(PaymentRefetch.Read::payment);
        return now.flatMap(
                read -> read.status() == PaymentStatus.SUCCEEDED ? refundSubmitter.learnAll(read) : Mono.empty());
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
