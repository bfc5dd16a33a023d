package io.tillstream.payment.payment;

import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.stripeevents.StripeJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A payment with what only the buyer's browser may have of it. Both come from Stripe each time and are never kept. */
record PaymentResult(
        Payment payment,
        @Nullable String clientSecret,
        @Nullable String checkoutUrl) {

    static PaymentResult of(Payment payment) {
        return new PaymentResult(payment, null, null);
    }

    /** With secret and URL of the intent or session, while the buyer has something to do with it. */
    static PaymentResult of(Payment payment, @Nullable JsonNode object) {
        return payment.status() == PaymentStatus.ACTION_REQUIRED
                ? new PaymentResult(payment, StripeJson.text(object, "client_secret"), StripeJson.text(object, "url"))
                : of(payment);
    }

    @Override
    public String toString() {
        return "Asked[" + payment.id() + ", " + payment.status() + "]";
    }
}
