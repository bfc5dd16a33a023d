package io.tillstream.subscription.answers;

import io.tillstream.stripe.RefusalReason;
import io.tillstream.stripe.RetryableDeclines;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Why the last try to pay an intent failed, as Stripe keeps it there. Only some of it is the bank's no: a request of ours that was
 * wrong stands in the same place.
 *
 * @param type Stripe's type of error; {@code card_error} is the bank's
 */
public record IntentError(
        @Nullable String type,
        String code,
        @Nullable String declineCode,
        String message,
        @Nullable String param,
        boolean retryable) {

    private static final String STRIPES_FAULT = "api_error";
    private static final Duration AGAIN = Duration.ofSeconds(1);

    public static IntentError of(JsonNode error) {
        String type = StripeJson.text(error, "type");
        String code = StripeJson.text(error, "code");
        String decline = StripeJson.text(error, "decline_code");
        String message = StripeJson.text(error, "message");
        boolean declined = type == null || RetryableDeclines.isDecline(type, code, decline);
        return new IntentError(
                type,
                code != null ? code : declined ? "card_declined" : String.valueOf(type),
                decline,
                message == null ? "The card was declined." : message,
                StripeJson.text(error, "param"),
                RetryableDeclines.retryable(code, decline, StripeJson.text(error, "advice_code")));
    }

    public boolean isDecline() {
        return type == null || RetryableDeclines.isDecline(type, code, declineCode);
    }

    /** Whether somebody has to look at it: our request was wrong. */
    public boolean isOurs() {
        return isRefusal(no -> no.refusal() == RefusalReason.OURS);
    }

    /** Whether it is neither the bank's no nor Stripe's own fault, but a refusal, and one of these. */
    public boolean isRefusal(Predicate<StripeResult.Refused<?>> which) {
        return !isDecline() && !STRIPES_FAULT.equals(type) && which.test(refusal());
    }

    private StripeResult.Refused<?> refusal() {
        return new StripeResult.Refused<>(400, code, message, param, null);
    }

    /** What is no decline is told as a refusal is, where Stripe itself had no fault. */
    public Problem problem(Function<StripeResult.Refused<?>, Problem> told) {
        return STRIPES_FAULT.equals(type)
                ? Problem.unavailable("Stripe had a fault; nothing was paid.", AGAIN)
                : told.apply(refusal());
    }
}
