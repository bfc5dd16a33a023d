package io.tillstream.subscription.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.SimulatedStripe;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class StartupPriceCheckIT extends SimulatedStripe {

    @Autowired
    private StartupPriceCheck lost;

    @Autowired
    private PlanSync sync;

    private static String price(String plan) {
        return texts("select coalesce(stripe_price_id, '') from plans where id = '" + plan + "'")
                .get(0);
    }

    @Test
    void aSeededPlanWhosePriceIsGoneAtStripeIsMadeAnewBeforeSomebodyWantsIt() {
        sync.sync("pro-monthly").block(WAIT);
        String before = price("pro-monthly");
        STRIPE.control("/_simulator/prices/" + before + "/delete", "{}");

        lost.look().block(WAIT);
        sync.sync("pro-monthly").block(WAIT);

        assertThat(price("pro-monthly")).isNotEqualTo(before);
        assertThat(STRIPE.get("/v1/prices/" + price("pro-monthly"))
                        .path("active")
                        .asBoolean())
                .isTrue();
    }
}
