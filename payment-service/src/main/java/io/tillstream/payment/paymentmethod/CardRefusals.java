package io.tillstream.payment.paymentmethod;

import io.tillstream.payment.answers.StripeProblems;
import io.tillstream.stripe.RefusalReason;
import io.tillstream.stripe.StripeResult;
import io.tillstream.web.Problem;
import java.util.List;
import java.util.Set;

/** What Stripe's noes about a card mean to its owner. */
final class CardRefusals {

    /** Of a user's own words, as Stripe names them; what is wrong with them they can mend. */
    private static final Set<String> FIELDS = Set.of(
            "card[exp_month]",
            "card[exp_year]",
            "billing_details[email]",
            "billing_details[phone]",
            "billing_details[name]",
            "billing_details[address][country]");

    private static final String UNKNOWN = "parameter_unknown"; // whatever it is called, no user named it

    private CardRefusals() {}

    /** A changed expiry or billing detail that the card cannot have. */
    static Problem refused(StripeResult.Declined<?> no) {
        return switch (no.code()) {
            case "invalid_expiry_month" -> Problem.invalid("expMonth", "is refused by Stripe");
            case "invalid_expiry_year" -> Problem.invalid("expYear", "is refused by Stripe");
            default -> StripeProblems.declined(no);
        };
    }

    /** What the user named cannot be used; a request that is wrong by our own fault is not told as theirs. */
    static Problem refused(StripeResult.Refused<?> no) {
        boolean isOurs = no.refusal() == RefusalReason.OURS
                && (no.code().equals(UNKNOWN) || !FIELDS.contains(String.valueOf(no.param())));
        return isOurs
                ? StripeProblems.ours(no)
                : Problem.invalid(no.param() == null ? "request" : no.param(), "is refused by Stripe: " + no.code());
    }

    /** A card that is somebody else's, or that nothing can be done with any more; {@code field} named it. */
    static Problem unusable(String field, String why) {
        return Problem.of(422, "payment-method-unusable", "This card cannot be used.")
                .withErrors(List.of(new Problem.Field(field, why)));
    }

    static Problem token(StripeResult.Refused<?> no) {
        return switch (no.refusal()) {
            case TOKEN_USED ->
                Problem.of(422, "token-already-used", "This token was used before.")
                        .withErrors(List.of(new Problem.Field("token", "was used before")));
            case OURS -> StripeProblems.ours(no);
            default -> Problem.invalid("token", no.missing() ? "is not known" : "cannot be used: " + no.code());
        };
    }
}
