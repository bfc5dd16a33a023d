package io.tillstream.payment.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeEventConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Stripe is asked to send is what something here handles. */
class FollowedEventsTest {

    static java.util.Set<String> types() {
        return StripeEventConsumer.PAYMENTS.types();
    }

    @ParameterizedTest
    @MethodSource("types")
    void whatIsFollowedHasAHandler(String type) {
        assertThat(StripeEventRouter.handles(type)).isTrue();
    }

    @Test
    void whatIsNotFollowedHasNone() {
        assertThat(StripeEventRouter.handles("payout.paid")).isFalse();
    }
}
