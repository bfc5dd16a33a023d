package io.tillstream.payment.settlement;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.payment.payable.Payable;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.Payment.Known;
import io.tillstream.payment.payable.PaymentHistory;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.PaymentStatusCalculator;
import io.tillstream.payment.payable.Payments;
import io.tillstream.sql.Writes;
import io.tillstream.stripeevents.PaymentIntentState;
import io.tillstream.stripeevents.StripeEvent;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * A second intent at Stripe with the id of one attempt: a request that came through twice, or somebody's copy. As soon
 * as it holds money it is a payment of its own, so that the money counts, or goes back.
 */
@Component
class DuplicateIntentRecorder {

    static final Mono<EventOutcome> NO_MONEY =
            Mono.just(new EventOutcome.Ignored("another intent of the same attempt"));

    private final Payments payments;
    private final Writes writes;
    private final PaymentTransition settlement;
    private final Clock clock;

    DuplicateIntentRecorder(Payments payments, Writes writes, PaymentTransition settlement, Clock clock) {
        this.payments = payments;
        this.writes = writes;
        this.settlement = settlement;
        this.clock = clock;
    }

    /** Inside a transaction that holds the payable's lock. */
    Mono<EventOutcome> take(Payable payable, Payment attempt, PaymentIntentState intent, StripeEvent event) {
        if (!intent.status().equals(PaymentIntentState.SUCCEEDED)) {
            return NO_MONEY;
        }
        String cause = "event:" + event.id();
        return payments.find(idOf(intent))
                .switchIfEmpty(Mono.defer(() -> begin(attempt, intent, cause)))
                .flatMap(stray -> settlement.store(
                        payable,
                        stray,
                        PaymentStatusCalculator.after(stray, stray.known().with(intent)),
                        cause))
                .thenReturn(new EventOutcome.Applied());
    }

    private Mono<Payment> begin(Payment attempt, PaymentIntentState intent, String cause) {
        Payment stray = new Payment(
                idOf(intent),
                attempt.reference(),
                attempt.userId(),
                attempt.method(),
                PaymentStatus.INITIATED,
                false,
                attempt.money(),
                attempt.terms(),
                attempt.stripeCustomerId(),
                null,
                Known.NOTHING,
                null,
                null,
                0,
                clock.instant());
        return writes.send(payments.inserting(stray), PaymentHistory.move(stray, null, cause))
                .thenReturn(stray);
    }

    private static UUID idOf(PaymentIntentState intent) {
        return UUID.nameUUIDFromBytes(("stray:" + intent.id()).getBytes(StandardCharsets.UTF_8));
    }
}
