package io.tillstream.subscription.subscription;

import io.tillstream.delivery.Outbox;
import io.tillstream.events.InvoiceEvent;
import io.tillstream.events.Money;
import io.tillstream.subscription.sql.Column;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/**
 * Invoices that were open when their subscription ended, and were paid after that, or in the same second and nothing shows that
 * it was before: for that money nothing is given. One that the end itself makes, for what was used, is none of them. And those for
 * which money came after they were voided.
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
              and i.status = 'paid' and i.amount_paid > 0
              and (i.issued_at < s.ended_at or i.billing_reason = 'subscription_create')
              and (i.paid_at > s.ended_at or i.paid_at = s.ended_at and i.stripe_invoice_id = any(:afterEnd))
            on conflict do nothing
            returning stripe_invoice_id, amount, currency
            """;

    private static final String FOR_VOID = """
            insert into invoice_refunds
                (id, stripe_invoice_id, purpose, amount, currency, status, next_attempt_at, created_at, updated_at)
            values (gen_random_uuid(), :invoice, 'late_payment', :amount, :currency, :status,
                   case when :status = 'asked' then :now end, :now, :now)
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

    /**
     * After a step of the subscription; under the lock of its row. Stripe's times are whole seconds: what was paid in the
     * second of the end came before it if the subscription shows that, as one does that began, or was not overdue any more.
     */
    public Mono<Void> check(Subscription known, Subscription next) {
        if (known.status().isOver() || !next.status().isOver()) {
            return check(next, List.of());
        }
        boolean unpaid = next.status() == SubscriptionStatus.INCOMPLETE_EXPIRED
                || known.status() == SubscriptionStatus.PAST_DUE
                || known.status() == SubscriptionStatus.UNPAID;
        return unpaid ? paidInvoices(next).flatMap(paid -> check(next, paid)) : check(next, List.of());
    }

    /**
     * After an invoice was learned of; under the same lock.
     *
     * @param paid it, if it was not known to be paid until now: with the end in the same second, that is taken to have come first
     */
    public Mono<Void> check(Subscription subscription, @Nullable String paid) {
        return check(subscription, paid == null ? List.of() : List.of(paid));
    }

    private Mono<List<String>> paidInvoices(Subscription subscription) {
        return database.sql("select stripe_invoice_id from invoices where subscription_id = :id and status = 'paid'")
                .bind("id", subscription.id())
                .map(row -> Column.present(row, "stripe_invoice_id", String.class))
                .all()
                .collectList();
    }

    private Mono<Void> check(Subscription subscription, List<String> afterEnd) {
        if (!subscription.status().isOver()) {
            return Mono.empty();
        }
        return owed(
                subscription,
                database.sql(FOUND).bind("id", subscription.id()).bind("afterEnd", afterEnd.toArray(String[]::new)),
                "after its subscription ended");
    }

    /**
     * Money came for an invoice that was voided before, as a bank debit does that was on its way then: nothing is given for it, whether
     * its subscription goes on or not. Under the lock of the subscription's row; told once.
     */
    public Mono<Void> cameForVoid(Subscription subscription, String invoiceId, Money money) {
        return owed(
                subscription,
                database.sql(FOR_VOID)
                        .bind("invoice", invoiceId)
                        .bind("amount", money.amount())
                        .bind("currency", money.currency()),
                "after it was voided");
    }

    private Mono<Void> owed(Subscription subscription, DatabaseClient.GenericExecuteSpec late, String when) {
        boolean refunds = settings.action() == LatePaymentSettings.Action.REFUND;
        return late.bind("status", refunds ? "asked" : "flagged")
                .bind("now", clock.instant())
                .map(row -> new InvoiceEvent.LatePayment(
                        Column.present(row, "stripe_invoice_id", String.class),
                        subscription.id().toString(),
                        subscription.userId(),
                        new Money(
                                Column.present(row, "amount", Long.class),
                                Column.present(row, "currency", String.class)),
                        refunds ? "refund" : "flag"))
                .all()
                .collectList()
                .flatMapIterable(found -> found)
                .doOnNext(found -> LOG.info(
                        "Invoice {} of subscription {} was paid {}", found.invoiceId(), subscription.id(), when))
                .concatMap(outbox::append)
                .then();
    }
}
