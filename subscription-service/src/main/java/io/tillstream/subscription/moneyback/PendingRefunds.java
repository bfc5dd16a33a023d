package io.tillstream.subscription.moneyback;

import io.tillstream.delivery.Transactions;
import io.tillstream.subscription.sql.Column;
import io.tillstream.subscription.sweep.StripeRound;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Refunds of invoices that Stripe has made and that a bank has not taken yet, whoever asked for them. They are looked at for as long as
 * that can change, as no event may tell of it.
 */
@Repository
class PendingRefunds {

    private static final int BATCH = 20; // a call to Stripe each

    private static final String PENDING = " (b.kind = 'refund' and b.status in ('pending', 'requires_action')) ";

    /** A bank takes up to 30 days: what it has not told of in twice that may not come by itself. */
    static final String PENDING_LONG = PENDING + "and b.since < now() - interval '60 days' ";

    /** Until Stripe answers: who it could not be asked about is not forgotten for as long as one of whom it told. */
    private static final String CLAIM = """
            update invoice_money_back
            set next_look_at = now() + interval '10 minutes'
            where object_id in (
                select b.object_id from invoice_money_back b where b.next_look_at <= now() and""" + PENDING + """
                order by b.next_look_at limit :batch for update skip locked)
            returning object_id, stripe_invoice_id
            """;

    private static final String REST = """
            update invoice_money_back
            set next_look_at = now() + case
                when since > now() - interval '60 days' then interval '1 day'
                when since > now() - interval '180 days' then interval '7 days'
                else interval '30 days' end
            where object_id = :id
            """;

    /** What is claimed and not answered is among what is due within the rest of a claim; the others are early by no more. */
    private static final String MAKE_DUE = """
            update invoice_money_back
            set next_look_at = now()
            where object_id in (
                select b.object_id from invoice_money_back b
                where b.next_look_at > now() and b.next_look_at <= now() + interval '10 minutes' and""" + PENDING + """
                order by b.next_look_at limit :most for update skip locked)
            """;

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    private final StripeMoneyBack stripe;
    private final RefundAnswers answers;
    private final DatabaseClient database;
    private final Transactions transactions;

    PendingRefunds(StripeMoneyBack stripe, RefundAnswers answers, DatabaseClient database, Transactions transactions) {
        this.stripe = stripe;
        this.answers = answers;
        this.database = database;
        this.transactions = transactions;
    }

    record Due(String refund, String invoice) {}

    Flux<Due> claimDue() {
        return database.sql(CLAIM)
                .bind("batch", BATCH)
                .map(row -> new Due(
                        Column.present(row, "object_id", String.class),
                        Column.present(row, "stripe_invoice_id", String.class)))
                .all();
    }

    /**
     * Takes what Stripe says of it by now. Its long rest begins with the answer, a refusal to say among them; what could not be asked,
     * or not be kept, is due again soon.
     */
    Mono<Void> look(Due due) {
        return stripe.refund(due.refund())
                .flatMap(now -> answers.learn(due.invoice(), now))
                .onErrorResume(fault -> StripeRound.isForNow(fault)
                        ? Mono.error(fault)
                        : rest(due).then(Mono.error(fault)))
                .then(Mono.defer(() -> rest(due)));
    }

    private Mono<Void> rest(Due due) {
        return transactions
                .statement(database.sql(REST).bind("id", due.refund()).fetch().rowsUpdated())
                .then();
    }

    /** Stripe answers again: ends the rests of what has no answer, of some of it; tells of how much, zero for none. */
    Mono<Long> makeDue() {
        return database.sql(MAKE_DUE).bind("most", DUE_AT_ONCE).fetch().rowsUpdated();
    }

    /** How many are under way for longer than a bank takes. */
    Mono<Long> countLong() {
        return database.sql("select count(*) as n from invoice_money_back b where" + PENDING_LONG)
                .map(row -> Column.present(row, "n", Long.class))
                .one();
    }
}
