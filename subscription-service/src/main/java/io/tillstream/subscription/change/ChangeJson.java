package io.tillstream.subscription.change;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.CustomerFacingDecline;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.subscription.SubscriptionJson;
import io.tillstream.web.Problem;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/** Changes as people ask for them and see them. */
final class ChangeJson {

    private ChangeJson() {}

    /** Either a quote alone, or what is wanted and when. */
    @Schema(name = "ChangeRequest")
    record ChangeRequest(
            @Nullable @Size(min = 1, max = 2_000) @Schema(description = "As `/quote` gave it; then nothing else")
            String quote,

            @Nullable @Size(min = 1, max = 100) @Schema(example = "pro-monthly")
            String planId,

            @Nullable @Min(1) @Max(1_000_000) Integer quantity,

            @Nullable @Pattern(regexp = "now|period_end") @Schema(allowableValues = {"now", "period_end"})
            String when) {

        boolean isQuote() {
            if (quote != null && (planId != null || quantity != null || when != null)) {
                throw Problem.invalid("quote", "says all there is to say: leave out the other fields");
            }
            return quote != null;
        }

        boolean isNow() {
            if (planId == null && quantity == null) {
                throw Problem.invalid("planId", "is missing");
            }
            if (when == null) {
                throw Problem.invalid("when", "is missing");
            }
            return when.equals("now");
        }
    }

    private static Problem refused(StripeResult.Refused<?> no) {
        return switch (no.refusal()) {
            case PAYMENT_METHOD, TOKEN_USED ->
                Problem.of(422, "payment-method-unusable", "The card that pays the subscription cannot be used.");
            case AMOUNT -> Problem.of(422, "amount-not-payable", "This amount cannot be paid in its currency.");
            default -> StripeProblems.told(no, ChangeSubmitter.refused(no.code()));
        };
    }

    /** A declined card is 402, with the subscription as it was. */
    static SubscriptionJson orDeclined(SubscriptionChangeResult changed) {
        ChangePaymentDetails.ToPay toPay = changed.toPay();
        SubscriptionJson view = toPay == null
                ? SubscriptionJson.of(changed.subscription())
                : SubscriptionJson.unpaid(changed.subscription(), toPay.clientSecret(), toPay.page());
        ChangePaymentDetails.Failure failure = changed.failure();
        if (failure == null) {
            return view;
        }
        if (failure.fault() != null) {
            throw failure.fault().problem(ChangeJson::refused).with("subscription", view);
        }
        CustomerFacingDecline told =
                CustomerFacingDecline.of(failure.code(), failure.declineCode(), failure.message(), failure.retryable());
        throw Problem.of(402, "card-declined", told.message())
                .with("failure", told)
                .with("subscription", view);
    }
}
