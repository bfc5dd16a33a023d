package io.tillstream.subscription.catalog;

import io.tillstream.stripe.StripeResult;

/**
 * Stripe will not have the plan as it is: trying again cannot help. An operator has to change it, unless the fault is ours. Stripe's
 * words may quote the plan: they stay out of the message.
 */
final class RefusedByStripe extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient StripeResult.Refused<?> no;

    RefusedByStripe(StripeResult.Refused<?> no) {
        super("Stripe refused: " + no);
        this.no = no;
    }

    StripeResult.Refused<?> no() {
        return no;
    }
}
