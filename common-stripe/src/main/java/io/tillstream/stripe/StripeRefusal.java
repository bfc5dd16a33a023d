package io.tillstream.stripe;

/** Stripe answered, and refuses to say: the same question has the same answer until somebody changes something. */
public final class StripeRefusal extends StripeUnavailable {
    private static final long serialVersionUID = 1L;

    StripeRefusal(Object no) {
        super("Stripe refuses to say: " + no, StripeCalls.SOMEBODY_MENDS_IT, null);
    }
}
