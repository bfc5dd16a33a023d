package io.tillstream.payment.paymentmethod;

import com.stripe.param.SetupIntentCreateParams;
import com.stripe.param.checkout.SessionCreateParams;
import com.stripe.param.checkout.SessionRetrieveParams;
import io.tillstream.stripe.ClientReference;
import io.tillstream.stripe.ExpectedValues;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Setup intents and sessions at Stripe: cards collected on a page, without a charge. */
@Component
class StripeSetups {

    private static final String SESSION_ID = "session_id={CHECKOUT_SESSION_ID}"; // Stripe puts the id in its place

    private final StripeCalls calls;
    private final String environment;

    StripeSetups(StripeCalls calls, StripeSettings settings) {
        this.calls = calls;
        this.environment = settings.environment();
    }

    /** Where the buyer goes on, and on whose page. */
    record Pages(
            boolean embedded, String successUrl, @Nullable String cancelUrl) {}

    String environment() {
        return environment;
    }

    Mono<StripeResult<JsonNode>> intent(UUID request, String userId, String customerId) {
        var params = SetupIntentCreateParams.builder()
                .setCustomer(customerId)
                .addPaymentMethodType("card")
                .setUsage(SetupIntentCreateParams.Usage.OFF_SESSION)
                .putAllMetadata(marks(userId))
                .build();
        return calls.writeRepeatable(
                        "setup_intent.create",
                        key(request, customerId),
                        (stripe, options) -> stripe.v1().setupIntents().create(params, options),
                        ExpectedValues.of("customer", customerId))
                .map(answer -> answer.map(made -> json(made.getLastResponse().body())));
    }

    Mono<StripeResult<JsonNode>> session(UUID request, String userId, String customerId, Pages pages) {
        var params = SessionCreateParams.builder()
                .setMode(SessionCreateParams.Mode.SETUP)
                .setCustomer(customerId)
                .setClientReferenceId(ClientReference.of(userId))
                .addPaymentMethodType(SessionCreateParams.PaymentMethodType.CARD)
                .putAllMetadata(marks(userId))
                .setSetupIntentData(SessionCreateParams.SetupIntentData.builder()
                        .putAllMetadata(marks(userId))
                        .build());
        if (pages.embedded()) {
            params.setUiMode(SessionCreateParams.UiMode.EMBEDDED_PAGE).setReturnUrl(withSessionId(pages.successUrl()));
        } else {
            params.setUiMode(SessionCreateParams.UiMode.HOSTED_PAGE).setSuccessUrl(withSessionId(pages.successUrl()));
            if (pages.cancelUrl() != null) {
                params.setCancelUrl(pages.cancelUrl());
            }
        }
        return calls.writeRepeatable(
                        "checkout.session.create",
                        key(request, customerId),
                        (stripe, options) -> stripe.v1().checkout().sessions().create(params.build(), options),
                        ExpectedValues.of("customer", customerId).and("mode", "setup"))
                .map(answer -> answer.map(made -> json(made.getLastResponse().body())));
    }

    Mono<StripeResult<JsonNode>> session(String id) {
        var params = SessionRetrieveParams.builder()
                .addExpand("setup_intent.payment_method")
                .addExpand("payment_intent")
                .build();
        return calls.read(
                "checkout.session.retrieve",
                (stripe, options) -> json(stripe.v1()
                        .checkout()
                        .sessions()
                        .retrieve(id, params, options)
                        .getLastResponse()
                        .body()));
    }

    static String withSessionId(String url) {
        if (url.contains("{CHECKOUT_SESSION_ID}")) {
            return url;
        }
        return url + (url.contains("?") ? "&" : "?") + SESSION_ID;
    }

    /** The customer is part of the key: made anew, the same request is another one. */
    private static String key(UUID request, String customerId) {
        return request + ":" + customerId;
    }

    private Map<String, String> marks(String userId) {
        return Map.of("user_id", userId, "env", environment);
    }

    private static JsonNode json(String body) {
        return StripeJson.read(body.getBytes(StandardCharsets.UTF_8));
    }
}
