package io.tillstream.simulator.invoice;

import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.balance.StatementDescriptor;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.discount.Discounts;
import io.tillstream.simulator.discount.Discounts.Target;
import io.tillstream.simulator.paymentmethod.MethodCurrencies;
import io.tillstream.simulator.promotioncode.PromotionCodes.Purchase;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.taxrate.Taxes;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a caller says of an invoice. */
@Component
class InvoiceParams {
    static final String[] COMMON = {
        "auto_advance",
        "automatic_tax.enabled=false",
        "collection_method",
        "days_until_due",
        "default_payment_method",
        "default_tax_rates",
        "description",
        "discounts.coupon",
        "discounts.discount",
        "discounts.promotion_code",
        "due_date",
        "footer",
        "metadata.*",
        "number",
        "payment_settings.payment_method_types=" + MethodCurrencies.BILLED,
        "statement_descriptor"
    };
    static final String[] CREATE = {"customer", "currency", "subscription", "pending_invoice_items_behavior"};

    private final Customers customers;
    private final Discounts discounts;
    private final Stores stores;
    private final BillingTime time;
    private final Taxes taxes;

    InvoiceParams(Customers customers, Discounts discounts, Stores stores, BillingTime time, Taxes taxes) {
        this.taxes = taxes;
        this.customers = customers;
        this.discounts = discounts;
        this.stores = stores;
        this.time = time;
    }

    InvoiceRequest request(Params params) {
        String subscription = params.text("subscription");
        ObjectNode billed = subscription == null ? null : known("subscription", subscription);
        String named = billed == null ? params.required("customer") : params.text("customer");
        String customer = billed == null ? String.valueOf(named) : Json.textOf(billed, "customer");
        if (named != null && !named.equals(customer)) {
            throw StripeError.invalid(
                    null, "The subscription belongs to another customer than the one specified.", "subscription");
        }
        ObjectNode payer = known("customer", customer);
        String method = params.oneOf("collection_method", "charge_automatically", "send_invoice");
        boolean sent = "send_invoice".equals(method);
        Long days = params.integer("days_until_due");
        refuseDue(params);
        if (sent && days == null && !params.has("due_date")) {
            throw StripeError.malformed(
                    "parameter_missing",
                    "If collection method is set to `send_invoice`, you must also set `due_date` or `days_until_due`.",
                    "days_until_due");
        }
        if (!sent && (days != null || params.has("due_date"))) {
            throw StripeError.malformed(
                    null,
                    "You can only set a due date if collection method is set to `send_invoice`.",
                    days == null ? "due_date" : "days_until_due");
        }
        long now = time.now();
        Metadata.apply(params, Json.object());
        return new InvoiceRequest(
                customer,
                currency(params, billed, payer),
                "manual",
                subscription,
                billed != null && billed.path("metadata") instanceof ObjectNode metadata ? metadata : Json.object(),
                now,
                now,
                List.of(),
                sent ? "send_invoice" : "charge_automatically",
                days == null ? null : days.intValue(),
                null,
                List.of(),
                params.isTrue("auto_advance"),
                null,
                billed == null ? Json.object().putArray("none") : billed.path("default_tax_rates"));
    }

    /** In Stripe's words: github.com/stripe/stripe-python/issues/925. */
    private void refuseDue(Params params) {
        params.refuseBoth("days_until_due", "due_date");
        Long due = params.integer("due_date");
        if (due != null && due <= time.now()) {
            throw StripeError.invalid(
                    null, "Invalid timestamp: must be an integer Unix timestamp in the future", "due_date");
        }
    }

    private static String currency(Params params, @Nullable ObjectNode billed, ObjectNode payer) {
        if (params.has("currency")) {
            String currency = Currencies.read(params);
            if (billed != null && !Json.is(billed, "currency", currency)) {
                throw StripeError.invalid(
                        null,
                        "The currency of the invoice (" + currency + ") does not match that of its subscription ("
                                + Json.textOf(billed, "currency") + ").",
                        "currency");
            }
            return currency;
        }
        String usual = billed == null ? Json.text(payer, "currency") : Json.text(billed, "currency");
        return Objects.requireNonNullElse(usual, "usd");
    }

    private ObjectNode known(String type, String id) {
        return (type.equals("customer")
                        ? customers.store().find(id)
                        : stores.ofType(type).flatMap(all -> all.find(id)))
                .filter(found -> !Json.isTrue(found, "deleted"))
                .orElseThrow(() -> StripeError.missingReference(type, id, type));
    }

    /** The coupons that it names; without a word on that, the customer's. */
    void discount(Params params, ObjectNode invoice) {
        String customer = Json.textOf(invoice, "customer");
        if (params.has("discounts")) {
            Purchase purchase =
                    new Purchase(customer, Json.textOf(invoice, "currency"), Json.number(invoice, "subtotal"));
            List<Discounts.Wanted> wanted = discounts.wanted(params, purchase);
            ArrayNode ids = invoice.putArray("discounts");
            Target target = Target.invoice(customer, Json.textOf(invoice, "id"));
            wanted.forEach(each -> ids.add(Json.textOf(discounts.redeem(each, target), "id")));
        } else if (invoice.path("discounts").isEmpty()) {
            JsonNode inherited = customers.store().get(customer).path("discount");
            String id = inherited.isString() ? inherited.stringValue() : Json.text(inherited, "id");
            if (id != null) {
                invoice.withArray("discounts").add(id);
            }
        }
    }

    /** Takes over what may be set at creation and update alike. */
    void apply(Params params, ObjectNode invoice) {
        params.copy(invoice, "description", "footer", "statement_descriptor", "number");
        StatementDescriptor.refuseBadWords(params);
        Metadata.apply(params, invoice);
        String method = params.text("default_payment_method");
        if (method != null) {
            ObjectNode found = stores.find(method)
                    .orElseThrow(
                            () -> StripeError.missingReference("payment_method", method, "default_payment_method"));
            if (!Json.is(found, "customer", Json.textOf(invoice, "customer"))) {
                throw StripeError.invalid(
                        null,
                        "The customer does not have a payment method with the ID " + method
                                + ". The payment method must be attached to the customer.",
                        "default_payment_method");
            }
        }
        params.copy(invoice, "default_payment_method");
        if (params.has("default_tax_rates")) {
            invoice.set("default_tax_rates", taxes.read(params, "default_tax_rates"));
        }
        Boolean advances = params.flag("auto_advance");
        if (advances != null) {
            invoice.put("auto_advance", advances);
        }
        String collection = params.oneOf("collection_method", "charge_automatically", "send_invoice");
        if (collection != null) {
            invoice.put("collection_method", collection);
        }
        Long days = params.integer("days_until_due");
        Long due = params.integer("due_date");
        refuseDue(params);
        if (days != null) {
            invoice.put(
                    "due_date",
                    Json.number(invoice, "created") + Duration.ofDays(days).toSeconds());
        } else if (due != null) {
            invoice.put("due_date", due);
        }
        Params settings = params.child("payment_settings");
        if (settings != null && settings.has("payment_method_types")) {
            List<String> types = settings.texts("payment_method_types");
            MethodCurrencies.refuseOther(
                    types, Json.textOf(invoice, "currency"), settings.param("payment_method_types"));
            ((ObjectNode) invoice.get("payment_settings")).set("payment_method_types", Json.array(types));
        }
    }
}
