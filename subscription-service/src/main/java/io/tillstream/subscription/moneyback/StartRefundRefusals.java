package io.tillstream.subscription.moneyback;

import io.r2dbc.spi.Readable;
import io.tillstream.delivery.Outbox;
import io.tillstream.delivery.Transactions;
import io.tillstream.events.InvoiceEvent;
import io.tillstream.events.Money;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripeevents.RefundState;
import io.tillstream.subscription.sql.Column;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Timeline;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/** Stripe's refusals to give back what was paid for a start: the last word is kept, and others hear of the first, as of any owed refund. */
@Repository
class StartRefundRefusals {

    /** What is dismissed nobody is told of: it is not owed any more. */
    private static final String REFUSED = """
            update start_refunds owed
            set why = :why, told_at = coalesce(owed.told_at, clock_timestamp())
            from start_refunds before
            where owed.subscription_id = :id and before.subscription_id = owed.subscription_id and owed.dismissed_at is null
            returning owed.stripe_invoice_id, owed.amount, owed.currency, before.told_at is null as is_first
            """;

    /** What was dismissed meanwhile stays so. Several events tell of one refund: each is known by its id, and the first is told on. */
    private static final String RETURNED = """
            update start_refunds
            set given_back_at = null, next_look_at = null, next_attempt_at = 'infinity', returned_at = clock_timestamp(),
                amount = :amount, why = :why, told_at = clock_timestamp()
            where subscription_id = :id and given_back_at is not null and dismissed_at is null and :refund = any(refunds)
            returning stripe_invoice_id, amount, currency, true as is_first
            """;

    private final DatabaseClient database;
    private final Transactions transactions;
    private final Subscriptions subscriptions;
    private final Timeline timeline;
    private final Outbox outbox;

    StartRefundRefusals(
            DatabaseClient database,
            Transactions transactions,
            Subscriptions subscriptions,
            Timeline timeline,
            Outbox outbox) {
        this.database = database;
        this.transactions = transactions;
        this.subscriptions = subscriptions;
        this.timeline = timeline;
        this.outbox = outbox;
    }

    private record Refused(String invoice, Money money, boolean isFirst) {}

    /** Under the lock of its subscription: of two at once one is the first. */
    Mono<Void> refused(UUID start, String code) {
        return transactions
                .run(subscriptions.lock(start).flatMap(row -> keep(start, code)
                        .filter(Refused::isFirst)
                        .flatMap(refused -> tell(row, refused, code))
                        .thenReturn(true)))
                .then();
    }

    /**
     * What was given back came back from its bank, or was canceled on its way: it is owed again, and a person has to give it back
     * otherwise. Inside the caller's transaction.
     *
     * @return whether it was of a start
     */
    Mono<Boolean> returned(String refundId, Supplier<RefundState> read) {
        return database.sql("select subscription_id from start_refunds where :refund = any(refunds)")
                .bind("refund", refundId)
                .map(row -> Column.present(row, "subscription_id", UUID.class))
                .one()
                .flatMap(subscriptions::lock)
                .flatMap(start -> returned(start, read.get()).thenReturn(true))
                .defaultIfEmpty(false);
    }

    private Mono<Void> returned(Subscription start, RefundState refund) {
        String code = RefundAnswers.why(refund);
        return database.sql(RETURNED)
                .bind("amount", refund.amount())
                .bind("why", StartRefunds.NOT_GIVEN_BACK + code)
                .bind("id", start.id())
                .bind("refund", refund.id())
                .map(StartRefundRefusals::read)
                .one()
                .flatMap(owed -> tell(start, owed, code));
    }

    /** Stripe may have done it or not: no refusal that others need to hear of. */
    Mono<Void> unanswered(UUID start, OutcomeUnknown unknown) {
        return transactions
                .statement(database.sql("update start_refunds set why = :why where subscription_id = :id")
                        .bind("why", String.valueOf(unknown.getMessage()))
                        .bind("id", start)
                        .fetch()
                        .rowsUpdated())
                .then();
    }

    private Mono<Refused> keep(UUID start, String code) {
        return database.sql(REFUSED)
                .bind("why", StartRefunds.NOT_GIVEN_BACK + code)
                .bind("id", start)
                .map(StartRefundRefusals::read)
                .one();
    }

    private Mono<Void> tell(Subscription start, Refused refused, String code) {
        String id = start.id().toString();
        return outbox.append(
                        new InvoiceEvent.RefundFailed(refused.invoice(), id, start.userId(), id, refused.money(), code))
                .then(timeline.told(start.id(), Cause.stripeAnswer("POST /v1/refunds", id), "delayed", code));
    }

    private static Refused read(Readable row) {
        return new Refused(
                Column.present(row, "stripe_invoice_id", String.class),
                new Money(Column.present(row, "amount", Long.class), Column.present(row, "currency", String.class)),
                Column.present(row, "is_first", Boolean.class));
    }
}
