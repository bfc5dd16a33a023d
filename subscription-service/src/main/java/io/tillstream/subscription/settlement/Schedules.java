package io.tillstream.subscription.settlement;

import io.r2dbc.spi.Readable;
import io.tillstream.subscription.sql.Column;
import io.tillstream.subscription.subscription.Subscription.ObjectVersion;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/** The table of Stripe's subscription schedules of ours. */
@Repository
class Schedules {

    private static final String SELECT = """
            select stripe_schedule_id, stripe_subscription_id, status, stripe_price_id, quantity, starts_at,
                   as_of, fingerprint, ahead
            from subscription_schedules
            """;

    private static final String SAVE = """
            insert into subscription_schedules
                (stripe_schedule_id, stripe_subscription_id, status, stripe_price_id, quantity, starts_at,
                 as_of, fingerprint, ahead)
            values (:id, :subscriptionId, :status, :priceId, :quantity, :startsAt, :asOf, :fingerprint, :ahead)
            on conflict (stripe_schedule_id) do update
            set stripe_subscription_id = :subscriptionId, status = :status, stripe_price_id = :priceId,
                quantity = :quantity, starts_at = :startsAt,
                as_of = greatest(subscription_schedules.as_of, :asOf), fingerprint = :fingerprint, ahead = :ahead
            """;

    private final DatabaseClient database;

    Schedules(DatabaseClient database) {
        this.database = database;
    }

    /** A schedule, and how new that is. */
    record Kept(ScheduleState fact, ObjectVersion knowledge) {}

    Mono<Kept> find(String scheduleId) {
        return database.sql(SELECT + "where stripe_schedule_id = :id")
                .bind("id", scheduleId)
                .map(Schedules::read)
                .one();
    }

    /** The one that will change the subscription; if Stripe's order of events is lost, the one heard of last. */
    Mono<Kept> openOf(String stripeSubscriptionId) {
        return database.sql(SELECT + """
                        where stripe_subscription_id = :id and status in ('not_started', 'active')
                        order by as_of desc, stripe_schedule_id limit 1
                        """)
                .bind("id", stripeSubscriptionId)
                .map(Schedules::read)
                .one();
    }

    Mono<Void> save(ScheduleState fact, String stripeSubscriptionId, ObjectVersion knowledge) {
        return database.sql(SAVE)
                .bind("id", fact.id())
                .bind("subscriptionId", stripeSubscriptionId)
                .bind("status", fact.status())
                .bind("priceId", Column.of(fact.priceId(), String.class))
                .bind("quantity", Column.of(fact.quantity(), Integer.class))
                .bind("startsAt", Column.of(fact.startsAt(), Instant.class))
                .bind("asOf", knowledge.asOf())
                .bind("fingerprint", Column.of(knowledge.fingerprint(), String.class))
                .bind("ahead", knowledge.ahead())
                .fetch()
                .rowsUpdated()
                .then();
    }

    private static Kept read(Readable row) {
        return new Kept(
                new ScheduleState(
                        get(row, "stripe_schedule_id", String.class),
                        get(row, "stripe_subscription_id", String.class),
                        null,
                        get(row, "status", String.class),
                        row.get("stripe_price_id", String.class),
                        row.get("quantity", Integer.class),
                        row.get("starts_at", Instant.class)),
                new ObjectVersion(
                        get(row, "as_of", Long.class),
                        get(row, "fingerprint", String.class),
                        get(row, "ahead", Boolean.class),
                        null));
    }

    private static <T> T get(Readable row, String column, Class<T> type) {
        @Nullable T value = row.get(column, type);
        return Objects.requireNonNull(value, column);
    }
}
