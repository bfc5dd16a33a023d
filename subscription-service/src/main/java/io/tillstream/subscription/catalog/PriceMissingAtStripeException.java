package io.tillstream.subscription.catalog;

import io.tillstream.stripe.StripeResult;

/**
 * Stripe knows the price of a plan no more, as after its account was emptied, and did nothing that needs it. See {@link
 * PlanLookup#mending}.
 */
public final class PriceMissingAtStripeException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String planId;

    public PriceMissingAtStripeException(String planId) {
        super("Stripe has lost the price of plan " + planId, null, false, false);
        this.planId = planId;
    }

    String planId() {
        return planId;
    }

    /** Whether that is what a refusal says. */
    public static boolean isTold(StripeResult.Refused<?> no) {
        return no.missing() && no.param() != null && no.param().endsWith("[price]");
    }
}
