package io.tillstream.subscription.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeEventConsumer;
import io.tillstream.subscription.moneyback.VoidedInvoiceFlow;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What Stripe is asked to send is what something here handles. */
class FollowedEventsTest {

    static java.util.Set<String> types() {
        return StripeEventConsumer.SUBSCRIPTIONS.types();
    }

    @ParameterizedTest
    @MethodSource("types")
    void whatIsFollowedHasAHandler(String type) {
        assertThat(StripeEventRouter.handles(type)).isTrue();
    }

    /** It would cost an order statements here, and pays no invoice. */
    @ParameterizedTest
    @CsvSource({"'{\"attempt_id\":\"2f1c\"}', false", "'{}', true"})
    void thePaymentOfAnOrderIsKeptOut(String metadata, boolean mayBeOfInvoice) {
        StripeEvent event = StripeEvent.read(
                ("{\"id\":\"evt_1\",\"type\":\"payment_intent.succeeded\",\"created\":1,\"data\":{\"object\":"
                                + "{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"metadata\":" + metadata + "}}}")
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(VoidedInvoiceFlow.mayBeOfInvoice(event)).isEqualTo(mayBeOfInvoice);
    }

    @Test
    void whatIsNotFollowedHasNone() {
        assertThat(StripeEventRouter.handles("payout.paid")).isFalse();
    }
}
