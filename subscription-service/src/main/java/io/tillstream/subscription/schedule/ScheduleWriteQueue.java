package io.tillstream.subscription.schedule;

import io.tillstream.stripe.StripeSettings;
import io.tillstream.subscription.sql.Column;
import io.tillstream.subscription.subscription.SubscriptionSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The table of writes to schedules of which it is not sure yet that no end of a user was lost by them. */
@Repository
public class ScheduleWriteQueue {

    private static final int CALLS = 5; // each as long as one may take: of a request, with those that wait before it
    private static final int BATCH = 20; // four calls to Stripe each

    /** Tries that may come to nothing as Stripe is away for a quarter of an hour: after more, a person is told. */
    private static final int FEW_TRIES = 6;

    /** Claimed for the length of the next rest, so that a crash or a second instance does no harm. */
    private static final String CLAIM = """
        update schedule_writes
        set tries = tries + 1, claimed = true,
            next_attempt_at = now() + case when tries < 5 then make_interval(secs => :firstAsk)
                when tries < 11 then interval '10 minutes' else interval '1 hour' end
        where request_id in (
            select request_id from schedule_writes where next_attempt_at <= now()
            order by next_attempt_at limit :batch for update skip locked)
        returning request_id, subscription_id, stripe_schedule_id, tries
        """;

    /** What rests only as nobody could look: what nobody looked at yet is under way. */
    private static final String MAKE_DUE = """
        update schedule_writes set next_attempt_at = now()
        where request_id in (
            select request_id from schedule_writes
            where next_attempt_at > now() and claimed
            order by next_attempt_at limit :most for update skip locked)
        """;

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    private final DatabaseClient database;
    private final SubscriptionSettings settings;
    private final StripeSettings stripe;
    private final Clock clock;

    ScheduleWriteQueue(DatabaseClient database, SubscriptionSettings settings, StripeSettings stripe, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.stripe = stripe;
        this.clock = clock;
    }

    /**
     * One that is to be looked after now.
     *
     * @param tries so far: Stripe repeats a refusal for its key, so each has a key of its own
     */
    public record Due(UUID request, UUID subscriptionId, String scheduleId, int tries) {}

    /** Before Stripe is asked. */
    public Mono<Void> begin(UUID request, UUID subscriptionId, String scheduleId) {
        return database.sql("""
            insert into schedule_writes (request_id, subscription_id, stripe_schedule_id, next_attempt_at)
            values (:request, :subscription, :schedule, :next)
            on conflict (request_id) do update
            set stripe_schedule_id = excluded.stripe_schedule_id, tries = schedule_writes.tries + 1,
                claimed = false, next_attempt_at = excluded.next_attempt_at
            """)
                .bind("request", request)
                .bind("subscription", subscriptionId)
                .bind("schedule", scheduleId)
                .bind("next", clock.instant().plus(longestWrite()))
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** A look while the write is under way would find no end lost yet, and forget it, however soon anything else is asked about. */
    private Duration longestWrite() {
        Duration call = stripe.connectTimeout().plus(stripe.readTimeout());
        Duration longest = call.compareTo(settings.firstAsk()) > 0 ? call : settings.firstAsk();
        return longest.multipliedBy(CALLS);
    }

    /**
     * An event shows one that may be lost, twice is the same as once: it is looked at, and judged as Stripe has it then. It may be late,
     * and the shop have taken the end out since.
     */
    public Mono<Void> found(UUID event, UUID subscriptionId, String scheduleId) {
        return database.sql("""
            insert into schedule_writes (request_id, subscription_id, stripe_schedule_id, next_attempt_at, by_event)
            values (:request, :subscription, :schedule, now(), true)
            on conflict (request_id) do nothing
            """)
                .bind("request", event)
                .bind("subscription", subscriptionId)
                .bind("schedule", scheduleId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    public Mono<Void> end(UUID request) {
        return database.sql("delete from schedule_writes where request_id = :request")
                .bind("request", request)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** The same, unless its request was made again since, or another round has it. */
    public Mono<Void> end(Due due) {
        return database.sql("delete from schedule_writes where request_id = :request and tries = :tries")
                .bind("request", due.request())
                .bind("tries", due.tries())
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Whether a write of its user's may be under way: what an event only told of is none. */
    public Mono<Boolean> has(UUID subscriptionId, String scheduleId) {
        return database.sql("""
            select exists (
                select 1 from schedule_writes
                where subscription_id = :subscription and stripe_schedule_id = :schedule and not by_event) as open
            """)
                .bind("subscription", subscriptionId)
                .bind("schedule", scheduleId)
                .map(row -> Column.present(row, "open", Boolean.class))
                .one();
    }

    /** How many subscriptions are looked after for longer than a fault that passes. */
    public Mono<Long> countLost() {
        return database.sql("select count(distinct subscription_id) as n from schedule_writes where tries > :few")
                .bind("few", FEW_TRIES)
                .map(row -> Column.present(row, "n", Long.class))
                .one();
    }

    /** Ends the rests of what nobody could look at, of some of it; tells of how much, zero for none. */
    public Mono<Long> makeDue() {
        return database.sql(MAKE_DUE).bind("most", DUE_AT_ONCE).fetch().rowsUpdated();
    }

    public Flux<Due> claimDue() {
        return database.sql(CLAIM)
                .bind("firstAsk", settings.firstAskSeconds())
                .bind("batch", BATCH)
                .map(row -> new Due(
                        Column.present(row, "request_id", UUID.class),
                        Column.present(row, "subscription_id", UUID.class),
                        Column.present(row, "stripe_schedule_id", String.class),
                        Column.present(row, "tries", Integer.class)))
                .all();
    }
}
