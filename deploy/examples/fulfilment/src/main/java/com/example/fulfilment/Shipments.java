package com.example.fulfilment;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;

/** The tables of what is sent, and of what is not. Which event of an order comes first does not matter. */
@Repository
class Shipments {

    private static final int BATCH = 20; // orders; the carrier is called for all of them within the lease
    private static final Duration LEASE = Duration.ofMinutes(2);

    private static final String PLACED = """
            insert into shipments (order_id, user_id, placed_at, address)
            values (:order, :user, :at, case
                when exists (select 1 from deleted_users where user_id = :user and until >= :at) then null
                else cast(:address as jsonb) end)
            on conflict (order_id) do update
            set user_id = excluded.user_id, placed_at = excluded.placed_at, address = excluded.address
            """;

    private static final String PAID = """
            insert into shipments (order_id, user_id, lines, ship_at)
            values (:order, :user, cast(:lines as jsonb), now() + make_interval(secs => :rest))
            on conflict (order_id) do update
            set user_id = :user, lines = excluded.lines, ship_at = coalesce(shipments.ship_at, excluded.ship_at)
            """;

    /** Of two that were told before there were sequences, the one that comes later counts. */
    private static final String HOLD = """
            insert into holds (order_id, reason, cause, is_held, sequence)
            values (:order, :reason, :cause, :held, :sequence)
            on conflict (order_id, reason, cause) do update set is_held = :held, sequence = :sequence
            where holds.sequence <= :sequence
            """;

    private static final String DELETED = """
            insert into deleted_users (user_id, until) values (:user, :until)
            on conflict (user_id) do update set until = greatest(deleted_users.until, excluded.until)
            """;

    /** What events of two topics say of one user is applied one after the other: neither misses the other. */
    private static final String LOCK_OF_USER = "select 1 from pg_advisory_xact_lock(hashtextextended(:user, 0))";

    private static final String CLAIM = """
            update shipments set shipping_until = now() + make_interval(secs => :lease) where order_id in (
                select order_id from shipments s
                where shipped_at is null and ship_at <= :read
                  and (shipping_until is null or shipping_until <= now())
                  and not exists (select 1 from holds h where h.order_id = s.order_id and h.is_held)
                  and not exists (select 1 from deleted_users d
                                  where d.user_id = s.user_id and (s.placed_at is null or s.placed_at <= d.until))
                order by ship_at limit :batch for update skip locked)
            returning order_id
            """;

    private final JdbcClient database;
    private final Duration rest;

    Shipments(JdbcClient database, FulfilmentSettings settings) {
        this.database = database;
        this.rest = settings.shipAfter();
    }

    void placed(ReceivedEvent event) {
        JsonNode address = event.data().path("shippingAddress");
        String user = event.field("userId").asString();
        lock(user);
        changed(database.sql(PLACED)
                .param("order", event.subject())
                .param("user", user)
                .param("at", event.time().atOffset(ZoneOffset.UTC))
                .param("address", address.isObject() ? address.toString() : null));
    }

    /** The moment to send it is counted from when this is first known here, not from when it was paid: a lag leaves no less rest. */
    void paid(ReceivedEvent event) {
        changed(database.sql(PAID)
                .param("order", event.subject())
                .param("user", event.field("userId").asString())
                .param("lines", event.field("lines").toString())
                .param("rest", rest.toMillis() / 1000.0));
    }

    /**
     * An order may be held for several causes of one reason: each is let go by itself.
     *
     * @param cause the dispute's id; empty where there is one cause at most
     */
    void hold(ReceivedEvent event, Hold reason, String cause, boolean isHeld) {
        changed(database.sql(HOLD)
                .param("order", event.subject())
                .param("reason", reason.text())
                .param("cause", cause)
                .param("held", isHeld)
                .param("sequence", event.sequence()));
    }

    /** What was ordered until then has no address any more, nor gets one later; what was not sent yet is not sent. */
    void erase(String user, Instant until) {
        lock(user);
        changed(database.sql(DELETED).param("user", user).param("until", until.atOffset(ZoneOffset.UTC)));
        changed(database.sql("update shipments set address = null where user_id = :user and placed_at <= :until")
                .param("user", user)
                .param("until", until.atOffset(ZoneOffset.UTC)));
    }

    /** The database's clock, by which orders come due. */
    Instant now() {
        return database.sql("select now()").query(OffsetDateTime.class).single().toInstant();
    }

    /**
     * Takes what is due, for the caller alone until its lease runs out: after a crash it is given again, to whoever asks.
     *
     * @param read until when all that was told has been applied: what came due later may yet be refunded
     */
    List<String> claim(Instant read) {
        return database
                .sql(CLAIM)
                .param("lease", (double) LEASE.toSeconds())
                .param("read", read.atOffset(ZoneOffset.UTC))
                .param("batch", BATCH)
                .query(String.class)
                .list()
                .stream()
                .map(Shipments::known)
                .toList();
    }

    /** The carrier has it. */
    void shipped(String order) {
        changed(database.sql("update shipments set shipped_at = now() where order_id = :order and shipped_at is null")
                .param("order", order));
    }

    private void lock(String user) {
        var unused = database.sql(LOCK_OF_USER)
                .param("user", user)
                .query(Integer.class)
                .single();
    }

    private static String known(@Nullable String orderId) {
        return Objects.requireNonNull(orderId);
    }

    private static void changed(JdbcClient.StatementSpec statement) {
        var unused = statement.update(); // none: an older event, or nothing of the user's
    }
}
