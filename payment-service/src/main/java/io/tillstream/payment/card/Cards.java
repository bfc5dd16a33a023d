package io.tillstream.payment.card;

import io.r2dbc.spi.Readable;
import io.tillstream.payment.payable.Column;
import io.tillstream.web.Paging;
import java.time.OffsetDateTime;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The saved cards. They change only while their user's customer is locked; {@link CardTransition} changes them. */
@Repository
public class Cards {

    private static final String INSERT = """
            insert into cards (payment_method_id, user_id, stripe_customer_id, brand, last_four, exp_month, exp_year,
                country, funding, fingerprint, duplicate_of, detach_due)
            values (:id, :userId, :customerId, :brand, :lastFour, :expMonth, :expYear,
                :country, :funding, :fingerprint, :duplicateOf,
                case when :duplicateOf::text is null then null else now() + interval '1 minute' end)
            """;

    private static final String UPDATE = """
            update cards
            set brand = :brand, last_four = :lastFour, exp_month = :expMonth, exp_year = :expYear,
                country = :country, funding = :funding, fingerprint = :fingerprint, duplicate_of = :duplicateOf,
                detach_due = case when :duplicateOf::text is null then null
                    else coalesce(detach_due, now() + interval '1 minute') end,
                updated_at = now()
            where payment_method_id = :id
            """;

    private static final String PAGE = """
            select * from cards
            where user_id = :userId and duplicate_of is null
              and (:before::timestamptz is null
                or (created_at, payment_method_id) < (:before::timestamptz, :beforeId::text))
            order by created_at desc, payment_method_id desc
            limit :rows
            """;

    private final DatabaseClient database;

    Cards(DatabaseClient database) {
        this.database = database;
    }

    public Mono<Card> find(String id) {
        return database.sql("select * from cards where payment_method_id = :id")
                .bind("id", id)
                .map(Cards::read)
                .one();
    }

    /** Another with every change of a card, so that what Stripe said before it is not stored over it. */
    public Mono<String> version(String id) {
        return database.sql("select updated_at from cards where payment_method_id = :id")
                .bind("id", id)
                .map(row -> Column.get(row, "updated_at", OffsetDateTime.class).toString())
                .one();
    }

    /** One of this user's that is shown to them. */
    public Mono<Card> find(String userId, String id) {
        return find(id).filter(card -> card.userId().equals(userId) && !card.isDuplicate());
    }

    /** A user's own, the newest first, the same card once. */
    public Flux<Card> page(String userId, Paging paging) {
        var after = paging.after();
        return database.sql(PAGE)
                .bind("userId", userId)
                .bind(
                        "before",
                        Column.in(after == null ? null : after.createdAt().toString()))
                .bind("beforeId", Column.in(after == null ? null : after.id()))
                .bind("rows", paging.rowsToRead())
                .map(Cards::read)
                .all();
    }

    /** The id under which a card is shown: its own, or that of the same card which was saved before. */
    public Mono<String> shownFor(String id) {
        return find(id).map(card -> {
            String shown = card.duplicateOf();
            return shown == null ? card.id() : shown;
        });
    }

    /** The same card again and again, the oldest first. */
    public Flux<Card> duplicatesOf(String id) {
        return database.sql("select * from cards where duplicate_of = :id order by created_at, payment_method_id")
                .bind("id", id)
                .map(Cards::read)
                .all();
    }

    /** Those of several users, each user's newest first, the same card once. */
    public Flux<Card> shownOf(Collection<String> userIds) {
        return database.sql("""
                        select * from cards where user_id = any(:ids) and duplicate_of is null
                        order by created_at desc, payment_method_id desc
                        """)
                .bind("ids", userIds.toArray(String[]::new))
                .map(Cards::read)
                .all();
    }

    Flux<Card> of(String userId) {
        return database.sql("select * from cards where user_id = :userId")
                .bind("userId", userId)
                .map(Cards::read)
                .all();
    }

    /** The card that is shown for a fingerprint. */
    Mono<Card> shown(String userId, @Nullable String fingerprint) {
        return fingerprint == null
                ? Mono.empty()
                : database.sql(
                                "select * from cards where user_id = :userId and fingerprint = :f and duplicate_of is null")
                        .bind("userId", userId)
                        .bind("f", fingerprint)
                        .map(Cards::read)
                        .one();
    }

    Mono<Boolean> wasRemoved(String id) {
        return database.sql("select 1 from removed_cards where payment_method_id = :id")
                .bind("id", id)
                .map(row -> true)
                .one()
                .defaultIfEmpty(false);
    }

    Mono<Void> insert(Card card) {
        return bind(database.sql(INSERT), card)
                .bind("userId", card.userId())
                .bind("customerId", card.stripeCustomerId())
                .fetch()
                .rowsUpdated()
                .then();
    }

    Mono<Void> update(Card card) {
        return bind(database.sql(UPDATE), card).fetch().rowsUpdated().then();
    }

    Mono<Void> delete(String userId, String id) {
        Mono<Long> buried =
                database.sql("""
                        insert into removed_cards (payment_method_id, user_id) values (:id, :userId)
                        on conflict (payment_method_id) do nothing
                        """).bind("id", id).bind("userId", userId).fetch().rowsUpdated();
        return buried.then(database.sql("delete from cards where payment_method_id = :id")
                        .bind("id", id)
                        .fetch()
                        .rowsUpdated())
                .then();
    }

    /** Whether there is such a card. */
    public Mono<Boolean> keepMandate(String id, String status) {
        return database.sql("update cards set mandate = :status, updated_at = now() where payment_method_id = :id")
                .bind("id", id)
                .bind("status", status)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0);
    }

    private static DatabaseClient.GenericExecuteSpec bind(DatabaseClient.GenericExecuteSpec sql, Card card) {
        CardState.Face face = card.face();
        return sql.bind("id", card.id())
                .bind("brand", face.brand())
                .bind("lastFour", face.lastFour())
                .bind("expMonth", face.expMonth())
                .bind("expYear", face.expYear())
                .bind("country", Column.in(face.country()))
                .bind("funding", Column.in(face.funding()))
                .bind("fingerprint", Column.in(face.fingerprint()))
                .bind("duplicateOf", Column.in(card.duplicateOf()));
    }

    static Card read(Readable row) {
        return new Card(
                Column.get(row, "payment_method_id", String.class),
                Column.get(row, "user_id", String.class),
                Column.get(row, "stripe_customer_id", String.class),
                new CardState.Face(
                        Column.get(row, "brand", String.class),
                        Column.get(row, "last_four", String.class),
                        Column.get(row, "exp_month", Integer.class),
                        Column.get(row, "exp_year", Integer.class),
                        Column.text(row, "country"),
                        Column.text(row, "funding"),
                        Column.text(row, "fingerprint")),
                Column.text(row, "duplicate_of"),
                Column.text(row, "mandate"),
                Column.get(row, "created_at", OffsetDateTime.class).toInstant());
    }
}
