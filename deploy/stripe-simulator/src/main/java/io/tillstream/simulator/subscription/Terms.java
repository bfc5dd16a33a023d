package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.paymentmethod.MethodCurrencies;
import io.tillstream.simulator.paymentmethod.PaymentMethods;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.taxrate.Taxes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** What is agreed with a subscriber beside price and period: how it is paid, and when it ends or pauses. */
@Component
class Terms {
    static final String[] PARAMS = {
        "automatic_tax.enabled=false",
        "cancel_at",
        "cancel_at_period_end",
        "collection_method",
        "days_until_due",
        "default_payment_method",
        "default_tax_rates",
        "description",
        "metadata.*",
        "off_session",
        "payment_settings.payment_method_options.card.request_three_d_secure=automatic",
        "payment_settings.payment_method_types=" + MethodCurrencies.BILLED,
        "payment_settings.save_default_payment_method",
        "trial_settings.end_behavior.missing_payment_method"
    };
    private static final String[] FEEDBACK = {
        "customer_service",
        "low_quality",
        "missing_features",
        "other",
        "switched_service",
        "too_complex",
        "too_expensive",
        "unused"
    };

    private final BillingTime time;
    private final PaymentMethods methods;
    private final Taxes taxes;

    Terms(BillingTime time, PaymentMethods methods, Taxes taxes) {
        this.time = time;
        this.methods = methods;
        this.taxes = taxes;
    }

    void apply(Params params, ObjectNode subscription) {
        Metadata.apply(params, subscription);
        Boolean unused = params.flag("off_session"); // means something where something is collected, see Payments
        params.copy(subscription, "description");
        method(params, subscription);
        if (params.has("default_tax_rates")) {
            subscription.set("default_tax_rates", taxes.read(params, "default_tax_rates"));
        }
        String collection = params.oneOf("collection_method", "charge_automatically", "send_invoice");
        if (collection != null) {
            subscription.put("collection_method", collection);
        }
        Long due = params.integer("days_until_due");
        boolean sends = Subscriptions.sendsInvoices(subscription);
        if (due != null && !sends) {
            throw StripeError.invalid(
                    null,
                    "`days_until_due` can only be set when `collection_method` is `send_invoice`.",
                    "days_until_due");
        }
        if (due != null || !sends) {
            subscription.put("days_until_due", due);
        }
        if (sends && !Json.present(subscription, "days_until_due")) {
            throw StripeError.invalid(
                    null,
                    "When `collection_method` is `send_invoice`, `days_until_due` must be set.",
                    "days_until_due");
        }
        payment(params.child("payment_settings"), subscription);
        Params trial = params.child("trial_settings");
        Params end = trial == null ? null : trial.child("end_behavior");
        String missing = end == null ? null : end.oneOf("missing_payment_method", "cancel", "create_invoice", "pause");
        if (missing != null) {
            subscription.putObject("trial_settings").putObject("end_behavior").put("missing_payment_method", missing);
        }
        Params pause = params.child("pause_collection");
        if (pause != null) {
            pause.required("behavior");
            refusePast(pause);
            subscription
                    .putObject("pause_collection")
                    .put("behavior", pause.oneOf("behavior", "keep_as_draft", "mark_uncollectible", "void"))
                    .put("resumes_at", pause.integer("resumes_at"));
        } else if (params.unset("pause_collection")) {
            subscription.putNull("pause_collection");
        }
        details(params.child("cancellation_details"), subscription);
    }

    private void refusePast(Params pause) {
        Long resumes = pause.integer("resumes_at");
        if (resumes != null && resumes <= time.now()) {
            throw StripeError.invalid(
                    null,
                    "Invalid timestamp: must be an integer Unix timestamp in the future.",
                    pause.param("resumes_at"));
        }
    }

    private void method(Params params, ObjectNode subscription) {
        if (!params.has("default_payment_method")) {
            return;
        }
        String id = params.text("default_payment_method");
        if (id == null) {
            subscription.putNull("default_payment_method");
            return;
        }
        String resolved = Json.textOf(methods.resolve(id, "default_payment_method"), "id");
        String owner = methods.store()
                .find(resolved)
                .map(method -> Json.text(method, "customer"))
                .orElse(null);
        if (!Json.is(subscription, "customer", owner == null ? "" : owner)) {
            throw StripeError.invalid(
                    "resource_missing",
                    "The customer does not have a payment method with the ID " + id
                            + ". The payment method must be attached to the customer.",
                    "default_payment_method");
        }
        subscription.put("default_payment_method", resolved);
    }

    private static void payment(@Nullable Params settings, ObjectNode subscription) {
        if (settings == null) {
            return;
        }
        ObjectNode own = (ObjectNode) subscription.get("payment_settings");
        String save = settings.oneOf("save_default_payment_method", "off", "on_subscription");
        if (save != null) {
            own.put("save_default_payment_method", save);
        }
        List<String> types = settings.texts("payment_method_types");
        if (!types.isEmpty()) {
            MethodCurrencies.refuseOther(
                    types, Json.textOf(subscription, "currency"), settings.param("payment_method_types"));
            own.set("payment_method_types", Json.array(types));
        } else if (settings.unset("payment_method_types")) {
            own.putNull("payment_method_types");
        }
        Params options = settings.child("payment_method_options");
        if (options != null) {
            own.set("payment_method_options", options.tree().deepCopy());
        }
    }

    static void details(@Nullable Params given, ObjectNode subscription) {
        if (given != null) {
            ObjectNode details = (ObjectNode) subscription.get("cancellation_details");
            given.copy(details, "comment");
            if (given.has("feedback")) {
                details.put("feedback", given.oneOf("feedback", FEEDBACK));
            }
        }
    }

    /** When it is to end, once its period is known. */
    static void ending(Params params, ObjectNode subscription, long now) {
        if (params.has("cancel_at_period_end") && params.has("cancel_at") && params.isTrue("cancel_at_period_end")) {
            throw StripeError.malformed(
                    null,
                    "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
                    "cancel_at");
        }
        String at = params.text("cancel_at");
        if (at != null) {
            boolean byPeriod = at.equals("min_period_end") || at.equals("max_period_end");
            long end = byPeriod ? Subscriptions.period(subscription).end() : params.requiredInteger("cancel_at");
            if (end <= now) {
                throw StripeError.invalid(null, "cancel_at must be in the future.", "cancel_at");
            }
            end(subscription, end, now);
            subscription.put("cancel_at_period_end", false);
        } else if (params.isTrue("cancel_at_period_end")) {
            end(subscription, Subscriptions.period(subscription).end(), now);
            subscription.put("cancel_at_period_end", true);
        } else if (params.unset("cancel_at")
                || (params.has("cancel_at_period_end") && Json.isTrue(subscription, "cancel_at_period_end"))) {
            subscription.putNull("cancel_at").put("cancel_at_period_end", false).putNull("canceled_at");
            ((ObjectNode) subscription.get("cancellation_details")).putNull("reason");
        } else if (Json.isTrue(subscription, "cancel_at_period_end")) {
            subscription.put("cancel_at", Subscriptions.period(subscription).end());
        }
    }

    private static void end(ObjectNode subscription, long end, long now) {
        if (Json.number(subscription, "cancel_at") != end) {
            subscription.put("cancel_at", end).put("canceled_at", now);
        }
        ((ObjectNode) subscription.get("cancellation_details")).put("reason", "cancellation_requested");
    }
}
