package io.tillstream.payment.payment;

import io.tillstream.delivery.Transactions;
import io.tillstream.payment.customer.CustomerFacade;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payables.PayableWithPayments;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentSettings;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.Payments;
import io.tillstream.payment.settlement.PaymentRefetch;
import io.tillstream.stripe.CompensationGuard;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Taking money: the customer is there, every older way to pay is closed at Stripe, the attempt is committed, then Stripe
 * is asked, then its answer is kept. The process may end between any two; {@link PaymentSweep} goes on.
 */
@Component
public class PaymentFlow {

    private static final Duration BEFORE = Duration.ofSeconds(5); // then half of all is left for the payment itself

    private final Payables payables;
    private final Payments payments;
    private final PaymentAdmission attempts;
    private final CustomerFacade customers;
    private final CardOwnership cards;
    private final PaymentClosure closing;
    private final PaymentSubmitter asking;
    private final PaymentRefetch refetched;
    private final Duration all;

    PaymentFlow(
            Payables payables,
            Payments payments,
            PaymentAdmission attempts,
            CustomerFacade customers,
            CardOwnership cards,
            PaymentClosure closing,
            PaymentSubmitter asking,
            PaymentRefetch refetched,
            PaymentSettings settings) {
        this.payables = payables;
        this.payments = payments;
        this.attempts = attempts;
        this.customers = customers;
        this.cards = cards;
        this.closing = closing;
        this.asking = asking;
        this.refetched = refetched;
        this.all = settings.answerWithin();
    }

    /** Pays, or says how the same attempt stands by now. Goes on when the caller has gone. */
    Mono<PaymentResult> pay(PaymentCommand order) {
        long start = System.nanoTime();
        Mono<PaymentResult> paid = payables.standing(order.reference(), order.id(), order.userId())
                .flatMap(standing -> standing.payments().stream()
                        .filter(payment -> payment.id().equals(order.id()))
                        .findFirst()
                        .map(payment -> again(order, payment, start))
                        .orElseGet(() -> first(order, standing, start)));
        return Transactions.shield(paid).onErrorMap(StripeUnavailable.class, PaymentFlow::unavailable);
    }

    private Mono<PaymentResult> first(PaymentCommand order, PayableWithPayments standing, long start) {
        var word = new CompensationGuard();
        return begin(order, standing)
                .flatMap(payment -> waitFor(asking.ask(payment, order.token(), word), payment, start, word))
                .onErrorResume(Problem.class, no -> begunMeanwhile(order, no, start));
    }

    /** The same request, sent twice at once, is no conflict with itself. */
    private Mono<PaymentResult> begunMeanwhile(PaymentCommand order, Problem no, long start) {
        return payments.find(order.id())
                .filter(payment -> no.status() == 409)
                .flatMap(payment -> again(order, payment, start))
                .switchIfEmpty(Mono.error(no));
    }

    private Mono<Payment> begin(PaymentCommand order, PayableWithPayments standing) {
        return prepare(order, standing)
                .timeout(BEFORE)
                .onErrorMap(TimeoutException.class, late -> new StripeUnavailable("Stripe is slow", BEFORE, late))
                .flatMap(customerId -> attempts.begin(order, customerId, standing));
    }

    /** What has to be so before an attempt begins; gives the customer's id at Stripe. Nothing here takes money. */
    private Mono<String> prepare(PaymentCommand order, PayableWithPayments standing) {
        return PaymentAdmission.check(order, standing)
                .then(Mono.defer(() -> customers.stripeCustomerOf(order.userId(), order.email())))
                .flatMap(customerId -> cards.check(order, customerId)
                        .then(closing.endOlder(order, standing))
                        .thenReturn(customerId))
                .onErrorMap(
                        OutcomeUnknown.class,
                        unknown -> new StripeUnavailable("Stripe did not answer", BEFORE, unknown));
    }

    private Mono<PaymentResult> again(PaymentCommand order, Payment payment, long start) {
        if (!order.asks(payment)) {
            return Mono.error(Problem.of(422, "idempotency-key-reused", "This key was used for another payment."));
        }
        if (payment.status() == PaymentStatus.INITIATED || payment.status() == PaymentStatus.UNKNOWN) {
            return attempts.share(payment)
                    .flatMap(there -> there
                            ? waitFor(asking.askAgain(payment, order.token()), payment, start, new CompensationGuard())
                            : endedMeanwhile(order, start));
        }
        return payment.status() == PaymentStatus.ACTION_REQUIRED
                ? withSecret(payment)
                : Mono.just(PaymentResult.of(payment));
    }

    /** As it stands by now; from the start where it was taken back. */
    private Mono<PaymentResult> endedMeanwhile(PaymentCommand order, long start) {
        return payments.find(order.id())
                .flatMap(payment -> again(order, payment, start))
                .switchIfEmpty(Mono.defer(() -> payables.standing(order.reference(), order.id(), order.userId())
                        .flatMap(standing -> first(order, standing, start))));
    }

    /** Client secret and page come from Stripe each time; they are not kept. */
    private Mono<PaymentResult> withSecret(Payment payment) {
        return refetched.refresh(payment, "api").map(read -> PaymentResult.of(read.payment(), read.object()));
    }

    /** The call goes on when the caller has waited long enough. */
    private Mono<PaymentResult> waitFor(
            Mono<PaymentResult> answer, Payment payment, long start, CompensationGuard word) {
        Duration left = all.minusNanos(System.nanoTime() - start);
        return word.answer(
                Transactions.shield(answer),
                left.isNegative() ? Duration.ZERO : left,
                payments.find(payment.id()).map(PaymentResult::of));
    }

    private static Problem unavailable(StripeUnavailable away) {
        return Problem.unavailable("Stripe cannot be reached.", away.retryAfter());
    }
}
