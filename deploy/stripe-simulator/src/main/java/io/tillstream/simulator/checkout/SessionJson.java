package io.tillstream.simulator.checkout;

import io.tillstream.simulator.api.EmailAndUrlCheck;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.balance.StatementDescriptor;
import io.tillstream.simulator.paymentmethod.MethodCurrencies;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A Checkout Session as it is made from its parameters. */
final class SessionJson {
    static final String[] PARAMS = {
        "adaptive_pricing.enabled",
        "after_expiration.recovery.enabled=false",
        "allow_promotion_codes",
        "automatic_tax.enabled=false",
        "billing_address_collection=auto",
        "cancel_url",
        "client_reference_id",
        "currency",
        "customer",
        "customer_creation",
        "customer_email",
        "discounts.coupon",
        "discounts.promotion_code",
        "expires_at",
        "integration_identifier",
        "invoice_creation.enabled=false",
        "line_items.adjustable_quantity.enabled=false",
        "line_items.price",
        "line_items.price_data.*",
        "line_items.quantity",
        "locale",
        "managed_payments.enabled=false",
        "metadata.*",
        "mode",
        "payment_method_collection",
        "payment_method_options.card.request_three_d_secure=automatic",
        "payment_intent_data.capture_method",
        "payment_intent_data.description",
        "payment_intent_data.metadata.*",
        "payment_intent_data.receipt_email",
        "payment_intent_data.setup_future_usage",
        "payment_intent_data.shipping.*",
        "payment_intent_data.statement_descriptor",
        "payment_intent_data.statement_descriptor_suffix",
        "payment_intent_data.transfer_group",
        "payment_method_types",
        "phone_number_collection.enabled=false",
        "redirect_on_completion",
        "return_url",
        "setup_intent_data.description",
        "setup_intent_data.metadata.*",
        "submit_type=auto|pay",
        "subscription_data.billing_cycle_anchor",
        "subscription_data.billing_mode.type",
        "subscription_data.description",
        "subscription_data.metadata.*",
        "subscription_data.proration_behavior",
        "subscription_data.trial_end",
        "subscription_data.trial_period_days",
        "subscription_data.trial_settings.end_behavior.missing_payment_method",
        "success_url",
        "tax_id_collection.enabled=false",
        "ui_mode"
    };
    private static final int RANDOM_PART = 56;
    private static final long SHORTEST = Duration.ofMinutes(30).toSeconds(); // Stripe's limits for expires_at
    private static final long LONGEST = Duration.ofHours(24).toSeconds();
    private static final Set<String> DELAYED_IN = Set.of("usd", "eur");

    private SessionJson() {}

    static ObjectNode create(Params params, List<ObjectNode> lines, long now) {
        String mode = params.oneOf("mode", "payment", "setup", "subscription");
        if (mode == null) {
            throw StripeError.malformed("parameter_missing", "Missing required param: mode.", "mode");
        }
        refuseForeign(mode, params);
        for (String name : new String[] {"customer_email", "customer_creation"}) {
            if (params.has("customer") && params.has(name)) {
                throw StripeError.malformed(
                        null, "You may only specify one of these parameters: customer, " + name + ".", name);
            }
        }
        EmailAndUrlCheck.refuseBadEmail(params, "customer_email");
        ObjectNode session = Json.object("checkout.session", "cs_test_a1" + Ids.random(RANDOM_PART));
        Params adaptive = params.child("adaptive_pricing");
        Boolean localized = adaptive == null ? null : adaptive.flag("enabled");
        session.set("adaptive_pricing", localized == null ? null : Json.object().put("enabled", localized));
        session.putNull("after_expiration").putNull("allow_promotion_codes");
        amounts(session, mode, lines, params);
        session.set("automatic_tax", Json.literal("{'enabled':false,'liability':null,'provider':null,'status':null}"));
        session.putNull("billing_address_collection").putNull("cancel_url").putNull("client_reference_id");
        session.putNull("client_secret").putNull("collected_information").putNull("consent");
        session.putNull("consent_collection").put("created", now).putNull("currency_conversion");
        session.putArray("custom_fields");
        session.set(
                "custom_text",
                Json.literal("{'after_submit':null,'shipping_address':null,'submit':null,"
                        + "'terms_of_service_acceptance':null}"));
        session.putNull("customer").putNull("customer_account").putNull("customer_creation");
        session.putNull("customer_details").putNull("customer_email").putNull("discounts");
        session.put("expires_at", expiry(params, now))
                .putNull("integration_identifier")
                .putNull("invoice");
        session.set(
                "invoice_creation",
                mode.equals("payment")
                        ? Json.literal("{'enabled':false,'invoice_data':{'account_tax_ids':null,'custom_fields':null,"
                                + "'description':null,'footer':null,'issuer':null,'metadata':{},"
                                + "'rendering_options':null}}")
                        : null);
        session.put("livemode", false)
                .putNull("locale")
                .putNull("managed_payments")
                .putObject("metadata");
        session.put("mode", mode)
                .putNull("origin_context")
                .putNull("payment_intent")
                .putNull("payment_link");
        session.put("payment_method_collection", mode.equals("payment") ? "if_required" : "always");
        session.putNull("payment_method_configuration_details");
        methods(session, params);
        refuseUnfit(session, params.child("payment_intent_data"));
        session.put("payment_status", isFree(session) ? "no_payment_required" : "unpaid")
                .putNull("permissions");
        session.set("phone_number_collection", Json.object().put("enabled", false));
        session.putNull("recovered_from");
        session.putNull("saved_payment_method_options").putNull("setup_intent");
        session.putNull("shipping_address_collection").putNull("shipping_cost").putArray("shipping_options");
        session.put("status", "open")
                .putNull("submit_type")
                .putNull("subscription")
                .putNull("success_url");
        session.set("total_details", Json.literal("{'amount_discount':0,'amount_shipping':0,'amount_tax':0}"));
        ((ObjectNode) session.get("total_details")).put("amount_discount", sum(lines, "amount_discount"));
        session.putNull("ui_mode").putNull("url").putNull("wallet_options");
        given(session, params);
        Metadata.apply(params, session);
        return session;
    }

    private static void amounts(ObjectNode session, String mode, List<ObjectNode> lines, Params params) {
        if (mode.equals("setup")) {
            if (!lines.isEmpty()) {
                throw StripeError.malformed(null, "You can not pass `line_items` in `setup` mode.", "line_items");
            }
            session.putNull("amount_subtotal").putNull("amount_total").put("currency", setupCurrency(params));
            return;
        }
        if (lines.isEmpty()) {
            throw StripeError.malformed("parameter_missing", "Missing required param: line_items.", "line_items");
        }
        boolean recurring = lines.stream().anyMatch(line -> Json.is(line, "price.type", "recurring"));
        if (mode.equals("subscription") && !recurring) {
            throw StripeError.malformed(
                    null,
                    "You must provide at least one recurring price in `subscription` mode when using prices.",
                    "line_items");
        }
        refuseUnpayable(sum(lines, "amount_total"), Json.textOf(lines.get(0), "currency"));
        session.put("amount_subtotal", sum(lines, "amount_subtotal")).put("amount_total", sum(lines, "amount_total"));
        session.put("currency", Json.textOf(lines.get(0), "currency"));
    }

    /** What is due today: a page takes a first payment as it takes any other; a trial has none. */
    private static void refuseUnpayable(long total, String currency) {
        if (total == 0) {
            return;
        }
        if (total < Currencies.smallest(currency)) {
            throw StripeError.invalid(
                    "amount_too_small",
                    "The Checkout Session's total amount due must add up to at least "
                            + Currencies.spoken(Currencies.smallest(currency), currency),
                    null);
        }
        if (total > Currencies.largest(currency)) {
            throw StripeError.invalid(
                    "amount_too_large",
                    "The Checkout Session's total amount due must be no more than "
                            + Currencies.spoken(Currencies.largest(currency), currency),
                    null);
        }
        Currencies.refuseUneven(total, currency, null);
    }

    private static @Nullable String setupCurrency(Params params) {
        return params.has("currency") ? Currencies.read(params) : null;
    }

    static long sum(List<ObjectNode> lines, String field) {
        return lines.stream().mapToLong(line -> Json.number(line, field)).sum();
    }

    /** What is only for one mode, and given in another. */
    private static void refuseForeign(String mode, Params params) {
        refuse(params, "payment_intent_data", mode, "payment");
        refuse(params, "customer_creation", mode, "payment", "setup");
        refuse(params, "subscription_data", mode, "subscription");
        refuse(params, "payment_method_collection", mode, "subscription");
        refuse(params, "setup_intent_data", mode, "setup");
        refuse(params, "submit_type", mode, "payment", "subscription");
        if (mode.equals("setup") && !params.has("currency") && !params.has("payment_method_types")) {
            throw StripeError.malformed(
                    "parameter_missing",
                    "Missing required param: currency. It is required in `setup` mode when `payment_method_types` is not"
                            + " set.",
                    "currency");
        }
    }

    private static void refuse(Params params, String name, String mode, String... only) {
        if (params.has(name) && !List.of(only).contains(mode)) {
            throw StripeError.malformed(null, "You can not pass `" + name + "` in `" + mode + "` mode.", name);
        }
    }

    private static boolean isFree(ObjectNode session) {
        return Json.is(session, "mode", "setup") || Json.number(session, "amount_total") == 0;
    }

    private static long expiry(Params params, long now) {
        Long at = params.integer("expires_at");
        if (at == null) {
            return now + LONGEST;
        }
        if (at < now + SHORTEST) {
            throw StripeError.malformed(
                    null,
                    "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
                    "expires_at");
        }
        if (at > now + LONGEST) {
            throw StripeError.malformed(
                    null,
                    "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
                    "expires_at");
        }
        return at;
    }

    /** Without a choice of its own a session offers what the account has on for its currency. */
    private static void methods(ObjectNode session, Params params) {
        List<String> types = params.texts("payment_method_types");
        @Nullable String currency = Json.text(session, "currency");
        if (!types.isEmpty()) {
            for (String type : types) {
                if (!Set.of("card", "us_bank_account", "sepa_debit").contains(type)) {
                    throw StripeError.malformed(
                            null,
                            "The payment method type provided: " + type + " is invalid. This simulator has card,"
                                    + " us_bank_account and sepa_debit.",
                            "payment_method_types");
                }
            }
            if (currency != null) {
                MethodCurrencies.refuseOther(types, currency, "payment_method_types");
            }
        } else if (Json.is(session, "mode", "payment")
                && currency != null
                && DELAYED_IN.contains(currency)
                && !isHeld(params.child("payment_intent_data"))) {
            types = List.of("card", currency.equals("usd") ? "us_bank_account" : "sepa_debit");
        } else {
            types = List.of("card");
        }
        session.set(
                "payment_method_options",
                Json.object().set("card", Json.object().put("request_three_d_secure", "automatic")));
        session.set("payment_method_types", Json.array(types));
    }

    private static boolean isHeld(@Nullable Params intent) {
        return intent != null && "manual".equals(intent.text("capture_method"));
    }

    /** Else only the buyer would be told, when they pay. */
    private static void refuseUnfit(ObjectNode session, @Nullable Params intent) {
        if (intent != null) {
            StatementDescriptor.refuseBad(intent);
            StatementDescriptor.refuseOnCards(
                    intent.text("statement_descriptor"),
                    session.path("payment_method_types"),
                    intent.param("statement_descriptor"));
        }
    }

    private static void given(ObjectNode session, Params params) {
        params.copy(
                session,
                "billing_address_collection",
                "cancel_url",
                "client_reference_id",
                "customer_email",
                "locale",
                "submit_type",
                "success_url",
                "return_url",
                "integration_identifier");
        Boolean codes = params.flag("allow_promotion_codes");
        if (codes != null) {
            session.put("allow_promotion_codes", codes);
        }
        String collection = params.oneOf("payment_method_collection", "always", "if_required");
        if (collection != null) {
            session.put("payment_method_collection", collection);
        }
        String uiMode = params.oneOf("ui_mode", "elements", "embedded_page", "form", "hosted_page");
        session.put("ui_mode", uiMode == null ? "hosted_page" : uiMode);
        String creation = params.oneOf("customer_creation", "always", "if_required");
        if (!Json.present(session, "customer") && !params.has("customer")) {
            String usual = Json.is(session, "mode", "subscription") ? "always" : "if_required";
            session.put("customer_creation", creation == null ? usual : creation);
        }
        SessionAddresses.check(session, params);
    }
}
