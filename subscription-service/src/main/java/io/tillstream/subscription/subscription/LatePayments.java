package io.tillstream.subscription.subscription;

import io.tillstream.delivery.Outbox;
import io.tillstream.events.InvoiceEvent;
import io.tillstream.events.Money;
import io.tillstream.subscription.sql.Column;
import java.time.Clock;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/**
 * Invoices that were open when their subscription ended, and were paid after that: for that money nothing is given. One that
 * the end itself makes, for what was used, is none of them.
 */
@Repository
public class LatePayments {

    private static final Logger LOG = LoggerFactory.getLogger(LatePayments.class);

    private static final String FOUND = """
            insert into invoice_refunds
                (id, stripe_invoice_id, purpose, amount, currency, status, next_attempt_at, created_at, updated_at)
            select gen_random_uuid(), i.stripe_invoice_id, 'late_payment', i.amount_paid, i.currency, :status,
                   case when :status = 'asked' then :now end, :now, :now
            from invoices i join subscriptions s on s.id = i.subscription_id
            where s.id = :id and s.status in ('canceled', 'incomplete_expired')
              and i.status = 'paid' and i.amount_paid > 0 and i.issued_at < s.ended_at and i.paid_at > s.ended_at
            on conflict do nothing
            returning stripe_invoice_id, amount, currency
            """;

    private final DatabaseClient database;
    private final Outbox outbox;
    private final Clock clock;
    private final LatePaymentSettings settings;

    LatePayments(DatabaseClient database, Outbox outbox, Clock clock, LatePaymentSettings settings) {
        this.database = database;
        this.outbox = outbox;
        this.clock = clock;
        this.settings = settings;
    }

    /** After the end or an invoice was learned of, whichever came last; under the lock of the subscription's row. */
    public Mono<Void> check(Subscription subscription) {
        if (!subscription.status().isOver()) {
            return Mono.empty();
        }
        boolean refunds = settings.action() == LatePaymentSettings.Action.REFUND;
        UUID id = subscription.id();
        return database.sql(FOUND)
                .bind("id", id)
                .bind("status", refunds ? "asked" : "flagged")
                .bind("now", clock.instant())
                .map(row -> new InvoiceEvent.LatePayment(
                        Column.present(row, "stripe_invoice_id", String.class),
                        id.toString(),
                        subscription.userId(),
                        new Money(
                                Column.present(row, "amount", Long.class),
                                Column.present(row, "currency", String.class)),
                        refunds ? "refund" : "flag"))
                .all()
                .collectList()
                .flatMapIterable(found -> found)
                .doOnNext(late -> LOG.info("Invoice {} was paid after subscription {} ended", late.invoiceId(), id))
                .concatMap(outbox::append)
                .then();
    }
}
