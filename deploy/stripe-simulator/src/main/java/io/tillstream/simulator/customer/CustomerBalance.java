package io.tillstream.simulator.customer;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a customer has to their credit (negative) or owes (positive), and each movement of it. Each currency has a balance of
 * its own; {@code balance} is the one in the customer's own currency
 * (docs.stripe.com/api/customer_balance_transactions/create, docs.stripe.com/invoicing/multi-currency-customers).
 */
@Component
public class CustomerBalance implements Resource {
    private final BillingTime time;
    private final Customers customers;
    private final Store movements;
    private final StateMap<ObjectNode> others; // by customer: in each currency that is not theirs

    /** Why the balance moves: Stripe's type, and what it belongs to. */
    public record Cause(
            String type, @Nullable String invoice, @Nullable String creditNote) {}

    CustomerBalance(BillingTime time, Customers customers, Stores stores) {
        this.time = time;
        this.customers = customers;
        this.movements = stores.open("customer_balance_transaction", "cbtxn", "customer");
        this.others = stores.map("customer.other_balances", ObjectNode.class);
        customers.store().includes("invoice_credit_balance", this::credits);
        customers.uponDeletion(customer -> others.remove(Json.textOf(customer, "id")));
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/customers/{id}/balance_transactions", this::adjust)
                .takes("amount", "currency", "description", "metadata.*");
        routes.get("/v1/customers/{id}/balance_transactions", this::list)
                .paged()
                .takes("invoice");
        routes.get("/v1/customers/{customer}/balance_transactions/{id}", call -> call.object(movements));
        routes.post("/v1/customers/{customer}/balance_transactions/{id}", this::update)
                .takes("description", "metadata.*");
    }

    /** The balance that counts for an invoice in this currency. */
    public long in(ObjectNode customer, String currency) {
        return isOwn(customer, currency)
                ? Json.number(customer, "balance")
                : Json.number(others.getOrDefault(Json.textOf(customer, "id"), Json.object()), currency);
    }

    private static boolean isOwn(ObjectNode customer, String currency) {
        return !Json.present(customer, "currency") || Json.is(customer, "currency", currency);
    }

    /** Makes a currency the customer's own. What they have in the one before stays theirs. */
    public void settle(String id, String currency) {
        ObjectNode customer = customers.store().get(id);
        if (Json.is(customer, "currency", currency) || Json.isTrue(customer, "deleted")) {
            return;
        }
        long balance = in(customer, currency);
        if (!isOwn(customer, currency)) {
            keep(id, Json.textOf(customer, "currency"), Json.number(customer, "balance"));
        }
        customers.store().update(id, each -> each.put("currency", currency).put("balance", balance));
    }

    private void keep(String customer, String currency, long balance) {
        ObjectNode other = others.getOrDefault(customer, Json.object()).deepCopy();
        others.put(customer, other.put(currency, balance));
    }

    /** In all currencies, as {@code invoice_credit_balance} has it: what is to their credit is positive there. */
    private ObjectNode credits(ObjectNode customer) {
        ObjectNode credits = Json.object();
        others.getOrDefault(Json.textOf(customer, "id"), Json.object())
                .propertyNames()
                .forEach(currency -> credits.put(currency, -in(customer, currency)));
        String own = Json.text(customer, "currency");
        return own == null ? credits : credits.put(own, -Json.number(customer, "balance"));
    }

    /** Moves a customer's balance; a negative amount is to their credit. Gives the movement. */
    @CanIgnoreReturnValue
    public ObjectNode move(String customer, long amount, String currency, Cause cause) {
        ObjectNode before = customers.store().get(customer);
        long after = in(before, currency) + amount;
        if (isOwn(before, currency)) {
            customers.change(customer, each -> each.put("balance", after).put("currency", currency));
        } else {
            keep(customer, currency, after);
        }
        ObjectNode movement = Json.object("customer_balance_transaction", Ids.next("cbtxn"));
        movement.put("amount", amount).putNull("checkout_session").put("created", time.now());
        movement.put("credit_note", cause.creditNote())
                .put("currency", currency)
                .put("customer", customer);
        movement.putNull("customer_account").putNull("description");
        movement.put("ending_balance", after);
        movement.put("invoice", cause.invoice()).put("livemode", false).putObject("metadata");
        movement.put("type", cause.type());
        movements.add(movement);
        return movement;
    }

    private ObjectNode adjust(Call call) {
        Params params = call.params();
        ObjectNode customer = living(call);
        long amount = params.requiredInteger("amount");
        String currency = Currencies.read(params);
        Metadata.apply(params, Json.object());
        ObjectNode movement = move(Json.textOf(customer, "id"), amount, currency, new Cause("adjustment", null, null));
        return change(Json.textOf(movement, "id"), params);
    }

    private ObjectNode list(Call call) {
        ObjectNode customer = living(call);
        return call.list(
                movements,
                new Query(movements)
                        .where("customer", Json.textOf(customer, "id"))
                        .where("invoice", call.params().text("invoice")));
    }

    private ObjectNode update(Call call) {
        ObjectNode movement = call.object(movements);
        Metadata.apply(call.params(), movement);
        return change(Json.textOf(movement, "id"), call.params());
    }

    private ObjectNode change(String id, Params params) {
        return movements
                .update(id, each -> {
                    params.copy(each, "description");
                    Metadata.apply(params, each);
                })
                .object();
    }

    private ObjectNode living(Call call) {
        ObjectNode customer = call.object(customers.store());
        if (Json.isTrue(customer, "deleted")) {
            throw StripeError.missing("customer", call.variable("id"), "id");
        }
        return customer;
    }
}
