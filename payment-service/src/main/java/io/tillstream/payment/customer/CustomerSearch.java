package io.tillstream.payment.customer;

import io.tillstream.payment.card.Card;
import io.tillstream.payment.card.Cards;
import io.tillstream.payment.payable.Column;
import io.tillstream.sql.WhereClause;
import io.tillstream.web.Paging;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/** Customers of all users with their cards, for operators. */
@Repository
class CustomerSearch {

    private static final String CUSTOMERS =
            "select user_id, stripe_customer_id, email, name, registered_at, created_at from customers";

    private static final String AT_STRIPE = """
            user_id = any(array(
                select user_id from customers where stripe_customer_id = :stripeId
                union all select user_id from former_customers where stripe_customer_id = :stripeId))""";

    private static final String WITH_CARD =
            "user_id = any(array(select user_id from cards where last_four = :lastFour and duplicate_of is null))";

    private final DatabaseClient database;
    private final Cards cards;

    CustomerSearch(DatabaseClient database, Cards cards) {
        this.database = database;
        this.cards = cards;
    }

    /** What is looked for; null: no matter. A former customer at Stripe finds its user too. */
    record Words(
            @Nullable String userId,
            @Nullable String stripeId,
            @Nullable String email,
            @Nullable String lastFour) {

        @Override
        public String toString() {
            return "Words[...]"; // never the e-mail
        }
    }

    record Found(
            String userId,
            @Nullable String stripeId,
            @Nullable String email,
            @Nullable String name,
            @Nullable Instant registeredAt,
            Instant createdAt,
            List<Card> cards) {

        Found with(List<Card> own) {
            return new Found(userId, stripeId, email, name, registeredAt, createdAt, own);
        }

        @Override
        public String toString() {
            return "Found[" + userId + "]";
        }
    }

    /** The newest first. */
    Mono<List<Found>> page(Words words, Paging paging) {
        var after = paging.after();
        return new WhereClause()
                .and("user_id = :userId", "userId", words.userId())
                .and(AT_STRIPE, "stripeId", words.stripeId())
                .and("lower(email) = lower(:email)", "email", words.email())
                .and(WITH_CARD, "lastFour", words.lastFour())
                .and(
                        "(created_at, user_id) < (:before, :beforeId)",
                        "before",
                        after == null ? null : after.createdAt(),
                        "beforeId",
                        after == null ? null : after.id())
                .in(database, CUSTOMERS, "order by created_at desc, user_id desc limit :rows")
                .bind("rows", paging.rowsToRead())
                .map(row -> {
                    OffsetDateTime registered = row.get("registered_at", OffsetDateTime.class);
                    return new Found(
                            Column.get(row, "user_id", String.class),
                            Column.text(row, "stripe_customer_id"),
                            Column.text(row, "email"),
                            Column.text(row, "name"),
                            registered == null ? null : registered.toInstant(),
                            Column.get(row, "created_at", OffsetDateTime.class).toInstant(),
                            List.of());
                })
                .all()
                .collectList()
                .flatMap(this::withCards);
    }

    private Mono<List<Found>> withCards(List<Found> found) {
        return cards.shownOf(found.stream().map(Found::userId).toList())
                .collect(Collectors.groupingBy(Card::userId))
                .map((Map<String, List<Card>> byUser) -> found.stream()
                        .map(one -> one.with(byUser.getOrDefault(one.userId(), List.of())))
                        .toList());
    }
}
