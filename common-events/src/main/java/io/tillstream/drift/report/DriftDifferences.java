package io.tillstream.drift.report;

import io.r2dbc.spi.Readable;
import io.tillstream.drift.report.DriftDifference.Status;
import io.tillstream.drift.report.DriftReport.AskedBy;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What was found to differ, and whether it still does. What several reports found of an object is one for all of them. */
final class DriftDifferences {

    private static final String ADD = """
            insert into drift_differences (report_id, kind, our_id, stripe_id, field, ours, stripes, checked_in)
            select :report, :kind, :ourId, :stripeId, :field, :ours, :stripes, :look
            where :known or not exists (
                select 1 from drift_differences
                where kind = :kind and stripe_id = :stripeId and field = :field and status in ('suspected', 'confirmed'))
            on conflict do nothing
            """;

    private static final String CONFIRM = """
            update drift_differences
            set status = 'confirmed', confirmed_at = coalesce(confirmed_at, now()), our_id = :ourId, ours = :ours,
                stripes = :stripes, checked_in = :look
            where kind = :kind and stripe_id = :stripeId and field = :field and status in ('suspected', 'confirmed')
            """;

    private static final String RESOLVE = """
            update drift_differences
            set status = case when outcome like 'applied%' then 'repaired' else 'settled' end, resolved_at = now(),
                checked_in = :look
            where kind = :kind and stripe_id = :stripeId and status in ('suspected', 'confirmed')
              and field <> all(:fields)
            """;

    private static final String UNCHECKED = """
            select kind, stripe_id from drift_differences
            where status in ('suspected', 'confirmed') and checked_in is distinct from :look
            order by kind, stripe_id limit 1
            """;

    private static final String TO_REPAIR = """
            select kind, stripe_id from drift_differences
            where report_id = :report and status = 'confirmed' and repaired_in < :round
            order by kind, stripe_id limit 1
            """;

    private static final String PASS_OVER = """
            update drift_differences set checked_in = :look, outcome = :outcome
            where kind = :kind and stripe_id = :stripeId and status in ('suspected', 'confirmed')
            """;

    private static final String REPAIRED = """
            update drift_differences set repaired_in = case when report_id = :report then :round else repaired_in end,
                outcome = :outcome
            where kind = :kind and stripe_id = :stripeId and status = 'confirmed'
            """;

    private static final String PAGE = """
            select id, kind, our_id, stripe_id, field, ours, stripes, status, outcome, found_at, confirmed_at, resolved_at
            from drift_differences where report_id = :report and id > :after order by id limit :rows
            """;

    private final DatabaseClient database;

    DriftDifferences(DatabaseClient database) {
        this.database = database;
    }

    /** An object of which something differs. */
    record Found(String kind, String stripeId) {}

    /**
     * A difference of a report.
     *
     * @param outcome what became of the last repair
     */
    record Row(
            long id,
            DriftDifference difference,
            Status status,
            @Nullable String outcome,
            Instant foundAt,
            @Nullable Instant confirmedAt,
            @Nullable Instant resolvedAt) {}

    /** What is known already to differ stays with the report that found it, but whoever asks for a report sees all in it. */
    Mono<Void> add(DriftReport report, List<DriftDifference> differences) {
        return add(report.id(), differences, report.askedBy() == AskedBy.OPERATOR, null);
    }

    private Mono<Void> add(UUID report, List<DriftDifference> differences, boolean known, @Nullable String look) {
        return Flux.fromIterable(differences)
                .concatMap(one -> database.sql(ADD)
                        .bind("report", report)
                        .bind("kind", one.kind())
                        .bind("ourId", DriftReports.text(one.ourId()))
                        .bind("stripeId", one.stripeId())
                        .bind("field", one.field())
                        .bind("ours", DriftReports.text(one.ours()))
                        .bind("stripes", DriftReports.text(one.stripes()))
                        .bind("look", DriftReports.text(look))
                        .bind("known", known)
                        .fetch()
                        .rowsUpdated())
                .then();
    }

    /**
     * An object was looked at again: what differs still is confirmed, what does not any more is over. What was not seen before is
     * suspected, as its event may be on its way; after a repair it is confirmed at once.
     */
    Mono<Void> checked(DriftReport report, Found object, List<DriftDifference> now) {
        Mono<Void> added = add(report.id(), now, false, report.look());
        Mono<Void> confirmed = confirm(object, now, report.look());
        return (report.round() > 0 ? added.then(confirmed) : confirmed.then(added))
                .then(resolve(object, now, report.look()));
    }

    private Mono<Void> confirm(Found object, List<DriftDifference> now, String look) {
        return Flux.fromIterable(now)
                .concatMap(one -> database.sql(CONFIRM)
                        .bind("kind", object.kind())
                        .bind("stripeId", object.stripeId())
                        .bind("field", one.field())
                        .bind("ourId", DriftReports.text(one.ourId()))
                        .bind("ours", DriftReports.text(one.ours()))
                        .bind("stripes", DriftReports.text(one.stripes()))
                        .bind("look", look)
                        .fetch()
                        .rowsUpdated())
                .then();
    }

    private Mono<Void> resolve(Found object, List<DriftDifference> now, String look) {
        return database.sql(RESOLVE)
                .bind("kind", object.kind())
                .bind("stripeId", object.stripeId())
                .bind("fields", now.stream().map(DriftDifference::field).toArray(String[]::new))
                .bind("look", look)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** An object cannot be looked at again: it still differs, as far as is known. */
    Mono<Void> passOver(DriftReport report, Found object, String outcome) {
        return database.sql(PASS_OVER)
                .bind("kind", object.kind())
                .bind("stripeId", object.stripeId())
                .bind("look", report.look())
                .bind("outcome", outcome)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** One that differed and was not looked at again in this look; of older reports too. */
    Mono<Found> unchecked(String look) {
        return database.sql(UNCHECKED)
                .bind("look", look)
                .map(DriftDifferences::found)
                .one();
    }

    Mono<Found> toRepair(DriftReport report) {
        return database.sql(TO_REPAIR)
                .bind("report", report.id())
                .bind("round", report.round())
                .map(DriftDifferences::found)
                .one();
    }

    Mono<Void> repaired(DriftReport report, Found object, String outcome) {
        return database.sql(REPAIRED)
                .bind("report", report.id())
                .bind("round", report.round())
                .bind("kind", object.kind())
                .bind("stripeId", object.stripeId())
                .bind("outcome", outcome)
                .fetch()
                .rowsUpdated()
                .then();
    }

    Flux<Row> page(UUID report, long after, int rows) {
        return database.sql(PAGE)
                .bind("report", report)
                .bind("after", after)
                .bind("rows", rows)
                .map(DriftDifferences::read)
                .all();
    }

    /** How many of a report have which status. */
    Mono<Map<Status, Long>> counts(UUID report) {
        return database.sql(
                        "select status, count(*) as n from drift_differences where report_id = :report group by status")
                .bind("report", report)
                .map(row -> Map.entry(status(row), DriftReports.get(row, "n", Long.class)))
                .all()
                .collectMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    /** What differs for sure and is not over, by kind. */
    Mono<Map<String, Long>> unresolved() {
        return database.sql("""
                        select kind, count(distinct (stripe_id, field)) as n from drift_differences
                        where status = 'confirmed' group by kind
                        """)
                .map(row ->
                        Map.entry(DriftReports.get(row, "kind", String.class), DriftReports.get(row, "n", Long.class)))
                .all()
                .collectMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    private static Found found(Readable row) {
        return new Found(DriftReports.get(row, "kind", String.class), DriftReports.get(row, "stripe_id", String.class));
    }

    private static Status status(Readable row) {
        return Status.valueOf(DriftReports.get(row, "status", String.class).toUpperCase(Locale.ROOT));
    }

    private static Row read(Readable row) {
        return new Row(
                DriftReports.get(row, "id", Long.class),
                new DriftDifference(
                        DriftReports.get(row, "kind", String.class),
                        row.get("our_id", String.class),
                        DriftReports.get(row, "stripe_id", String.class),
                        DriftReports.get(row, "field", String.class),
                        row.get("ours", String.class),
                        row.get("stripes", String.class)),
                status(row),
                row.get("outcome", String.class),
                DriftReports.get(row, "found_at", Instant.class),
                row.get("confirmed_at", Instant.class),
                row.get("resolved_at", Instant.class));
    }
}
