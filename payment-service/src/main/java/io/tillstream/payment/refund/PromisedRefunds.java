package io.tillstream.payment.refund;

import io.r2dbc.spi.Readable;
import io.tillstream.delivery.Outbox;
import io.tillstream.events.Money;
import io.tillstream.events.PaymentEvent;
import io.tillstream.payment.dispute.Disputes;
import io.tillstream.payment.payable.Column;
import io.tillstream.payment.payable.Payment;
import io.tillstream.stripe.RefundPromiseStatus;
import io.tillstream.stripe.RefundPromiseStatus.Known;
import io.tillstream.stripe.RefundPromises.Cover;
import io.tillstream.stripe.RefundPromises.MoneyBack;
import io.tillstream.stripe.RefundPromises.Promise;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What became of refunds that operators were promised, and the table of which other refunds made good which of them. It changes
 * only while the payable is locked, so that money is not taken twice.
 */
@Repository
class PromisedRefunds {

    /** What failed, and what other money made good: those have the first choice of what is there, as they had it before. */
    private static final String PROMISES = """
            select id, amount, status, coalesce(failed_at, created_at) as failed_at, flagged_at,
                   attention is null and status = 'refused' as is_good
            from refunds
            where payment_id = :payment and purpose = 'requested'
              and (status = 'delayed'
                or status = 'refused' and (attention is not null or failure_reason = 'given_back_otherwise'))
            order by attention is not null or status = 'delayed', status <> 'delayed', 4, id
            """;

    private static final String MONEY = """
            select id, amount, coalesce(gone_since, created_at) as gone_since,
                   case when purpose = 'requested' then created_at end as asked_at
            from refunds where payment_id = :payment and status in ('pending', 'requires_action', 'succeeded')
            """;

    private static final String COVERS = """
            select c.* from refund_covers c join refunds owed on owed.id = c.promise_id
            where owed.payment_id = :payment order by c.promise_id, c.money_id
            """;

    private static final String MADE_GOOD = """
            update refunds made
            set status = 'refused', failure_reason = 'given_back_otherwise', attention = null, next_ask_at = null,
                updated_at = now()
            from (select id, status from refunds where id = any(:ids)) before
            where made.id = before.id
            returning made.id, made.amount, made.currency, before.status = 'delayed' as was_tried
            """;

    private static final String OWED_AGAIN = """
            update refunds
            set failure_reason = :why, attention = :why, updated_at = now(), flagged_at = coalesce(flagged_at, clock_timestamp())
            where id = any(:ids)
            """;

    private final DatabaseClient database;
    private final Disputes disputes;
    private final Outbox outbox;

    PromisedRefunds(DatabaseClient database, Disputes disputes, Outbox outbox) {
        this.database = database;
        this.disputes = disputes;
        this.outbox = outbox;
    }

    /**
     * After money of a payment went back or came back: which promises are good by that, and which are not any more.
     *
     * @param why what became of money that came back
     */
    Mono<Void> settle(Payment payment, String why) {
        return promises(payment)
                .flatMap(promises -> promises.isEmpty()
                        ? Mono.empty()
                        : money(payment).flatMap(money -> Mono.zip(covers(payment), lost(payment))
                                .flatMap(both -> {
                                    long gone = both.getT2()
                                            + money.stream()
                                                    .mapToLong(MoneyBack::amount)
                                                    .sum();
                                    List<Cover> kept = both.getT1();
                                    return keep(
                                            payment,
                                            RefundPromiseStatus.of(promises, money, kept, gone >= payment.received()),
                                            kept,
                                            why);
                                })));
    }

    private Mono<Void> keep(Payment payment, RefundPromiseStatus now, List<Cover> kept, String why) {
        return madeGood(payment, now.madeGood())
                .then(owedAgain(now.owedAgain(), why))
                .thenMany(Flux.fromIterable(kept).filter(cover -> !now.covers().contains(cover)))
                .concatMap(this::remove)
                .thenMany(Flux.fromIterable(now.covers()).filter(cover -> !kept.contains(cover)))
                .concatMap(this::add)
                .then();
    }

    /** What was still under way is over, and who waits for it has to know. */
    private Mono<Void> madeGood(Payment payment, List<UUID> ids) {
        return ids.isEmpty()
                ? Mono.empty()
                : database.sql(MADE_GOOD)
                        .bind("ids", ids.toArray(UUID[]::new))
                        .map(row -> new Made(failed(payment, row), Column.get(row, "was_tried", Boolean.class)))
                        .all()
                        .collectList()
                        .flatMapIterable(all -> all)
                        .filter(Made::wasTried)
                        .concatMap(made -> outbox.append(made.told()))
                        .then();
    }

    private record Made(PaymentEvent told, boolean wasTried) {}

    private static PaymentEvent failed(Payment payment, Readable row) {
        return new PaymentEvent.RefundFailed(
                payment.reference(),
                payment.userId(),
                payment.id().toString(),
                Column.get(row, "id", UUID.class).toString(),
                new Money(Column.get(row, "amount", Long.class), Column.get(row, "currency", String.class)),
                Refund.GIVEN_BACK_OTHERWISE);
    }

    private Mono<Void> owedAgain(List<UUID> ids, String why) {
        return ids.isEmpty()
                ? Mono.empty()
                : database.sql(OWED_AGAIN)
                        .bind("ids", ids.toArray(UUID[]::new))
                        .bind("why", why)
                        .fetch()
                        .rowsUpdated()
                        .then();
    }

    private Mono<List<Known>> promises(Payment payment) {
        return database.sql(PROMISES)
                .bind("payment", payment.id())
                .map(row -> new Known(
                        new Promise(
                                Column.get(row, "id", UUID.class),
                                Column.get(row, "amount", Long.class),
                                Column.get(row, "failed_at", Instant.class),
                                row.get("flagged_at", Instant.class)),
                        Column.get(row, "is_good", Boolean.class)))
                .all()
                .collectList();
    }

    private Mono<List<MoneyBack>> money(Payment payment) {
        return database.sql(MONEY)
                .bind("payment", payment.id())
                .map(row -> new MoneyBack(
                        Column.get(row, "id", UUID.class).toString(),
                        Column.get(row, "amount", Long.class),
                        Column.get(row, "gone_since", Instant.class),
                        Column.get(row, "id", UUID.class),
                        row.get("asked_at", Instant.class)))
                .all()
                .collectList();
    }

    private Mono<Long> lost(Payment payment) {
        return disputes.ofPayment(payment.id())
                .filter(dispute -> dispute.status().equals("lost"))
                .reduce(0L, (sum, dispute) -> sum + dispute.amount());
    }

    private Mono<List<Cover>> covers(Payment payment) {
        return database.sql(COVERS)
                .bind("payment", payment.id())
                .map(row -> new Cover(
                        Column.get(row, "promise_id", UUID.class),
                        Column.get(row, "money_id", UUID.class).toString(),
                        Column.get(row, "amount", Long.class)))
                .all()
                .collectList();
    }

    private Mono<Void> remove(Cover cover) {
        return changed(
                "delete from refund_covers where promise_id = :promise and money_id = cast(:money as uuid)"
                        + " and amount = :amount",
                cover);
    }

    private Mono<Void> add(Cover cover) {
        return changed(
                "insert into refund_covers (promise_id, money_id, amount)"
                        + " values (:promise, cast(:money as uuid), :amount)",
                cover);
    }

    private Mono<Void> changed(String sql, Cover cover) {
        return database.sql(sql)
                .bind("promise", cover.promise())
                .bind("money", cover.money())
                .bind("amount", cover.amount())
                .fetch()
                .rowsUpdated()
                .then();
    }
}
