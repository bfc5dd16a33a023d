package io.tillstream.simulator.balance;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/balance} and {@code /v1/balance_transactions}: what came in, what went out, what is left. */
@Component
public class Balance implements Resource {
    private static final long HOLD_SECONDS = Duration.ofDays(2).toSeconds(); // Stripe's usual for cards in the US
    private static final String PROCESSING = "Stripe processing fees";

    private final Timeline timeline;
    private final Store transactions;
    private final StateMap<Long> total;
    private final StateMap<Long> available;
    private final StateMap<Long> held; // by the second at which it becomes available, and the currency

    /** A movement of money: gross amount, what Stripe keeps of it, and from what it came. */
    public record Movement(
            String type,
            String category,
            String source,
            long amount,
            long fee,
            String currency,
            @Nullable String text) {}

    Balance(Timeline timeline, Stores stores) {
        this.timeline = timeline;
        this.transactions = stores.open("balance_transaction", "txn");
        this.total = stores.map("balance.total", Long.class);
        this.available = stores.map("balance.available", Long.class);
        this.held = stores.map("balance.held", Long.class);
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/balance", call -> balance());
        routes.get("/v1/balance_transactions", this::list).paged().takes("type", "source", "currency");
        routes.get("/v1/balance_transactions/{id}", call -> current(call.object(transactions)));
    }

    /** Stripe's fee for a card payment in the United States: 2.9 % and 30 cents. */
    public static long cardFee(long amount) {
        return Math.round(amount * 0.029) + 30;
    }

    /** Books a movement and gives its id. What is not held back is available at once. */
    public String book(Movement movement, boolean hold) {
        String id = Ids.next("txn");
        long now = timeline.now();
        ObjectNode transaction = Json.object("balance_transaction", id);
        transaction.put("amount", movement.amount());
        transaction.put("available_on", hold ? now + HOLD_SECONDS : now).put("balance_type", "payments");
        transaction.put("created", now).put("currency", movement.currency()).put("description", movement.text());
        transaction.putNull("exchange_rate").put("fee", movement.fee());
        ArrayNode fees = transaction.putArray("fee_details");
        if (movement.fee() != 0) {
            fees.addObject()
                    .put("amount", movement.fee())
                    .putNull("application")
                    .put("currency", movement.currency())
                    .put("description", movement.category().startsWith("dispute") ? "Dispute fee" : PROCESSING)
                    .put("type", "stripe_fee");
        }
        long net = movement.amount() - movement.fee();
        transaction.put("net", net).put("reporting_category", movement.category());
        transaction.put("source", movement.source()).put("status", hold ? "pending" : "available");
        transaction.put("type", movement.type());
        transactions.add(transaction);
        add(total, movement.currency(), net);
        if (hold) {
            add(held, (now + HOLD_SECONDS) + " " + movement.currency(), net);
        } else {
            add(available, movement.currency(), net);
        }
        return id;
    }

    private static void add(StateMap<Long> amounts, String key, long amount) {
        amounts.put(key, amounts.getOrDefault(key, 0L) + amount);
    }

    public ObjectNode transaction(String id) {
        return current(transactions.get(id));
    }

    private ObjectNode list(Call call) {
        Query query = new Query(transactions)
                .where("type", call.params().text("type"))
                .where("source", call.params().text("source"))
                .where("currency", call.params().text("currency"));
        ObjectNode list = call.list(transactions, query);
        list.get("data").forEach(each -> current((ObjectNode) each));
        return list;
    }

    @CanIgnoreReturnValue
    private ObjectNode current(ObjectNode transaction) {
        boolean free = Json.number(transaction, "available_on") <= timeline.now();
        return transaction.put("status", free ? "available" : "pending");
    }

    /** What could be paid out now. */
    long available(String currency) {
        free();
        return available.getOrDefault(currency, 0L);
    }

    private void free() {
        long now = timeline.now();
        for (String each : held.keys()) {
            int space = each.indexOf(' ');
            if (Long.parseLong(each.substring(0, space)) <= now) {
                add(available, each.substring(space + 1), held.getOrDefault(each, 0L));
                held.remove(each);
            }
        }
    }

    public ObjectNode balance() {
        free();
        ObjectNode balance = Json.object().put("object", "balance");
        ArrayNode free = balance.putArray("available");
        ArrayNode pending = balance.putArray("pending");
        if (total.size() == 0) {
            amount(free, "usd", 0);
            amount(pending, "usd", 0);
        }
        total.keys().stream().sorted().forEach(currency -> {
            long sum = total.getOrDefault(currency, 0L);
            long ready = available.getOrDefault(currency, 0L);
            amount(free, currency, ready);
            amount(pending, currency, sum - ready);
        });
        return balance.put("livemode", false);
    }

    private static void amount(ArrayNode list, String currency, long amount) {
        list.addObject()
                .put("amount", amount)
                .put("currency", currency)
                .putObject("source_types")
                .put("card", amount);
    }
}
