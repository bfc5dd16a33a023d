package io.tillstream.order.settlement;

import io.tillstream.stripeevents.CheckoutSessionState;
import io.tillstream.stripeevents.DisputeState;
import io.tillstream.stripeevents.PaymentIntentState;
import io.tillstream.stripeevents.RefundState;
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
record OrderStripeState(
        Map<String, PaymentIntentState> intents,
        Map<String, CheckoutSessionState> sessions,
        Map<String, RefundState> refunds,
        Map<String, DisputeState> disputes) {

    static final OrderStripeState NONE = new OrderStripeState(Map.of(), Map.of(), Map.of(), Map.of());

    /**
     * What is known after an event.
     *
     * @param refetched the object as Stripe has it now, if it was asked for
     * @return empty where the events alone cannot tell: Stripe has to be asked
     */
    Optional<OrderStripeState> after(StripeEvent event, Optional<JsonNode> refetched) {
        String type = event.type();
        if (type.startsWith("payment_intent.")) {
            return afterIntent(event, refetched);
        }
        if (type.startsWith("checkout.session.")) {
            return Optional.of(with(CheckoutSessionState.read(event.object(), type)));
        }
        if (type.startsWith("charge.dispute.")) {
            return Optional.of(with(DisputeState.read(event.object(), type)));
        }
        return Optional.of(
                type.equals("charge.refunded") ? afterCharge(event.object()) : with(RefundState.read(event.object())));
    }

    /** Whether Stripe has to be asked for the object of an event that is the first to tell of it. */
    static boolean saysTooLittle(StripeEvent event) {
        return event.type().startsWith("payment_intent.")
                && PaymentIntentState.read(event.object(), event.created()).lacksAmount();
    }

    private Optional<OrderStripeState> afterIntent(StripeEvent event, Optional<JsonNode> refetched) {
        PaymentIntentState news = PaymentIntentState.read(event.object(), event.created());
        PaymentIntentState known = intents.get(news.id());
        if (known == null && refetched.isEmpty() && news.lacksAmount()) {
            return Optional.empty();
        }
        if (known == null) {
            return Optional.of(with(refetched
                    .map(node -> news.afterAsking(PaymentIntentState.read(node, event.created()), event.created()))
                    .orElse(news)));
        }
        if (refetched.isPresent()) {
            return Optional.of(with(
                    known.afterAsking(PaymentIntentState.read(refetched.get(), event.created()), event.created())));
        }
        return known.after(news).map(this::with);
    }

    /** Older API versions carry the refunds inside the charge; in newer ones they come with events of their own. */
    private OrderStripeState afterCharge(JsonNode charge) {
        JsonNode refundList = charge.path("refunds").path("data");
        OrderStripeState facts = this;
        for (JsonNode refund : refundList) {
            facts = facts.with(RefundState.read(refund));
        }
        return facts;
    }

    /** Puts what is now known of an intent in the place of what was. */
    OrderStripeState with(PaymentIntentState intent) {
        return new OrderStripeState(put(intents, intent.id(), intent), sessions, refunds, disputes);
    }

    OrderStripeState with(CheckoutSessionState session) {
        CheckoutSessionState known = sessions.get(session.id());
        CheckoutSessionState merged = known == null ? session : known.merge(session);
        return new OrderStripeState(intents, put(sessions, session.id(), merged), refunds, disputes);
    }

    OrderStripeState with(RefundState refund) {
        RefundState known = refunds.get(refund.id());
        RefundState merged = known == null ? refund : known.merge(refund);
        return new OrderStripeState(intents, sessions, put(refunds, refund.id(), merged), disputes);
    }

    OrderStripeState with(DisputeState dispute) {
        DisputeState known = disputes.get(dispute.id());
        DisputeState merged = known == null ? dispute : known.merge(dispute);
        return new OrderStripeState(intents, sessions, refunds, put(disputes, dispute.id(), merged));
    }

    /**
     * What payment-service answered to a call.
     *
     * @param seen what was known of the intent before the call
     * @return empty where an event came meanwhile and nobody can tell which is later: Stripe has to be asked
     */
    Optional<OrderStripeState> afterAnswer(PaymentIntentState answer, @Nullable PaymentIntentState seen) {
        return PaymentIntentState.afterAnswer(intents.get(answer.id()), answer, seen)
                .map(this::with);
    }

    private static <T> Map<String, T> put(Map<String, T> all, String id, T fact) {
        Map<String, T> copy = new TreeMap<>(all);
        copy.put(id, fact);
        return copy;
    }
}
