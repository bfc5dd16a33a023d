package io.tillstream.subscription.subscription;

import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.sql.Column;
import java.nio.charset.StandardCharsets;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Who has begun with which promotion code: once per user, or a first month for nothing would have no end. */
@Repository
public class PromotionRedemptions {

    private static final String OF_USER =
            " from subscriptions s where s.user_id = :userId" + " and s.request ->> 'promotionCodeId' = :code";

    private final DatabaseClient database;
    private final Subscriptions subscriptions;

    PromotionRedemptions(DatabaseClient database, Subscriptions subscriptions) {
        this.database = database;
        this.subscriptions = subscriptions;
    }

    /** Whether one of the user's began with it. */
    public Mono<Boolean> used(String userId, String promotionCodeId) {
        return database.sql("select exists (select 1" + OF_USER + " and" + Subscriptions.BEGAN + ")")
                .bind("userId", userId)
                .bind("code", promotionCodeId)
                .map(row -> Column.present(row, 0, Boolean.class))
                .one();
    }

    /** Starts of the user's that hold it, and that nobody has paid for. */
    public Flux<Subscription> holders(String userId, String promotionCodeId) {
        return subscriptions
                .live(userId)
                .filter(Subscription::isUnpaidStart)
                .filter(start -> promotionCodeId.equals(StripeJson.text(
                        StripeJson.read(start.start().request().getBytes(StandardCharsets.UTF_8)), "promotionCodeId")));
    }

    /**
     * Whether a start that was just written is the only one of its user that holds its code: whoever comes second waits here
     * until the first is there for all to see. Inside the transaction that writes it.
     */
    public Mono<Boolean> isOnlyHolder(Subscription start, String promotionCodeId) {
        return database.sql("select pg_advisory_xact_lock(hashtext('promotion:' || :userId || ':' || :code))")
                .bind("userId", start.userId())
                .bind("code", promotionCodeId)
                .fetch()
                .all()
                .then(database.sql("select not exists (select 1" + OF_USER + " and s.id <> :id and ("
                                + Subscriptions.BEGAN + " or" + Subscriptions.LIVE + "))")
                        .bind("userId", start.userId())
                        .bind("code", promotionCodeId)
                        .bind("id", start.id())
                        .map(row -> Column.present(row, 0, Boolean.class))
                        .one());
    }
}
