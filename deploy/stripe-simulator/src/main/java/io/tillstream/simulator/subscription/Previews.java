package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.invoice.InvoiceLine;
import io.tillstream.simulator.invoice.InvoiceRequest;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** The next invoice as it is, or as a change would make it ({@code POST /v1/invoices/create_preview}). */
@Component
public class Previews {
    private static final String[] PARAMS = {
        "customer",
        "currency",
        "subscription",
        "preview_mode",
        "automatic_tax.enabled=false",
        "discounts.coupon",
        "discounts.promotion_code",
        "discounts.discount",
        "customer_details.address.*",
        "customer_details.shipping.*",
        "customer_details.tax_exempt",
        "subscription_details.billing_cycle_anchor",
        "subscription_details.billing_mode.type",
        "subscription_details.cancel_at",
        "subscription_details.cancel_at_period_end",
        "subscription_details.cancel_now",
        "subscription_details.default_tax_rates",
        "subscription_details.metadata.*",
        "subscription_details.proration_behavior",
        "subscription_details.proration_date",
        "subscription_details.trial_end"
    };

    private final BillingTime time;
    private final Subscriptions subscriptions;
    private final PreviewCalculator invoices;
    private final Billing billing;
    private final Coupled coupled;
    private final PreviewItems items;

    Previews(
            BillingTime time,
            Subscriptions subscriptions,
            PreviewCalculator invoices,
            Billing billing,
            Coupled coupled,
            PreviewItems items) {
        this.time = time;
        this.subscriptions = subscriptions;
        this.invoices = invoices;
        this.billing = billing;
        this.coupled = coupled;
        this.items = items;
    }

    /** The parameters that are done here: all but those of a schedule. */
    public static String[] params() {
        Stream<String> items = Stream.concat(
                Stream.of(SubscriptionItems.PARAMS),
                Stream.of(ItemDiscountsAndTaxes.PARAMS).map("items."::concat));
        return Stream.of(Stream.of(PARAMS), Stream.of(PreviewItems.PARAMS), items.map("subscription_details."::concat))
                .flatMap(names -> names)
                .toArray(String[]::new);
    }

    /** Of a subscription that runs, or of one that is to be made. */
    public ObjectNode preview(Params params) {
        Params details = params.child("subscription_details");
        Params wanted = details == null ? new Params(Json.object()) : details;
        String payer = params.text("customer");
        String customer = payer == null ? NewSubscriptions.NOBODY : payer;
        if (!params.has("subscription") && !wanted.has("items") && params.has("invoice_items")) {
            boolean recurs = subscriptions.livingOf(customer).stream().anyMatch(Previews::goesOn);
            if (!recurs) {
                boolean recurring = isRecurring(params);
                return shown(invoices.single(customer, items.currency(params), time.now()), params, recurring);
            }
        }
        ObjectNode subscription = subscription(params, wanted);
        String owner = subscription == null ? customer : Json.textOf(subscription, "customer");
        return preview(params, new PreviewInput(subscription, owner, time.now(), wanted, List.of()));
    }

    private static boolean isRecurring(Params params) {
        return "recurring".equals(params.oneOf("preview_mode", "next", "recurring"));
    }

    private static boolean goesOn(ObjectNode subscription) {
        return SubscriptionStatus.of(subscription).running() && !Json.present(subscription, "cancel_at");
    }

    /** Of what is planned, with what the request says beside that. */
    public ObjectNode preview(Params params, PreviewInput planned) {
        String customer = params.text("customer");
        if (customer != null && !customer.equals(planned.customer())) {
            throw StripeError.invalid(
                    null, "The subscription belongs to another customer than the one specified.", "subscription");
        }
        boolean recurring = isRecurring(params);
        ObjectNode subscription = planned.subscription();
        String currency = params.text("currency");
        if (subscription == null) {
            return shown(invoices.first(planned, currency, recurring), params, recurring);
        }
        if (currency != null && !currency.equalsIgnoreCase(Json.text(subscription, "currency"))) {
            throw StripeError.invalid(null, "The currency of a preview must be that of the subscription.", "currency");
        }
        return shown(invoices.next(subscription, planned, recurring), params, recurring);
    }

    /** One that shows what recurs has nothing that is billed once: docs.stripe.com/invoicing/preview. */
    private ObjectNode shown(InvoiceRequest billed, Params params, boolean recurring) {
        List<InvoiceLine> lines =
                new ArrayList<>(items.lines(params, billed.customer(), billed.currency(), time.now()));
        if (recurring) {
            lines.clear();
        }
        lines.addAll(billed.lines());
        InvoiceRequest bill = coupled.lowered(billed.with(lines), params);
        Params details = params.child("customer_details");
        return billing.invoicing()
                .preview(recurring ? coupled.lasting(bill) : bill, !recurring, invoice -> customer(details, invoice));
    }

    /** The customer as the preview is to see them. */
    private static void customer(@Nullable Params details, ObjectNode invoice) {
        if (Json.is(invoice, "customer", NewSubscriptions.NOBODY)) {
            invoice.putNull("customer");
        }
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
                throw PreviewCalculator.none(Json.textOf(known, "customer"));
            }
            return known;
        }
        if (wanted.has("items")) {
            return null;
        }
        String customer = params.required("customer");
        return subscriptions.livingOf(customer).stream()
                .filter(Previews::goesOn)
                .min(Comparator.comparingLong(each -> Subscriptions.period(each).end()))
                .orElseThrow(() -> PreviewCalculator.none(customer));
    }
}
