package io.tillstream.subscription.sql;

import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/**
 * The newest news of each of Stripe's objects. Stripe's clock has whole seconds, so two events of one second are told
 * apart by what they say, and which of them is the later Stripe alone knows.
 *
 * <p>One rule for every table that keeps how new its row is: what was said last is kept with the greatest time that was
 * ever told, so that no older event passes for news. Here and in the tables of subscriptions, schedules and invoices.
 */
@Repository
public class ObjectVersionRepository {

    /** How an event compares with what was heard of its object before. */
    public enum EventAge {
        NEWER,
        /** The same again. */
        REPEAT,
        OLDER,
        /** Something else of the same second: Stripe has to be asked. */
        UNCLEAR
    }

    private static final String KEEP = """
            insert into stripe_objects (object_id, as_of, fingerprint) values (:id, :created, :fingerprint)
            on conflict (object_id) do update
            set as_of = greatest(stripe_objects.as_of, :created), fingerprint = :fingerprint, updated_at = now()
            """;

    private final DatabaseClient database;

    ObjectVersionRepository(DatabaseClient database) {
        this.database = database;
    }

    /** {@code created} is the event's, {@code fingerprint} of what matters in it. Locks the object's row. */
    public Mono<EventAge> standing(String objectId, long created, String fingerprint) {
        return database.sql(
                        "select as_of, fingerprint = :fingerprint from stripe_objects where object_id = :id for update")
                .bind("id", objectId)
                .bind("fingerprint", fingerprint)
                .map(row ->
                        standing(created, Column.present(row, 0, Long.class), Column.present(row, 1, Boolean.class)))
                .one()
                .defaultIfEmpty(EventAge.NEWER);
    }

    private static EventAge standing(long created, long asOf, boolean same) {
        if (created != asOf) {
            return created > asOf ? EventAge.NEWER : EventAge.OLDER;
        }
        return same ? EventAge.REPEAT : EventAge.UNCLEAR;
    }

    /** What was applied last; empty text for nothing. */
    public Mono<String> version(String objectId) {
        return database.sql(
                        "select concat(as_of, ' ', fingerprint, ' ', updated_at) from stripe_objects where object_id = :id")
                .bind("id", objectId)
                .map(row -> Column.present(row, 0, String.class))
                .one()
                .defaultIfEmpty("");
    }

    /** What has been applied now. */
    public Mono<Void> keep(String objectId, long created, String fingerprint) {
        return database.sql(KEEP)
                .bind("id", objectId)
                .bind("created", created)
                .bind("fingerprint", fingerprint)
                .fetch()
                .rowsUpdated()
                .then();
    }
}
