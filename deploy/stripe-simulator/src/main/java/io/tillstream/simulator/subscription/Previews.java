package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.invoice.InvoiceLine;
import io.tillstream.simulator.invoice.InvoiceRequest;
import io.tillstream.simulator.proration.Period;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /v1/invoices/create_preview}: the next invoice as it is, or as a change would make it. */
@Component
public class Previews implements Resource {
    private final BillingTime time;
    private final Subscriptions subscriptions;
    private final NewSubscriptions creation;
    private final Updates updates;
    private final Changes changes;
    private final Billing billing;
    private final Coupled coupled;
    private final PreviewItems items;
    private Function<String, Planned> schedules = id -> {
        throw StripeError.missingReference("subscription_schedule", id, "schedule");
    };

    Previews(
            BillingTime time,
            Subscriptions subscriptions,
            NewSubscriptions creation,
            Updates updates,
            Changes changes,
            Billing billing,
            Coupled coupled,
            PreviewItems items) {
        this.time = time;
        this.subscriptions = subscriptions;
        this.creation = creation;
        this.updates = updates;
        this.changes = changes;
        this.billing = billing;
        this.coupled = coupled;
        this.items = items;
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/invoices/create_preview", call -> preview(call.params()))
                .takes(
                        "customer",
                        "currency",
                        "schedule",
                        "subscription",
                        "preview_mode",
                        "automatic_tax.enabled=false")
                .takes("discounts.coupon", "discounts.promotion_code", "discounts.discount")
                .takes(PreviewItems.PARAMS)
                .takes("customer_details.address.*", "customer_details.shipping.*", "customer_details.tax_exempt")
                .takes(
                        "subscription_details.billing_cycle_anchor",
                        "subscription_details.billing_mode.type",
                        "subscription_details.cancel_at",
                        "subscription_details.cancel_at_period_end",
                        "subscription_details.cancel_now",
                        "subscription_details.default_tax_rates",
                        "subscription_details.items.id",
                        "subscription_details.items.price",
                        "subscription_details.items.price_data.*",
                        "subscription_details.items.quantity",
                        "subscription_details.items.deleted",
                        "subscription_details.items.clear_usage=false",
                        "subscription_details.items.metadata.*",
                        "subscription_details.items.plan",
                        "subscription_details.metadata.*",
                        "subscription_details.proration_behavior",
                        "subscription_details.proration_date",
                        "subscription_details.trial_end");
    }

    /** By a schedule's id: what its subscription, or the one that it begins with, is to be asked for. */
    public void ofSchedules(Function<String, Planned> planned) {
        schedules = planned;
    }

    /**
     * What a schedule does next.
     *
     * @param subscription null if it has not begun
     * @param details as {@code subscription_details}
     */
    public record Planned(@Nullable String subscription, String customer, ObjectNode details) {}

    /** The same as if its next phase had been asked for. */
    private ObjectNode ofSchedule(String id, Params params) {
        if (params.has("subscription") || params.has("subscription_details")) {
            throw StripeError.malformed(
                    null, "You may not specify `subscription` or `subscription_details` with `schedule`.", "schedule");
        }
        Planned planned = schedules.apply(id);
        ObjectNode asked = Json.object();
        params.names().stream()
                .filter(name -> !name.equals("schedule") && !name.equals("expand"))
                .forEach(name -> asked.set(name, params.raw(name).deepCopy()));
        asked.put("customer", planned.customer());
        if (planned.subscription() != null) {
            asked.put("subscription", planned.subscription());
        }
        asked.set("subscription_details", planned.details());
        return preview(new Params(asked));
    }

    ObjectNode preview(Params params) {
        String schedule = params.text("schedule");
        if (schedule != null) {
            return ofSchedule(schedule, params);
        }
        Params details = params.child("subscription_details");
        Params wanted = details == null ? new Params(Json.object()) : details;
        ObjectNode subscription = subscription(params, wanted);
        if (subscription == null) {
            return shown(first(params, wanted), params);
        }
        if (params.text("customer") != null
                && !Json.is(subscription, "customer", Objects.requireNonNull(params.text("customer")))) {
            throw StripeError.invalid(
                    null, "The subscription belongs to another customer than the one specified.", "subscription");
        }
        String currency = params.text("currency");
        if (currency != null && !currency.equalsIgnoreCase(Json.text(subscription, "currency"))) {
            throw StripeError.invalid(null, "The currency of a preview must be that of the subscription.", "currency");
        }
        params.needless("preview_mode"); // where no renewal follows, both come to the same
        return shown(next(subscription, wanted, params), params);
    }

    private ObjectNode shown(InvoiceRequest billed, Params params) {
        List<InvoiceLine> lines = new ArrayList<>(items.lines(params, billed.currency(), time.now()));
        lines.addAll(billed.lines());
        Params details = params.child("customer_details");
        return billing.invoicing()
                .preview(coupled.lowered(billed.with(lines), params), invoice -> customer(details, invoice));
    }

    /** The customer as the preview is to see them. */
    private static void customer(@Nullable Params details, ObjectNode invoice) {
        if (details != null) {
            if (details.has("address")) {
                invoice.set("customer_address", address(details.child("address")));
            }
            if (details.has("shipping")) {
                details.copyObject(invoice, "shipping", Json.object());
                invoice.set("customer_shipping", invoice.remove("shipping"));
            }
            String exempt = details.oneOf("tax_exempt", "exempt", "none", "reverse");
            if (exempt != null) {
                invoice.put("customer_tax_exempt", exempt);
            }
        }
    }

    private static @Nullable ObjectNode address(@Nullable Params given) {
        if (given == null) {
            return null;
        }
        ObjectNode address = Json.object();
        for (String field : new String[] {"city", "country", "line1", "line2", "postal_code", "state"}) {
            address.put(field, given.text(field));
        }
        return address;
    }

    /** The one that is named, or the customer's that is billed next; null if one that is still to be made is asked for. */
    private @Nullable ObjectNode subscription(Params params, Params wanted) {
        String id = params.text("subscription");
        if (id != null) {
            ObjectNode known = subscriptions
                    .store()
                    .find(id)
                    .orElseThrow(() -> StripeError.missingReference("subscription", id, "subscription"));
            if (SubscriptionStatus.of(known).ended()) {
                throw none(Json.textOf(known, "customer"));
            }
            return known;
        }
        String customer = params.required("customer");
        if (wanted.has("items")) {
            return null;
        }
        return subscriptions.livingOf(customer).stream()
                .filter(each -> SubscriptionStatus.of(each).running() && !Json.present(each, "cancel_at"))
                .min(Comparator.comparingLong(each -> Subscriptions.period(each).end()))
                .orElseThrow(() -> none(customer));
    }

    private InvoiceRequest first(Params params, Params wanted) {
        long now = time.now();
        ObjectNode all = wanted.tree().deepCopy();
        for (String name : new String[] {"customer", "currency"}) {
            if (params.has(name)) {
                all.set(name, params.raw(name));
            }
        }
        ObjectNode subscription = creation.read(new Params(all), now);
        List<InvoiceLine> lines = creation.firstLines(subscription, wanted, now);
        return billing.request(subscription, "subscription_create", new Period(now, now), lines, true);
    }

    private InvoiceRequest next(ObjectNode subscription, Params wanted, Params params) {
        long now = time.now();
        String customer = Json.textOf(subscription, "customer");
        Period over = Subscriptions.period(subscription);
        if (wanted.isTrue("cancel_now")) {
            boolean credited = !"none".equals(wanted.text("proration_behavior"));
            List<InvoiceLine> credits = credited ? changes.credits(subscription, now) : List.of();
            return billing.request(subscription, "upcoming", new Period(over.start(), now), credits, true);
        }
        Change change = updates.planned(subscription, wanted, now);
        if (change.billed()) {
            return billing.request(
                    change.after(),
                    "subscription_update",
                    new Period(over.start(), now),
                    Updates.lines(change, List.of()),
                    true);
        }
        ObjectNode after = change.after();
        boolean ends = Json.present(after, "cancel_at")
                && Json.number(after, "cancel_at") <= change.period().end();
        if (ends || !SubscriptionStatus.of(after).running()) {
            if (change.prorations().isEmpty() && !billing.hasPending(subscription)) {
                throw none(customer);
            }
            return billing.request(after, "upcoming", change.period(), change.prorations(), true);
        }
        InvoiceRequest renewal = billing.renewal(after);
        boolean recurring = "recurring".equals(params.oneOf("preview_mode", "next", "recurring"));
        List<InvoiceLine> lines = new ArrayList<>(recurring ? List.of() : change.prorations());
        lines.addAll(renewal.lines());
        return billing.request(after, "upcoming", change.period(), lines, true);
    }

    private static StripeError none(String customer) {
        return StripeError.of(
                404,
                "invalid_request_error",
                "invoice_upcoming_none",
                "No upcoming invoices for customer: " + customer);
    }
}
