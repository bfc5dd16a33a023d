package io.tillstream.simulator.cashbalance;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.paymentintent.BankTransfers;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/customers/:id/cash_balance}: bank transfers in test mode come by {@code fund_cash_balance}, and are taken by the
 * open PaymentIntents of that currency, the oldest first (docs.stripe.com/payments/customer-balance/reconciliation).
 */
@Component
class CashBalances implements Resource {
    private final Timeline timeline;
    private final Events events;
    private final Customers customers;
    private final BankTransfers transfers;
    private final Store movements;
    private final StateMap<Map<String, Long>> available; // by customer and currency

    CashBalances(Timeline timeline, Events events, Customers customers, BankTransfers transfers, Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.customers = customers;
        this.transfers = transfers;
        this.movements = stores.open("customer_cash_balance_transaction", "ccsbtxn", "customer");
        this.available = stores.nestedMap("cash_balance.available", Long.class);
        transfers.whenAwaited(intent -> reconcile(Json.textOf(intent, "customer"), Json.textOf(intent, "currency")));
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/customers/{customer}/cash_balance", call -> balance(customer(call)));
        routes.get("/v1/customers/{customer}/cash_balance_transactions", this::list)
                .paged();
        routes.get("/v1/customers/{customer}/cash_balance_transactions/{id}", call -> call.object(movements));
        routes.post("/v1/test_helpers/customers/{customer}/fund_cash_balance", this::fund)
                .takes("amount", "currency", "reference");
    }

    private String customer(Call call) {
        String id = call.variable("customer");
        return customers
                .store()
                .find(id)
                .filter(each -> !Json.isTrue(each, "deleted"))
                .map(each -> id)
                .orElseThrow(() -> StripeError.missing("customer", id, "customer"));
    }

    private ObjectNode balance(String customer) {
        ObjectNode balance = Json.object().put("object", "cash_balance");
        Map<String, Long> amounts = available.getOrDefault(customer, Map.of());
        if (amounts.isEmpty()) {
            balance.putNull("available");
        } else {
            ObjectNode shown = balance.putObject("available");
            amounts.forEach(shown::put);
        }
        balance.put("customer", customer).putNull("customer_account").put("livemode", false);
        balance.putObject("settings").put("reconciliation_mode", "automatic").put("using_merchant_default", true);
        return balance;
    }

    private ObjectNode list(Call call) {
        return call.list(movements, new Query(movements).where("customer", customer(call)));
    }

    private ObjectNode fund(Call call) {
        String customer = customer(call);
        Params params = call.params();
        long amount = params.requiredInteger("amount");
        String currency = Currencies.read(params);
        if (amount < 1) {
            throw StripeError.malformed("parameter_invalid_integer", "Invalid positive integer", "amount");
        }
        ObjectNode funded = move(customer, amount, currency, "funded", null, params.text("reference"));
        events.emit("cash_balance.funds_available", balance(customer));
        reconcile(customer, currency);
        return funded;
    }

    private long left(String customer, String currency) {
        return available.getOrDefault(customer, Map.of()).getOrDefault(currency, 0L);
    }

    private ObjectNode move(
            String customer,
            long amount,
            String currency,
            String type,
            @Nullable String intent,
            @Nullable String reference) {
        long ending = left(customer, currency) + amount;
        Map<String, Long> amounts = new java.util.TreeMap<>(available.getOrDefault(customer, Map.of()));
        amounts.put(currency, ending);
        available.put(customer, Collections.unmodifiableMap(amounts));
        ObjectNode movement = Json.object("customer_cash_balance_transaction", Ids.next("ccsbtxn"));
        if (intent != null) {
            movement.putObject("applied_to_payment").put("payment_intent", intent);
        }
        movement.put("created", timeline.now()).put("currency", currency).put("customer", customer);
        movement.putNull("customer_account").put("ending_balance", ending);
        if (type.equals("funded")) {
            String kind = currency.equals("eur") ? "eu_bank_transfer" : "us_bank_transfer";
            ObjectNode funded = movement.putObject("funded").putObject("bank_transfer");
            ObjectNode transfer =
                    funded.put("reference", reference).put("type", kind).putObject(kind);
            transfer.putNull("sender_name");
            if (currency.equals("eur")) {
                transfer.putNull("bic").putNull("iban_last4");
            }
        }
        movement.put("livemode", false).put("net_amount", amount).put("type", type);
        movements.add(movement);
        events.emit("customer_cash_balance_transaction.created", movement);
        return movement;
    }

    private void reconcile(String customer, String currency) {
        List<ObjectNode> open = new java.util.ArrayList<>(new Query(transfers.intents())
                .where("customer", customer)
                .where("currency", currency)
                .where(BankTransfers::isAwaited)
                .all());
        Collections.reverse(open); // the oldest first
        for (ObjectNode intent : open) {
            long applied = Math.min(left(customer, currency), BankTransfers.missing(intent));
            if (applied > 0) {
                String id = Json.textOf(intent, "id");
                ObjectNode unused = move(customer, -applied, currency, "applied_to_payment", id, null);
                transfers.apply(id, applied);
            }
        }
    }
}
