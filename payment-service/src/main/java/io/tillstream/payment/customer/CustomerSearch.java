package io.tillstream.payment.customer;

import io.tillstream.payment.card.Card;
import io.tillstream.payment.card.Cards;
import io.tillstream.payment.payable.Row;
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

    private static final String PAGE = """
            select user_id, stripe_customer_id, email, name, registered_at, created_at from customers
            where (:userId::text is null or user_id = :userId)
              and (:stripeId::text is null or stripe_customer_id = :stripeId
                or user_id in (select user_id from former_customers where stripe_customer_id = :stripeId))
              and (:email::text is null or lower(email) = lower(:email))
              and (:lastFour::text is null
                or user_id in (select user_id from cards where last_four = :lastFour and duplicate_of is null))
              and (:before::timestamptz is null or (created_at, user_id) < (:before::timestamptz, :beforeId::text))
            order by created_at desc, user_id desc
            limit :rows
            """;

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
        return database.sql(PAGE)
                .bind("userId", Row.in(words.userId()))
                .bind("stripeId", Row.in(words.stripeId()))
                .bind("email", Row.in(words.email()))
                .bind("lastFour", Row.in(words.lastFour()))
                .bind("before", Row.in(after == null ? null : after.createdAt().toString()))
                .bind("beforeId", Row.in(after == null ? null : after.id()))
                .bind("rows", paging.rowsToRead())
                .map(row -> {
                    OffsetDateTime registered = row.get("registered_at", OffsetDateTime.class);
                    return new Found(
                            Row.get(row, "user_id", String.class),
                            Row.text(row, "stripe_customer_id"),
                            Row.text(row, "email"),
                            Row.text(row, "name"),
                            registered == null ? null : registered.toInstant(),
                            Row.get(row, "created_at", OffsetDateTime.class).toInstant(),
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
