package io.tillstream.order.settlement;

import io.tillstream.stripeevents.DisputeFact;
import io.tillstream.stripeevents.IntentFact;
import io.tillstream.stripeevents.RefundFact;
import io.tillstream.stripeevents.SessionFact;
import io.tillstream.stripeevents.StripeEvent;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * All that is known of the Stripe objects of one order, merged per object: the same whatever sequence the events came
 * in.
 */
record OrderFacts(
        Map<String, IntentFact> intents,
        Map<String, SessionFact> sessions,
        Map<String, RefundFact> refunds,
        Map<String, DisputeFact> disputes) {

    static final OrderFacts NONE = new OrderFacts(Map.of(), Map.of(), Map.of(), Map.of());

    /** Whether an order follows events of this type; the others are ignored. */
    static boolean follows(String type) {
        return switch (type) {
            case "payment_intent.succeeded",
                    "payment_intent.processing",
                    "payment_intent.requires_action",
                    "payment_intent.payment_failed",
                    "payment_intent.canceled",
                    "checkout.session.completed",
                    "checkout.session.async_payment_succeeded",
                    "checkout.session.async_payment_failed",
                    "checkout.session.expired",
                    "charge.refunded",
                    "refund.created",
                    "refund.updated",
                    "refund.failed",
                    "charge.refund.updated",
                    "charge.dispute.created",
                    "charge.dispute.updated",
                    "charge.dispute.closed",
                    "charge.dispute.funds_withdrawn",
                    "charge.dispute.funds_reinstated" -> true;
            default -> false;
        };
    }

    /**
     * What is known after an event.
     *
     * @param truth the object as Stripe has it now, if it was asked for
     * @return empty where the events alone cannot tell: Stripe has to be asked
     */
    Optional<OrderFacts> after(StripeEvent event, Optional<JsonNode> truth) {
        String type = event.type();
        if (type.startsWith("payment_intent.")) {
            return afterIntent(event, truth);
        }
        if (type.startsWith("checkout.session.")) {
            return Optional.of(with(SessionFact.read(event.object(), type)));
        }
        if (type.startsWith("charge.dispute.")) {
            return Optional.of(with(DisputeFact.read(event.object(), type)));
        }
        return Optional.of(
                type.equals("charge.refunded") ? afterCharge(event.object()) : with(RefundFact.read(event.object())));
    }

    /** Whether Stripe has to be asked for the object of an event that is the first to tell of it. */
    static boolean saysTooLittle(StripeEvent event) {
        return event.type().startsWith("payment_intent.")
                && IntentFact.read(event.object(), event.created()).lacksAmount();
    }

    private Optional<OrderFacts> afterIntent(StripeEvent event, Optional<JsonNode> truth) {
        IntentFact news = IntentFact.read(event.object(), event.created());
        IntentFact known = intents.get(news.id());
        if (known == null && truth.isEmpty() && news.lacksAmount()) {
            return Optional.empty();
        }
        if (known == null) {
            return Optional.of(
                    with(truth.map(node -> news.afterAsking(IntentFact.read(node, event.created()), event.created()))
                            .orElse(news)));
        }
        if (truth.isPresent()) {
            return Optional.of(with(known.afterAsking(IntentFact.read(truth.get(), event.created()), event.created())));
        }
        return known.after(news).map(this::with);
    }

    /** Older API versions carry the refunds inside the charge; in newer ones they come with events of their own. */
    private OrderFacts afterCharge(JsonNode charge) {
        JsonNode refundList = charge.path("refunds").path("data");
        OrderFacts facts = this;
        for (JsonNode refund : refundList) {
            facts = facts.with(RefundFact.read(refund));
        }
        return facts;
    }

    /** Puts what is now known of an intent in the place of what was. */
    OrderFacts with(IntentFact intent) {
        return new OrderFacts(put(intents, intent.id(), intent), sessions, refunds, disputes);
    }

    OrderFacts with(SessionFact session) {
        SessionFact known = sessions.get(session.id());
        SessionFact merged = known == null ? session : known.merge(session);
        return new OrderFacts(intents, put(sessions, session.id(), merged), refunds, disputes);
    }

    OrderFacts with(RefundFact refund) {
        RefundFact known = refunds.get(refund.id());
        RefundFact merged = known == null ? refund : known.merge(refund);
        return new OrderFacts(intents, sessions, put(refunds, refund.id(), merged), disputes);
    }

    OrderFacts with(DisputeFact dispute) {
        DisputeFact known = disputes.get(dispute.id());
        DisputeFact merged = known == null ? dispute : known.merge(dispute);
        return new OrderFacts(intents, sessions, refunds, put(disputes, dispute.id(), merged));
    }

    /**
     * What payment-service answered to a call.
     *
     * @param seen what was known of the intent before the call
     * @return empty where an event came meanwhile and nobody can tell which is later: Stripe has to be asked
     */
    Optional<OrderFacts> afterAnswer(IntentFact answer, @Nullable IntentFact seen) {
        return IntentFact.afterAnswer(intents.get(answer.id()), answer, seen).map(this::with);
    }

    private static <T> Map<String, T> put(Map<String, T> all, String id, T fact) {
        Map<String, T> copy = new TreeMap<>(all);
        copy.put(id, fact);
        return copy;
    }
}
