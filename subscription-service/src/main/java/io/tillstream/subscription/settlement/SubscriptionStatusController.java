package io.tillstream.subscription.settlement;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.subscription.invoice.InvoiceResponseHandler;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Timeline;
import io.tillstream.web.Caller;
import io.tillstream.web.Problem;
import io.tillstream.web.settlement.SettlementStream;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** For the page to which the subscriber comes back, maybe before Stripe's events. */
@RestController
@RequestMapping("/api/subscriptions/{id}")
@Tag(name = "Subscriptions")
class SubscriptionStatusController {

    private static final String STREAM = """
            event: settlement
            data: {"subscriptionId": "7d9c2b44-51f0-4b0e-8b1c-3f6f2f0b0a01", "state": "active", "status": "active", "version": 3}
            """;

    private final Subscriptions subscriptions;
    private final Timeline timeline;
    private final SubscriptionStatusWatcher waits;
    private final SubscriptionTransition settlement;
    private final SubscriptionStatusSettings settings;
    private final InvoiceResponseHandler bills;
    private final SharedRefresh shared;

    SubscriptionStatusController(
            Subscriptions subscriptions,
            Timeline timeline,
            SubscriptionStatusWatcher waits,
            SubscriptionTransition settlement,
            SubscriptionStatusSettings settings,
            InvoiceResponseHandler bills,
            SharedRefresh shared) {
        this.subscriptions = subscriptions;
        this.timeline = timeline;
        this.waits = waits;
        this.settlement = settlement;
        this.settings = settings;
        this.bills = bills;
        this.shared = shared;
    }

    @GetMapping(path = "/settlement", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "getSubscriptionSettlement",
            summary = "Whether the subscription runs, waiting for that for a while",
            description = "Answers at once if there is something to say, else when there is, or when `wait` ends: then"
                    + " it is read from Stripe once. With `Accept: text/event-stream` a stream of changes.")
    Mono<SubscriptionStatusJson> settlement(
            @Parameter(hidden = true) Caller caller,
            @PathVariable UUID id,
            @Parameter(description = "at most 30s", example = "20s") @RequestParam(defaultValue = "0s") String wait,
            @Parameter(description = "only a version above this is news") @RequestParam(defaultValue = "0") int since) {
        Duration limit = SettlementStream.longestWait(wait);
        return own(caller, id).map(SubscriptionStatusJson::of).flatMap(now -> {
            int seen = Math.min(since, now.version()); // nobody has seen what is not there yet
            return now.isNews(seen) || limit.isZero() ? Mono.just(now) : later(id, limit, seen);
        });
    }

    private Mono<SubscriptionStatusJson> later(UUID id, Duration limit, int since) {
        return waits.watch(id)
                .map(SubscriptionStatusJson::of)
                .filter(state -> state.isNews(since))
                .next()
                .timeout(limit, Mono.empty())
                .switchIfEmpty(Mono.defer(() -> asked(id)));
    }

    /** No news came: Stripe is read once; if that is away, what we know has to do. */
    private Mono<SubscriptionStatusJson> asked(UUID id) {
        Mono<Subscription> look = settlement
                .refresh(id, Cause.question("GET /v1/subscriptions/{id}", id))
                .flatMap(now -> SubscriptionStatusJson.of(now).isOpen() ? bills.newest(now) : Mono.just(now));
        return shared.of(id, look)
                .then(Mono.defer(() -> subscriptions.find(id))) // what was told since that look is not forgotten
                .onErrorResume(fault -> subscriptions.find(id))
                .map(SubscriptionStatusJson::of);
    }

    @GetMapping(path = "/settlement", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @ApiResponse(
            responseCode = "200",
            content =
                    @Content(
                            mediaType = MediaType.TEXT_EVENT_STREAM_VALUE,
                            schema = @Schema(implementation = SubscriptionStatusJson.class),
                            examples = @ExampleObject(STREAM)))
    Flux<ServerSentEvent<SubscriptionStatusJson>> stream(
            @Parameter(hidden = true) Caller caller, @PathVariable UUID id) {
        return own(caller, id).flatMapMany(subscription -> SettlementStream.of(told(subscription), read(id)));
    }

    private Flux<SubscriptionStatusJson> told(Subscription subscription) {
        return Flux.concat(Flux.just(subscription), waits.watch(subscription.id()))
                .map(SubscriptionStatusJson::of);
    }

    private Mono<SubscriptionStatusJson> read(UUID id) {
        return Mono.delay(settings.streamReadsAfter())
                .flatMap(late -> subscriptions.find(id))
                .map(SubscriptionStatusJson::of)
                .filter(SubscriptionStatusJson::isOpen)
                .flatMap(open -> asked(id));
    }

    @GetMapping("/timeline")
    @Operation(
            operationId = "getSubscriptionTimeline",
            summary = "Why the subscription is in its state: calls, events applied and ignored, moves")
    Mono<Entries> timeline(@Parameter(hidden = true) Caller caller, @PathVariable UUID id) {
        return subscriptions
                .find(id)
                .filter(one -> one.userId().equals(caller.userId()) || caller.isOperator())
                .switchIfEmpty(Mono.error(Problem::notFound))
                .flatMap(one -> timeline.of(id).collectList())
                .map(Entries::new);
    }

    @Schema(name = "SubscriptionTimeline")
    record Entries(List<Timeline.Entry> data) {}

    private Mono<Subscription> own(Caller caller, UUID id) {
        return subscriptions.find(id, caller.userId()).switchIfEmpty(Mono.error(Problem::notFound));
    }
}
