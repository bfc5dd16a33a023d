package io.tillstream.chaos.check.delivery;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.EventRecords.StripeRecord;
import io.tillstream.chaos.check.observation.Expectations;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.ServiceDatabase.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** L1: within 60 seconds after the last fault, or after it came, each event was applied and each row of an outbox published. */
public final class RecoveryIsFast {

    private static final String L1 = "L1";

    private RecoveryIsFast() {}

    public static List<Breach> breaches(Observation seen) {
        Instant ended = seen.expected().faultsEnded();
        List<Breach> breaches = new ArrayList<>();
        if (ended == null) {
            return breaches;
        }
        Map<String, Instant> arrived = new HashMap<>();
        for (StripeRecord record : seen.stripeRecords()) {
            arrived.putIfAbsent(record.id(), record.at());
        }
        for (Service service : Service.values()) {
            for (Row row : seen.rows(service, "select event_id, applied_at from inbox")) {
                late(
                                service,
                                row.text("event_id"),
                                "applied",
                                arrived.get(row.text("event_id")),
                                row.time("applied_at"),
                                ended)
                        .ifPresent(breaches::add);
            }
            for (Row row : seen.rows(service, "select id, created_at, sent_at from outbox where sent_at is not null")) {
                late(service, row.text("id"), "published", row.time("created_at"), row.time("sent_at"), ended)
                        .ifPresent(breaches::add);
            }
        }
        return breaches;
    }

    private static Optional<Breach> late(
            Service service, String id, String what, @Nullable Instant came, @Nullable Instant done, Instant ended) {
        if (came == null || done == null) {
            return Optional.empty();
        }
        Instant due = (came.isAfter(ended) ? came : ended).plus(Expectations.RECOVERY);
        return done.isAfter(due)
                ? Optional.of(Breach.of(
                        L1,
                        service.group() + " " + what + " " + id + " "
                                + Duration.between(due.minus(Expectations.RECOVERY), done)
                                        .toSeconds()
                                + " s after it could",
                        id))
                : Optional.empty();
    }
}
