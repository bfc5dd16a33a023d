package io.tillstream.simulator.api;

import io.tillstream.simulator.control.Fault;
import io.tillstream.simulator.control.Journal;
import io.tillstream.simulator.control.JournalEntry;
import io.tillstream.simulator.state.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes one request into the journal, once it is clear how it ended. */
final class Journaling {
    private static final int LONGEST_PARAMS = 2000; // the journal is for reading, not for replaying uploads
    private static final Pattern SECRET =
            Pattern.compile("((?:^|&)(?:client_secret|key|[^=&]*(?:%5B|\\[)(?:number|cvc)(?:%5D|\\]))=)[^&]*");

    private final Journal journal;
    private final Arrival arrival;
    private final @Nullable Fault fault;
    private final Instant start = Instant.now();
    private volatile boolean clientGone;

    Journaling(Journal journal, Arrival arrival, @Nullable Fault fault) {
        this.journal = journal;
        this.arrival = arrival;
        this.fault = fault;
    }

    void answered(Reply reply) {
        ObjectNode body = Json.parse(reply.body().getBytes(StandardCharsets.UTF_8));
        JsonNode error = body.path("error");
        String code = Json.text(error, "code") == null ? Json.text(error, "type") : Json.text(error, "code");
        write(reply.status(), reply.headers().containsKey("Idempotent-Replayed"), Json.text(body, "id"), code);
    }

    /** They did not wait for the answer; what they asked for is done and written all the same. */
    void clientGone() {
        clientGone = true;
    }

    void unanswered() {
        write(0, false, null, null);
    }

    private void write(int status, boolean replayed, @Nullable String objectId, @Nullable String code) {
        journal.write(new JournalEntry(
                start,
                Duration.between(start, Instant.now()).toMillis(),
                arrival.requestId(),
                arrival.method(),
                arrival.path(),
                params(),
                new JournalEntry.Caller(
                        arrival.headers().getFirst("User-Agent"),
                        arrival.headers().getFirst("Content-Type"),
                        arrival.headers().getFirst("Stripe-Version")),
                arrival.idempotencyKey(),
                replayed,
                status,
                objectId,
                code,
                clientGone,
                fault == null ? null : fault.kind().name().toLowerCase(Locale.ROOT)));
    }

    private String params() {
        if (Multipart.is(arrival.headers().getFirst("Content-Type"))) {
            return "(" + arrival.body().length() + " bytes of a file)";
        }
        String sent = arrival.hasForm() && !arrival.body().isEmpty()
                ? arrival.body()
                : arrival.query() == null ? "" : arrival.query();
        String masked = SECRET.matcher(sent).replaceAll("$1***");
        return masked.length() > LONGEST_PARAMS ? masked.substring(0, LONGEST_PARAMS) : masked;
    }
}
