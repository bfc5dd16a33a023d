package io.tillstream.delivery.replay;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.events.DomainEvent;
import io.tillstream.web.Problem;
import io.tillstream.web.docs.AllowableValues;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is asked of replays, and told of them. */
final class EventReplayJson {

    private EventReplayJson() {}

    /** Which events, and for whom. */
    @Schema(name = "EventReplayRequest")
    record Request(
            @Schema(example = "fulfilment", description = "They come on the topic `replay.` and this name")
            @NotNull
            @Pattern(regexp = "[a-z][a-z0-9-]{0,49}", message = "must be up to 50 of a-z, 0-9 and '-', a letter first")
            String consumer,

            @Schema(
                    example = "01981d2a-7a6e-7c3b-9f5e-2f6d1a4b8c90",
                    description = "The key of their records: an order's id, a user's id")
            @Size(min = 1, max = 255)
            @Nullable
            String aggregateId,

            @Schema(example = "[\"order.refunded\"]") @Size(max = 20) @Nullable
            List<@NotBlank @Size(max = 200) String> eventTypes,

            @Schema(description = "The first moment that counts") @Nullable
            Instant since,

            @Schema(description = "The first that does not count any more; without it, all until now") @Nullable
            Instant until,

            @Schema(description = "Only count") @Nullable Boolean dryRun) {

        /**
         * What is meant.
         *
         * @throws Problem 422 where that is not clear
         */
        EventSelection selection() {
            List<Problem.Field> errors = new ArrayList<>();
            List<String> types = new ArrayList<>();
            List<String> named = eventTypes == null ? List.of() : eventTypes;
            for (int i = 0; i < named.size(); i++) {
                String type = DomainEvent.longName(named.get(i));
                types.add(type);
                if (!DomainEvent.types().contains(type)) {
                    errors.add(new Problem.Field("eventTypes[" + i + "]", "is no type of event that is published"));
                }
            }
            if (aggregateId == null && named.isEmpty()) {
                errors.add(new Problem.Field("aggregateId", "or eventTypes is needed"));
            }
            if (since != null && until != null && !since.isBefore(until)) {
                errors.add(new Problem.Field("until", "must be after since"));
            }
            if (!errors.isEmpty()) {
                throw Problem.invalid(errors);
            }
            return new EventSelection(aggregateId, types, since, until);
        }
    }

    /** How far a replay may be, as it is told. */
    enum Status {
        DRY_RUN,
        RUNNING,
        DONE,
        FAILED
    }

    /**
     * A replay, or what one would be.
     *
     * @param historyFrom what was told before it is not kept any more
     */
    @Schema(name = "EventReplay")
    record Replay(
            @Schema(description = "Missing in a dry run") @Nullable
            UUID id,

            @Schema(example = "replay.fulfilment") String topic,

            @AllowableValues(Status.class) String status,

            @Schema(description = "How many events are meant", example = "3")
            long events,

            @Schema(description = "How many are on the topic", example = "3")
            long sent,

            @Schema(example = "01981d2a-7a6e-7c3b-9f5e-2f6d1a4b8c90") @Nullable
            String aggregateId,

            @Schema(example = "[\"order.refunded\"]") List<String> eventTypes,
            @Nullable Instant since,
            @Nullable Instant until,

            @Schema(description = "What was told before it is not kept any more") @Nullable
            Instant historyFrom,

            @Schema(description = "What it waits on, or why it failed", example = "Kafka does not answer") @Nullable
            String why,

            @Nullable Instant createdAt,
            @Nullable Instant updatedAt) {

        static Replay dryRun(String topic, EventSelection selection, long events, EventHistory.Bounds bounds) {
            return new Replay(
                    null,
                    topic,
                    "dry_run",
                    events,
                    0,
                    selection.aggregateId(),
                    shortNames(selection),
                    selection.since(),
                    selection.until(),
                    bounds.from().orElse(null),
                    null,
                    null,
                    null);
        }

        static Replay of(String topic, EventReplay replay, @Nullable Instant historyFrom) {
            EventSelection selection = replay.selection();
            return new Replay(
                    replay.id(),
                    topic,
                    replay.status().text(),
                    replay.events(),
                    replay.sent(),
                    selection.aggregateId(),
                    shortNames(selection),
                    selection.since(),
                    selection.until(),
                    historyFrom,
                    replay.why(),
                    replay.createdAt(),
                    replay.updatedAt());
        }

        private static List<String> shortNames(EventSelection selection) {
            return selection.types().stream().map(DomainEvent::shortName).toList();
        }
    }
}
