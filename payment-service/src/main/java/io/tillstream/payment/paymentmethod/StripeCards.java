package io.tillstream.payment.paymentmethod;

import com.stripe.param.PaymentMethodAttachParams;
import com.stripe.param.PaymentMethodCreateParams;
import com.stripe.param.PaymentMethodUpdateParams;
import io.tillstream.payment.answers.StripeProblems;
import io.tillstream.stripe.ExpectedValues;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.web.Problem;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Payment methods at Stripe. Attaching, changing and detaching twice is doing it once, so each try has a key of its own:
 * under the old one Stripe would repeat an old fault for a day.
 */
@Component
class StripeCards {

    private static final String DETACH = "payment_method.detach";

    private final StripeCalls calls;

    StripeCards(StripeCalls calls) {
        this.calls = calls;
    }

    /** A token serves once; the same request asked again gets the same payment method. */
    Mono<StripeResult<JsonNode>> fromToken(UUID request, String token) {
        var params = PaymentMethodCreateParams.builder()
                .setType(PaymentMethodCreateParams.Type.CARD)
                .setCard(PaymentMethodCreateParams.Token.builder()
                        .setToken(token)
                        .build())
                .build();
        return calls.writeRepeatable(
                "payment_method.create",
                request,
                (stripe, options) -> json(stripe.v1()
                        .paymentMethods()
                        .create(params, options)
                        .getLastResponse()
                        .body()));
    }

    Mono<StripeResult<JsonNode>> attach(String id, String customerId) {
        var params = PaymentMethodAttachParams.builder().setCustomer(customerId).build();
        return calls.write(
                        "payment_method.attach",
                        UUID.randomUUID(),
                        (stripe, options) -> stripe.v1().paymentMethods().attach(id, params, options),
                        ExpectedValues.of("customer", customerId))
                .map(answer -> answer.map(made -> json(made.getLastResponse().body())));
    }

    Mono<StripeResult<JsonNode>> read(String id) {
        return calls.read(
                "payment_method.retrieve",
                (stripe, options) -> json(stripe.v1()
                        .paymentMethods()
                        .retrieve(id, options)
                        .getLastResponse()
                        .body()));
    }

    Mono<StripeResult<JsonNode>> update(String id, CardUpdateRequest change) {
        PaymentMethodUpdateParams params = change.params();
        return calls.write(
                "payment_method.update",
                UUID.randomUUID(),
                (stripe, options) -> json(stripe.v1()
                        .paymentMethods()
                        .update(id, params, options)
                        .getLastResponse()
                        .body()));
    }

    /** That Stripe refused to detach it is told as a fault of ours: an alarm. */
    Problem notDetached(StripeResult.Refused<?> no) {
        calls.isOurFault(DETACH, no);
        return StripeProblems.ours(no);
    }

    Mono<StripeResult<JsonNode>> detach(String id) {
        return calls.write(
                DETACH,
                UUID.randomUUID(),
                (stripe, options) -> json(stripe.v1()
                        .paymentMethods()
                        .detach(id, options)
                        .getLastResponse()
                        .body()));
    }

    private static JsonNode json(String body) {
        return StripeJson.read(body.getBytes(StandardCharsets.UTF_8));
    }
}
