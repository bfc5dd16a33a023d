package io.tillstream.payment.payment;

import io.tillstream.delivery.Transactions;
import io.tillstream.payment.customer.CustomerFacade;
import io.tillstream.payment.payable.Failure;
import io.tillstream.payment.payable.Method;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.Payments;
import io.tillstream.payment.settlement.CustomerMissingAtStripeException;
import io.tillstream.payment.settlement.PaymentRefetch;
import io.tillstream.payment.settlement.PaymentTransition;
import io.tillstream.stripe.CompensationGuard;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.FailureKind;
import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Asks Stripe for the money of one committed attempt and keeps what it says. */
@Component
class PaymentSubmitter {

    private static final String CAUSE = "api";

    /** Stripe forgets a key after a day: asked with it then, it would take the money once more, or open a second page. */
    private static final Duration KEY_IS_KNOWN = Duration.ofHours(23);

    private final StripePayments stripe;
    private final Payments payments;
    private final PaymentAdmission attempts;
    private final PaymentTransition settlement;
    private final PaymentRefetch refetched;
    private final Transactions transactions;
    private final CustomerFacade customers;
    private final Clock clock;

    PaymentSubmitter(
            StripePayments stripe,
            Payments payments,
            PaymentAdmission attempts,
            PaymentTransition settlement,
            PaymentRefetch refetched,
            Transactions transactions,
            CustomerFacade customers,
            Clock clock) {
        this.stripe = stripe;
        this.payments = payments;
        this.attempts = attempts;
        this.settlement = settlement;
        this.refetched = refetched;
        this.transactions = transactions;
        this.customers = customers;
        this.clock = clock;
    }

    /**
     * Asks for the first time. If Stripe cannot be asked, the attempt is taken back and was never there; where its caller was
     * told of it meanwhile, it stays and says why it is over.
     */
    Mono<PaymentResult> ask(Payment payment, @Nullable String token, CompensationGuard first) {
        return take(payment, 0, token)
                .onErrorResume(
                        StripeUnavailable.class,
                        away -> first.takesBack()
                                ? attempts.takeBack(payment)
                                        .flatMap(gone -> gone ? Mono.error(away) : Mono.just(PaymentResult.of(payment)))
                                : notAsked(payment));
    }

    /** Whoever asks for it too may have come through; then its answer or the sweep tells what came of it. */
    private Mono<PaymentResult> notAsked(Payment payment) {
        return attempts.ifNotShared(payment, Mono.defer(() -> notTaken(payment, CAUSE)))
                .defaultIfEmpty(payment)
                .map(PaymentResult::of);
    }

    /**
     * Asks once more with the same key, where that is old after a look at what Stripe did under it. If Stripe cannot be asked,
     * nobody knows whether the first time came through.
     */
    Mono<PaymentResult> askAgain(Payment payment, @Nullable String token) {
        boolean isKnown = clock.instant().isBefore(payment.createdAt().plus(KEY_IS_KNOWN));
        return (isKnown ? Mono.<PaymentResult>empty() : found(payment))
                .switchIfEmpty(Mono.defer(
                        () -> payments.stripeAttempt(payment.id()).flatMap(attempt -> take(payment, attempt, token))))
                .onErrorReturn(StripeUnavailable.class, PaymentResult.of(payment))
                .onErrorReturn(CustomerMissingAtStripeException.class, PaymentResult.of(payment));
    }

    private Mono<PaymentResult> found(Payment payment) {
        return refetched.lookUp(payment, CAUSE).map(found -> PaymentResult.of(found.payment(), found.object()));
    }

    private Mono<PaymentResult> take(Payment payment, int attempt, @Nullable String token) {
        return withCard(payment, token)
                .flatMap(ready -> ready.status() == PaymentStatus.FAILED
                        ? Mono.just(PaymentResult.of(ready))
                        : start(ready, attempt, false));
    }

    /** Asks again, for want of an answer, when nobody waits; with the same key, so the same thing. */
    Mono<PaymentResult> askInBackground(Payment payment) {
        boolean lostItsToken = payment.method() == Method.TOKEN && payment.paymentMethodId() == null;
        return lostItsToken
                ? notTaken(payment).map(PaymentResult::of)
                : payments.stripeAttempt(payment.id()).flatMap(attempt -> start(payment, attempt, true));
    }

    /** Stripe has nothing of it, and did not take it when it was asked again: that is a proof. */
    Mono<Payment> notTaken(Payment payment) {
        return notTaken(payment, "stripe:nothing there");
    }

    private Mono<Payment> notTaken(Payment payment, String cause) {
        return settlement.move(payment, cause, PaymentStatus.FAILED, StripeFailures.NOT_TAKEN);
    }

    /** A token becomes a card first; not knowing whether it did is harmless, as no money has moved. */
    private Mono<Payment> withCard(Payment payment, @Nullable String token) {
        if (payment.method() != Method.TOKEN || payment.paymentMethodId() != null) {
            return Mono.just(payment);
        }
        if (token == null) {
            return notTaken(payment);
        }
        return stripe.card(payment, token)
                .onErrorMap(
                        OutcomeUnknown.class,
                        unknown -> new StripeUnavailable("No card of the token", Duration.ofSeconds(5), unknown))
                .flatMap(answer -> answer.fold(
                        card -> transactions.statement(payments.keepPaymentMethod(payment.id(), card)),
                        no -> failed(payment, StripeFailures.of(no)),
                        no -> failedBy(payment, no)));
    }

    private Mono<PaymentResult> start(Payment payment, int attempt, boolean background) {
        return stripe.start(payment, attempt, background)
                .flatMap(answer -> answer instanceof StripeResult.Different
                        ? different(payment, answer)
                        : kept(payment, answer, attempt, background))
                .onErrorResume(
                        OutcomeUnknown.class,
                        unknown -> unknown.isReplayed()
                                ? afterKeptFailure(payment, attempt, background)
                                : unknown(payment));
    }

    private Mono<PaymentResult> kept(Payment payment, StripeResult<JsonNode> answer, int attempt, boolean background) {
        return answer.fold(
                object -> taken(payment, object),
                no -> declined(payment, no),
                no -> isCustomerGone(no) ? customerGone(payment, attempt, background) : refused(payment, no));
    }

    /** Where it cannot be ended now it is unknown, and the sweep ends it. */
    private Mono<PaymentResult> different(Payment payment, StripeResult<JsonNode> answer) {
        return refetched
                .answer(payment, answer, CAUSE)
                .map(read -> PaymentResult.of(read.payment()))
                .onErrorResume(StripeUnavailable.class, away -> unknown(payment));
    }

    private Mono<PaymentResult> unknown(Payment payment) {
        return settlement.move(payment, CAUSE, PaymentStatus.UNKNOWN, null).map(PaymentResult::of);
    }

    /**
     * Stripe only repeats a failure that it keeps for the key: that request is over, so its list tells what came of it.
     * What is not there was not made and is asked for under the next key; never a second intent beside a first. Of a customer
     * that it does not know any more it lists nothing, whatever it took before.
     */
    private Mono<PaymentResult> afterKeptFailure(Payment payment, int attempt, boolean background) {
        return found(payment)
                .switchIfEmpty(Mono.defer(() -> transactions
                        .run(payments.nextStripeAttempt(payment.id(), attempt))
                        .flatMap(next -> next ? start(payment, attempt + 1, background) : unknown(payment))))
                .onErrorResume(StripeUnavailable.class, away -> unknown(payment))
                .onErrorResume(CustomerMissingAtStripeException.class, gone -> unknown(payment));
    }

    private Mono<PaymentResult> taken(Payment payment, JsonNode object) {
        return refetched.learn(payment, object, CAUSE).map(now -> PaymentResult.of(now, object));
    }

    /** The intent is there with its failure on it, and what the rules make of that counts. */
    private Mono<PaymentResult> declined(Payment payment, StripeResult.Declined<JsonNode> no) {
        return no.intent() == null
                ? failed(payment, StripeFailures.of(no)).map(PaymentResult::of)
                : taken(payment, read(no.intent().toJson()));
    }

    private Mono<PaymentResult> refused(Payment payment, StripeResult.Refused<JsonNode> no) {
        if (no.intent() != null) {
            return taken(payment, read(no.intent().toJson()));
        }
        return failedBy(payment, no).map(PaymentResult::of);
    }

    /** Whatever Stripe's reason, what is told as a fault of ours is an alarm. */
    private Mono<Payment> failedBy(Payment payment, StripeResult.Refused<?> no) {
        Failure why = StripeFailures.of(no);
        if (FailureKind.FAULT.text().equals(why.kind())) {
            stripe.isOurFault(payment, no);
        }
        return failed(payment, why);
    }

    private static boolean isCustomerGone(StripeResult.Refused<?> no) {
        return no.intent() == null && no.missing("customer");
    }

    /**
     * Stripe has no such customer any more, so it took nothing: another one is made and asked for at once, and the buyer
     * notices nothing. Only a saved card is gone with the customer, and who was deleted meanwhile pays nothing any more.
     */
    private Mono<PaymentResult> customerGone(Payment payment, int attempt, boolean background) {
        Mono<Void> noticed = customers.missing(payment.stripeCustomerId());
        if (payment.method() == Method.SAVED_CARD) {
            return noticed.then(failed(payment, StripeFailures.CARD_GONE)).map(PaymentResult::of);
        }
        if (payment.terms().customerAnew() != null) {
            return noticed.then(failed(payment, StripeFailures.CUSTOMER_GONE_AGAIN))
                    .map(PaymentResult::of);
        }
        return noticed.then(customers.wasDeletedAfter(payment.userId(), payment.createdAt()))
                .flatMap(deleted -> deleted
                        ? notTaken(payment).map(PaymentResult::of)
                        : customers
                                .stripeCustomerOf(payment.userId())
                                .flatMap(customerId -> attempts.changeCustomer(payment, customerId))
                                .flatMap(anew -> start(anew, attempt, background)));
    }

    private Mono<Payment> failed(Payment payment, Failure why) {
        return settlement.move(payment, CAUSE, PaymentStatus.FAILED, why);
    }

    private static JsonNode read(String json) {
        return StripeJson.read(json.getBytes(StandardCharsets.UTF_8));
    }
}
