package io.tillstream.subscription.subscription;

import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.sql.Column;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Who has begun with which promotion code: once per user, or a first month for nothing would have no end. Which one is typed
 * on a page only Stripe knows: until it is closed or paid, it may be any.
 */
@Repository
public class PromotionRedemptions {

    private static final String OF_USER = " from subscriptions s where s.user_id = :userId ";
    private static final String WITH_CODE = " s.request ->> 'promotionCodeId' = :code ";
    private static final String ON_PAGE =
            " coalesce(cast(s.request -> 'page' ->> 'allowPromotionCodes' as boolean), false) ";
    private static final String WITH_ANY = " (s.request ->> 'promotionCodeId' is not null or" + ON_PAGE + ") ";

    private final DatabaseClient database;
    private final Subscriptions subscriptions;

    PromotionRedemptions(DatabaseClient database, Subscriptions subscriptions) {
        this.database = database;
        this.subscriptions = subscriptions;
    }

    /** Whether one of the user's began with it. */
    public Mono<Boolean> used(String userId, String promotionCodeId) {
        return truth(database.sql(
                        "select exists (select 1" + OF_USER + "and" + WITH_CODE + "and" + Subscriptions.BEGAN + ")")
                .bind("userId", userId)
                .bind("code", promotionCodeId));
    }

    /** Stripe's pages that took typed codes, and on which the user began one: they tell which. */
    public Flux<String> pagesWithCodes(String userId) {
        return database.sql("select s.checkout_session_id" + OF_USER + "and" + ON_PAGE + "and" + Subscriptions.BEGAN
                        + "and s.checkout_session_id is not null")
                .bind("userId", userId)
                .map(row -> Column.present(row, 0, String.class))
                .all();
    }

    /** Whether a page may take typed codes: not from whoever began with one, or could have, as nobody counts there. */
    public Mono<Boolean> mayType(String userId) {
        return truth(database.sql(
                        "select not exists (select 1" + OF_USER + "and" + WITH_ANY + "and" + Subscriptions.BEGAN + ")")
                .bind("userId", userId));
    }

    /**
     * Starts of the user's that hold it or may, and that nobody has paid for.
     *
     * @param promotionCodeId null: for a page on which any code may be typed
     */
    public Flux<Subscription> holders(String userId, @Nullable String promotionCodeId) {
        return subscriptions.live(userId).filter(Subscription::isUnpaidStart).filter(start -> {
            JsonNode request = StripeJson.read(start.start().request().getBytes(StandardCharsets.UTF_8));
            String held = StripeJson.text(request, "promotionCodeId");
            return request.path("page").path("allowPromotionCodes").asBoolean(false)
                    || (held != null && (promotionCodeId == null || promotionCodeId.equals(held)));
        });
    }

    /**
     * Whether a start that was just written is the only one of its user that holds its code, or may. Inside the transaction that
     * writes it and holds the lock of the user: whoever comes second sees the first.
     */
    public Mono<Boolean> isOnlyHolder(Subscription start, @Nullable String promotionCodeId) {
        String began = "(" + Subscriptions.BEGAN + ")";
        String others = promotionCodeId == null
                ? WITH_ANY + "and (" + began + " or" + Subscriptions.LIVE + ")"
                : "((" + WITH_CODE + "and (" + began + " or" + Subscriptions.LIVE + ")) or (" + ON_PAGE + "and"
                        + Subscriptions.LIVE + "and not " + began + "))";
        var query = database.sql("select not exists (select 1" + OF_USER + "and s.id <> :id and " + others + ")")
                .bind("userId", start.userId())
                .bind("id", start.id());
        return truth(promotionCodeId == null ? query : query.bind("code", promotionCodeId));
    }

    private static Mono<Boolean> truth(DatabaseClient.GenericExecuteSpec query) {
        return query.map(row -> Column.present(row, 0, Boolean.class)).one();
    }
}
