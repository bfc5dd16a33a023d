package io.tillstream.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.net.RequestOptions;

/** One blocking call of stripe-java; the options carry the idempotency key and must be passed on. */
@FunctionalInterface
public interface StripeCallback<T> {
    T run(StripeClient stripe, RequestOptions options) throws StripeException;
}
