package io.tillstream.simulator.dispute;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Balance;
import io.tillstream.simulator.charge.Charges;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.paymentmethod.Behavior;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Disputes: a bank takes the money back, evidence is sent, and the network decides. */
@Component
public class Disputes {
    private static final long FEE = 1500; // Stripe's fee for a dispute, in cents

    private final Timeline timeline;
    private final Events events;
    private final Balance balance;
    private final Charges charges;
    private final Store disputes;

    Disputes(Timeline timeline, Events events, Balance balance, Charges charges, Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.balance = balance;
        this.charges = charges;
        this.disputes = stores.open("dispute", "du", "charge", "payment_intent");
        stores.alias("dp", disputes);
        charges.uponMoney(this::disputeByTestCard);
    }

    public Store store() {
        return disputes;
    }

    private void disputeByTestCard(ObjectNode charge, Behavior behavior) {
        String id = Json.textOf(charge, "id");
        switch (behavior) {
            case DISPUTE -> open(id, "fraudulent", false);
            case DISPUTE_NOT_RECEIVED -> open(id, "product_not_received", false);
            case DISPUTE_INQUIRY -> open(id, "fraudulent", true);
            case DISPUTE_TWICE -> {
                open(id, "fraudulent", false);
                open(id, "fraudulent", false);
            }
            default -> {
                // the other cards are never disputed
            }
        }
    }

    /** A buyer disputes a charge. An inquiry only asks; anything else takes the money back at once. */
    @CanIgnoreReturnValue
    public ObjectNode open(String chargeId, String reason, boolean inquiry) {
        ObjectNode charge = charges.store()
                .find(chargeId)
                .orElseThrow(() -> StripeError.missingReference("charge", chargeId, "charge"));
        ObjectNode dispute = DisputeJson.of(charge, reason, inquiry, timeline.now());
        String id = Json.textOf(dispute, "id");
        disputes.add(dispute);
        charges.change(chargeId, each -> each.put("disputed", true));
        if (!inquiry) {
            withdraw(id);
        }
        events.emit("charge.dispute.created", disputes.get(id));
        if (!inquiry) {
            events.emit("charge.dispute.funds_withdrawn", disputes.get(id));
        }
        return disputes.get(id);
    }

    private void withdraw(String id) {
        ObjectNode dispute = disputes.get(id);
        charges.chargedBack(Json.textOf(dispute, "charge"), true);
        book(id, -Json.number(dispute, "amount"), FEE, "dispute");
    }

    private void book(String id, long amount, long fee, String category) {
        ObjectNode dispute = disputes.get(id);
        String charge = Json.textOf(dispute, "charge");
        String text = (amount < 0 ? "Chargeback withdrawal for " : "Chargeback reversal for ") + charge;
        String transaction = balance.book(
                new Balance.Movement("adjustment", category, id, amount, fee, Json.textOf(dispute, "currency"), text),
                false);
        disputes.update(
                id, each -> ((ArrayNode) each.get("balance_transactions")).add(balance.transaction(transaction)));
    }

    /** Keeps evidence, and if it is submitted lets the network decide by Stripe's documented words. */
    ObjectNode answer(String id, Params evidence, boolean submit, Consumer<ObjectNode> extra) {
        refuseIfClosed(id);
        String text = evidence.text("uncategorized_text");
        boolean inquiry = isInquiry(disputes.get(id));
        Store.Change change = disputes.update(id, each -> {
            extra.accept(each);
            evidence.copy((ObjectNode) each.get("evidence"), DisputeJson.EVIDENCE);
            ObjectNode details = (ObjectNode) each.get("evidence_details");
            if (!evidence.tree().isEmpty()) {
                details.put("has_evidence", true);
            }
            if (submit) {
                details.put("submission_count", Json.number(details, "submission_count") + 1);
                each.put("status", inquiry ? "warning_under_review" : "under_review");
            }
        });
        events.changed("charge.dispute.updated", change);
        if (submit && text != null) {
            decideByWords(id, text, inquiry);
        }
        return disputes.get(id);
    }

    private void decideByWords(String id, String text, boolean inquiry) {
        switch (text) {
            case "winning_evidence" -> decide(id, true);
            case "losing_evidence" -> decide(id, false);
            case "escalate_inquiry_evidence" -> {
                if (inquiry) {
                    escalate(id);
                }
            }
            default -> {
                // any other text waits for a decision by hand
            }
        }
    }

    private void escalate(String id) {
        Store.Change change = disputes.update(id, each -> {
            each.put("status", "needs_response").put("is_charge_refundable", false);
            if (each.path("payment_method_details").get("card") instanceof ObjectNode card) {
                card.put("case_type", "chargeback");
            }
        });
        withdraw(id);
        events.changed("charge.dispute.updated", change);
        events.emit("charge.dispute.funds_withdrawn", disputes.get(id));
    }

    /** The network decides, or the merchant gives in; of one that is lost the customer may still think better. */
    @CanIgnoreReturnValue
    public ObjectNode decide(String id, boolean won) {
        boolean takenBack = won && disputes.find(id).map(Disputes::isLost).orElse(false);
        if (!takenBack) {
            refuseIfClosed(id);
        }
        boolean inquiry = isInquiry(disputes.get(id));
        String status = inquiry ? "warning_closed" : won ? "won" : "lost";
        disputes.update(id, each -> each.put("status", status));
        if (won && !inquiry) {
            ObjectNode dispute = disputes.get(id);
            charges.chargedBack(Json.textOf(dispute, "charge"), false);
            book(id, Json.number(dispute, "amount"), 0, "dispute_reversal");
            events.emit("charge.dispute.funds_reinstated", disputes.get(id));
        }
        events.emit("charge.dispute.closed", disputes.get(id));
        return disputes.get(id);
    }

    private static boolean isLost(ObjectNode dispute) {
        return Json.textOf(dispute, "status").equals("lost");
    }

    private static boolean isInquiry(ObjectNode dispute) {
        return Json.textOf(dispute, "status").startsWith("warning_");
    }

    private void refuseIfClosed(String id) {
        String status = disputes.find(id)
                .map(dispute -> Json.textOf(dispute, "status"))
                .orElseThrow(() -> StripeError.missingReference("dispute", id, "dispute"));
        if (status.equals("won") || status.equals("lost") || status.equals("warning_closed")) {
            throw StripeError.invalid(null, "This dispute is already closed.", null);
        }
    }
}
