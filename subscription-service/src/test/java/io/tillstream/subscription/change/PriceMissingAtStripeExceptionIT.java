package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import org.junit.jupiter.api.Test;

/** Stripe has lost the price of a plan that a subscriber changes to, as it was made long ago; nobody told us. */
class PriceMissingAtStripeExceptionIT extends Subscriber {

    private static final String PRO = "{'planId':'pro-monthly','when':'now'}";

    private String loseThePrice() {
        String lost = priceOf("pro-monthly");
        STRIPE.control("/_simulator/prices/" + lost + "/delete", "{}");
        return lost;
    }

    @Test
    void aQuoteIsMadeAndKeptAllTheSame() {
        subscribes("starter-monthly", 1);
        String lost = loseThePrice();

        var quote = quoted("{'planId':'pro-monthly'}");
        assertThat(ok(changes(quote)).path("planId").asString()).isEqualTo("pro-monthly");

        assertThat(priceAtStripe()).isEqualTo(priceOf("pro-monthly")).isNotEqualTo(lost);
    }

    @Test
    void aQuoteOfAPriceThatIsLostMeanwhileIsOutdated() {
        subscribes("starter-monthly", 1);
        var quote = quoted("{'planId':'pro-monthly'}");
        loseThePrice();

        refused(changes(quote), 409, "quote-outdated");

        assertThat(ok(changes(quoted("{'planId':'pro-monthly'}")))
                        .path("planId")
                        .asString())
                .isEqualTo("pro-monthly");
        assertThat(invoices()).hasSize(2);
    }

    @Test
    void aChangeAtOnceIsMadeAllTheSame() {
        subscribes("starter-monthly", 1);
        loseThePrice();

        assertThat(ok(act("change", PRO, "key-" + user)).path("planId").asString())
                .isEqualTo("pro-monthly");

        assertThat(ok(act("change", PRO, "key-" + user)).path("planId").asString())
                .isEqualTo("pro-monthly");
        assertThat(invoices()).hasSize(2);
        assertThat(texts("select status from subscription_changes where subscription_id = '" + id + "'"))
                .containsExactly("done");
    }

    @Test
    void aChangeAtThePeriodsEndIsPlannedAllTheSame() {
        subscribes("starter-monthly", 1);
        loseThePrice();

        var planned = ok(act("change", "{'planId':'pro-monthly','when':'period_end'}"));

        assertThat(planned.at("/scheduledChange/planId").asString()).isEqualTo("pro-monthly");
    }
}
