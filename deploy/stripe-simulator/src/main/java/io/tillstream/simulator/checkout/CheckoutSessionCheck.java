package io.tillstream.simulator.checkout;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.paymentintent.PaymentIntentFlow;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a page will ask for when its buyer pays, tried when the page is made, and nothing is made of it: else a shop's mistake
 * shows when a buyer is there already.
 */
@Component
public class CheckoutSessionCheck {
    private static final long SHORTEST_TRIAL = Duration.ofDays(2).toSeconds(); // Stripe's, of trial_end

    private final BillingTime time;
    private final PaymentIntentFlow payments;
    private Consumer<Params> subscriptions = params -> {};

    CheckoutSessionCheck(BillingTime time, PaymentIntentFlow payments) {
        this.time = time;
        this.payments = payments;
    }

    /** {@code check} is called with the parameters of a subscription, and refuses what none can be made of. */
    public void ofSubscriptions(Consumer<Params> check) {
        subscriptions = check;
    }

    void check(ObjectNode session, Params params, List<ObjectNode> sold) {
        if (Json.is(session, "mode", "payment")) {
            payment(session, params.child("payment_intent_data"));
        } else if (Json.is(session, "mode", "subscription")) {
            subscription(session, params, sold);
        }
    }

    private void payment(ObjectNode session, @Nullable Params data) {
        ObjectNode wanted = data == null ? Json.object() : data.tree().deepCopy();
        String currency = Json.textOf(session, "currency");
        long total = Json.number(session, "amount_total");
        wanted.put("currency", currency);
        wanted.put("amount", Long.toString(total == 0 ? Currencies.smallest(currency) : total));
        ObjectNode types = wanted.putObject("payment_method_types");
        for (JsonNode type : session.path("payment_method_types")) {
            types.put(Integer.toString(types.size()), type.asString());
        }
        named(data, () -> payments.check(new Params(wanted)));
    }

    private void subscription(ObjectNode session, Params params, List<ObjectNode> sold) {
        Params data = params.child("subscription_data");
        if (data != null) {
            refuseShortTrial(data);
        }
        ObjectNode wanted = data == null ? Json.object() : data.tree().deepCopy();
        wanted.put("currency", Json.textOf(session, "currency"));
        String customer = params.text("customer");
        if (customer != null) {
            wanted.put("customer", customer);
        }
        LineItems.subscribe(sold, wanted);
        named(data, () -> subscriptions.accept(new Params(wanted)));
    }

    /** docs.stripe.com/api/checkout/sessions/create: at least a day, or two if it has a date. */
    private void refuseShortTrial(Params data) {
        Long days = data.integer("trial_period_days");
        if (days != null && days < 1) {
            throw StripeError.malformed(
                    "parameter_invalid_integer",
                    "This value must be greater than or equal to 1.",
                    data.param("trial_period_days"));
        }
        Long end = data.integer("trial_end");
        if (end != null && end < time.now() + SHORTEST_TRIAL) {
            throw StripeError.invalid(
                    null, "The `trial_end` date has to be at least 2 days in the future.", data.param("trial_end"));
        }
    }

    /** A refusal names the parameter as the caller wrote it. */
    private static void named(@Nullable Params data, Runnable check) {
        try {
            check.run();
        } catch (StripeError refused) {
            String param = Json.text(refused.error(), "param");
            int end = param == null ? -1 : param.indexOf('[');
            String name = param == null || end < 0 ? param : param.substring(0, end);
            if (data != null && name != null && param != null && data.has(name)) {
                refused.with("param", data.param(name) + param.substring(name.length()));
            }
            throw refused;
        }
    }
}
