package io.tillstream.subscription.subscription;

import io.tillstream.stripeevents.StripeEvent;

/**
 * Why a subscription moved: kind and id of something that is on record.
 *
 * @param created Stripe's clock, whole seconds, of an event, or as an answer shows it at the least; 0: not known
 */
public record Cause(String kind, String id, String what, long created) {

    static final String EVENT = "stripe_event";
    static final String ANSWER = "stripe_answer";
    static final String QUESTION = "question";

    /** A user's or operator's request. */
    public static Cause request(String what, Object id) {
        return new Cause("request", id.toString(), what, 0);
    }

    /** Stripe's answer to a call of ours that changed something; {@code what} is the call. */
    public static Cause stripeAnswer(String what, Object id) {
        return new Cause(ANSWER, id.toString(), what, 0);
    }

    public static Cause stripeEvent(StripeEvent event) {
        return new Cause(EVENT, event.id(), event.type(), event.created());
    }

    /** We asked Stripe what became of it. */
    public static Cause question(String what, Object id) {
        return new Cause(QUESTION, id.toString(), what, 0);
    }

    /** Of an object that shows Stripe's clock, whole seconds, to be at least there. */
    public Cause notBefore(long seconds) {
        return new Cause(kind, id, what, Math.max(created, seconds));
    }

    /** Whether nobody told anything and nothing was asked for: somebody only wanted to know. */
    public boolean isQuestion() {
        return kind.equals(QUESTION);
    }

    public boolean isEvent() {
        return kind.equals(EVENT);
    }
}
