package io.tillstream.subscription.moneyback;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripeevents.RefundState;
import io.tillstream.subscription.sql.Column;
import io.tillstream.subscription.sweep.StripeRound;
import java.util.List;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What was given back of starts, until it has arrived: a bank may send it back, and then it is owed as before. Stripe is asked once
 * more a day later at least, as no event may tell.
 */
@Repository
class StartRefundChecks {

    private static final int BATCH = 20; // a call to Stripe each

    /** Of {@code f}: a bank takes up to 30 days, so what it has not told of in twice that may not come by itself. */
    static final String PENDING_LONG =
            " (f.next_look_at is not null and f.given_back_at < now() - interval '60 days') ";

    private static final String GIVEN_BACK = """
            update start_refunds
            set refunds = :refunds, given_back_at = now(), next_attempt_at = 'infinity', next_look_at = now() + interval '1 day',
                returned_at = null, why = 'pending'
            where subscription_id = :id
            """;

    /** Until Stripe answers: who it could not be asked about is not forgotten for as long as one of whom it told. */
    private static final String CLAIM = """
            update start_refunds
            set next_look_at = now() + interval '10 minutes'
            where subscription_id in (
                select subscription_id from start_refunds where next_look_at <= now()
                order by next_look_at limit :batch for update skip locked)
            returning subscription_id, refunds
            """;

    /** What has arrived, or came back and is owed, is not looked at any more. */
    private static final String REST = """
            update start_refunds
            set next_look_at = now() + case
                when given_back_at > now() - interval '60 days' then interval '1 day'
                when given_back_at > now() - interval '180 days' then interval '7 days'
                else interval '30 days' end
            where subscription_id = :id and next_look_at is not null
            """;

    /** What is claimed and not answered is among what is due within the rest of a claim; the others are early by no more. */
    private static final String MAKE_DUE = """
            update start_refunds
            set next_look_at = now()
            where subscription_id in (
                select subscription_id from start_refunds
                where next_look_at > now() and next_look_at <= now() + interval '10 minutes'
                order by next_look_at limit :most for update skip locked)
            """;

    private static final int DUE_AT_ONCE = 500; // a statement of milliseconds

    private final StripeMoneyBack stripe;
    private final StartRefundRefusals refusals;
    private final DatabaseClient database;
    private final Transactions transactions;

    StartRefundChecks(
            StripeMoneyBack stripe, StartRefundRefusals refusals, DatabaseClient database, Transactions transactions) {
        this.stripe = stripe;
        this.refusals = refusals;
        this.database = database;
        this.transactions = transactions;
    }

    record Due(UUID start, List<String> refunds) {}

    /** Stripe has made these, and nothing is owed unless they come back; what nobody paid for is over. */
    Mono<Void> begin(UUID start, List<RefundState> made) {
        return made.isEmpty()
                ? database.sql("delete from start_refunds where subscription_id = :id")
                        .bind("id", start)
                        .fetch()
                        .rowsUpdated()
                        .then()
                : database.sql(GIVEN_BACK)
                        .bind("refunds", made.stream().map(RefundState::id).toArray(String[]::new))
                        .bind("id", start)
                        .fetch()
                        .rowsUpdated()
                        .then();
    }

    Flux<Due> claimDue() {
        return database.sql(CLAIM)
                .bind("batch", BATCH)
                .map(row -> new Due(
                        Column.present(row, "subscription_id", UUID.class),
                        List.of(Column.present(row, "refunds", String[].class))))
                .all();
    }

    /** What is under way is looked at again, after a rest that begins with Stripe's answer, a refusal to say among them. */
    Mono<Void> look(Due due) {
        return settled(due)
                .onErrorResume(fault -> StripeRound.isForNow(fault)
                        ? Mono.error(fault)
                        : rest(due.start()).then(Mono.error(fault)))
                .then(Mono.defer(() -> rest(due.start())));
    }

    private Mono<Void> settled(Due due) {
        return Flux.fromIterable(due.refunds())
                .concatMap(stripe::refund)
                .map(RefundState::read)
                .collectList()
                .flatMap(now -> now.stream()
                        .filter(refund -> !refund.givesBack())
                        .findFirst()
                        .map(this::returned)
                        .orElseGet(() -> now.stream().allMatch(StartRefundChecks::hasArrived)
                                ? end(due.start())
                                : Mono.empty()));
    }

    private Mono<Void> rest(UUID start) {
        return database.sql(REST).bind("id", start).fetch().rowsUpdated().then();
    }

    /** Stripe answers again: ends the rests of what has no answer, of some of it; tells of how much, zero for none. */
    Mono<Long> makeDue() {
        return database.sql(MAKE_DUE).bind("most", DUE_AT_ONCE).fetch().rowsUpdated();
    }

    private static boolean hasArrived(RefundState refund) {
        return refund.status().equals("succeeded");
    }

    private Mono<Void> returned(RefundState refund) {
        return transactions.run(refusals.returned(refund.id(), () -> refund)).then();
    }

    /** Its event may tell all the same that it came back, for as long as its row is there. */
    private Mono<Void> end(UUID start) {
        return database.sql("update start_refunds set next_look_at = null where subscription_id = :id")
                .bind("id", start)
                .fetch()
                .rowsUpdated()
                .then();
    }

    /** How many are under way for longer than a bank takes. */
    Mono<Long> countLong() {
        return database.sql("select count(*) as n from start_refunds f where" + PENDING_LONG)
                .map(row -> Column.present(row, "n", Long.class))
                .one();
    }
}
