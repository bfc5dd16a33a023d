package io.tillstream.subscription.cancellation;

import io.tillstream.delivery.Transactions;
import io.tillstream.subscription.sql.Column;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/** Pauses that were asked for here: who did, and how often a user has. */
@Repository
class PauseRequestRepository {

    /** A pause is of the newest request before it; a minute, as Stripe tells whole seconds by a clock of its own. */
    private static final String SEEN = """
            exists (
                select 1 from subscription_pauses seen where seen.subscription_id = r.subscription_id
                and seen.began_at between r.asked_at - interval '1 hour' and r.asked_at + interval '1 day'
                and not exists (
                    select 1 from pause_requests later where later.subscription_id = r.subscription_id
                    and later.asked_at > r.asked_at and later.asked_at <= seen.began_at + interval '1 minute'))""";

    /**
     * A request counts where its pause was seen, and for the hour in which that may still be: Stripe's answer may be lost, and
     * no pause with it. Stripe knows a key for a day: the same request after that makes a pause anew, so it begins again where
     * it came to none, and is over where it came to one. A pause is of the product that was paused, whatever the subscription is
     * changed to; an older release keeps none.
     */
    private static final String BEGIN = """
            with known as (select 1 from pause_requests where request_id = :request)
            insert into pause_requests (request_id, subscription_id, product, asked_by, behavior, paused_until, asked_at)
            select :request, :id, (select product from plans where id = :planId), :by, :behavior,
                cast(:until as timestamptz), :now
            where :by = 'operator' or :most > (
                select count(*) from pause_requests r
                join subscriptions s on s.id = r.subscription_id
                join plans p on p.id = s.plan_id
                where r.asked_by = 'user' and r.request_id <> :request and r.asked_at > :now - interval '365 days'
                  and (r.asked_at > :now - interval '1 hour' or %1$s)
                  and s.user_id = :userId
                  and coalesce(r.product, p.product) = (select product from plans where id = :planId))
              and not exists (
                select 1 from pause_requests r where r.request_id = :request and r.asked_by = 'user'
                  and r.asked_at < :now - interval '1 day' and %1$s)
            on conflict (request_id) do update set paused_until = excluded.paused_until,
                asked_at = case when pause_requests.asked_at < excluded.asked_at - interval '1 day' then excluded.asked_at
                    else pause_requests.asked_at end
            returning not exists (select 1 from known) as is_new
            """.formatted(SEEN);

    /** The last word counts: a pause of the dashboard's, or of an operator's, is another one. */
    private static final String BEGUN_BY_USER = """
            select asked_by = 'user' and behavior = :behavior and paused_until is not distinct from :until as own
            from pause_requests where subscription_id = :id order by asked_at desc, request_id limit 1
            """;

    private final DatabaseClient database;
    private final Subscriptions subscriptions;
    private final Transactions transactions;
    private final Clock clock;

    PauseRequestRepository(
            DatabaseClient database, Subscriptions subscriptions, Transactions transactions, Clock clock) {
        this.database = database;
        this.subscriptions = subscriptions;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Who asks, and how often that is allowed. */
    record Asker(String name, int mostAYear) {

        static final Asker OPERATOR = new Asker("operator", Integer.MAX_VALUE);

        static Asker user(int mostAYear) {
            return new Asker("user", mostAYear);
        }

        boolean isUser() {
            return name.equals("user");
        }
    }

    /**
     * Whether it is a new request, or one from before, which may have come to a pause; empty where the user has had as many as
     * the policy allows. Two at once are one after the other.
     */
    Mono<Boolean> begin(Subscription subscription, UUID request, Asker asker, Subscription.Pause pause) {
        return transactions.run(subscriptions
                .lockUser(subscription.userId())
                .then(database.sql(BEGIN)
                        .bind("request", request)
                        .bind("id", subscription.id())
                        .bind("by", asker.name())
                        .bind("most", asker.mostAYear())
                        .bind("behavior", pause.behavior())
                        .bind("until", Column.of(pause.until(), Instant.class))
                        .bind("now", subscription.now(clock.instant()))
                        .bind("userId", subscription.userId())
                        .bind("planId", subscription.planId())
                        .map(row -> Boolean.TRUE.equals(row.get("is_new", Boolean.class)))
                        .one()));
    }

    /** A new one that nothing came of. */
    Mono<Void> takeBack(UUID request) {
        return transactions
                .run(database.sql("delete from pause_requests where request_id = :request")
                        .bind("request", request)
                        .fetch()
                        .rowsUpdated())
                .then();
    }

    /** Whether the pause that Stripe has is one that its user began. */
    Mono<Boolean> begunByUser(Subscription subscription, Subscription.Pause pause) {
        return database.sql(BEGUN_BY_USER)
                .bind("id", subscription.id())
                .bind("behavior", pause.behavior())
                .bind("until", Column.of(pause.until(), Instant.class))
                .map(row -> Boolean.TRUE.equals(row.get("own", Boolean.class)))
                .one()
                .defaultIfEmpty(false);
    }
}
