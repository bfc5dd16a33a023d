package io.tillstream.subscription.cancellation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A start that waits on Stripe's page can be canceled, and then nobody can pay it any more. */
class CancelOnPageIT extends Subscriber {

    private static final String PAGE = "{'mode':'subscription','planId':'starter-monthly',"
            + "'successUrl':'http://localhost:8080/welcome','cancelUrl':'http://localhost:8080/plans'}";

    private String opened() {
        JsonNode page = expect(post("/api/checkout/sessions", PAGE), 201);
        id = page.path("subscriptionId").asString();
        return page.path("id").asString();
    }

    private static void paid(String session) {
        STRIPE.post(
                "/c/pay/" + session,
                "method=card&email=a@example.com&cardNumber=4242424242424242&cardExpiry=12/34&cardCvc=123"
                        + "&billingName=A&billingCountry=US&billingPostalCode=12345");
    }

    @ParameterizedTest
    @ValueSource(strings = {"now", "period_end"})
    void itsPageIsClosedAndItIsOver(String when) {
        String session = opened();
        JsonNode canceled = ok(act("cancel", "{'when':'" + when + "'}"));
        assertThat(canceled.path("status").asString()).isEqualTo("failed");
        assertThat(STRIPE.get("/v1/checkout/sessions/" + session).path("status").asString())
                .isEqualTo("expired");
        deliverAll();
        assertThat(column("status")).isEqualTo("failed");
        assertThat(atStripe()).isEmpty();
        assertThat(told()).isEmpty();
        ok(act("cancel", "{'when':'" + when + "'}"));
        opened();
    }

    @Test
    void whatWasPaidThatVeryMomentIsNotTakenAwayUnasked() {
        String session = opened();
        paid(session);
        refused(act("cancel", "{'when':'now'}"), 409, "subscription-begun");
        assertThat(column("status")).isEqualTo("active");
        deliverAll();
        assertThat(ok(act("cancel", "{'when':'now'}")).path("status").asString())
                .isEqualTo("canceled");
    }

    @Test
    void nobodyElseCancelsIt() {
        String session = opened();
        refused(act("somebody-else", "cancel", "{'when':'now'}", "k1"), 404, "not-found");
        assertThat(STRIPE.get("/v1/checkout/sessions/" + session).path("status").asString())
                .isEqualTo("open");
    }
}
