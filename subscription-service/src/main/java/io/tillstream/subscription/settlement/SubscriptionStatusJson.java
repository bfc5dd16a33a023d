package io.tillstream.subscription.settlement;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.SubscriptionStatus;
import io.tillstream.web.docs.AllowableValues;
import io.tillstream.web.settlement.SettlementStatus;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far a subscription is, for the page that waits for it. What Stripe calls active is settling here until its invoice is
 * known to be paid: what a subscription gives is given with that, and both are told at once.
 *
 * @param version grows with each move that is told here
 */
@Schema(name = "SubscriptionSettlement")
record SubscriptionStatusJson(
        UUID subscriptionId,

        @Schema(
                example = "active",
                allowableValues = {"settling", "action_required", "active", "past_due", "paused", "failed", "canceled"})
        String state,

        @AllowableValues(SubscriptionStatus.class) String status,
        int version,
        @Nullable Instant currentPeriodEnd,
        @Nullable String failure)
        implements SettlementStatus {

    static SubscriptionStatusJson of(Subscription subscription) {
        return new SubscriptionStatusJson(
                subscription.id(),
                givesYet(subscription) ? state(subscription) : "settling",
                subscription.shownStatus().text(),
                givesYet(subscription) ? subscription.version() : subscription.version() - 1,
                subscription.period().end(),
                subscription.start().failureCode());
    }

    private static boolean givesYet(Subscription subscription) {
        return subscription.status() != SubscriptionStatus.ACTIVE
                || subscription.billing().earned();
    }

    private static String state(Subscription subscription) {
        return switch (subscription.status()) {
            case STARTING -> "settling";
            case INCOMPLETE -> subscription.billing().earned() ? "settling" : "action_required"; // its payment is known
            case TRIALING, ACTIVE -> "active";
            case PAST_DUE, UNPAID -> "past_due";
            case PAUSED -> "paused";
            case FAILED, INCOMPLETE_EXPIRED -> "failed";
            case CANCELED -> "canceled";
        };
    }

    /** Whether something is still to come, from Stripe or after its user has done what their bank asks for. */
    boolean isOpen() {
        return state.equals("settling") || state.equals("action_required");
    }

    /** Whoever waits has done what an incomplete one asks for, and waits for what comes of it. */
    boolean isNews(int since) {
        return !isOpen() && version > since;
    }
}
