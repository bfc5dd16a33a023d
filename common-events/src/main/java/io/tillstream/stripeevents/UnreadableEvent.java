package io.tillstream.stripeevents;

/** What came is not a Stripe event, or lacks what every event has. Trying again cannot help. */
public final class UnreadableEvent extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnreadableEvent(String why) {
        super(why);
    }

    public UnreadableEvent(String why, Throwable cause) {
        super(why, cause);
    }
}
