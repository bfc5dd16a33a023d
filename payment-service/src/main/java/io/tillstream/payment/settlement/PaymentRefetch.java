package io.tillstream.payment.settlement;

import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.Payment.Known;
import io.tillstream.payment.payable.PaymentStatusCalculator;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.CheckoutSessionState;
import io.tillstream.stripeevents.PaymentIntentState;
import io.tillstream.stripeevents.StripeJson;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Takes in objects read from Stripe, by the same rules as events. */
@Component
public class PaymentRefetch {

    private static final String READ = "stripe.read";
    private static final int READS = 3; // each is later than the one before; events that go on coming tell the rest

    private final StripePaymentReader stripe;
    private final PaymentTransition settlement;
    private final PaymentCancellations cancellations;

    PaymentRefetch(StripePaymentReader stripe, PaymentTransition settlement, PaymentCancellations cancellations) {
        this.stripe = stripe;
        this.settlement = settlement;
        this.cancellations = cancellations;
    }

    /** A payment with the object at Stripe as it was read; the object has what is never stored: secret and URL. */
    public record Read(Payment payment, @Nullable JsonNode object) {}

    /** Reads the payment's session or intent; one that Stripe was never known to have stays as it is. */
    public Mono<Read> refresh(Payment payment, String cause) {
        String session = payment.sessionId();
        String intent = payment.intentId();
        if (session == null && intent == null) {
            return Mono.just(new Read(payment, null));
        }
        return (session != null ? stripe.session(payment, session) : stripe.intent(payment, String.valueOf(intent)))
                .flatMap(answer -> answer(payment, answer, cause))
                .defaultIfEmpty(new Read(payment, null));
    }

    /** Takes in an intent or session that was answered; empty where Stripe said no. */
    public Mono<Read> answer(Payment payment, StripeResult<JsonNode> answer, String cause) {
        return answer instanceof StripeResult.Different<JsonNode> other
                ? different(payment, other.made(), cause)
                : answer.fold(
                        object -> learn(payment, object, cause, READS),
                        no -> Mono.<Read>empty(),
                        no -> Mono.<Read>empty());
    }

    /**
     * It is not what was asked for, so nobody may pay it: it is ended at Stripe, and nobody gets its secret or its page.
     * What has taken money by then is settled as that.
     */
    private Mono<Read> different(Payment payment, JsonNode object, String cause) {
        Mono<JsonNode> ended = cancellations
                .end(payment, object)
                .flatMap(answer ->
                        answer.fold(Mono::just, no -> readAnew(payment, object), no -> readAnew(payment, object)))
                .defaultIfEmpty(object);
        return ended.flatMap(now -> learn(payment, now, cause, READS)).map(read -> new Read(read.payment(), null));
    }

    /**
     * Takes in what Stripe lists of an attempt about which there is no answer; empty where it has nothing of it. Errors with
     * {@link CustomerMissingAtStripeException} where that cannot be said.
     */
    public Mono<Read> lookUp(Payment payment, String cause) {
        return stripe.lookUp(payment).flatMap(object -> read(payment, object)
                .flatMap(answer -> answer(payment, answer, cause))
                .switchIfEmpty(Mono.defer(() -> learn(payment, object, cause, READS))));
    }

    /** Takes in an intent or a session that was answered to a call, whichever it is. */
    public Mono<Payment> learn(Payment payment, JsonNode object, String cause) {
        return learn(payment, object, cause, READS).map(Read::payment);
    }

    /**
     * {@code seen} is the payment from before the call. Where an event came meanwhile and nobody can tell whether it or
     * the answer is the later word, the object is read, which is later than both.
     */
    private Mono<Read> learn(Payment seen, JsonNode object, String cause, int reads) {
        return settle(seen, object, cause)
                .map(now -> new Read(now, object))
                .onErrorResume(Unclear.class, unclear -> settlement
                        .find(seen.id())
                        .flatMap(now -> reads == 0
                                ? Mono.just(new Read(now, object))
                                : readAnew(now, object)
                                        .flatMap(newer -> learn(now, newer, cause, reads - 1))
                                        .switchIfEmpty(Mono.just(new Read(now, null)))));
    }

    private Mono<Payment> settle(Payment seen, JsonNode object, String cause) {
        if (!isSession(object)) {
            return settlement.settle(
                    seen, cause, (now, known) -> PaymentStatusCalculator.after(now, clearly(seen, known, object)));
        }
        CheckoutSessionState fact = CheckoutSessionState.read(object, READ);
        JsonNode intent = object.get("payment_intent");
        return settlement.settle(seen, cause, (now, known) -> {
            Known with = known.with(fact);
            Known both = intent != null && intent.isObject() ? clearly(seen, with, intent) : with;
            return PaymentStatusCalculator.after(now, both);
        });
    }

    private Mono<StripeResult<JsonNode>> read(Payment payment, JsonNode object) {
        String id = StripeJson.text(object, "id");
        if (id == null) {
            return Mono.empty();
        }
        return isSession(object) ? stripe.session(payment, id) : stripe.intent(payment, id);
    }

    private Mono<JsonNode> readAnew(Payment payment, JsonNode object) {
        return read(payment, object)
                .flatMap(answer -> answer instanceof StripeResult.Different<JsonNode> other
                        ? Mono.just(other.made())
                        : answer.fold(Mono::just, no -> Mono.<JsonNode>empty(), no -> Mono.<JsonNode>empty()));
    }

    static boolean isSession(JsonNode object) {
        return "checkout.session".equals(StripeJson.text(object, "object"));
    }

    /** What is known of the intent after the answer; where that is unclear, what was known stays until it is read. */
    static Known withIntent(Payment seen, Known known, JsonNode object) {
        return after(seen, known, object)
                .map(known::with)
                .orElse(known)
                .withReceipt(StripeJson.text(object.get("latest_charge"), "receipt_url"));
    }

    private static Known clearly(Payment seen, Known known, JsonNode object) {
        if (after(seen, known, object).isEmpty()) {
            throw new Unclear();
        }
        return withIntent(seen, known, object);
    }

    private static Optional<PaymentIntentState> after(Payment seen, Known known, JsonNode object) {
        return PaymentIntentState.afterAnswer(
                known.intent(), PaymentIntentState.read(object, 0), seen.known().intent());
    }

    /** Rolls back; a signal and not a fault. */
    private static final class Unclear extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unclear() {
            super("An event came meanwhile", null, false, false);
        }
    }
}
