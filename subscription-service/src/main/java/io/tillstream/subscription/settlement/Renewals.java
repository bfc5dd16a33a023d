package io.tillstream.subscription.settlement;

import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** A subscription is renewed when its next period has begun and is paid; the two are told in any order. */
@Component
class Renewals {

    /** Stripe invoices a period when it begins, so the invoice's own period, the one before, ends there. */
    private static final String PAID = """
            select exists (
                select 1 from invoices
                where subscription_id = :id and billing_reason = 'subscription_cycle' and status = 'paid'
                  and (period_end = :start or issued_at = :start)) as paid
            """;

    private final DatabaseClient database;
    private final Subscriptions subscriptions;
    private final SubscriptionEventPublisher told;

    Renewals(DatabaseClient database, Subscriptions subscriptions, SubscriptionEventPublisher told) {
        this.database = database;
        this.subscriptions = subscriptions;
        this.told = told;
    }

    /** After an invoice was learned about, in the transaction in which that happened. */
    Mono<Void> afterInvoice(String stripeInvoiceId) {
        return database.sql(
                        "select subscription_id from invoices where stripe_invoice_id = :id and subscription_id is not null")
                .bind("id", stripeInvoiceId)
                .map(row -> Objects.requireNonNull(row.get("subscription_id", UUID.class)))
                .one()
                .flatMap(subscriptions::lock)
                .flatMap(this::check);
    }

    /** Under the lock of the subscription's row. */
    Mono<Void> check(Subscription subscription) {
        Instant start = subscription.period().start();
        Instant end = subscription.period().end();
        if (start == null || end == null || !subscription.status().isBeyondStart()) {
            return Mono.empty();
        }
        return database.sql(PAID)
                .bind("id", subscription.id())
                .bind("start", start)
                .map(row -> Boolean.TRUE.equals(row.get("paid", Boolean.class)))
                .one()
                .flatMap(paid -> paid
                        ? told.tell(subscription.id(), SubscriptionEventFactory.renewed(subscription, start, end))
                        : Mono.empty());
    }
}
