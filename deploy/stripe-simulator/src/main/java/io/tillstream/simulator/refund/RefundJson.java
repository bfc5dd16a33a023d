package io.tillstream.simulator.refund;

import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The refund object as it looks. */
final class RefundJson {
    private static final long SMALLEST_REFERENCE = 10_000_000_000_000_000L; // seventeen digits

    private RefundJson() {}

    static ObjectNode of(ObjectNode charge, long amount, @Nullable String reason, long created) {
        boolean card = Json.is(charge.path("payment_method_details"), "type", "card");
        ObjectNode refund = Json.object("refund", Ids.next(card ? "re" : "pyr"));
        refund.put("amount", amount).putNull("balance_transaction").set("charge", charge.get("id"));
        refund.put("created", created).set("currency", charge.get("currency"));
        ObjectNode destination = refund.putObject("destination_details");
        if (card) {
            destination
                    .putObject("card")
                    .put("reference_status", "pending")
                    .put("reference_type", "acquirer_reference_number")
                    .put("type", "refund");
            destination.put("type", "card");
        } else {
            String type = Json.textOf(charge.path("payment_method_details"), "type");
            destination.putObject(type.equals("sepa_debit") ? "sepa_bank_transfer" : "us_bank_transfer");
            destination.put("type", type.equals("sepa_debit") ? "sepa_bank_transfer" : "us_bank_transfer");
        }
        refund.set("customer", charge.get("customer"));
        refund.putNull("customer_account");
        refund.putObject("metadata");
        refund.set("payment_intent", charge.get("payment_intent"));
        refund.set("payment_method", charge.get("payment_method"));
        refund.put("reason", reason).putNull("receipt_number").putNull("source_transfer_reversal");
        return refund.put("status", "succeeded").putNull("transfer_reversal");
    }

    /** The number by which the buyer's bank finds the refund comes later. */
    static void referenceArrives(ObjectNode refund) {
        if (refund.path("destination_details").get("card") instanceof ObjectNode card) {
            long reference = ThreadLocalRandom.current().nextLong(SMALLEST_REFERENCE, SMALLEST_REFERENCE * 9);
            card.put("reference", "7" + reference).put("reference_status", "available");
        }
    }
}
