package io.tillstream.simulator.paymentintent;

import io.tillstream.simulator.api.EmailAndUrlCheck;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.balance.StatementDescriptor;
import io.tillstream.simulator.paymentmethod.AutomaticPaymentMethods;
import io.tillstream.simulator.paymentmethod.ManualCaptureMethods;
import io.tillstream.simulator.paymentmethod.MethodCurrencies;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The PaymentIntent object as it looks, and what its parameters make of it. */
final class PaymentIntentJson {
    private static final Set<String> TYPES =
            Set.of("acss_debit", "card", "customer_balance", "link", "us_bank_account", "sepa_debit");
    /** Types for accounts of one country only, which is not this one's. */
    private static final Map<String, String> ELSEWHERE =
            Map.of("au_becs_debit", "AU", "bacs_debit", "GB", "boleto", "BR", "oxxo", "MX", "konbini", "JP");

    private static final ObjectNode NO_SHIPPING = Json.literal(
            "{'address':{'city':null,'country':null,'line1':null,'line2':null,'postal_code':null,'state':null},"
                    + "'carrier':null,'name':null,'phone':null,'tracking_number':null}");

    /** What a browser with a publishable key and the client secret may see. */
    private static final List<String> PUBLIC = List.of(
            "id",
            "object",
            "amount",
            "amount_details",
            "automatic_payment_methods",
            "canceled_at",
            "cancellation_reason",
            "capture_method",
            "client_secret",
            "confirmation_method",
            "created",
            "currency",
            "description",
            "last_payment_error",
            "livemode",
            "next_action",
            "payment_method",
            "payment_method_configuration_details",
            "payment_method_types",
            "processing",
            "receipt_email",
            "setup_future_usage",
            "shipping",
            "source",
            "status");

    private PaymentIntentJson() {}

    static ObjectNode create(Params params, long created) {
        long amount = params.requiredInteger("amount");
        String currency = Currencies.read(params);
        Currencies.refuseBadAmount(amount, currency);
        String id = Ids.next("pi");
        ObjectNode intent = Json.object("payment_intent", id);
        intent.put("amount", amount).put("amount_capturable", 0);
        intent.putObject("amount_details").putObject("tip");
        intent.put("amount_received", 0).putNull("application").putNull("application_fee_amount");
        intent.putNull("automatic_payment_methods").putNull("canceled_at").putNull("cancellation_reason");
        intent.put("capture_method", "automatic_async").put("client_secret", Ids.clientSecret(id));
        intent.put("confirmation_method", "automatic").put("created", created).put("currency", currency);
        intent.putNull("customer").putNull("customer_account").putNull("description");
        intent.putNull("excluded_payment_method_types")
                .putNull("last_payment_error")
                .putNull("latest_charge");
        intent.put("livemode", false).putNull("managed_payments").putObject("metadata");
        intent.putNull("next_action").putNull("on_behalf_of").putNull("payment_method");
        intent.putNull("payment_method_configuration_details");
        intent.putObject("payment_method_options")
                .set(
                        "card",
                        Json.literal(
                                "{'installments':null,'mandate_options':null,'network':null,'request_three_d_secure':'automatic'}"));
        intent.putArray("payment_method_types");
        intent.putNull("processing").putNull("receipt_email").putNull("review").putNull("setup_future_usage");
        intent.putNull("shipping").putNull("source").putNull("statement_descriptor");
        intent.putNull("statement_descriptor_suffix").put("status", "requires_payment_method");
        intent.putNull("transfer_data").putNull("transfer_group");
        apply(params, intent);
        chooseTypes(params, intent);
        refuseUnfit(intent);
        return intent;
    }

    private static void chooseTypes(Params params, ObjectNode intent) {
        if (AutomaticPaymentMethods.choose(params, intent)) {
            intent.set(
                    "payment_method_configuration_details",
                    Json.object().put("id", "pmc_1TillstreamSimulatorPmc1").putNull("parent"));
            String bank = Json.is(intent, "currency", "eur") ? "sepa_debit" : "us_bank_account";
            boolean withBank = Json.is(intent, "currency", "eur") || Json.is(intent, "currency", "usd");
            intent.set("payment_method_types", Json.array(withBank ? List.of("card", bank) : List.of("card")));
        } else if (!params.has("payment_method_types")) {
            intent.set("payment_method_types", Json.array(List.of("card")));
        }
    }

    /** Takes over what may be set at creation, update and confirmation alike. */
    static void apply(Params params, ObjectNode intent) {
        EmailAndUrlCheck.refuseBadEmail(params, "receipt_email");
        params.copy(
                intent,
                "description",
                "receipt_email",
                "statement_descriptor",
                "statement_descriptor_suffix",
                "transfer_group");
        StatementDescriptor.refuseBad(params);
        Metadata.apply(params, intent);
        Params shipping = params.child("shipping");
        if (shipping != null) {
            shipping.required("name");
            if (shipping.child("address") == null) {
                throw StripeError.malformed(
                        "parameter_missing", "Missing required param: shipping[address].", "shipping[address]");
            }
        }
        params.copyObject(intent, "shipping", NO_SHIPPING);
        String capture = params.oneOf("capture_method", "automatic", "automatic_async", "manual");
        if (capture != null) {
            intent.put("capture_method", capture);
        }
        String confirmation = params.oneOf("confirmation_method", "automatic", "manual");
        if (confirmation != null) {
            intent.put("confirmation_method", confirmation);
        }
        if (params.unset("setup_future_usage")) {
            intent.putNull("setup_future_usage");
        }
        String usage = params.oneOf("setup_future_usage", "off_session", "on_session");
        if (usage != null) {
            intent.put("setup_future_usage", usage);
        }
        if (params.has("payment_method_types")) {
            intent.set("payment_method_types", Json.array(types(params)));
            intent.putNull("automatic_payment_methods");
        }
        if (params.has("payment_method_options")) {
            params.copyObject(intent, "payment_method_options", (ObjectNode) intent.get("payment_method_options"));
            if (intent.path("payment_method_options").path("acss_debit").get("mandate_options")
                            instanceof ObjectNode mandate
                    && !mandate.has("interval_description")) {
                mandate.putNull("interval_description");
            }
        }
    }

    /** What does not go together with the methods that it can be paid by. */
    static void refuseUnfit(ObjectNode intent) {
        refuseCurrency(intent);
        refuseHold(intent);
        StatementDescriptor.refuseOnCards(
                Json.text(intent, "statement_descriptor"), intent.path("payment_method_types"), "statement_descriptor");
    }

    /** A bank's debit knows one currency. */
    private static void refuseCurrency(ObjectNode intent) {
        String currency = Json.textOf(intent, "currency");
        for (JsonNode type : intent.path("payment_method_types")) {
            if (!MethodCurrencies.takes(type.asString(), currency)
                    && !Json.present(intent, "automatic_payment_methods")) {
                throw StripeError.invalid(
                        "payment_intent_invalid_currency",
                        "The currency provided (" + currency + ") is invalid. Payments with " + type.asString()
                                + " support the following currencies: "
                                + MethodCurrencies.spoken(type.asString()) + ".",
                        "currency");
            }
        }
    }

    /** Only what holds money can wait to be captured: of methods that Stripe chooses, the others are not offered then. */
    private static void refuseHold(ObjectNode intent) {
        if (!Json.is(intent, "capture_method", "manual")) {
            return;
        }
        List<String> types = intent.path("payment_method_types")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
        if (Json.present(intent, "automatic_payment_methods")) {
            intent.set(
                    "payment_method_types",
                    Json.array(
                            types.stream().filter(ManualCaptureMethods::takes).toList()));
        } else {
            ManualCaptureMethods.refuseOther(types, "capture_method");
        }
    }

    private static List<String> types(Params params) {
        List<String> types = params.texts("payment_method_types");
        for (String type : types) {
            if (!TYPES.contains(type)) {
                throw StripeError.invalid(
                        "payment_intent_invalid_parameter",
                        "The payment method type provided: " + type + " is invalid. Please ensure the provided type is"
                                + " activated in your dashboard and your account is enabled for any preview features that"
                                + " you are trying to use."
                                + (ELSEWHERE.containsKey(type)
                                        ? " This payment method is available to Stripe accounts in "
                                                + ELSEWHERE.get(type) + " and your Stripe account is in US."
                                        : ""),
                        "payment_method_types");
            }
        }
        return types;
    }

    static ObjectNode publicPart(ObjectNode intent) {
        ObjectNode part = Json.object();
        PUBLIC.forEach(field -> part.set(field, intent.get(field)));
        return part;
    }
}
