package io.tillstream.stripe;

import com.stripe.exception.ApiConnectionException;

/** A request of ours that HTTP has no form for, an idempotency key of other letters for instance. It quotes nothing of it. */
final class UnsendableRequestException extends ApiConnectionException {
    private static final long serialVersionUID = 1L;

    UnsendableRequestException() {
        super("The request to Stripe cannot be written");
    }
}
