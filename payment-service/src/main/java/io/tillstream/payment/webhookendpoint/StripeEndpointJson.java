package io.tillstream.payment.webhookendpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.payment.webhookendpoint.StripeWebhookEndpoints.Pending;
import io.tillstream.payment.webhookendpoint.WebhookEndpointDiagnosis.Flaw;
import io.tillstream.payment.webhookendpoint.WebhookEndpointFlow.Action;
import io.tillstream.payment.webhookendpoint.WebhookEndpointFlow.Look;
import io.tillstream.payment.webhookendpoint.WebhookEndpointFlow.Repair;
import io.tillstream.stripeevents.StripeEventConsumer;
import io.tillstream.web.docs.AllowableValues;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Our webhook endpoint at Stripe, as operators see it. */
@Schema(name = "StripeEndpoint")
@JsonInclude(JsonInclude.Include.NON_NULL)
record StripeEndpointJson(
        @AllowableValues(Health.class) String status,

        @Schema(
                example = "https://shop.example.com/webhooks/stripe",
                description = "Where Stripe reaches us: a setting")
        @Nullable
        String url,

        @Nullable EndpointJson endpoint,

        @Schema(description = "More endpoints with this URL: each event comes once more by each")
        List<EndpointJson> others,

        @Schema(example = "[]") List<FlawJson> problems,

        @Schema(example = "2026-07-29.dahlia") String neededApiVersion,

        @Schema(example = "[\"charge.refunded\"]", description = "The types that our services follow")
        Collection<String> neededEvents,

        @Schema(example = "[]", description = "Of these, what the endpoint is not sent")
        Collection<String> missingEvents,

        @Schema(description = "None: Stripe did not say") @Nullable
        PendingJson pending) {

    /** Whether all is well. */
    enum Health {
        OK,
        PROBLEMS,
        NOT_CONFIGURED
    }

    @Schema(name = "StripeEndpointProblem")
    record FlawJson(
            @AllowableValues(Flaw.class) String code,

            @Schema(example = "The endpoint is disabled at Stripe.")
            String message) {

        static FlawJson of(Flaw flaw) {
            return new FlawJson(
                    flaw.text(),
                    switch (flaw) {
                        case MISSING -> "Stripe has no endpoint with this URL, nor one that was registered from here.";
                        case WRONG_URL -> "The endpoint that was registered from here leads to another URL.";
                        case DISABLED -> "The endpoint is disabled at Stripe.";
                        case EVENTS_MISSING -> "The endpoint is not sent all events that our services follow.";
                        case API_VERSION_DIFFERS -> "Events come in another version of Stripe's API than ours.";
                    });
        }
    }

    @Schema(name = "StripeWebhookEndpoint")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record EndpointJson(
            @Schema(example = "we_1SbCdEfGhIjKlMnO") String id,

            @Schema(example = "https://shop.example.com/webhooks/stripe")
            String url,

            boolean enabled,

            @Schema(example = "2026-07-29.dahlia", description = "None: the account's own") @Nullable
            String apiVersion,

            @Schema(example = "[\"*\"]") List<String> events,
            Instant createdAt) {

        static EndpointJson of(WebhookEndpoint endpoint) {
            return new EndpointJson(
                    endpoint.id(),
                    endpoint.url(),
                    endpoint.enabled(),
                    endpoint.apiVersion(),
                    endpoint.events(),
                    endpoint.createdAt());
        }
    }

    /** Events that some endpoint of the account has not taken yet. */
    @Schema(name = "PendingDeliveries")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PendingJson(
            @Schema(example = "0", description = "100 at most")
            int events,

            @Schema(example = "0") long deliveries,
            boolean hasMore,

            @Schema(description = "Of those that were counted") @Nullable
            Instant oldestAt) {

        static @Nullable PendingJson of(@Nullable Pending pending) {
            return pending == null
                    ? null
                    : new PendingJson(pending.events(), pending.deliveries(), pending.hasMore(), pending.oldestAt());
        }
    }

    /** What a repair did. */
    @Schema(name = "StripeEndpointRepair")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record RepairJson(
            @AllowableValues(Action.class) String action,

            @Schema(example = "whsec_…", description = "Of a new endpoint; it is shown this once and kept nowhere")
            @Nullable
            String secret,

            @Schema(example = "[]", description = "What is left to a person")
            List<String> nextSteps,

            StripeEndpointJson endpoint) {

        static RepairJson of(Repair repair) {
            return new RepairJson(
                    repair.action().text(), repair.secret(), nextSteps(repair), StripeEndpointJson.of(repair.after()));
        }

        private static List<String> nextSteps(Repair repair) {
            List<String> steps = new ArrayList<>();
            if (repair.action() == Action.REGISTERED) {
                steps.add(
                        "Set STRIPE_WEBHOOK_SECRET of webhook-ingest to this secret, and STRIPE_WEBHOOK_SECRET_PREVIOUS to"
                                + " the one it had; until then Stripe's deliveries to the new endpoint are refused and sent again.");
            }
            if (!repair.after().diagnosis().others().isEmpty()) {
                steps.add(
                        "Delete the other endpoints with this URL at Stripe once webhook-ingest knows the new secret.");
            }
            return steps;
        }

        @Override
        public String toString() {
            return "RepairJson[" + action + "]"; // never the secret
        }
    }

    static StripeEndpointJson of(Look look) {
        WebhookEndpointDiagnosis found = look.diagnosis();
        WebhookEndpoint endpoint = found.endpoint();
        Health health =
                !found.isConfigured() ? Health.NOT_CONFIGURED : found.flaws().isEmpty() ? Health.OK : Health.PROBLEMS;
        return new StripeEndpointJson(
                health.name().toLowerCase(java.util.Locale.ROOT),
                found.isConfigured() ? found.url() : null,
                endpoint == null ? null : EndpointJson.of(endpoint),
                found.others().stream().map(EndpointJson::of).toList(),
                found.flaws().stream().map(FlawJson::of).toList(),
                StripeWebhookEndpoints.API_VERSION,
                StripeEventConsumer.allTypes(),
                found.missingEvents(),
                PendingJson.of(look.pending()));
    }
}
