package io.tillstream.delivery;

import io.tillstream.events.Money;
import io.tillstream.events.OrderEvent;
import io.tillstream.stripeevents.StripeEvent;
import java.util.Collections;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The smallest service there can be: adds the amounts of events to accounts it knows. */
@Component
class Ledger implements StripeEventHandler {

    private final DatabaseClient database;
    private final Outbox outbox;
    private final ParkedEvents parked;
    private final Transactions transactions;
    final AtomicInteger questions = new AtomicInteger();
    final Queue<String> tried = new ConcurrentLinkedQueue<>();
    volatile @Nullable RuntimeException fault;
    volatile @Nullable String onlyFor;
    volatile @Nullable String slowFor;
    volatile Mono<Void> slowUntil = Mono.empty();

    Ledger(DatabaseClient database, Outbox outbox, ParkedEvents parked, Transactions transactions) {
        this.database = database;
        this.outbox = outbox;
        this.parked = parked;
        this.transactions = transactions;
    }

    Mono<Void> open(String account) {
        return transactions
                .run(database.sql("insert into account (id, total) values (:id, 0)")
                        .bind("id", account)
                        .fetch()
                        .rowsUpdated()
                        .then(parked.release(account)))
                .then();
    }

    Mono<Long> total(String account) {
        return database.sql("select total from account where id = :id")
                .bind("id", account)
                .map(row -> row.get("total", Long.class))
                .one();
    }

    @Override
    public boolean follows(String type) {
        return !type.equals("gossip");
    }

    @Override
    public boolean concerns(StripeEvent event) {
        return !event.type().equals("aside");
    }

    @Override
    public Mono<EventOutcome> apply(StripeEvent event, Optional<JsonNode> refetched) {
        tried.add(event.id());
        RuntimeException planned = fault;
        if (planned != null && (onlyFor == null || event.objectId().equals(onlyFor))) {
            return Mono.error(planned);
        }
        if (event.type().equals("unclear") && refetched.isEmpty()) {
            return Mono.just(new EventOutcome.NeedsRefetch());
        }
        if (event.type().equals("overtaken") && Collections.frequency(tried, event.id()) < 3) {
            return Mono.just(new EventOutcome.NeedsRefetch()); // something came between the first reading and its use
        }
        return event.objectId().equals(slowFor)
                ? slowUntil.then(Mono.defer(() -> add(event, refetched)))
                : add(event, refetched);
    }

    private Mono<EventOutcome> add(StripeEvent event, Optional<JsonNode> refetched) {
        String account = event.objectId();
        long amount = refetched.orElse(event.object()).get("amount").longValue();
        return database.sql("update account set total = total + :amount where id = :id")
                .bind("amount", amount)
                .bind("id", account)
                .fetch()
                .rowsUpdated()
                .flatMap(rows -> rows == 0
                        ? Mono.just(new EventOutcome.Parked(account))
                        : tell(account, amount).thenReturn(new EventOutcome.Applied()));
    }

    private Mono<Void> tell(String account, long amount) {
        return outbox.append(new OrderEvent.Refunded(account, "alice", new Money(amount, "usd")));
    }

    @Override
    public Mono<JsonNode> refetch(StripeEvent event) {
        questions.incrementAndGet();
        return Mono.just(JsonMapper.shared().readTree("{\"amount\": 42}"));
    }
}
