package io.tillstream.simulator.charge;

import io.tillstream.simulator.PublicAddress;
import io.tillstream.simulator.SimulatorSettings;
import io.tillstream.simulator.balance.Balance;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.paymentmethod.Behavior;
import io.tillstream.simulator.paymentmethod.Decline;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import io.tillstream.simulator.state.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Charges: made by intents, changed by captures, refunds and disputes. */
@Component
public class Charges {
    private static final long BANK_FEE_LIMIT = 500; // a debit costs 0.8 %, five dollars at most

    private final Timeline timeline;
    private final Events events;
    private final Balance balance;
    private final SimulatorSettings settings;
    private final PublicAddress address;
    private final Store charges;
    private final List<BiConsumer<ObjectNode, Behavior>> uponMoney = new ArrayList<>();
    private final List<Consumer<ObjectNode>> uponRefund = new ArrayList<>();
    private final StateMap<Boolean> chargedBack;
    private final Work settlement;

    Charges(
            Timeline timeline,
            Events events,
            Balance balance,
            SimulatorSettings settings,
            PublicAddress address,
            Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.balance = balance;
        this.settings = settings;
        this.address = address;
        this.charges = stores.open("charge", "ch", "payment_intent", "customer");
        stores.alias("py", charges);
        this.chargedBack = stores.map("charge.charged_back", Boolean.class);
        this.settlement =
                timeline.work("charge.settlement", with -> settle(with.get(0), Behavior.valueOf(with.get(1))));
    }

    public Store store() {
        return charges;
    }

    /** Called with each charge whose money came in, and what the test card does next. */
    public void uponMoney(BiConsumer<ObjectNode, Behavior> listener) {
        uponMoney.add(listener);
    }

    /** Called with each charge of which something was given back. */
    public void uponRefund(Consumer<ObjectNode> listener) {
        uponRefund.add(listener);
    }

    /** Counts a refund; a negative amount takes one back. */
    public void refunded(String id, long amount) {
        Store.Change changed = charges.update(id, charge -> {
            long refunded = Json.number(charge, "amount_refunded") + amount;
            charge.put("amount_refunded", refunded).put("refunded", refunded >= Json.number(charge, "amount"));
        });
        events.changed(amount > 0 ? "charge.refunded" : "charge.updated", changed);
        uponRefund.forEach(listener -> listener.accept(changed.object()));
    }

    /** While a bank has taken the money back, it cannot be refunded too. */
    public void chargedBack(String id, boolean withdrawn) {
        if (withdrawn) {
            chargedBack.put(id, true);
        } else {
            chargedBack.remove(id);
        }
    }

    public boolean isChargedBack(String id) {
        return chargedBack.contains(id);
    }

    /** A try that the bank refused. */
    public ObjectNode declined(ObjectNode intent, ObjectNode method, Behavior behavior, Decline decline) {
        ObjectNode charge = ChargeJson.of(intent, method, behavior, timeline.now());
        ChargeJson.fail(charge, decline, behavior);
        charges.add(charge);
        events.emit("charge.failed", charge);
        return charge;
    }

    /** A try that the bank accepted: money taken, or set aside until it is captured. */
    public ObjectNode accepted(ObjectNode intent, ObjectNode method, Behavior behavior, boolean authenticated) {
        boolean captured = !Json.is(intent, "capture_method", "manual");
        ObjectNode charge = ChargeJson.of(intent, method, behavior, timeline.now());
        charge.put("status", "succeeded").put("paid", true).put("captured", captured);
        charge.put("amount_captured", captured ? Json.number(charge, "amount") : 0);
        if (charge.path("payment_method_details").get("card") instanceof ObjectNode card && authenticated) {
            card.set(
                    "three_d_secure",
                    Json.literal(
                            "{'authentication_flow':'challenge','electronic_commerce_indicator':'05','exemption_indicator':null,"
                                    + "'result':'authenticated','result_reason':null,'transaction_id':null,'version':'2.2.0'}"));
        }
        charges.add(charge);
        events.emit("charge.succeeded", charge);
        if (captured) {
            settleLater(Json.textOf(charge, "id"), behavior);
        }
        return charge;
    }

    /** A debit that a bank answers days later. */
    public ObjectNode pending(ObjectNode intent, ObjectNode method, Behavior behavior) {
        ObjectNode charge = ChargeJson.of(intent, method, behavior, timeline.now());
        charges.add(charge);
        events.emit("charge.pending", charge);
        return charge;
    }

    public void pendingSucceeded(String id, Behavior behavior) {
        ObjectNode charge = charges.update(id, each -> each.put("status", "succeeded")
                        .put("paid", true)
                        .put("captured", true)
                        .put("amount_captured", Json.number(each, "amount")))
                .object();
        events.emit("charge.succeeded", charge);
        settleLater(id, behavior);
    }

    public void pendingFailed(String id, String code, String message) {
        ObjectNode charge = charges.update(id, each -> each.put("status", "failed")
                        .put("failure_code", code)
                        .put("failure_message", message))
                .object();
        events.emit("charge.failed", charge);
    }

    /** Takes what was set aside, or a part of it; the rest is given free. */
    public void capture(String id, long amount, Behavior behavior) {
        Store.Change captured = charges.update(id, each -> {
            each.put("captured", true).put("amount_captured", amount);
            each.put("amount_refunded", Json.number(each, "amount") - amount);
        });
        events.changed("charge.captured", captured);
        settleLater(id, behavior);
    }

    /** Gives free what was set aside. */
    public void release(String id, String eventType) {
        Store.Change released = charges.update(
                id, each -> each.put("refunded", true).put("amount_refunded", Json.number(each, "amount")));
        events.changed(eventType, released);
    }

    /** The balance transaction follows the success after a moment, as it does with Stripe's asynchronous capture. */
    private void settleLater(String id, Behavior behavior) {
        if (behavior == Behavior.BYPASS_PENDING) { // available at once, for who pays it out with the next request
            settle(id, behavior);
            events.emit("balance.available", balance.balance());
        } else {
            timeline.in(settings.balanceDelay(), settlement, id, behavior.name());
        }
    }

    private void settle(String id, Behavior behavior) {
        ObjectNode charge = charges.get(id);
        long amount = Json.number(charge, "amount_captured");
        boolean card = Json.is(charge.path("payment_method_details"), "type", "card");
        long fee = card ? Balance.cardFee(amount) : Math.min(Math.round(amount * 0.008), BANK_FEE_LIMIT);
        Balance.Movement movement = new Balance.Movement(
                card ? "charge" : "payment",
                "charge",
                id,
                amount,
                Math.min(fee, amount),
                Json.textOf(charge, "currency"),
                Json.text(charge, "description"));
        String transaction = balance.book(movement, behavior != Behavior.BYPASS_PENDING);
        Store.Change settled = charges.update(id, each -> each.put("balance_transaction", transaction)
                .put("receipt_url", address.of("/receipts/" + id)));
        events.changed("charge.updated", settled);
    }

    /** To be called once a success was told: what the test card does next is there at once, as Stripe has it in its lists. */
    public void succeeded(String id, Behavior behavior) {
        ObjectNode charge = charges.get(id);
        uponMoney.forEach(listener -> listener.accept(charge, behavior));
    }

    /** Changes a charge and tells it as {@code charge.updated}. */
    @CanIgnoreReturnValue
    public ObjectNode change(String id, Consumer<ObjectNode> change) {
        Store.Change changed = charges.update(id, change);
        events.changed("charge.updated", changed);
        return changed.object();
    }
}
