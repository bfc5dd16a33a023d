package io.tillstream.delivery;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.delivery.DeadLetterReader.Letter;
import io.tillstream.web.Caller;
import io.tillstream.web.Cursor;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import io.tillstream.web.docs.AllowableValues;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What a service has not applied, for operators; the gateway asks the service that is named. */
@RestController
@RequestMapping("/api/admin")
@Tag(name = "Operators")
class UnappliedEventController {

    private final UnappliedEvents backlog;
    private final String own;

    UnappliedEventController(UnappliedEvents backlog, DeliverySettings settings) {
        this.backlog = backlog;
        this.own = settings.group().replaceFirst("-service$", "s");
    }

    /** Who consumes Stripe's events. */
    enum Consumer {
        ORDERS,
        PAYMENTS,
        SUBSCRIPTIONS
    }

    @Schema(name = "ParkedEvent")
    record ParkedJson(
            @Schema(example = "evt_3SbCdEfGhIjKlMnO") String eventId,
            @Schema(example = "charge.refunded") String type,
            @Schema(example = "pi_3SbCdEfGhIjKlMnO") String waitsFor,
            int attempts,
            Instant parkedAt,
            Instant nextAttemptAt) {}

    /**
     * A dead letter.
     *
     * @param id its place on Kafka: topic, partition and offset
     * @param isApplied whether its event was applied after all, {@code isWaiting} whether it is tried again
     */
    @Schema(name = "DeadLetter")
    record DeadLetterJson(
            @Schema(example = "stripe.events.order-service.dlt-0@12")
            String id,

            @Schema(example = "evt_3SbCdEfGhIjKlMnO") String eventId,
            @Schema(example = "charge.refunded") String type,

            @Schema(example = "a value that the database cannot keep")
            String cause,

            boolean isApplied,
            boolean isWaiting,
            Instant at) {

        static DeadLetterJson of(UnappliedEvents.DeadLetter one) {
            Letter letter = one.letter();
            return new DeadLetterJson(
                    id(letter),
                    letter.place().eventId(),
                    letter.type(),
                    letter.cause(),
                    one.isApplied(),
                    one.isWaiting(),
                    letter.at());
        }

        static String id(Letter letter) {
            SetAsideRecords.RecordPlace place = letter.place();
            return place.topic() + "-" + place.partition() + "@" + place.offset();
        }
    }

    @Schema(name = "DeadLetters")
    record DeadLettersJson(List<DeadLetterJson> data) {}

    /** Which are meant: by id, or of one type, or from a moment on; of several words those that meet all. */
    @Schema(name = "ReplayRequest")
    record ReplayRequest(
            @Schema(example = "[\"stripe.events.order-service.dlt-0@12\"]") @Size(min = 1, max = 100) @Nullable
            List<@NotBlank @Size(max = 300) String> ids,

            @Schema(example = "charge.refunded") @Size(max = 200) @Nullable
            String type,

            @Nullable Instant since) {

        boolean means(Letter letter) {
            return (ids == null || ids.contains(DeadLetterJson.id(letter)))
                    && (type == null || type.equals(letter.type()))
                    && (since == null || !letter.at().isBefore(since));
        }
    }

    @Schema(name = "Replay")
    record ReplayJson(@Schema(example = "1") int replayed) {}

    @GetMapping("/parked-events")
    @Operation(
            operationId = "listParkedEvents",
            summary = "Events that wait for their object, those that wait longest first (operators)")
    Mono<Page<ParkedJson>> parked(
            @Parameter(hidden = true) Caller caller,
            Paging paging,
            @Parameter(example = "orders") @RequestParam @AllowableValues(Consumer.class) String service) {
        check(caller, service);
        Cursor after = paging.after();
        return backlog.parked(
                        after == null ? null : after.createdAt(),
                        after == null ? null : after.id(),
                        paging.rowsToRead())
                .map(one -> new ParkedJson(
                        one.eventId(), one.type(), one.waitsFor(), one.attempts(), one.parkedAt(), one.nextAttemptAt()))
                .collectList()
                .map(rows -> Page.of(rows, paging, one -> new Cursor(one.parkedAt(), one.eventId())));
    }

    @GetMapping("/dead-letters")
    @Operation(
            operationId = "listDeadLetters",
            summary = "What could not be applied, the newest first (operators)",
            description = "The newest 200 of each partition, without what they carry.")
    Mono<DeadLettersJson> deadLetters(
            @Parameter(hidden = true) Caller caller,
            @Parameter(example = "orders") @RequestParam @AllowableValues(Consumer.class) String service) {
        check(caller, service);
        return backlog.deadLetters()
                .map(all ->
                        new DeadLettersJson(all.stream().map(DeadLetterJson::of).toList()));
    }

    @PostMapping("/dead-letters/replay")
    @Idempotent(required = false)
    @Operation(
            operationId = "replayDeadLetters",
            summary = "Has dead letters tried again (operators)",
            description = "By `ids`, `type` or `since`. What was applied meanwhile changes nothing any more.")
    Mono<ReplayJson> replay(
            @Parameter(hidden = true) Caller caller,
            @Parameter(example = "orders") @RequestParam @AllowableValues(Consumer.class) String service,
            @Valid @RequestBody ReplayRequest request) {
        check(caller, service);
        if (request.ids() == null && request.type() == null && request.since() == null) {
            throw Problem.invalid("ids", "or type or since is needed");
        }
        return backlog.replay(request::means).map(ReplayJson::new);
    }

    private void check(Caller caller, String service) {
        if (!caller.isOperator()) {
            throw Problem.forbidden();
        }
        if (!service.equals(own)) {
            throw Problem.invalid("service", "is none that takes events");
        }
    }
}
