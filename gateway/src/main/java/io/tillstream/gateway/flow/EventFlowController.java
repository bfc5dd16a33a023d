package io.tillstream.gateway.flow;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.gateway.GatewaySettings;
import io.tillstream.web.Caller;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** How Stripe's events flow, for pictures: what was counted since the start of each service, and what waits now. */
@RestController
@Tag(name = "Operators")
class EventFlowController {

    private final ServiceMetrics metrics;
    private final GatewaySettings settings;
    private final Clock clock;

    EventFlowController(ServiceMetrics metrics, GatewaySettings settings, Clock clock) {
        this.metrics = metrics;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * All services at one moment.
     *
     * @param webhooks null where webhook-ingest does not answer
     */
    @Schema(name = "EventFlow")
    record Flow(Instant at, @Nullable Webhooks webhooks, List<Service> services) {}

    /** What Stripe sent, counted since webhook-ingest started. */
    @Schema(name = "EventFlowWebhooks")
    record Webhooks(
            @Schema(example = "1200", description = "Events that were written to Kafka")
            long accepted,

            @Schema(example = "3", description = "Refused: no event, or not signed by Stripe")
            long refused,

            @Schema(example = "0", description = "Answered 503, as Kafka did not take them")
            long unavailable,

            @Schema(example = "0", description = "Fetched later, as Stripe could not deliver them")
            long missed) {

        private static final String EVENTS = "tillstream_webhook_events_total";

        static Webhooks of(MetricSamples samples) {
            double noFault = Stream.of("accepted", "other-mode-ignored", "unavailable")
                    .mapToDouble(outcome -> events(samples, outcome))
                    .sum();
            return new Webhooks(
                    (long) events(samples, "accepted"),
                    (long) (samples.sum(EVENTS) - noFault),
                    (long) samples.sum("tillstream_webhook_kafka_failures_total"),
                    (long) samples.sum("tillstream_webhook_missed_total"));
        }

        private static double events(MetricSamples samples, String outcome) {
            return samples.sum(EVENTS, "outcome=\"" + outcome + "\"");
        }
    }

    /** One that takes events. */
    @Schema(name = "EventFlowService")
    record Service(
            @Schema(example = "order-service") String name,

            @Schema(description = "Whether it answers; without that all is 0")
            boolean isUp,

            @Schema(example = "900", description = "Events applied since its start")
            long applied,

            @Schema(example = "900", description = "Of these, how many were measured")
            long delays,

            @Schema(example = "12.5", description = "Seconds from Kafka to the effect, of all of them together")
            double delaySeconds,

            @Schema(example = "0", description = "Records that it has not taken from Kafka yet")
            long lag,

            @Schema(example = "0", description = "Events that wait for their object")
            long parked,

            @Schema(example = "0", description = "Records that stepped aside")
            long standAside,

            @Schema(example = "0", description = "Domain events that are not on Kafka yet")
            long unsent,

            @Schema(example = "0", description = "Calls to Stripe that failed since its start")
            long stripeFailures,

            @Schema(example = "0", description = "Requests answered 5xx since its start, probes left out")
            long serverErrors) {

        /** A probe that hears 503 asked too early or too late: nobody's request failed. */
        private static final String[] PROBES = {"uri=\"/actuator", "uri=\"/livez\"", "uri=\"/readyz\""};

        static Service of(String name, Optional<MetricSamples> answer) {
            return answer.map(samples -> new Service(
                            name,
                            true,
                            (long) samples.sum("tillstream_events_total", "outcome=\"applied\""),
                            (long) samples.sum("tillstream_events_delay_seconds_count"),
                            samples.sum("tillstream_events_delay_seconds_sum"),
                            (long) samples.sum("kafka_consumer_fetch_manager_records_lag"),
                            (long) samples.sum("tillstream_parked_events"),
                            (long) samples.sum("tillstream_set_aside_records"),
                            (long) samples.sum("tillstream_outbox_unsent"),
                            (long) samples.sum("tillstream_stripe_faults_total"),
                            (long) samples.without(PROBES)
                                    .sum("http_server_requests_seconds_count", "outcome=\"SERVER_ERROR\"")))
                    .orElseGet(() -> new Service(name, false, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        }
    }

    @GetMapping("/api/admin/event-flow")
    @Operation(
            operationId = "getEventFlow",
            summary = "How Stripe's events flow at the moment (operators)",
            description =
                    "Counts since the start of each service, to be compared with the next look. Behind a load balancer"
                            + " they are those of the instance that answered.")
    Mono<Flow> flow(@Parameter(hidden = true) Caller caller) {
        if (!caller.isOperator()) {
            throw Problem.forbidden();
        }
        return metrics.now().map(this::flow);
    }

    private Flow flow(Map<String, Optional<MetricSamples>> answers) {
        return new Flow(
                clock.instant(),
                answers.getOrDefault("webhook-ingest", Optional.empty())
                        .map(Webhooks::of)
                        .orElse(null),
                settings.services().all().keySet().stream()
                        .filter(name -> !name.equals("webhook-ingest"))
                        .map(name -> Service.of(name, answers.getOrDefault(name, Optional.empty())))
                        .toList());
    }
}
