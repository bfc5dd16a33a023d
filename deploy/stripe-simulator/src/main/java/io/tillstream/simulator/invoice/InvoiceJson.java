package io.tillstream.simulator.invoice;

import io.tillstream.simulator.customer.CustomerBalance;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import java.time.Duration;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A new invoice as it looks, before its lines are on it. */
@Component
class InvoiceJson {
    /** A draft that goes its way by itself can be changed for this long. */
    static final Duration DRAFT_TIME = Duration.ofHours(1);

    private static final String[] WITHOUT_VALUE = {
        "account_tax_ids",
        "application",
        "automatically_finalizes_at",
        "custom_fields",
        "customer_account",
        "default_source",
        "description",
        "due_date",
        "effective_at",
        "ending_balance",
        "footer",
        "from_invoice",
        "hosted_invoice_url",
        "invoice_pdf",
        "last_finalization_error",
        "latest_revision",
        "next_payment_attempt",
        "number",
        "on_behalf_of",
        "parent",
        "receipt_number",
        "rendering",
        "shipping_cost",
        "shipping_details",
        "statement_descriptor",
        "test_clock",
        "webhooks_delivered_at"
    };
    private static final String[] NOTHING_YET = {
        "amount_due",
        "amount_overpaid",
        "amount_paid",
        "amount_remaining",
        "amount_shipping",
        "attempt_count",
        "post_payment_credit_notes_amount",
        "pre_payment_credit_notes_amount",
        "subtotal",
        "subtotal_excluding_tax",
        "total",
        "total_excluding_tax"
    };
    private static final String[] EMPTY_LISTS = {
        "customer_tax_ids",
        "default_tax_rates",
        "discounts",
        "total_discount_amounts",
        "total_pretax_credit_amounts",
        "total_taxes"
    };
    private static final ObjectNode FIXED = Json.literal(
            "{'account_country':'US','account_name':'Tillstream',"
                    + "'automatic_tax':{'disabled_reason':null,'enabled':false,'liability':null,'provider':null,'status':null},"
                    + "'issuer':{'type':'self'},'livemode':false,"
                    + "'status_transitions':{'finalized_at':null,'marked_uncollectible_at':null,'paid_at':null,'voided_at':null}}");

    private final Customers customers;
    private final CustomerBalance balance;
    private final BillingTime time;

    InvoiceJson(Customers customers, CustomerBalance balance, BillingTime time) {
        this.customers = customers;
        this.balance = balance;
        this.time = time;
    }

    ObjectNode of(InvoiceRequest request) {
        long now = time.now();
        ObjectNode invoice = Json.object("invoice", Ids.next("in"));
        for (String field : WITHOUT_VALUE) {
            invoice.putNull(field);
        }
        for (String field : NOTHING_YET) {
            invoice.put(field, 0);
        }
        for (String field : EMPTY_LISTS) {
            invoice.putArray(field);
        }
        invoice.put("test_clock", time.clock(request.customer()));
        invoice.setAll(FIXED.deepCopy());
        invoice.put("attempted", false).put("auto_advance", request.autoAdvance());
        invoice.put("billing_reason", request.billingReason()).put("collection_method", request.collectionMethod());
        invoice.put("created", now).put("currency", request.currency()).put("customer", request.customer());
        invoice.put("default_payment_method", request.defaultPaymentMethod()).putObject("metadata");
        invoice.put("period_end", request.periodEnd()).put("period_start", request.periodStart());
        invoice.set("payment_settings", paymentSettings(request));
        invoice.put("status", "draft");
        invoice.set("default_tax_rates", request.defaultTaxRates().deepCopy());
        request.discounts().forEach(discount -> invoice.withArray("discounts").add(Json.textOf(discount, "id")));
        if (request.subscription() != null) {
            ObjectNode parent = invoice.putObject("parent").putNull("quote_details");
            ObjectNode details = parent.putObject("subscription_details");
            details.set("metadata", request.subscriptionMetadata().deepCopy());
            details.put("subscription", request.subscription());
            parent.put("type", "subscription_details");
        }
        schedule(invoice, request, now);
        describeCustomer(invoice);
        return invoice;
    }

    private static void schedule(ObjectNode invoice, InvoiceRequest request, long now) {
        boolean charged = request.collectionMethod().equals("charge_automatically");
        Integer days = request.daysUntilDue();
        if (!charged) {
            invoice.put(
                    "due_date", now + Duration.ofDays(days == null ? 0 : days).toSeconds());
        }
        if (request.autoAdvance()) {
            long next = now + DRAFT_TIME.toSeconds();
            invoice.put("automatically_finalizes_at", next);
            if (charged) {
                invoice.put("next_payment_attempt", next);
            }
        }
    }

    private static ObjectNode paymentSettings(InvoiceRequest request) {
        ObjectNode settings =
                Json.literal("{'default_mandate':null,'payment_method_options':null,'payment_method_types':null}");
        ObjectNode given = request.paymentSettings();
        if (given != null) {
            settings.properties().forEach(field -> {
                JsonNode value = given.get(field.getKey());
                if (value != null) {
                    field.setValue(value.deepCopy());
                }
            });
        }
        return settings;
    }

    /** A customer's first invoice decides on their currency, and what is subscribed to in another one, which then is alone. */
    void settleCurrency(ObjectNode invoice) {
        String customer = Json.textOf(invoice, "customer");
        if (Json.present(invoice, "parent") || !Json.present(customers.store().get(customer), "currency")) {
            balance.settle(customer, Json.textOf(invoice, "currency"));
        }
    }

    /** What is known of the customer, as it is now; fixed from finalization on. */
    void describeCustomer(ObjectNode invoice) {
        String id = Json.textOf(invoice, "customer");
        ObjectNode customer = id.isEmpty() ? Json.object() : customers.store().get(id); // a preview may be for nobody
        for (String field : new String[] {"address", "email", "name", "phone", "shipping"}) {
            invoice.set("customer_" + field, customer.path(field).isMissingNode() ? null : customer.get(field));
        }
        String exempt = Json.text(customer, "tax_exempt");
        invoice.put("customer_tax_exempt", exempt == null ? "none" : exempt);
        invoice.put("starting_balance", balance.in(customer, Json.textOf(invoice, "currency")));
    }
}
