package io.tillstream.payment.settlement;

import com.stripe.param.PaymentIntentCancelParams;
import com.stripe.param.checkout.SessionExpireParams;
import io.tillstream.payment.payable.Payment;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.StripeJson;
import java.util.Objects;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Ends what could still take money, always at Stripe. */
@Component
public class PaymentCancellations {

    private final StripeCalls calls;

    PaymentCancellations(StripeCalls calls) {
        this.calls = calls;
    }

    /**
     * Expires the session or cancels the intent. The key has the payment's version, as Stripe would repeat a refusal from
     * before it moved; a failure that Stripe keeps for the key is not waited out.
     */
    public Mono<StripeResult<JsonNode>> end(Payment payment) {
        String key = payment.id() + "." + payment.version();
        var session = payment.known().session();
        return session != null && session.status().equals("open")
                ? expire(session.id(), key)
                : cancel(Objects.requireNonNull(payment.intentId(), "nothing to end"), key);
    }

    /** The same of an object that is not what the payment asked for, and that may not be known of it yet. */
    Mono<StripeResult<JsonNode>> end(Payment payment, JsonNode object) {
        String id = String.valueOf(StripeJson.text(object, "id"));
        String key = payment.id() + "." + payment.version() + "." + id;
        return PaymentRefetch.isSession(object) ? expire(id, key) : cancel(id, key);
    }

    private Mono<StripeResult<JsonNode>> expire(String session, String key) {
        var params = SessionExpireParams.builder().build();
        return calls.writeRepeatable(
                "checkout.session.expire",
                key,
                (stripe, options) -> StripePaymentReader.json(
                        stripe.v1().checkout().sessions().expire(session, params, options)));
    }

    private Mono<StripeResult<JsonNode>> cancel(String intent, String key) {
        var params = PaymentIntentCancelParams.builder()
                .setCancellationReason(PaymentIntentCancelParams.CancellationReason.ABANDONED)
                .build();
        return calls.writeRepeatable(
                "payment_intent.cancel",
                key,
                (stripe, options) ->
                        StripePaymentReader.json(stripe.v1().paymentIntents().cancel(intent, params, options)));
    }
}
