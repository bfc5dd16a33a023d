package io.tillstream.subscription.start;

import io.tillstream.events.Money;
import io.tillstream.subscription.catalog.PayableTotal;
import io.tillstream.subscription.catalog.Plan;
import io.tillstream.subscription.start.StartJson.StartCommand;
import io.tillstream.web.Problem;

/** What a plan allows a start to ask for. Said before anybody else is asked. */
final class StartRules {

    private StartRules() {}

    static void check(StartCommand wish, Plan plan) {
        if (wish.units() > plan.maxQuantity() || (wish.units() > 1 && !plan.perSeat())) {
            throw Problem.invalid("quantity", "must be from 1 to " + (plan.perSeat() ? plan.maxQuantity() : 1));
        }
        if (wish.currency() != null && plan.price(wish.currency()).isEmpty()) {
            throw Problem.invalid("currency", "is not one the plan has a price in");
        }
        if (Boolean.TRUE.equals(wish.trial()) && plan.trialDays() == 0) {
            throw Problem.invalid("trial", "is not part of this plan");
        }
        checkPrice(wish, plan);
    }

    /** Nobody pays a price other than the one that they were shown, nor more than can be paid at once. */
    static void checkPrice(StartCommand wish, Plan plan) {
        Long expected = wish.expectedAmount();
        Money now = plan.price(wish.currency() == null ? plan.currency() : wish.currency())
                .orElseThrow();
        if (expected != null && expected != now.amount()) {
            throw StartRefusals.priceChanged(now);
        }
        PayableTotal.check(wish.units(), now);
    }
}
