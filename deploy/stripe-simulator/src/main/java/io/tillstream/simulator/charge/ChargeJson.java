package io.tillstream.simulator.charge;

import io.tillstream.simulator.paymentmethod.Behavior;
import io.tillstream.simulator.paymentmethod.Decline;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The charge object as it looks. */
final class ChargeJson {
    private static final int RISK_NORMAL = 20;
    private static final int RISK_ELEVATED = 70;
    private static final int RISK_HIGHEST = 90;
    private static final Map<String, String> SELLER_MESSAGES = Map.of(
            "insufficient_funds", "The bank returned the decline code `insufficient_funds`.",
            "lost_card", "The bank returned the decline code `lost_card`.",
            "stolen_card", "The bank returned the decline code `stolen_card`.",
            "generic_decline", "The bank did not return any further details with this decline.");

    private ChargeJson() {}

    static ObjectNode of(ObjectNode intent, ObjectNode method, Behavior behavior, long created) {
        String type = Json.textOf(method, "type");
        ObjectNode charge = Json.object("charge", Ids.next(type.equals("card") ? "ch" : "py"));
        charge.set("amount", intent.get("amount"));
        charge.put("amount_captured", 0).put("amount_refunded", 0).putNull("application");
        charge.putNull("application_fee").putNull("application_fee_amount").putNull("balance_transaction");
        charge.set("billing_details", method.get("billing_details").deepCopy());
        charge.put("calculated_statement_descriptor", "TILLSTREAM")
                .put("captured", false)
                .put("created", created);
        for (String same : new String[] {"currency", "customer", "description"}) {
            charge.set(same, intent.get(same));
        }
        charge.put("disputed", false).putNull("failure_balance_transaction").putNull("failure_code");
        charge.putNull("failure_message").putObject("fraud_details");
        charge.put("livemode", false).set("metadata", intent.get("metadata").deepCopy());
        charge.putNull("on_behalf_of").set("outcome", accepted(behavior));
        charge.put("paid", false).set("payment_intent", intent.get("id"));
        charge.set("payment_method", method.get("id"));
        charge.set("payment_method_details", details(method, intent));
        charge.putObject("radar_options");
        charge.set("receipt_email", intent.get("receipt_email"));
        charge.putNull("receipt_number")
                .putNull("receipt_url")
                .put("refunded", false)
                .putNull("review");
        charge.set("shipping", intent.get("shipping"));
        charge.set("source", intent.get("source")); // of the older API only
        charge.putNull("source_transfer");
        charge.set("statement_descriptor", intent.get("statement_descriptor"));
        charge.set("statement_descriptor_suffix", intent.get("statement_descriptor_suffix"));
        charge.put("status", "pending").putNull("transfer_data");
        charge.set("transfer_group", intent.get("transfer_group"));
        return charge;
    }

    private static ObjectNode details(ObjectNode method, ObjectNode intent) {
        String type = Json.textOf(method, "type");
        ObjectNode details = Json.object();
        JsonNode source = method.get(type);
        ObjectNode typed = details.putObject(type);
        if (!type.equals("card")) {
            typed.setAll((ObjectNode) source.deepCopy());
            typed.remove(List.of("networks", "status_details", "financial_connections_account", "generated_from"));
            if (type.equals("us_bank_account")) {
                typed.putNull("payment_reference");
            } else if (type.equals("sepa_debit")) {
                typed.putNull("mandate");
            }
            return details.put("type", type);
        }
        typed.set("amount_authorized", intent.get("amount"));
        typed.put("authorization_code", "123456").set("brand", source.get("brand"));
        ObjectNode checks = typed.putObject("checks");
        checks.setAll((ObjectNode) source.get("checks"));
        if (!Json.present(checks, "cvc_check") || Json.is(checks, "cvc_check", "unchecked")) {
            checks.put("cvc_check", "pass");
        }
        for (String same : new String[] {"country", "exp_month", "exp_year", "fingerprint", "funding", "last4"}) {
            typed.set(same, source.get(same));
        }
        typed.putObject("extended_authorization").put("status", "disabled");
        typed.putObject("incremental_authorization").put("status", "unavailable");
        typed.putNull("installments").putNull("mandate");
        typed.putObject("multicapture").put("status", "unavailable");
        typed.set("network", source.get("brand"));
        typed.putObject("network_token").put("used", false);
        typed.put("network_transaction_id", Ids.random(15))
                .putObject("overcapture")
                .put("maximum_amount_capturable", Json.number(intent, "amount"))
                .put("status", "unavailable");
        return details.set(
                        "card",
                        typed.put("regulated_status", "unregulated")
                                .putNull("three_d_secure")
                                .putNull("transaction_link_id")
                                .putNull("wallet"))
                .put("type", "card");
    }

    private static ObjectNode accepted(Behavior behavior) {
        boolean elevated = behavior == Behavior.RISK_ELEVATED;
        boolean highest = behavior == Behavior.RISK_HIGHEST;
        return Json.object()
                .putNull("advice_code")
                .putNull("network_advice_code")
                .putNull("network_decline_code")
                .put("network_status", "approved_by_network")
                .put("reason", elevated ? "elevated_risk_level" : null)
                .put("risk_level", highest ? "highest" : elevated ? "elevated" : "normal")
                .put("risk_score", highest ? RISK_HIGHEST : elevated ? RISK_ELEVATED : RISK_NORMAL)
                .put("seller_message", "Payment complete.")
                .put("type", "authorized");
    }

    static void fail(ObjectNode charge, Decline decline, Behavior behavior) {
        boolean blocked = behavior == Behavior.BLOCKED_BY_RADAR;
        String reason = decline.declineCode() == null ? decline.code() : decline.declineCode();
        charge.put("status", "failed").put("failure_code", decline.code()).put("failure_message", decline.message());
        ObjectNode outcome = (ObjectNode) charge.get("outcome");
        outcome.put("network_status", blocked ? "not_sent_to_network" : "declined_by_network");
        outcome.put("reason", blocked ? "highest_risk_level" : reason);
        outcome.put("network_decline_code", blocked ? null : "01");
        outcome.put("advice_code", blocked ? null : "try_again_later");
        outcome.put("seller_message", sellerMessage(reason, blocked));
        outcome.put("type", blocked ? "blocked" : "issuer_declined");
        if (blocked) {
            outcome.put("risk_level", "highest").put("risk_score", RISK_HIGHEST);
        }
    }

    private static @Nullable String sellerMessage(String reason, boolean blocked) {
        return blocked
                ? "Stripe blocked this payment as too risky."
                : SELLER_MESSAGES.getOrDefault(reason, "The bank returned the decline code `" + reason + "`.");
    }
}
