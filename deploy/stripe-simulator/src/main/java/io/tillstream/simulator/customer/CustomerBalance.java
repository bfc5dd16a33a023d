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
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** What a customer has to their credit (negative) or owes (positive), and each movement of it. */
@Component
public class CustomerBalance implements Resource {
    private final BillingTime time;
    private final Customers customers;
    private final Store movements;

    /** Why the balance moves: Stripe's type, and what it belongs to. */
    public record Cause(
            String type, @Nullable String invoice, @Nullable String creditNote) {}

    CustomerBalance(BillingTime time, Customers customers, Stores stores) {
        this.time = time;
        this.customers = customers;
        this.movements = stores.open("customer_balance_transaction", "cbtxn", "customer");
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

    /** Moves a customer's balance; a negative amount is to their credit. Gives the movement. */
    @CanIgnoreReturnValue
    public ObjectNode move(String customer, long amount, String currency, Cause cause) {
        ObjectNode changed =
                customers.change(customer, each -> each.put("balance", Json.number(each, "balance") + amount)
                        .put("currency", currency));
        ObjectNode movement = Json.object("customer_balance_transaction", Ids.next("cbtxn"));
        movement.put("amount", amount).putNull("checkout_session").put("created", time.now());
        movement.put("credit_note", cause.creditNote())
                .put("currency", currency)
                .put("customer", customer);
        movement.putNull("customer_account").putNull("description");
        movement.put("ending_balance", Json.number(changed, "balance"));
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
