package io.tillstream.drift.report;

import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.Readable;
import io.tillstream.drift.DriftKind.Span;
import io.tillstream.drift.report.DriftReport.AskedBy;
import io.tillstream.drift.report.DriftReport.Phase;
import io.tillstream.drift.report.DriftReport.Place;
import io.tillstream.drift.report.DriftReport.Times;
import io.tillstream.sql.WhereClause;
import io.tillstream.web.lease.LeaseHeartbeat;
import io.tillstream.web.lease.LeaseLost;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The reports: whose turn it is, and how far it has come. */
final class DriftReports {

    /** More would wait for days; whoever wants another sees what these find. */
    private static final int MOST_OPEN = 10;

    private static final String SELECT = "select *, next_step_at > now() as waits from drift_reports ";

    private static final String ASK = """
            insert into drift_reports (id, asked_by, span_from, span_until, phase, kind)
            select :id, 'operator', :from, :until, 'list', :kind
            where (select count(*) from drift_reports where finished_at is null) < :most
            returning *, false as waits
            """;

    /**
     * The first comes a period after {@code :start}, when this process began; what was finished long ago goes, unless what it
     * found still differs.
     */
    private static final String SCHEDULE = """
            with old as (
                delete from drift_reports where finished_at < now() - make_interval(secs => :keep) and not exists (
                    select 1 from drift_differences
                    where report_id = drift_reports.id and status in ('suspected', 'confirmed'))),
            last as (
                select coalesce(max(created_at), cast(:start as timestamptz)) as at from drift_reports where asked_by = 'schedule')
            insert into drift_reports (id, asked_by, span_from, span_until, phase, kind)
            select :id, 'schedule', now() - make_interval(secs => :back), now(), 'list', :kind from last
            where last.at <= now() - make_interval(secs => :every)
            on conflict do nothing
            """;

    /**
     * One runs at a time, and only where nobody else holds one: what was asked for comes after what runs by itself and after
     * repairs, as it may be of years; then the oldest. Where those never end it has a turn an hour all the same.
     */
    private static final String CLAIM = """
            update drift_reports
            set token = case when holder = :holder and lease_until > now() then token else token + 1 end, holder = :holder,
                lease_until = now() + make_interval(secs => :lease), started_at = coalesce(started_at, now()), turn_at = now()
            where id = (
                    select id from drift_reports where finished_at is null
                    order by asked_by = 'operator' and round = 0
                        and coalesce(turn_at, created_at) > now() - interval '1 hour', created_at, id limit 1)
              and finished_at is null and next_step_at <= now() and (lease_until < now() or holder = :holder)
              and not exists (
                    select 1 from drift_reports
                    where finished_at is null and lease_until >= now() and holder <> :holder)
            returning *, false as waits
            """;

    /** Whoever waits, and whoever is done, gives the lease back. */
    private static final String SAVE = """
            update drift_reports
            set phase = :phase, kind = :kind, list = :list, place = :place, compared = :compared, calls = :calls, failures = 0,
                left_out = :leftOut, problem = case when :phase = 'done' then cast(:leftOut as text) end,
                next_step_at = now() + make_interval(secs => :wait),
                finished_at = case when :phase = 'done' then now() end,
                compared_at = case when :phase = 'done' and round = 0 and cast(:leftOut as text) is null then now()
                    else compared_at end,
                lease_until = case when :phase = 'done' or :wait > 0 then '-infinity'::timestamptz
                    else now() + make_interval(secs => :lease) end
            where id = :id and token = :token and finished_at is null
            returning *, next_step_at > now() as waits
            """;

    private static final String FAIL = """
            update drift_reports
            set problem = :problem, failures = failures + :failures, lease_until = '-infinity'
            where id = :id and token = :token and finished_at is null
            returning *, false as waits
            """;

    private static final String REPAIR = """
            update drift_reports
            set phase = 'repair', round = round + 1, finished_at = null, next_step_at = now(), failures = 0, problem = null
            where id = :id and finished_at is not null
            returning *, false as waits
            """;

    private final DatabaseClient database;
    private final UUID holder = UUID.randomUUID();
    private final LeaseHeartbeat heartbeat;

    DriftReports(DatabaseClient database, Duration lease) {
        this.database = database;
        this.heartbeat = new LeaseHeartbeat("a drift report", lease);
    }

    /** A report that an operator wants; empty where too many wait. */
    Mono<DriftReport> ask(UUID id, Span span, String firstKind) {
        return database.sql(ASK)
                .bind("id", id)
                .bind("from", span.from())
                .bind("until", span.until())
                .bind("kind", firstKind)
                .bind("most", MOST_OPEN)
                .map(DriftReports::read)
                .one();
    }

    /** Makes the report that is due by the clock, where one is. */
    Mono<Boolean> schedule(DriftSettings settings, Instant start, String firstKind) {
        return database.sql(SCHEDULE)
                .bind("id", UUID.randomUUID())
                .bind("start", start)
                .bind("keep", seconds(settings.keep()))
                .bind("back", seconds(settings.back()))
                .bind("every", seconds(settings.every()))
                .bind("kind", firstKind)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0);
    }

    /** The report whose turn it is, with the right to make its steps; empty where there is none, or another has it. */
    Mono<DriftReport> claim() {
        return database.sql(CLAIM)
                .bind("holder", holder)
                .bind("lease", heartbeat.seconds())
                .map(DriftReports::read)
                .one();
    }

    /** Steps of a report, for as long as it is ours: they end with {@link LeaseLost} where another goes on with it. */
    <T> Mono<T> during(DriftReport report, Mono<T> steps) {
        return heartbeat.during(renew(report), steps);
    }

    /** Whether the lease is still held; it is for another while then. What was given back is not taken again. */
    private Mono<Boolean> renew(DriftReport report) {
        return database.sql("""
                        update drift_reports set lease_until = now() + make_interval(secs => :lease)
                        where id = :id and token = :token and finished_at is null and lease_until > '-infinity'
                        """)
                .bind("id", report.id())
                .bind("token", report.token())
                .bind("lease", heartbeat.seconds())
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0);
    }

    /** Keeps a step, in its transaction; fails where another goes on by now. */
    Mono<DriftReport> save(DriftReport report, Duration wait) {
        Place place = report.place();
        return database.sql(SAVE)
                .bind("id", report.id())
                .bind("token", report.token())
                .bind("phase", place.phase().text())
                .bind("kind", place.kind())
                .bind("list", place.list())
                .bind("place", text(place.after()))
                .bind("compared", report.compared())
                .bind("calls", report.calls())
                .bind("leftOut", text(report.leftOut()))
                .bind("wait", seconds(wait))
                .bind("lease", heartbeat.seconds())
                .map(DriftReports::read)
                .one()
                .switchIfEmpty(Mono.error(() -> new LeaseLost("report " + report.id())));
    }

    /** A step failed, and is made again; gives the report where {@code most} failures of the step did not pass. */
    Mono<DriftReport> fail(DriftReport report, String problem, boolean passes, int most) {
        return database.sql(FAIL)
                .bind("id", report.id())
                .bind("token", report.token())
                .bind("problem", problem)
                .bind("failures", passes ? 0 : 1)
                .map(row -> get(row, "failures", Integer.class) < most
                        ? Optional.<DriftReport>empty()
                        : Optional.of(read(row)))
                .one()
                .flatMap(Mono::justOrEmpty);
    }

    /** Has a report that is done go on with its repair; empty where it is not done. */
    Mono<DriftReport> repair(UUID id) {
        return database.sql(REPAIR).bind("id", id).map(DriftReports::read).one();
    }

    Mono<DriftReport> find(UUID id) {
        return database.sql(SELECT + "where id = :id")
                .bind("id", id)
                .map(DriftReports::read)
                .one();
    }

    /** The newest first. */
    Flux<DriftReport> page(@Nullable Instant before, @Nullable String beforeId, int rows) {
        return new WhereClause()
                .and("(created_at, id) < (:before, cast(:beforeId as uuid))", "before", before, "beforeId", beforeId)
                .in(database, SELECT, "order by created_at desc, id desc limit :rows")
                .bind("rows", rows)
                .map(DriftReports::read)
                .all();
    }

    /** Seconds since a report that runs by itself had compared all, or since {@code start}. */
    Mono<Long> secondsSinceLast(Instant start) {
        return database.sql("""
                        select extract(epoch from now() - coalesce(max(compared_at), cast(:start as timestamptz)))::bigint as age
                        from drift_reports where asked_by = 'schedule'
                        """)
                .bind("start", start)
                .map(row -> get(row, "age", Long.class))
                .one();
    }

    Mono<Void> addSeen(UUID report, Collection<String> stripeIds) {
        return database.sql("""
                        insert into drift_seen (report_id, stripe_id) select :report, id from unnest(:ids) as id
                        on conflict do nothing
                        """)
                .bind("report", report)
                .bind("ids", stripeIds.toArray(String[]::new))
                .fetch()
                .rowsUpdated()
                .then();
    }

    Mono<Void> forgetSeen(UUID report) {
        return database.sql("delete from drift_seen where report_id = :report")
                .bind("report", report)
                .fetch()
                .rowsUpdated()
                .then();
    }

    private static DriftReport read(Readable row) {
        return new DriftReport(
                get(row, "id", UUID.class),
                AskedBy.valueOf(get(row, "asked_by", String.class).toUpperCase(Locale.ROOT)),
                new Span(get(row, "span_from", Instant.class), get(row, "span_until", Instant.class)),
                new Place(
                        Phase.of(get(row, "phase", String.class)),
                        get(row, "kind", String.class),
                        get(row, "list", Integer.class),
                        row.get("place", String.class)),
                get(row, "round", Integer.class),
                get(row, "compared", Long.class),
                get(row, "calls", Long.class),
                row.get("problem", String.class),
                row.get("left_out", String.class),
                get(row, "token", Long.class),
                get(row, "waits", Boolean.class),
                new Times(
                        get(row, "created_at", Instant.class),
                        row.get("started_at", Instant.class),
                        row.get("finished_at", Instant.class)));
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1000.0;
    }

    static Parameter text(@Nullable String value) {
        return value == null ? Parameters.in(String.class) : Parameters.in(value);
    }

    static <T> T get(Readable row, String column, Class<T> type) {
        return Objects.requireNonNull(row.get(column, type), column);
    }
}
