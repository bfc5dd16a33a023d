package io.tillstream.payment.settlement;

import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.Payment.Known;
import io.tillstream.stripeevents.IntentFact;
import io.tillstream.stripeevents.SessionFact;
import io.tillstream.stripeevents.StripeJson;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Takes in objects read from Stripe, by the same rules as events. */
@Component
public class PaymentTruth {

    private static final String READ = "stripe.read";

    private final StripeReads stripe;
    private final PaymentSettlement settlement;

    PaymentTruth(StripeReads stripe, PaymentSettlement settlement) {
        this.stripe = stripe;
        this.settlement = settlement;
    }

    /** A payment with the object at Stripe as it was read; the object has what is never stored: secret and URL. */
    public record Read(Payment payment, @Nullable JsonNode object) {}

    /** Reads the payment's session or intent; one that Stripe was never known to have stays as it is. */
    public Mono<Read> refresh(Payment payment, String cause) {
        String session = payment.sessionId();
        String intent = payment.intentId();
        if (session != null) {
            return stripe.session(session)
                    .flatMap(answer -> answer.fold(
                            object -> learnSession(payment, object, cause).map(now -> new Read(now, object)),
                            no -> Mono.just(new Read(payment, null)),
                            no -> Mono.just(new Read(payment, null))));
        }
        if (intent == null) {
            return Mono.just(new Read(payment, null));
        }
        return stripe.intent(intent)
                .flatMap(answer -> answer.fold(
                        object -> learnIntent(payment, object, cause).map(now -> new Read(now, object)),
                        no -> Mono.just(new Read(payment, null)),
                        no -> Mono.just(new Read(payment, null))));
    }

    /** Takes in an intent or a session, whichever it is. */
    public Mono<Payment> learn(Payment payment, JsonNode object, String cause) {
        return "checkout.session".equals(StripeJson.text(object, "object"))
                ? learnSession(payment, object, cause)
                : learnIntent(payment, object, cause);
    }

    /** An intent as Stripe has it now. {@code seen} is the payment from before it was read. */
    private Mono<Payment> learnIntent(Payment seen, JsonNode object, String cause) {
        return settlement.settle(
                seen,
                cause,
                (now, known) -> io.tillstream.payment.payable.PaymentRules.after(now, withIntent(seen, known, object)));
    }

    private Mono<Payment> learnSession(Payment seen, JsonNode object, String cause) {
        SessionFact fact = SessionFact.read(object, READ);
        JsonNode intent = object.get("payment_intent");
        return settlement.settle(seen, cause, (now, known) -> {
            Known with = known.with(fact);
            Known both = intent != null && intent.isObject() ? withIntent(seen, with, intent) : with;
            return io.tillstream.payment.payable.PaymentRules.after(now, both);
        });
    }

    /**
     * What an event told while Stripe was being asked is newer than the answer, unless the answer is final or tells of a
     * failure that the event, in the same status, did not know: events tell of an intent's making and then of its decline.
     */
    static Known withIntent(Payment seen, Known known, JsonNode object) {
        IntentFact truth = IntentFact.read(object, 0);
        IntentFact now = known.intent();
        Known result;
        if (now == null) {
            result = known.with(truth);
        } else if (truth.isFinal()
                || truth.hasFailedSince(now)
                || now.equals(seen.known().intent())) {
            result = known.with(now.afterAsking(truth, now.asOf()));
        } else {
            result = known;
        }
        return result.withReceipt(StripeJson.text(object.get("latest_charge"), "receipt_url"));
    }
}
