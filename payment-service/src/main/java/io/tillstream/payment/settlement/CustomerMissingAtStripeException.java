package io.tillstream.payment.settlement;

/**
 * Stripe lists nothing, as it does not know the customer. What it took while it knew them is not told by that; a request that
 * names the customer it takes no more.
 */
public final class CustomerMissingAtStripeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CustomerMissingAtStripeException() {
        super("Stripe does not know the customer", null, false, false);
    }
}
