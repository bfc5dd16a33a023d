package io.tillstream.ingest.intake;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.ingest.IngestSettings;
import io.tillstream.ingest.kafka.StripeEventPublisher;
import io.tillstream.ingest.kafka.VerifiedEvent;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Stripe's deliveries: verify, keep, answer. 2xx means that all in-sync replicas have it; Stripe repeats the rest. */
@RestController
@Tag(name = "Webhooks")
class WebhookController {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookController.class);

    private static final String EVENT = """
            {"id": "evt_1SbCdEfGhIjKlMnO", "object": "event", "type": "payment_intent.succeeded", "created": 1786000000,
             "livemode": false, "data": {"object": {"id": "pi_3SbCdEfGhIjKlMnO", "object": "payment_intent", "amount": 1999,
             "amount_received": 1999, "currency": "usd", "status": "succeeded"}}}
            """;

    private static final String EVENTS = "tillstream.webhook.events";

    /** What alarms are set on; why else a signature was not accepted is counted from the first of its kind on. */
    private static final List<String> OUTCOMES = List.of(
            "accepted",
            "unavailable",
            "signature-missing",
            "signature-wrong",
            "signature-wrong-time",
            "wrong-mode",
            "thin-event",
            "malformed-request",
            "other-mode-ignored");

    private final SignatureVerifier signature;
    private final boolean livemode;
    private final StripeEventPublisher topic;
    private final JsonMapper json;
    private final MeterRegistry meters;

    WebhookController(
            IngestSettings settings,
            StripeSettings stripe,
            StripeEventPublisher topic,
            JsonMapper json,
            MeterRegistry meters,
            Clock clock) {
        this.signature = new SignatureVerifier(settings.webhookSecrets(), clock);
        this.livemode = stripe.livemode();
        this.topic = topic;
        this.json = json;
        this.meters = meters;
        OUTCOMES.forEach(outcome -> meters.counter(EVENTS, "outcome", outcome)); // there before the first, as 0
    }

    @Schema(name = "ReceivedEvent")
    record Received(boolean received) {}

    @PostMapping("/webhooks/stripe")
    @Operation(
            operationId = "receiveStripeEvent",
            summary = "Stripe's events",
            description = "Called by Stripe; the `Stripe-Signature` header is the credential. At most 1 MiB.")
    @Parameter(
            in = ParameterIn.HEADER,
            name = "Stripe-Signature",
            description = "Signs time and body with the endpoint's secret",
            required = true,
            schema = @Schema(type = "string"))
    @RequestBody(
            required = true,
            description = "An event in Stripe's form",
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(type = "object"),
                            examples = @ExampleObject(EVENT)))
    @ApiResponse(
            responseCode = "200",
            description = "The event is kept.",
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = Received.class)))
    @ApiResponse(responseCode = "400", description = "Wrong signature or time, not an event, or of the other mode.")
    @ApiResponse(responseCode = "413", description = "Over 1 MiB.")
    Mono<Received> receive(ServerWebExchange exchange) {
        Timer.Sample time = Timer.start(meters);
        byte[] body = io.tillstream.web.limits.RequestBodyFilter.of(exchange);
        return Mono.fromCallable(() -> verified(exchange, body))
                .subscribeOn(Schedulers.parallel()) // a megabyte is hashed and read in some milliseconds
                .flatMap(event -> accept(event, body))
                .doOnError(e -> count(e instanceof Problem problem ? problem.code() : "error"))
                .doFinally(end -> time.stop(meters.timer("tillstream.webhook.duration")))
                .thenReturn(new Received(true));
    }

    private VerifiedEvent verified(ServerWebExchange exchange, byte[] body) {
        String fault = signature.fault(body, exchange.getRequest().getHeaders().getFirst("Stripe-Signature"));
        if (fault != null) {
            LOG.warn("Delivery refused: signature {}", fault);
            throw Problem.of(400, "signature-" + fault, "The Stripe-Signature header is not accepted.");
        }
        try {
            JsonNode event = json.readTree(body);
            if ("v2.core.event".equals(event.path("object").asString(""))) {
                throw thin();
            }
            return VerifiedEvent.read(event);
        } catch (JacksonException | IllegalArgumentException e) {
            LOG.warn("Delivery refused: signed, but not an event");
            throw Problem.malformed("This is not a Stripe event.");
        }
    }

    /** It has only the id of what it is about; refused, so that Stripe's dashboard shows which endpoint is set up wrong. */
    private static Problem thin() {
        LOG.error("Delivery refused: a thin event; the endpoint at Stripe has to send snapshots");
        return Problem.of(400, "thin-event", "This is a thin event: set the endpoint's payload style to snapshot.");
    }

    /**
     * Test and live events never mix. Stripe sends test events of connected accounts to live endpoints by design: those
     * are answered as handled. Any other event of the wrong mode means that our key and our secret belong to different
     * modes: refused, so that Stripe's dashboard shows it and nothing is lost.
     */
    private Mono<Void> accept(VerifiedEvent event, byte[] body) {
        if (event.livemode() == livemode) {
            return topic.keep(event, body).doOnSuccess(kept -> {
                LOG.info("Event {} {} kept", event.id(), event.type());
                count("accepted");
            });
        }
        if (event.connected()) {
            count("other-mode-ignored");
            return Mono.empty();
        }
        LOG.error(
                "Event {} has livemode {}: key and webhook secret are of different modes",
                event.id(),
                event.livemode());
        return Mono.error(Problem.of(400, "wrong-mode", "Test and live events do not mix."));
    }

    private void count(String outcome) {
        meters.counter(EVENTS, "outcome", outcome).increment();
    }
}
