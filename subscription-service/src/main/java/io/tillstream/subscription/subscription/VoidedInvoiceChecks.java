package io.tillstream.subscription.subscription;

import io.tillstream.subscription.sql.Column;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The table of voided invoices for which money may still come. A bank debit that is on its way takes its money whatever became of
 * its invoice, and no event of the invoice tells of that.
 */
@Repository
public class VoidedInvoiceChecks {

    private static final int BATCH = 20; // a call to Stripe each

    /** Until Stripe answers: what it could not be asked about is not forgotten for as long as what it told of. */
    private static final String CLAIM = """
            update voided_invoice_checks
            set next_look_at = now() + interval '10 minutes'
            where stripe_invoice_id in (
                select stripe_invoice_id from voided_invoice_checks where next_look_at <= now()
                order by next_look_at limit :batch for update skip locked)
            returning stripe_invoice_id
            """;

    /** As long as a bank may take to answer; what never does costs a call a month. What an event made due meanwhile stays so. */
    private static final String REST = """
            update voided_invoice_checks
            set next_look_at = now() + case
                when since > now() - interval '60 days' then interval '1 day'
                when since > now() - interval '180 days' then interval '7 days'
                else interval '30 days' end
            where stripe_invoice_id = :invoice and next_look_at > clock_timestamp()
            """;

    /** An event that came before its payment was known here found nothing to make due: it is looked at again as soon as claimed. */
    private static final String WAITS = """
            update voided_invoice_checks set payment_intent = :intent
            where stripe_invoice_id = :invoice and payment_intent is distinct from :intent
            """;

    /** What is claimed and not answered is among what is due within the rest of a claim; the others are early by no more. */
    private static final String MAKE_DUE = """
            update voided_invoice_checks
            set next_look_at = now()
            where stripe_invoice_id in (
                select stripe_invoice_id from voided_invoice_checks
                where next_look_at > now() and next_look_at <= now() + interval '10 minutes'
                order by next_look_at limit :most for update skip locked)
            """;

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    private final DatabaseClient database;

    VoidedInvoiceChecks(DatabaseClient database) {
        this.database = database;
    }

    /** After it was voided; inside the caller's transaction. */
    public Mono<Void> begin(String invoiceId) {
        return database.sql(
                        "insert into voided_invoice_checks (stripe_invoice_id) values (:invoice) on conflict do nothing")
                .bind("invoice", invoiceId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** Its payment is under way. One that is known already rests for long; one that is not is looked at soon again. */
    public Mono<Void> waitsFor(String invoiceId, String paymentIntent) {
        return database.sql(WAITS)
                .bind("intent", paymentIntent)
                .bind("invoice", invoiceId)
                .fetch()
                .rowsUpdated()
                .flatMap(rows -> rows == 0 ? rest(invoiceId) : Mono.empty());
    }

    /** Stripe has answered, and only time may change that. */
    public Mono<Void> rest(String invoiceId) {
        return database.sql(REST)
                .bind("invoice", invoiceId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** An intent has taken its money: whether it is one of these, which is looked at now. */
    public Mono<Boolean> hasCome(String paymentIntent) {
        return database.sql("update voided_invoice_checks set next_look_at = now() where payment_intent = :intent")
                .bind("intent", paymentIntent)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows > 0);
    }

    /** No money comes any more, or it is owed. */
    public Mono<Void> end(String invoiceId) {
        return database.sql("delete from voided_invoice_checks where stripe_invoice_id = :invoice")
                .bind("invoice", invoiceId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** The invoices to be looked at now. */
    public Flux<String> claimDue() {
        return database.sql(CLAIM)
                .bind("batch", BATCH)
                .map(row -> Column.present(row, "stripe_invoice_id", String.class))
                .all();
    }

    /** Stripe answers again: ends the rests of what has no answer, of some of it; tells of how much, zero for none. */
    public Mono<Long> makeDue() {
        return database.sql(MAKE_DUE).bind("most", DUE_AT_ONCE).fetch().rowsUpdated();
    }
}
