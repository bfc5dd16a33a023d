package io.tillstream.subscription.entitlement;

import io.tillstream.subscription.subscription.Subscription;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/** What is known of the payment of a subscription: read from its invoices, noted on it. */
@Repository
class PaymentEvidence {

    /** The newest two years of a monthly plan, and whatever was paid last, however long ago. */
    private static final String NEWEST = """
            (select status, ever_paid, issued_at, failed_at, stripe_invoice_id from invoices
             where subscription_id = :id order by issued_at desc, stripe_invoice_id desc limit 24)
            union
            (select status, ever_paid, issued_at, failed_at, stripe_invoice_id from invoices
             where subscription_id = :id and ever_paid order by issued_at desc, stripe_invoice_id desc limit 1)
            order by 3 desc, 5 desc
            """;

    private final DatabaseClient database;

    PaymentEvidence(DatabaseClient database) {
        this.database = database;
    }

    Mono<Bills> of(UUID subscriptionId) {
        return database.sql(NEWEST)
                .bind("id", subscriptionId)
                .map(row -> new Bills.Bill(
                        Objects.requireNonNull(row.get("status", String.class)),
                        Boolean.TRUE.equals(row.get("ever_paid", Boolean.class)),
                        Objects.requireNonNull(row.get("issued_at", Instant.class)),
                        row.get("failed_at", Instant.class)))
                .all()
                .collectList()
                .map(Bills::of);
    }

    /** Since when payment is owed, for everybody to see. */
    Mono<Void> note(Subscription subscription, Facts facts) {
        return switch (subscription.status()) {
            case PAST_DUE, UNPAID -> owed(subscription.id(), facts.owedSince());
            default -> subscription.billing().pastDueSince() == null ? Mono.empty() : settled(subscription.id());
        };
    }

    private Mono<Void> owed(UUID id, Instant since) {
        return database.sql(
                        "update subscriptions set past_due_since = :since where id = :id and past_due_since is distinct from :since")
                .bind("since", since)
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .then();
    }

    private Mono<Void> settled(UUID id) {
        return database.sql("update subscriptions set past_due_since = null where id = :id")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .then();
    }
}
