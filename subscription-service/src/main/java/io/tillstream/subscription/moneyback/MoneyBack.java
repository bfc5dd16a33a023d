package io.tillstream.subscription.moneyback;

import io.tillstream.stripeevents.DisputeState;
import io.tillstream.stripeevents.RefundState;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Money of an invoice that goes back, or may, as one object of Stripe's tells.
 *
 * @param counts whether it takes from what was paid
 * @param fact what is known of it, as JSON
 */
record MoneyBack(
        String id,
        Kind kind,
        String status,
        long amount,
        boolean counts,
        @Nullable String reason,
        String fact) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    enum Kind {
        REFUND,
        DISPUTE,
        FRAUD_WARNING,
        CREDIT_NOTE;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static MoneyBack of(RefundState refund) {
        return new MoneyBack(
                refund.id(),
                Kind.REFUND,
                refund.status(),
                refund.amount(),
                refund.givesBack(),
                refund.failed() ? refund.failureReason() : refund.reason(),
                JSON.writeValueAsString(refund));
    }

    static RefundState refund(String fact) {
        return JSON.readValue(fact, RefundState.class);
    }

    /** Open or lost; an inquiry moves no money, and one that is won gives it back. */
    static MoneyBack of(DisputeState dispute) {
        boolean open = !dispute.isClosed() && !dispute.isInquiry();
        return new MoneyBack(
                dispute.id(),
                Kind.DISPUTE,
                dispute.status(),
                dispute.amount(),
                open || dispute.status().equals("lost"),
                dispute.reason(),
                JSON.writeValueAsString(dispute));
    }

    /** What an event tells, together with what was known before. */
    static MoneyBack of(StripeEvent event, @Nullable String known) {
        String type = event.type();
        if (type.startsWith("charge.dispute.")) {
            DisputeState told = DisputeState.read(event.object(), type);
            return of(
                    known == null
                            ? told
                            : JSON.readValue(known, DisputeState.class).merge(told));
        }
        if (type.startsWith("refund.") || type.equals("charge.refund.updated")) {
            RefundState told = RefundState.read(event.object());
            return of(known == null ? told : refund(known).merge(told));
        }
        return type.startsWith("credit_note.") ? creditNote(event, known) : warning(event);
    }

    private static MoneyBack warning(StripeEvent event) {
        String id = id(event);
        String reason = StripeJson.text(event.object(), "fraud_type");
        return new MoneyBack(id, Kind.FRAUD_WARNING, "warned", 0, false, reason, "{}");
    }

    /** Voided is for ever. What of it is refunded is told by the refund; the rest is the customer's credit. */
    private static MoneyBack creditNote(StripeEvent event, @Nullable String known) {
        JsonNode note = event.object();
        boolean wasVoid = known != null
                && JSON.readTree(known).path("status").asString("").equals("void");
        String status = wasVoid ? "void" : String.valueOf(StripeJson.text(note, "status"));
        boolean paid = "post_payment".equals(StripeJson.text(note, "type"));
        boolean refunded =
                StripeJson.id(note, "refund") != null || !note.path("refunds").isEmpty();
        Long total = StripeJson.number(note, "total");
        long amount = paid && !refunded && total != null ? total : 0;
        return new MoneyBack(
                id(event),
                Kind.CREDIT_NOTE,
                status,
                amount,
                status.equals("issued") && amount > 0,
                StripeJson.text(note, "reason"),
                JSON.writeValueAsString(JSON.createObjectNode().put("status", status)));
    }

    private static String id(StripeEvent event) {
        String id = event.objectId();
        if (id == null) {
            throw new UnreadableEvent(event.type() + " without id");
        }
        return id;
    }

    /** Whether it went back for good, unlike what a bank only keeps until its dispute is closed. */
    boolean isGone() {
        return counts && (kind != Kind.DISPUTE || status.equals("lost"));
    }

    boolean isInquiry() {
        return kind == Kind.DISPUTE && status.startsWith("warning_");
    }

    /** Whether its bank has the money, or had it. */
    boolean tookMoney() {
        return kind == Kind.DISPUTE && (counts || isWithdrawn(fact));
    }

    /** Of the fact of a dispute. */
    static boolean isWithdrawn(String fact) {
        return JSON.readValue(fact, DisputeState.class).fundsWithdrawn();
    }

    boolean isClosedDispute() {
        return kind == Kind.DISPUTE && (status.equals("won") || status.equals("lost"));
    }
}
