package io.tillstream.subscription.start;

import io.tillstream.events.Money;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.CustomerFacingDecline;
import io.tillstream.subscription.answers.CardRefusals;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionJson;
import io.tillstream.web.Problem;

/** Why a subscription does not begin. */
final class StartRefusals {

    private StartRefusals() {}

    /** The user has one of this plan already. */
    static Problem alreadyLive(Subscription live) {
        return Problem.conflict("subscription-already-live", "You have a subscription of this plan already.")
                .with("subscriptionId", live.id())
                .with("subscription", SubscriptionJson.of(live));
    }

    /** The plan costs something else than its user was shown. */
    static Problem priceChanged(Money now) {
        return Problem.conflict("price-changed", "The price of this plan has changed; nothing was begun.")
                .with("price", now);
    }

    /** The user has begun with this promotion code before. */
    static Problem promotionUsed() {
        return Problem.invalid("promotionCode", "was used before");
    }

    static Problem declined(StartResult started, StartResult.Declined why) {
        if (why.fault() != null) {
            return why.fault()
                    .problem(StartRefusals::of)
                    .with("subscriptionId", started.subscription().id());
        }
        CustomerFacingDecline failure =
                CustomerFacingDecline.of(why.code(), why.declineCode(), why.message(), why.retryable());
        return Problem.of(402, "card-declined", failure.message())
                .with("failure", failure)
                .with("subscriptionId", started.subscription().id());
    }

    /** Stripe's no, by the field of the request that it is about. */
    static Problem of(StripeResult.Refused<?> no) {
        return switch (no.refusal()) {
            case PROMOTION_CODE -> Problem.invalid("promotionCode", "cannot be used for this");
            case PAYMENT_METHOD -> CardRefusals.unusable();
            case TOKEN_USED -> CardRefusals.tokenUsed();
            case SECOND_CURRENCY ->
                Problem.invalid("currency", "cannot be used, as your other subscriptions are in another");
            case AMOUNT -> Problem.of(422, "amount-not-payable", "This amount cannot be paid in its currency.");
            case INPUT, STATE ->
                Problem.conflict("start-refused", "Stripe does not allow this subscription: " + no.code() + ".");
            case MISSING -> isOurs(no) ? StripeProblems.ours(no) : failed(no.code());
            case OURS -> StripeProblems.ours(no);
        };
    }

    /** Nobody but us named what Stripe does not have, and neither the customer nor the price, which are made anew. */
    static boolean isOurs(StripeResult.Refused<?> no) {
        return switch (no.refusal()) {
            case OURS -> true;
            case MISSING -> !MissingCustomerOrPriceRecovery.isLoss(no);
            default -> false;
        };
    }

    /** The same key again, after its start failed. */
    static Problem failed(Subscription failed) {
        String code = failed.start().failureCode();
        return failed(code == null ? "unknown" : code);
    }

    private static Problem failed(String reason) {
        return Problem.conflict("start-failed", "This start failed; begin anew with another key.")
                .with("reason", reason);
    }
}
