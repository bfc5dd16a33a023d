package io.tillstream.payment.answers;

import io.tillstream.stripe.RefusalReason;
import io.tillstream.stripe.StripeRefusal;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.CustomerFacingDecline;
import io.tillstream.web.Problem;
import java.util.Optional;

/** What Stripe's noes are told as: a fault of ours is nobody else's, neither the caller's words nor the object's state. */
public final class StripeProblems {

    private StripeProblems() {}

    /**
     * The object that was asked for; empty where there is none. Any other no says nothing about the object, so nothing is known:
     * {@link StripeRefusal}.
     */
    public static <T> Optional<T> present(StripeResult<T> answer) {
        return answer.fold(
                Optional::of,
                no -> {
                    throw new StripeRefusal(no);
                },
                no -> {
                    if (!no.missing()) {
                        throw new StripeRefusal(no);
                    }
                    return Optional.<T>empty();
                });
    }

    /** The bank said no: another card, or the same one again, as {@code failure} says. */
    public static Problem declined(StripeResult.Declined<?> no) {
        var failure = CustomerFacingDecline.of(no.code(), no.declineCode(), no.message(), no.retryable());
        return Problem.of(402, "card-declined", failure.message()).with("failure", failure);
    }

    /** What a refusal is told as: {@code theirs}, or a fault of ours where our request was wrong. */
    public static Problem told(StripeResult.Refused<?> no, Problem theirs) {
        return no.refusal() == RefusalReason.OURS ? ours(no) : theirs;
    }

    /** A fault of ours: our request was wrong, or Stripe did something else than it was asked for. */
    public static Problem ours(StripeResult.Refused<?> no) {
        return no.says(StripeResult.Different.CODE)
                ? Problem.of(500, "stripe-answer-differs", "Stripe did something else than it was asked for.")
                : refusedRequest();
    }

    public static Problem refusedRequest() {
        return Problem.of(500, "stripe-request-refused", "Stripe did not take our request; nothing was changed.");
    }
}
