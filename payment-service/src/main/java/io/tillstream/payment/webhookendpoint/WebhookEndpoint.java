package io.tillstream.payment.webhookendpoint;

import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import java.time.Instant;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A webhook endpoint as Stripe has it, without its secret, which Stripe shows once.
 *
 * @param apiVersion of the events that it is sent; null: the account's own, which a person may change
 * @param environment the installation of ours that registered it; null where a person did
 * @see <a href="https://docs.stripe.com/api/webhook_endpoints/object">Stripe: the Webhook Endpoint object</a>
 */
record WebhookEndpoint(
        String id,
        String url,
        boolean enabled,
        @Nullable String apiVersion,
        List<String> events,
        @Nullable String environment,
        Instant createdAt) {

    private static final String ALL = "*";

    static WebhookEndpoint read(JsonNode endpoint) {
        String id = StripeJson.text(endpoint, "id");
        String url = StripeJson.text(endpoint, "url");
        if (id == null || url == null) {
            throw new UnreadableEvent("Webhook endpoint without id or url");
        }
        Long created = StripeJson.number(endpoint, "created");
        return new WebhookEndpoint(
                id,
                url,
                "enabled".equals(StripeJson.text(endpoint, "status")),
                StripeJson.text(endpoint, "api_version"),
                endpoint.path("enabled_events")
                        .valueStream()
                        .map(type -> type.asString(""))
                        .toList(),
                StripeJson.metadata(endpoint, StripeWebhookEndpoints.ENVIRONMENT),
                Instant.ofEpochSecond(created == null ? 0 : created));
    }

    /** Which of these it is not sent. */
    SortedSet<String> missing(SortedSet<String> needed) {
        SortedSet<String> missing = new TreeSet<>(needed);
        if (events.contains(ALL)) {
            missing.clear();
        }
        missing.removeAll(events);
        return missing;
    }
}
