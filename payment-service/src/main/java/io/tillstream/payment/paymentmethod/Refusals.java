package io.tillstream.payment.paymentmethod;

import io.tillstream.stripe.Answer;
import io.tillstream.web.Problem;
import java.util.LinkedHashMap;
import java.util.Map;

/** What Stripe's noes about a card mean to its owner. */
final class Refusals {

    private Refusals() {}

    /** The bank said no: another card, or the same one again, as {@code failure} says. */
    static Problem declined(Answer.Declined<?> no) {
        Map<String, Object> failure = new LinkedHashMap<>();
        failure.put("code", no.code());
        if (no.declineCode() != null) {
            failure.put("declineCode", no.declineCode());
        }
        failure.put("message", no.message());
        failure.put("retryable", no.retryable());
        return Problem.of(402, "card-declined", no.message()).with("failure", failure);
    }

    /** A changed expiry or billing detail that the card cannot have. */
    static Problem refused(Answer.Declined<?> no) {
        return switch (no.code()) {
            case "invalid_expiry_month" -> Problem.invalid("expMonth", "is refused by Stripe");
            case "invalid_expiry_year" -> Problem.invalid("expYear", "is refused by Stripe");
            default -> Problem.of(402, "card-declined", no.message());
        };
    }

    static Problem refused(Answer.Refused<?> no) {
        return Problem.invalid(no.param() == null ? "request" : no.param(), "is refused by Stripe: " + no.code());
    }

    static Problem token(Answer.Refused<?> no) {
        return Problem.invalid("token", no.missing() ? "is not known" : "cannot be used: " + no.code());
    }
}
