package io.tillstream.simulator.dispute;

import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** The dispute object as it looks. */
final class DisputeJson {
    private static final long TO_ANSWER_SECONDS = Duration.ofDays(9).toSeconds(); // Stripe's usual window
    static final String[] EVIDENCE = {
        "access_activity_log",
        "billing_address",
        "cancellation_policy",
        "cancellation_policy_disclosure",
        "cancellation_rebuttal",
        "customer_communication",
        "customer_email_address",
        "customer_name",
        "customer_purchase_ip",
        "customer_signature",
        "duplicate_charge_documentation",
        "duplicate_charge_explanation",
        "duplicate_charge_id",
        "product_description",
        "receipt",
        "refund_policy",
        "refund_policy_disclosure",
        "refund_refusal_explanation",
        "service_date",
        "service_documentation",
        "shipping_address",
        "shipping_carrier",
        "shipping_date",
        "shipping_documentation",
        "shipping_tracking_number",
        "uncategorized_file",
        "uncategorized_text"
    };
    private static final Map<String, String> NETWORK_CODES = Map.of(
            "fraudulent", "10.4",
            "product_not_received", "13.1",
            "product_unacceptable", "13.3",
            "duplicate", "12.6",
            "credit_not_processed", "13.6",
            "subscription_canceled", "13.2");

    private DisputeJson() {}

    static ObjectNode of(ObjectNode charge, String reason, boolean inquiry, long created) {
        ObjectNode dispute = Json.object("dispute", Ids.next("du"));
        dispute.set("amount", charge.get("amount_captured"));
        dispute.putArray("balance_transactions");
        dispute.set("charge", charge.get("id"));
        dispute.put("created", created).set("currency", charge.get("currency"));
        dispute.putArray("enhanced_eligibility_types");
        ObjectNode evidence = dispute.putObject("evidence");
        for (String field : EVIDENCE) {
            evidence.putNull(field);
        }
        evidence.putObject("enhanced_evidence");
        ObjectNode details = dispute.putObject("evidence_details");
        details.put("due_by", created + TO_ANSWER_SECONDS).put("has_evidence", false);
        details.put("past_due", false).put("submission_count", 0).putObject("enhanced_eligibility");
        dispute.put("is_charge_refundable", inquiry).put("livemode", false).putObject("metadata");
        dispute.set("payment_intent", charge.get("payment_intent"));
        if (charge.path("payment_method_details").get("card")
                instanceof ObjectNode card) { // of a bank's debit there are none
            ObjectNode method = dispute.putObject("payment_method_details");
            ObjectNode part = method.putObject("card");
            part.set("brand", card.get("brand"));
            part.put("case_type", inquiry ? "inquiry" : "chargeback");
            part.set("network", card.get("network"));
            part.put("network_reason_code", NETWORK_CODES.getOrDefault(reason, "10.4"));
            method.put("type", "card");
        }
        dispute.put("reason", reason);
        return dispute.put("status", inquiry ? "warning_needs_response" : "needs_response");
    }
}
