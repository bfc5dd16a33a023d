package io.tillstream.payment.payment;

import com.stripe.param.PaymentMethodCreateParams;
import io.tillstream.payment.payable.Method;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.settlement.StripePaymentReader;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeSettings;
import java.util.Map;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What is asked of Stripe to take money. */
@Component
class StripePayments {

    private static final String CARD = "payment_method.create";
    private static final String PAGE = "checkout.session.create";
    private static final String INTENT = "payment_intent.create";

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
    Mono<StripeResult<JsonNode>> start(Payment payment, int attempt, boolean background) {
        StripeCalls through = background ? calls.inBackground() : calls;
        String key = attempt == 0 ? request(payment) : request(payment) + "." + attempt;
        if (payment.method() == Method.CHECKOUT) {
            var params = CheckoutSessionStripeParams.of(payment, metadata(payment));
            return through.write(
                            PAGE,
                            key,
                            (stripe, options) ->
                                    stripe.v1().checkout().sessions().create(params, options),
                            StripePaymentReader.sessionOf(payment))
                    .map(answer -> answer.map(StripePaymentReader::json));
        }
        var params = PaymentIntentStripeParams.of(payment, metadata(payment));
        return through.write(
                        INTENT,
                        key,
                        (stripe, options) -> stripe.v1().paymentIntents().create(params, options),
                        StripePaymentReader.intentOf(payment))
                .map(answer -> answer.map(StripePaymentReader::json));
    }

    /** What Stripe refused of the payment is told as a fault of ours: an alarm. */
    void isOurFault(Payment payment, StripeResult.Refused<?> no) {
        boolean ofCard = payment.method() == Method.TOKEN && payment.paymentMethodId() == null;
        calls.isOurFault(ofCard ? CARD : payment.method() == Method.CHECKOUT ? PAGE : INTENT, no);
    }

    /** With another customer it is another request: Stripe would repeat for the old key that the first one is gone. */
    private static String request(Payment payment) {
        String anew = payment.terms().customerAnew();
        return anew == null ? payment.id().toString() : payment.id() + ":" + anew;
    }

    /** Makes a card of a token; no money moves. */
    Mono<StripeResult<String>> card(Payment payment, String token) {
        var params = PaymentMethodCreateParams.builder()
                .setType(PaymentMethodCreateParams.Type.CARD)
                .setCard(PaymentMethodCreateParams.Token.builder()
                        .setToken(token)
                        .build())
                .build();
        return calls.writeRepeatable(CARD, payment.id(), (stripe, options) -> stripe.v1()
                .paymentMethods()
                .create(params, options)
                .getId());
    }

    private Map<String, String> metadata(Payment payment) {
        return Map.of(
                "order_id", payment.reference(),
                "attempt_id", payment.id().toString(),
                "env", environment,
                "user_id", payment.userId());
    }
}
