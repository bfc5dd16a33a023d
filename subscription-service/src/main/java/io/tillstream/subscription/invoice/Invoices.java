package io.tillstream.subscription.invoice;

import io.tillstream.sql.WhereClause;
import io.tillstream.subscription.sql.Column;
import io.tillstream.web.Paging;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The table of invoices. They change only while their subscription is locked. */
@Repository
class Invoices {

    /** A page may begin after one of the same second; one that is gone is as good as the first of its second. */
    private static final String AFTER = """
            (issued_at, place) < (:before, coalesce((select place from invoices where stripe_invoice_id = :beforeId), ''))""";

    private static final String TELL = """
            insert into invoice_told (subscription_id, fact, about) values (:subscriptionId, :fact, :about)
            on conflict do nothing
            """;

    private final DatabaseClient database;

    Invoices(DatabaseClient database) {
        this.database = database;
    }

    Mono<Invoice> find(String stripeInvoiceId) {
        return database.sql("select * from invoices where stripe_invoice_id = :id")
                .bind("id", stripeInvoiceId)
                .map(InvoiceRow::read)
                .one();
    }

    /** Another with every change of an invoice; empty for one that is not known. */
    Mono<String> version(String stripeInvoiceId) {
        return database.sql(
                        "select concat(as_of, ' ', fingerprint, ' ', updated_at) from invoices where stripe_invoice_id = :id")
                .bind("id", stripeInvoiceId)
                .map(row -> Column.present(row, 0, String.class))
                .one();
    }

    /** Only its owner finds it, and only once it is one: a draft may still change. */
    Mono<Invoice> find(String stripeInvoiceId, String userId) {
        return find(stripeInvoiceId)
                .filter(invoice -> invoice.userId().equals(userId) && invoice.status() != InvoiceStatus.DRAFT);
    }

    /** A user's own, the newest first; of one second by Stripe's numbers. */
    Flux<Invoice> page(String userId, @Nullable UUID subscriptionId, Paging paging) {
        var after = paging.after();
        return new WhereClause()
                .and("user_id = :userId", "userId", userId)
                .and("status <> 'draft'")
                .and("subscription_id = :subscriptionId", "subscriptionId", subscriptionId)
                .and(
                        AFTER,
                        "before",
                        after == null ? null : after.createdAt(),
                        "beforeId",
                        after == null ? null : after.id())
                .in(database, "select * from invoices", "order by issued_at desc, place desc limit :rows")
                .bind("rows", paging.rowsToRead())
                .map(InvoiceRow::read)
                .all();
    }

    Mono<Void> put(Invoice invoice) {
        return InvoiceRow.bind(database.sql(InvoiceRow.PUT), invoice)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Whether it is told for the first time. */
    Mono<Boolean> firstTold(UUID subscriptionId, String fact, String about) {
        return database.sql(TELL)
                .bind("subscriptionId", subscriptionId)
                .bind("fact", fact)
                .bind("about", about)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1);
    }
}
