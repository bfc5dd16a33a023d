package io.tillstream.payment.sessionkey;

import io.tillstream.delivery.Transactions;
import io.tillstream.web.Problem;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/**
 * What the keys of {@code POST /api/checkout/sessions} stand for: a page of one kind. Three services answer the endpoint, and
 * each compares bodies of its own kind only; all of them ask payment-service before they ask Stripe, so it is told apart here.
 */
@Repository
public class CheckoutSessionKeys {

    /** Forgets some old ones too: longer ago than a key is kept of which every request was refused. */
    private static final String TAKE = """
            with old as (
                delete from checkout_session_keys where id in (
                    select id from checkout_session_keys where taken_at < now() - interval '40 days' and id <> :id
                    order by taken_at limit 10 for update skip locked))
            insert into checkout_session_keys as taken (id, mode) values (:id, :mode)
            on conflict (id) do update set mode = taken.mode
            returning mode
            """;

    private final DatabaseClient database;
    private final Transactions transactions;

    CheckoutSessionKeys(DatabaseClient database, Transactions transactions) {
        this.database = database;
        this.transactions = transactions;
    }

    /** Stripe's words. */
    public enum Mode {
        PAYMENT,
        SETUP,
        SUBSCRIPTION;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * From now on the key stands for a page of this kind. Errors with 422 {@code idempotency-key-reused} where it stands for
     * another: then nothing was done.
     *
     * @param id of the key
     */
    public Mono<Void> take(UUID id, Mode mode) {
        return transactions
                .statement(database.sql(TAKE)
                        .bind("id", id)
                        .bind("mode", mode.text())
                        .map(row -> Objects.requireNonNull(row.get("mode", String.class)))
                        .one())
                .filter(taken -> taken.equals(mode.text()))
                .switchIfEmpty(Mono.error(() -> Problem.of(
                        422,
                        "idempotency-key-reused",
                        "The Idempotency-Key was used before for a page with another mode.")))
                .then();
    }
}
