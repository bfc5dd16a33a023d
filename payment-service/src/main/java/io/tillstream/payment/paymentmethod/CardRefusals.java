package io.tillstream.payment.paymentmethod;

import io.tillstream.stripe.RefusalReason;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.CustomerFacingDecline;
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

    private CardRefusals() {}

    /** The bank said no: another card, or the same one again, as {@code failure} says. */
    static Problem declined(StripeResult.Declined<?> no) {
        var failure = CustomerFacingDecline.of(no.code(), no.declineCode(), no.message(), no.retryable());
        return Problem.of(402, "card-declined", failure.message()).with("failure", failure);
    }

    /** A changed expiry or billing detail that the card cannot have. */
    static Problem refused(StripeResult.Declined<?> no) {
        return switch (no.code()) {
            case "invalid_expiry_month" -> Problem.invalid("expMonth", "is refused by Stripe");
            case "invalid_expiry_year" -> Problem.invalid("expYear", "is refused by Stripe");
            default -> declined(no);
        };
    }

    /** What the user named cannot be used; a request that is wrong by our own fault is not told as theirs. */
    static Problem refused(StripeResult.Refused<?> no) {
        return no.refusal() == RefusalReason.OURS && !FIELDS.contains(String.valueOf(no.param()))
                ? ours(no)
                : Problem.invalid(no.param() == null ? "request" : no.param(), "is refused by Stripe: " + no.code());
    }

    static Problem token(StripeResult.Refused<?> no) {
        return switch (no.refusal()) {
            case TOKEN_USED ->
                Problem.of(422, "token-already-used", "This token was used before.")
                        .withErrors(List.of(new Problem.Field("token", "was used before")));
            case OURS -> ours(no);
            default -> Problem.invalid("token", no.missing() ? "is not known" : "cannot be used: " + no.code());
        };
    }

    private static Problem ours(StripeResult.Refused<?> no) {
        return no.code().equals(StripeResult.Different.CODE)
                ? Problem.of(500, "stripe-answer-differs", "Stripe did something else than it was asked for.")
                : Problem.of(500, "stripe-request-refused", "Stripe did not take our request; nothing was changed.");
    }
}
