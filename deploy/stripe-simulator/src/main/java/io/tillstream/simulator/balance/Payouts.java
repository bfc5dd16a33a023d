package io.tillstream.simulator.balance;

import io.tillstream.simulator.SimulatorSettings;
import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import io.tillstream.simulator.state.Work;
import java.time.Duration;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/payouts}: what is available goes to the shop's bank, and arrives after a while. */
@Component
class Payouts implements Resource {
    private static final String BANK_ACCOUNT = "ba_1TillstreamSimul"; // the account's only one
    private static final long DAY = Duration.ofDays(1).toSeconds();

    private final Timeline timeline;
    private final Events events;
    private final Balance balance;
    private final SimulatorSettings settings;
    private final Store payouts;
    private final Work arrival;

    Payouts(Timeline timeline, Events events, Balance balance, SimulatorSettings settings, Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.balance = balance;
        this.settings = settings;
        this.payouts = stores.open("payout", "po", "status");
        this.arrival = timeline.work("payout.arrival", with -> arrive(with.get(0)));
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/payouts", this::create)
                .takes("amount", "currency", "description", "metadata.*", "method", "statement_descriptor")
                .takes("source_type=card");
        routes.get("/v1/payouts", this::list).paged().takes("status", "destination");
        routes.get("/v1/payouts/{id}", call -> call.object(payouts, "payout"));
        routes.post("/v1/payouts/{id}", this::update).takes("metadata.*");
        routes.post("/v1/payouts/{id}/cancel", this::cancel);
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        long amount = params.requiredInteger("amount");
        String currency = Currencies.read(params);
        StatementDescriptor.refuseBadSigns(params);
        if (amount < 1) {
            throw StripeError.malformed("parameter_invalid_integer", "Invalid positive integer", "amount");
        }
        if (amount > balance.available(currency)) {
            throw StripeError.invalid(
                    "balance_insufficient",
                    "You have insufficient funds in your Stripe account for this payout. Your "
                            + Objects.requireNonNullElse(params.text("source_type"), "card")
                            + " balance is too low. You can use the /v1/balance endpoint to view your Stripe balance.",
                    null);
        }
        String method = Objects.requireNonNullElse(params.text("method"), "standard");
        boolean instant = method.equals("instant");
        String id = Ids.next("po");
        ObjectNode payout = Json.object("payout", id).put("amount", amount).putNull("application_fee");
        payout.putNull("application_fee_amount").put("arrival_date", timeline.now() + (instant ? 0 : DAY));
        payout.put("automatic", false).put("created", timeline.now()).put("currency", currency);
        payout.put("description", params.text("description")).put("destination", BANK_ACCOUNT);
        payout.putNull("failure_balance_transaction").putNull("failure_code").putNull("failure_message");
        payout.put("livemode", false);
        Metadata.apply(params, payout);
        payout.put("method", method).putNull("original_payout").putNull("payout_method");
        payout.put("reconciliation_status", "not_applicable")
                .putNull("reversed_by")
                .put("source_type", "card");
        payout.put("statement_descriptor", params.text("statement_descriptor")).put("status", "pending");
        payout.putNull("trace_id").put("type", "bank_account");
        payout.put("balance_transaction", book(id, -amount, currency, "STRIPE PAYOUT"));
        payouts.add(payout);
        timeline.in(settings.settleDelay(), arrival, id);
        events.emit("payout.created", payout);
        return payout;
    }

    private String book(String id, long amount, String currency, String text) {
        String type = amount < 0 ? "payout" : "payout_cancel";
        return balance.book(
                new Balance.Movement(type, amount < 0 ? "payout" : "payout_reversal", id, amount, 0, currency, text),
                false);
    }

    private ObjectNode list(Call call) {
        Query query = new Query(payouts)
                .where("status", call.params().text("status"))
                .where("destination", call.params().text("destination"));
        return call.list(payouts, query);
    }

    private ObjectNode update(Call call) {
        Metadata.apply(call.params(), call.object(payouts, "payout")); // a refused change must leave nothing behind
        Store.Change change = payouts.update(call.variable("id"), each -> Metadata.apply(call.params(), each));
        events.changed("payout.updated", change);
        return change.object();
    }

    private ObjectNode cancel(Call call) {
        ObjectNode payout = call.object(payouts, "payout");
        if (!Json.is(payout, "status", "pending")) {
            throw StripeError.invalid(
                    "payouts_not_allowed", "Payouts can only be canceled while they are pending.", null);
        }
        String id = call.variable("id");
        String reversal =
                book(id, Json.number(payout, "amount"), Json.textOf(payout, "currency"), "STRIPE PAYOUT CANCEL");
        Store.Change change =
                payouts.update(id, each -> each.put("status", "canceled").put("failure_balance_transaction", reversal));
        events.changed("payout.canceled", change);
        return change.object();
    }

    private void arrive(String id) {
        payouts.find(id).filter(each -> Json.is(each, "status", "pending")).ifPresent(each -> {
            Store.Change change = payouts.update(id, payout -> payout.put("status", "paid"));
            events.changed("payout.paid", change);
        });
    }
}
