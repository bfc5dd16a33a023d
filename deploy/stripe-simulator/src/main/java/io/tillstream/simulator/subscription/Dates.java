package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.proration.BillingCycle;
import io.tillstream.simulator.proration.Period;
import io.tillstream.simulator.state.Json;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** When a new subscription's trial and first period end. */
final class Dates {
    private static final long LONGEST_TRIAL_DAYS = 730; // Stripe's limit
    private static final long FARTHEST_DAYS = 5L * 366; // Stripe's limit of any such date
    private static final long DAY = Duration.ofDays(1).toSeconds();

    private Dates() {}

    static void refusePast(long time, long now) {
        if (time <= now) {
            throw StripeError.invalid(
                    null, "Invalid timestamp: must be an integer Unix timestamp in the future.", "trial_end");
        }
        if (time > now + FARTHEST_DAYS * DAY) {
            throw StripeError.invalid(
                    null, "Invalid timestamp: can be no more than five years in the future.", "trial_end");
        }
        if (time > now + LONGEST_TRIAL_DAYS * DAY) {
            throw tooLong("trial_end");
        }
    }

    private static StripeError tooLong(String param) {
        return StripeError.invalid(null, "The maximum number of trial period days is 730 (2 years).", param);
    }

    /** Sets trial, anchor and first period of a subscription that has its items. */
    static void begin(ObjectNode subscription, Params params, long now) {
        Long anchor = anchor(params, subscription, now);
        Long trialEnd = trialEnd(params, now);
        if (anchor != null) {
            subscription.put("billing_cycle_anchor", anchor);
        }
        if (trialEnd != null) {
            subscription.put("trial_start", now).put("trial_end", trialEnd);
            if (anchor == null) {
                subscription.put("billing_cycle_anchor", trialEnd);
            }
            Subscriptions.setPeriod(subscription, new Period(now, trialEnd));
            return;
        }
        long end = Subscriptions.cycle(subscription).containing(now).end();
        Subscriptions.setPeriod(subscription, new Period(now, end));
    }

    private static @Nullable Long trialEnd(Params params, long now) {
        Long days = params.integer("trial_period_days");
        String end = params.text("trial_end");
        if (days != null && end != null) {
            throw StripeError.malformed(
                    null, "You may only specify one of these parameters: trial_end, trial_period_days.", "trial_end");
        }
        if (days != null) {
            if (days < 0) {
                throw StripeError.malformed(
                        "parameter_invalid_integer",
                        "This value must be greater than or equal to 0.",
                        "trial_period_days");
            }
            if (days > LONGEST_TRIAL_DAYS) {
                throw tooLong("trial_period_days");
            }
            return days == 0 ? null : now + days * DAY;
        }
        if (end == null || end.equals("now")) {
            return null;
        }
        long time = params.requiredInteger("trial_end");
        refusePast(time, now);
        return time;
    }

    private static @Nullable Long anchor(Params params, ObjectNode subscription, long now) {
        Long anchor = params.integer("billing_cycle_anchor");
        if (anchor == null) {
            return null;
        }
        BillingCycle natural = Subscriptions.cycle(subscription, now);
        boolean trial = params.has("trial_end") || params.has("trial_period_days");
        if (anchor < now || (!trial && anchor > natural.boundary(1))) {
            throw StripeError.invalid(
                    null,
                    anchor < now
                            ? "billing_cycle_anchor must be in the future."
                            : "billing_cycle_anchor cannot be later than next natural billing date ("
                                    + natural.boundary(1) + ") for plan.",
                    "billing_cycle_anchor");
        }
        return anchor;
    }

    static boolean isTrial(ObjectNode subscription, long now) {
        return Json.number(subscription, "trial_end") > now;
    }
}
