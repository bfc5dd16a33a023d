package io.tillstream.payment.payment;

import com.stripe.param.PaymentIntentCancelParams;
import com.stripe.param.PaymentMethodCreateParams;
import com.stripe.param.checkout.SessionExpireParams;
import io.tillstream.payment.payable.Method;
import io.tillstream.payment.payable.Payment;
import io.tillstream.stripe.Answer;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What is asked of Stripe to take money, and to stop taking it. */
@Component
class StripePayments {

    private final StripeCalls calls;
    private final String environment;

    StripePayments(StripeCalls calls, StripeSettings settings) {
        this.calls = calls;
        this.environment = settings.environment();
    }

    /**
     * Makes the attempt's intent or session: the same request with the same key, however often.
     *
     * @param attempt part of the key; it grows only when Stripe was seen to have nothing of the one before
     */
    Mono<Answer<JsonNode>> start(Payment payment, int attempt, boolean background) {
        StripeCalls through = background ? calls.inBackground() : calls;
        String key = attempt == 0 ? request(payment) : request(payment) + "." + attempt;
        if (payment.method() == Method.CHECKOUT) {
            var params = SessionRequest.of(payment, metadata(payment));
            return through.write(
                    "checkout.session.create",
                    key,
                    (stripe, options) -> json(stripe.v1()
                            .checkout()
                            .sessions()
                            .create(params, options)
                            .getLastResponse()
                            .body()));
        }
        var params = IntentRequest.of(payment, metadata(payment));
        return through.write(
                "payment_intent.create",
                key,
                (stripe, options) -> json(stripe.v1()
                        .paymentIntents()
                        .create(params, options)
                        .getLastResponse()
                        .body()));
    }

    /** With another customer it is another request: Stripe would repeat for the old key that the first one is gone. */
    private static String request(Payment payment) {
        String anew = payment.terms().customerAnew();
        return anew == null ? payment.id().toString() : payment.id() + ":" + anew;
    }

    /** Makes a card of a token; no money moves. */
    Mono<Answer<String>> card(Payment payment, String token) {
        var params = PaymentMethodCreateParams.builder()
                .setType(PaymentMethodCreateParams.Type.CARD)
                .setCard(PaymentMethodCreateParams.Token.builder()
                        .setToken(token)
                        .build())
                .build();
        return calls.writeRepeatable("payment_method.create", payment.id(), (stripe, options) -> stripe.v1()
                .paymentMethods()
                .create(params, options)
                .getId());
    }

    /**
     * Ends what could still take money: expires the session or cancels the intent. The key has the payment's version,
     * as Stripe would repeat a refusal from before it moved; a failure that Stripe keeps for the key is not waited out.
     */
    Mono<Answer<JsonNode>> end(Payment payment) {
        String key = payment.id() + "." + payment.version();
        var session = payment.known().session();
        if (session != null && session.status().equals("open")) {
            return calls.writeRepeatable(
                    "checkout.session.expire",
                    key,
                    (stripe, options) -> json(stripe.v1()
                            .checkout()
                            .sessions()
                            .expire(session.id(), SessionExpireParams.builder().build(), options)
                            .getLastResponse()
                            .body()));
        }
        String intent = Objects.requireNonNull(payment.intentId(), "nothing to end");
        var params = PaymentIntentCancelParams.builder()
                .setCancellationReason(PaymentIntentCancelParams.CancellationReason.ABANDONED)
                .build();
        return calls.writeRepeatable(
                "payment_intent.cancel",
                key,
                (stripe, options) -> json(stripe.v1()
                        .paymentIntents()
                        .cancel(intent, params, options)
                        .getLastResponse()
                        .body()));
    }

    private Map<String, String> metadata(Payment payment) {
        return Map.of(
                "order_id", payment.reference(),
                "attempt_id", payment.id().toString(),
                "env", environment,
                "user_id", payment.userId());
    }

    static JsonNode json(String body) {
        return StripeJson.read(body.getBytes(StandardCharsets.UTF_8));
    }
}
