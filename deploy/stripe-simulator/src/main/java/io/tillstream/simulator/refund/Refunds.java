package io.tillstream.simulator.refund;

import io.tillstream.simulator.SimulatorSettings;
import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Balance;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.charge.Charges;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.paymentmethod.Behavior;
import io.tillstream.simulator.paymentmethod.PaymentMethods;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import io.tillstream.simulator.state.Work;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Refunds: money given back, at once or later, and sometimes not. */
@Component
public class Refunds {
    private final Timeline timeline;
    private final Events events;
    private final Balance balance;
    private final Charges charges;
    private final PaymentMethods methods;
    private final SimulatorSettings settings;
    private final Store refunds;
    private final Work conclusion;

    Refunds(
            Timeline timeline,
            Events events,
            Balance balance,
            Charges charges,
            PaymentMethods methods,
            SimulatorSettings settings,
            Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.balance = balance;
        this.charges = charges;
        this.methods = methods;
        this.settings = settings;
        this.refunds = stores.open("refund", "re", "charge", "payment_intent");
        this.conclusion =
                timeline.work("refund.conclusion", with -> conclude(with.get(0), Behavior.valueOf(with.get(1))));
        stores.alias("pyr", refunds);
        charges.store().includes("refunds", charge -> {
            String id = Json.textOf(charge, "id");
            return Call.list(
                    "/v1/charges/" + id + "/refunds",
                    new Query.Slice(new Query(refunds).where("charge", id).all(), false));
        });
    }

    public Store store() {
        return refunds;
    }

    /** Refunds a charge; without an amount all that is left of it. */
    public ObjectNode refund(
            ObjectNode charge, @Nullable Long amount, @Nullable String reason, Consumer<ObjectNode> extra) {
        String chargeId = Json.textOf(charge, "id");
        long left = Json.number(charge, "amount_captured") - refundedOf(charge);
        String currency = Json.textOf(charge, "currency");
        refuseIfNotRefundable(charge, amount, left, currency);
        long given = amount == null ? left : amount;
        Behavior behavior = methods.behavior(methods.store().get(Json.textOf(charge, "payment_method")));
        ObjectNode refund = RefundJson.of(charge, given, reason, timeline.now());
        extra.accept(refund);
        boolean pending =
                behavior == Behavior.REFUND_PENDING || !Json.is(charge.path("payment_method_details"), "type", "card");
        refund.put("status", pending ? "pending" : "succeeded");
        refund.put(
                "balance_transaction",
                book(chargeId, Json.textOf(refund, "id"), -given, currency, "REFUND FOR CHARGE"));
        refunds.add(refund);
        events.emit("refund.created", refund);
        charges.refunded(chargeId, given);
        timeline.in(settings.settleDelay(), conclusion, Json.textOf(refund, "id"), behavior.name());
        return refund;
    }

    private static long refundedOf(ObjectNode charge) {
        long released = Json.number(charge, "amount") - Json.number(charge, "amount_captured");
        return Json.number(charge, "amount_refunded") - released;
    }

    private void refuseIfNotRefundable(ObjectNode charge, @Nullable Long amount, long left, String currency) {
        String id = Json.textOf(charge, "id");
        if (!Json.is(charge, "status", "succeeded")) {
            throw StripeError.invalid(null, "The charge " + id + " did not succeed and cannot be refunded.", "charge");
        }
        if (!Json.isTrue(charge, "captured")) {
            throw StripeError.invalid(
                    null, "The charge " + id + " has not been captured; cancel it instead.", "charge");
        }
        if (charges.isChargedBack(id)) {
            throw StripeError.invalid(
                    "charge_disputed", "Charge " + id + " has been charged back; cannot issue a refund.", null);
        }
        if (left <= 0) {
            throw StripeError.invalid("charge_already_refunded", "Charge " + id + " has already been refunded.", null);
        }
        if (amount != null && amount < 1) {
            throw StripeError.malformed("parameter_invalid_integer", "Invalid positive integer", "amount");
        }
        if (amount != null) {
            Currencies.refuseUneven(amount, currency, "amount");
        }
        if (amount != null && amount > left) {
            throw StripeError.invalid(
                    null,
                    "Refund amount (" + Currencies.spoken(amount, currency) + ") is greater than unrefunded amount on"
                            + " charge (" + Currencies.spoken(left, currency) + ")",
                    "amount");
        }
    }

    private String book(String charge, String refund, long amount, String currency, String text) {
        String type = amount < 0 ? "refund" : "refund_failure";
        return balance.book(
                new Balance.Movement(type, type, refund, amount, 0, currency, text + " (" + charge + ")"), false);
    }

    /** What the bank says in the end. */
    private void conclude(String id, Behavior behavior) {
        String status =
                refunds.find(id).map(refund -> Json.textOf(refund, "status")).orElse("gone");
        if (behavior == Behavior.REFUND_FAILS && !status.equals("canceled")) {
            fail(id, "expired_or_canceled_card");
        } else if (status.equals("pending")) {
            tell(refunds.update(id, refund -> {
                refund.put("status", "succeeded").remove("pending_reason");
                RefundJson.referenceArrives(refund);
            }));
        } else if (status.equals("succeeded")) {
            tell(refunds.update(id, RefundJson::referenceArrives));
        }
    }

    /** The bank could not give the money on: it is back on the balance, and the charge is as if not refunded. */
    public void fail(String id, String reason) {
        reverse(id, "failed", reason);
        events.emit("refund.failed", refunds.get(id));
    }

    public ObjectNode cancel(String id) {
        if (!Json.is(refunds.get(id), "status", "pending") && !Json.is(refunds.get(id), "status", "requires_action")) {
            throw StripeError.invalid(
                    null, "Refund " + id + " cannot be canceled: it is not waiting for the customer any more.", null);
        }
        reverse(id, "canceled", null);
        return refunds.get(id);
    }

    private void reverse(String id, String status, @Nullable String reason) {
        ObjectNode refund = refunds.get(id);
        long amount = Json.number(refund, "amount");
        String charge = Json.textOf(refund, "charge");
        String back = book(charge, id, amount, Json.textOf(refund, "currency"), "REFUND FAILURE");
        charges.refunded(charge, -amount);
        tell(refunds.update(id, each -> {
            each.put("status", status).put("failure_balance_transaction", back);
            if (reason != null) {
                each.put("failure_reason", reason);
            }
        }));
    }

    /** Changes a refund and tells it. */
    @CanIgnoreReturnValue
    public ObjectNode change(String id, Consumer<ObjectNode> change) {
        Store.Change changed = refunds.update(id, change);
        tell(changed);
        return changed.object();
    }

    private void tell(Store.Change changed) {
        events.changed("refund.updated", changed);
        events.changed("charge.refund.updated", changed);
    }
}
