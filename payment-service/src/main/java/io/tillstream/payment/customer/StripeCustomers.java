package io.tillstream.payment.customer;

import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerListParams;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.common.EmptyParam;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Customers at Stripe. */
@Component
class StripeCustomers {

    static final String USER_ID = "user_id";
    static final String ENVIRONMENT = "env";
    static final String GENERATION = "generation";

    static final long PAGE = 100; // Stripe's most

    private static final Duration CLOCKS = Duration.ofMinutes(5); // Stripe's clock may be behind ours

    private final StripeCalls calls;
    private final String environment;

    StripeCustomers(StripeCalls calls, StripeSettings settings) {
        this.calls = calls;
        this.environment = settings.environment();
    }

    String environment() {
        return environment;
    }

    /** Only what never differs between two tries: the same key with other words is refused. */
    Mono<StripeResult<JsonNode>> create(String userId, int generation) {
        var params = CustomerCreateParams.builder()
                .putMetadata(USER_ID, userId)
                .putMetadata(ENVIRONMENT, environment)
                .putMetadata(GENERATION, Integer.toString(generation))
                .build();
        return calls.write(
                "customer",
                key(userId) + ":" + generation,
                (stripe, options) -> json(stripe.v1()
                        .customers()
                        .create(params, options)
                        .getLastResponse()
                        .body()));
    }

    /** A subject may be as long as Stripe lets a whole key be. */
    private static UUID key(String userId) {
        return UUID.nameUUIDFromBytes(userId.getBytes(StandardCharsets.UTF_8));
    }

    /** Customers made since shortly before a moment, the newest first; {@code after} is the last id of the page before. */
    Mono<JsonNode> createdSince(Instant moment, @Nullable Instant until, @Nullable String after) {
        var created =
                CustomerListParams.Created.builder().setGte(moment.minus(CLOCKS).getEpochSecond());
        if (until != null) {
            created.setLte(until.getEpochSecond());
        }
        var params = CustomerListParams.builder().setLimit(PAGE).setCreated(created.build());
        if (after != null) {
            params.setStartingAfter(after);
        }
        return calls.inBackground()
                .read(
                        "customer.list",
                        (stripe, options) -> json(stripe.v1()
                                .customers()
                                .list(params.build(), options)
                                .getLastResponse()
                                .body()))
                .map(StripeResult::value);
    }

    Mono<StripeResult<JsonNode>> read(String stripeId) {
        return calls.read(
                "customer.read",
                (stripe, options) -> json(stripe.v1()
                        .customers()
                        .retrieve(stripeId, options)
                        .getLastResponse()
                        .body()));
    }

    /** {@code request} names this one change. */
    Mono<StripeResult<JsonNode>> update(String stripeId, UUID request, CustomerDetails details) {
        var params = CustomerUpdateParams.builder();
        if (details.email() != null) {
            params.setEmail(details.email());
        }
        if (details.name() != null) {
            params.setName(details.name());
        }
        if (details.address() != null) {
            params.setAddress(address(details.address()));
        }
        return update(stripeId, request, params.build());
    }

    Mono<StripeResult<JsonNode>> chooseCard(String stripeId, UUID request, String paymentMethodId) {
        var settings = CustomerUpdateParams.InvoiceSettings.builder()
                .setDefaultPaymentMethod(paymentMethodId)
                .build();
        return update(
                stripeId,
                request,
                CustomerUpdateParams.builder().setInvoiceSettings(settings).build());
    }

    /** Deleting twice is deleting once. */
    Mono<StripeResult<JsonNode>> delete(String stripeId) {
        return calls.writeRepeatable(
                "customer.delete",
                stripeId,
                (stripe, options) -> json(stripe.v1()
                        .customers()
                        .delete(stripeId, options)
                        .getLastResponse()
                        .body()));
    }

    private Mono<StripeResult<JsonNode>> update(String stripeId, UUID request, CustomerUpdateParams params) {
        return calls.writeRepeatable(
                "customer.update",
                request,
                (stripe, options) -> json(stripe.v1()
                        .customers()
                        .update(stripeId, params, options)
                        .getLastResponse()
                        .body()));
    }

    /** An address is told as a whole: a part that is not there is emptied at Stripe. */
    private static CustomerUpdateParams.Address address(Address address) {
        var params = CustomerUpdateParams.Address.builder();
        one(address.line1(), params::setLine1, params::setLine1);
        one(address.line2(), params::setLine2, params::setLine2);
        one(address.city(), params::setCity, params::setCity);
        one(address.state(), params::setState, params::setState);
        one(address.postalCode(), params::setPostalCode, params::setPostalCode);
        one(address.country(), params::setCountry, params::setCountry);
        return params.build();
    }

    private static void one(
            @Nullable String value,
            java.util.function.Consumer<String> keep,
            java.util.function.Consumer<EmptyParam> empty) {
        if (value == null) {
            empty.accept(EmptyParam.EMPTY);
        } else {
            keep.accept(value);
        }
    }

    private static JsonNode json(String body) {
        return StripeJson.read(body.getBytes(StandardCharsets.UTF_8));
    }
}
