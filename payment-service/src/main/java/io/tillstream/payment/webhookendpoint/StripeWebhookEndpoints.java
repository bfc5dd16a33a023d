package io.tillstream.payment.webhookendpoint;

import com.stripe.Stripe;
import com.stripe.model.StripeObjectInterface;
import com.stripe.param.EventListParams;
import com.stripe.param.WebhookEndpointCreateParams;
import com.stripe.param.WebhookEndpointListParams;
import com.stripe.param.WebhookEndpointUpdateParams;
import io.tillstream.stripe.StripeCallback;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Webhook endpoints at Stripe, and what waits to be delivered to them. */
@Component
class StripeWebhookEndpoints {

    /** In the metadata of an endpoint that we registered: for which installation. */
    static final String ENVIRONMENT = "env";

    /** What events have to look like; the version that stripe-java asks in. */
    static final String API_VERSION = Stripe.API_VERSION;

    private static final long PAGE = 100; // Stripe's most, and more than the 16 endpoints that an account may have

    private final StripeCalls calls;
    private final String environment;

    StripeWebhookEndpoints(StripeCalls calls, StripeSettings settings) {
        this.calls = calls;
        this.environment = settings.environment();
    }

    String environment() {
        return environment;
    }

    /** A new endpoint and the secret that its deliveries are signed with; nothing keeps or prints it. */
    record Registered(WebhookEndpoint endpoint, String secret) {
        @Override
        public String toString() {
            return "Registered[" + endpoint.id() + "]";
        }
    }

    /**
     * Events that some endpoint of the account has not taken yet.
     *
     * @param events of the newest hundred; {@code hasMore} says whether there are others
     * @param deliveries that are to come, as one event goes to several endpoints
     */
    record Pending(
            int events,
            long deliveries,
            boolean hasMore,
            @Nullable Instant oldestAt) {}

    Mono<List<WebhookEndpoint>> list() {
        var params = WebhookEndpointListParams.builder().setLimit(PAGE).build();
        return read(
                        "webhook_endpoint.list",
                        (stripe, options) -> stripe.v1().webhookEndpoints().list(params, options))
                .map(page -> page.path("data")
                        .valueStream()
                        .map(WebhookEndpoint::read)
                        .toList());
    }

    Mono<Pending> pending() {
        var params = EventListParams.builder()
                .setDeliverySuccess(false)
                .setLimit(PAGE)
                .build();
        return read("events.pending", (stripe, options) -> stripe.v1().events().list(params, options))
                .map(StripeWebhookEndpoints::pending);
    }

    /** Stripe lists events too of which all tries have failed: of those nothing is to come any more. */
    static Pending pending(JsonNode page) {
        List<JsonNode> events = page.path("data")
                .valueStream()
                .filter(event -> event.path("pending_webhooks").asLong(0) > 0)
                .toList();
        return new Pending(
                events.size(),
                events.stream()
                        .mapToLong(event -> event.path("pending_webhooks").asLong(0))
                        .sum(),
                page.path("has_more").asBoolean(false),
                events.isEmpty()
                        ? null
                        : Instant.ofEpochSecond(
                                events.get(events.size() - 1).path("created").asLong(0)));
    }

    /**
     * Registers an endpoint, after a look at those that are there: a failure that Stripe keeps for the key made none of them.
     *
     * @param request two requests with the same are one: Stripe answers the second with the first one's endpoint
     */
    Mono<Registered> create(String url, Collection<String> events, String request) {
        var params = WebhookEndpointCreateParams.builder()
                .setUrl(url)
                .setApiVersion(version())
                .setDescription("Tillstream " + environment)
                .putMetadata(ENVIRONMENT, environment)
                .addAllEnabledEvent(Arrays.stream(WebhookEndpointCreateParams.EnabledEvent.values())
                        .filter(type -> events.contains(type.getValue()))
                        .toList())
                .build();
        return calls.writeRepeatable(
                        "webhook_endpoint.create",
                        request,
                        (stripe, options) -> json(stripe.v1().webhookEndpoints().create(params, options)))
                .map(StripeResult::value)
                .map(made ->
                        new Registered(WebhookEndpoint.read(made), String.valueOf(StripeJson.text(made, "secret"))));
    }

    private static WebhookEndpointCreateParams.ApiVersion version() {
        return first(WebhookEndpointCreateParams.ApiVersion.values(), each -> each.getValue()
                .equals(API_VERSION));
    }

    /** Enables it and gives it address and events; what this version of Stripe's API does not have goes. */
    Mono<WebhookEndpoint> update(WebhookEndpoint endpoint, String url, Collection<String> events) {
        var params = WebhookEndpointUpdateParams.builder()
                .setUrl(url)
                .setDisabled(false)
                .addAllEnabledEvent(Arrays.stream(WebhookEndpointUpdateParams.EnabledEvent.values())
                        .filter(type -> events.contains(type.getValue()))
                        .toList())
                .build();
        return calls.write(
                        "webhook_endpoint.update",
                        UUID.randomUUID(),
                        (stripe, options) ->
                                json(stripe.v1().webhookEndpoints().update(endpoint.id(), params, options)))
                .map(StripeResult::value)
                .map(WebhookEndpoint::read);
    }

    private <T extends StripeObjectInterface> Mono<JsonNode> read(String operation, StripeCallback<T> call) {
        return calls.read(operation, (stripe, options) -> json(call.run(stripe, options)))
                .map(StripeResult::value);
    }

    private static <T> T first(T[] all, Predicate<T> wanted) {
        return Arrays.stream(all).filter(wanted).findFirst().orElseThrow();
    }

    private static JsonNode json(StripeObjectInterface answer) {
        return StripeJson.read(answer.getLastResponse().body().getBytes(StandardCharsets.UTF_8));
    }
}
