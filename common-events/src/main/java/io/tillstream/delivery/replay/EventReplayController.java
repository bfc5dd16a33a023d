package io.tillstream.delivery.replay;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.delivery.DeliverySettings;
import io.tillstream.web.Caller;
import io.tillstream.web.Cursor;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import io.tillstream.web.docs.AllowableValues;
import jakarta.validation.Valid;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Replays of what a service published, for operators; the gateway asks the service that is named. */
@RestController
@RequestMapping("/api/admin/event-replays")
@Tag(name = "Operators")
class EventReplayController {

    private final EventReplays replays;
    private final EventHistory history;
    private final EventReplayRelay relay;
    private final DeliverySettings settings;
    private final String own;

    EventReplayController(
            EventReplays replays, EventHistory history, EventReplayRelay relay, DeliverySettings settings) {
        this.replays = replays;
        this.history = history;
        this.relay = relay;
        this.settings = settings;
        this.own = settings.group().replaceFirst("-service$", "s");
    }

    /** Who publishes events. */
    enum Publisher {
        ORDERS,
        PAYMENTS,
        SUBSCRIPTIONS
    }

    @PostMapping
    @Idempotent(required = false, idIn = "event_replays.id")
    @Operation(
            operationId = "replayEvents",
            summary = "Sends published events once more, for one consumer (operators)",
            description =
                    "By `aggregateId` or `eventTypes`, and a span of time. They come on a topic of the consumer's own,"
                            + " `replay.` and its name, with the same ids, in order per aggregate, and with the header"
                            + " `ce_replayid`. With `dryRun` they are only counted.")
    @ApiResponse(responseCode = "200", description = "Counted")
    @ApiResponse(responseCode = "202", description = "Under way")
    @ApiResponse(responseCode = "409", description = "`replay-in-progress`: one of the consumer's is not done yet")
    Mono<ResponseEntity<EventReplayJson.Replay>> replay(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @Parameter(example = "orders") @RequestParam @AllowableValues(Publisher.class) String service,
            @Valid @RequestBody EventReplayJson.Request request) {
        check(caller, service);
        EventSelection selection = request.selection();
        return history.bounds().flatMap(bounds -> history.count(selection, bounds)
                .flatMap(events -> Boolean.TRUE.equals(request.dryRun())
                        ? Mono.just(ResponseEntity.ok(
                                EventReplayJson.Replay.dryRun(topic(request.consumer()), selection, events, bounds)))
                        : begin(key.id(), request.consumer(), selection, events, bounds)));
    }

    private Mono<ResponseEntity<EventReplayJson.Replay>> begin(
            UUID id, String consumer, EventSelection selection, long events, EventHistory.Bounds bounds) {
        return replays.find(id)
                .map(known -> true) // the same request again
                .switchIfEmpty(replays.add(id, consumer, selection, events, bounds))
                .flatMap(begun -> begun
                        ? replays.find(id)
                        : Mono.error(
                                Problem.conflict("replay-in-progress", "A replay for this consumer is not done yet.")))
                .doOnNext(begun -> relay.hint())
                .map(begun -> ResponseEntity.status(HttpStatus.ACCEPTED)
                        .body(EventReplayJson.Replay.of(
                                topic(consumer), begun, bounds.from().orElse(null))));
    }

    @GetMapping
    @Operation(operationId = "listEventReplays", summary = "Replays of published events, the newest first (operators)")
    Mono<Page<EventReplayJson.Replay>> list(
            @Parameter(hidden = true) Caller caller,
            Paging paging,
            @Parameter(example = "orders") @RequestParam @AllowableValues(Publisher.class) String service) {
        check(caller, service);
        return replays.list(paging).collectList().map(rows -> Page.of(
                        rows,
                        paging,
                        one -> new Cursor(one.createdAt(), one.id().toString()))
                .map(one -> EventReplayJson.Replay.of(topic(one.consumer()), one, null)));
    }

    @GetMapping("/{id}")
    @Operation(operationId = "getEventReplay", summary = "How far a replay of published events is (operators)")
    Mono<EventReplayJson.Replay> get(
            @Parameter(hidden = true) Caller caller,
            @PathVariable UUID id,
            @Parameter(example = "orders") @RequestParam @AllowableValues(Publisher.class) String service) {
        check(caller, service);
        return replays.find(id).switchIfEmpty(Mono.error(Problem::notFound)).flatMap(one -> history.bounds()
                .map(bounds -> EventReplayJson.Replay.of(
                        topic(one.consumer()), one, bounds.from().orElse(null))));
    }

    private String topic(String consumer) {
        return settings.topic(EventReplay.topic(consumer));
    }

    private void check(Caller caller, String service) {
        if (!caller.isOperator()) {
            throw Problem.forbidden();
        }
        if (!service.equals(own)) {
            throw Problem.invalid("service", "is none that publishes events");
        }
    }
}
