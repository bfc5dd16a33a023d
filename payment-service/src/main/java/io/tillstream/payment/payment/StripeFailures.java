package io.tillstream.payment.payment;

import io.tillstream.payment.payable.Failure;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.FailureKind;

/** Why a payment failed that Stripe made no intent of. */
final class StripeFailures {

    static final Failure CARD_GONE = new Failure(
            "payment_method_gone",
            null,
            "This card is no longer saved. Please use another one.",
            false,
            FailureKind.UNUSABLE);

    /** Somebody deletes them faster than we make them. */
    static final Failure CUSTOMER_GONE_AGAIN =
            new Failure("customer_missing", null, "Please try again.", true, FailureKind.UNAVAILABLE);

    static final Failure NOT_TAKEN =
            new Failure("not_taken", null, "The payment was not taken.", true, FailureKind.NOT_TAKEN);

    private StripeFailures() {}

    static Failure of(StripeResult.Declined<?> no) {
        return new Failure(no.code(), no.declineCode(), no.message(), no.retryable(), FailureKind.DECLINED);
    }

    static Failure of(StripeResult.Refused<?> no) {
        return Failure.of(no.refusal());
    }
}
