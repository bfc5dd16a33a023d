package io.tillstream.simulator.paymentintent;

import io.tillstream.simulator.charge.Charges;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.paymentmethod.Behavior;
import io.tillstream.simulator.paymentmethod.PaymentMethods;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Store;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * PaymentIntents that wait for a bank transfer of their customer
 * (docs.stripe.com/payments/bank-transfers/accept-a-payment): paid when all of it has come.
 */
@Component
public class BankTransfers {
    static final String TYPE = "customer_balance";
    private static final String INSTRUCTIONS = "display_bank_transfer_instructions";

    private final PaymentIntents intents;
    private final PaymentMethods methods;
    private final Charges charges;
    private final Events events;
    private Consumer<ObjectNode> listener = intent -> {};

    BankTransfers(PaymentIntents intents, PaymentMethods methods, Charges charges, Events events) {
        this.intents = intents;
        this.methods = methods;
        this.charges = charges;
        this.events = events;
    }

    public Store intents() {
        return intents.store();
    }

    /** Called with each intent that waits from now on. */
    public void whenAwaited(Consumer<ObjectNode> other) {
        listener = other;
    }

    public static boolean isAwaited(ObjectNode intent) {
        return Json.is(intent, "status", "requires_action")
                && Json.is(intent.path("next_action"), "type", INSTRUCTIONS);
    }

    /** How much an intent still waits for. */
    public static long missing(JsonNode intent) {
        return Json.number(intent.path("next_action").path(INSTRUCTIONS), "amount_remaining");
    }

    ObjectNode await(String id) {
        ObjectNode intent = intents.store()
                .update(id, each -> {
                    String type = Json.text(each, "payment_method_options.customer_balance.bank_transfer.type");
                    each.put("status", "requires_action").putNull("last_payment_error");
                    each.set(
                            "next_action",
                            NextActions.transfer(
                                    id,
                                    Json.number(each, "amount"),
                                    Json.textOf(each, "currency"),
                                    type == null ? "us_bank_transfer" : type));
                })
                .object();
        events.emit("payment_intent.requires_action", intent);
        listener.accept(intent);
        return intents.store().get(id);
    }

    /** So much of a bank transfer is for this intent. */
    public void apply(String id, long amount) {
        ObjectNode intent = intents.store().get(id);
        long left = missing(intent) - amount;
        if (left > 0) {
            ObjectNode partly = intents.store()
                    .update(id, each -> ((ObjectNode) each.get("next_action").get(INSTRUCTIONS))
                            .put("amount_remaining", left))
                    .object();
            events.emit("payment_intent.partially_funded", partly);
            return;
        }
        ObjectNode method = methods.store().get(Json.textOf(intent, "payment_method"));
        ObjectNode charge = charges.accepted(intent, method, Behavior.SUCCEEDS, false);
        intents.succeed(id, Json.textOf(charge, "id"), Json.number(intent, "amount"), Behavior.SUCCEEDS);
    }
}
