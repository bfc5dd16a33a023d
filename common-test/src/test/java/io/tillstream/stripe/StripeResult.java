package io.tillstream.stripe;

/** As common-stripe has it; that module cannot be had here. */
public final class StripeResult {

    private StripeResult() {}

    /** A no of Stripe's. */
    public record Refused(String code) {
        public String refusal() {
            return code;
        }
    }
}
