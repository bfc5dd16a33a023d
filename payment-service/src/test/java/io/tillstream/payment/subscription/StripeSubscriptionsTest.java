package io.tillstream.payment.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StripeSubscriptionsTest {

    @Test
    void onlySubscriptionsThatMayAskForMoneyCount() {
        var page = StripeJson.read("""
                {"data":[
                  {"id":"sub_1","status":"active","default_payment_method":"pm_1"},
                  {"id":"sub_2","status":"canceled","default_payment_method":"pm_1"},
                  {"id":"sub_3","status":"past_due","default_payment_method":{"id":"pm_2"}},
                  {"id":"sub_4","status":"trialing","default_payment_method":null,"schedule":"sub_sched_1"}]}
                """.getBytes(StandardCharsets.UTF_8));
        assertThat(StripeSubscriptions.live(page))
                .containsExactly(
                        new StripeSubscriptions.Live("sub_1", "active", "pm_1", null),
                        new StripeSubscriptions.Live("sub_3", "past_due", "pm_2", null),
                        new StripeSubscriptions.Live("sub_4", "trialing", null, "sub_sched_1"));
    }

    @Test
    void oneWithoutACardOfItsOwnFollowsTheDefault() {
        var follows = new StripeSubscriptions.Live("sub_1", "active", null, null);
        var own = new StripeSubscriptions.Live("sub_2", "active", "pm_1", null);
        assertThat(follows.isPaidWith("pm_2", "pm_2")).isTrue();
        assertThat(follows.isPaidWith("pm_1", null)).isFalse();
        assertThat(own.isPaidWith("pm_2", "pm_2")).isFalse();
        assertThat(own.isPaidWith("pm_1", "pm_2")).isTrue();
    }
}
