package io.tillstream.subscription.answers;

import io.tillstream.stripe.StripeResult;
import io.tillstream.web.Problem;
import java.util.List;

/** A card that cannot be charged, by the codes that a payment has: whoever is told that it was declined calls their bank for nothing. */
public final class CardRefusals {
    private static final String FIELD = "paymentMethodId";

    private CardRefusals() {}

    /** Unknown, or somebody else's. */
    public static Problem notTheirs() {
        return Problem.of(422, "payment-method-unusable", "This is not one of your saved cards.")
                .withErrors(List.of(new Problem.Field(FIELD, "is not one of your saved cards")));
    }

    /** Lost at Stripe, or of a kind that nothing is paid with here. */
    public static Problem unusable() {
        return Problem.of(422, "payment-method-unusable", "This card cannot be used; name another one.")
                .withErrors(List.of(new Problem.Field(FIELD, "cannot be used")));
    }

    public static Problem tokenUsed() {
        return Problem.of(422, "token-already-used", "This token was used before.")
                .withErrors(List.of(new Problem.Field(FIELD, "was used before")));
    }

    /** What Stripe's no is told as where a card was named: {@code others} if it is not about the card. */
    public static Problem told(StripeResult.Refused<?> no, Problem others) {
        return switch (no.refusal()) {
            case PAYMENT_METHOD -> unusable();
            case TOKEN_USED -> tokenUsed();
            default -> StripeProblems.told(no, others);
        };
    }
}
