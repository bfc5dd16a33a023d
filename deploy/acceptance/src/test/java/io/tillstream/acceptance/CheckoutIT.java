package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.BOOK_PRICE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Paying on Stripe's hosted page. */
class CheckoutIT {
    private static final User CHLOE = new User("chloe"); // only here

    static String session(String order) {
        return """
            {"mode": "payment", "orderId": "%s",
             "successUrl": "%2$s/done?session={CHECKOUT_SESSION_ID}", "cancelUrl": "%2$s/basket"}\
            """.formatted(order, ShopPage.origin());
    }

    @Test
    void aSessionIsMadeFromTheOrderAndPaidOnTheHostedPage() {
        String order = CHLOE.orders();

        Answer session = CHLOE.post("/api/checkout/sessions", session(order)).expect(200, 201);
        assertThat(session.text("/url")).startsWith("http");
        JsonNode atStripe = Simulator.get("/v1/checkout/sessions/" + session.id());
        assertThat(atStripe.path("amount_total").asLong()).isEqualTo(BOOK_PRICE);
        assertThat(atStripe.path("client_reference_id").asString()).isEqualTo("chloe");
        assertThat(CHLOE.get("/api/checkout/sessions/" + session.id())
                        .expect(200)
                        .text("/status"))
                .isEqualTo("open");

        HostedPage.pay(session.text("/url"), "4242424242424242");

        assertThat(CHLOE.get("/api/checkout/sessions/" + session.id())
                        .expect(200)
                        .text("/status"))
                .isEqualTo("complete");
        CHLOE.seesSettled(order, "paid");
        assertThat(Simulator.succeededIntentsOf(order)).isEqualTo(1);
    }

    @Test
    void aPaymentByCheckoutGivesTheSamePage() {
        String order = CHLOE.orders();

        Answer payment = CHLOE.pays(order, User.checkout()).expect(200, 201);

        HostedPage.pay(payment.text("/checkoutUrl"), "4242424242424242");
        CHLOE.seesSettled(order, "paid");
    }

    @Test
    void ofTwoSessionsTheOlderIsClosedAtStripe() {
        String order = CHLOE.orders();
        String older = CHLOE.post("/api/checkout/sessions", session(order))
                .expect(200, 201)
                .id();
        String newer = CHLOE.post("/api/checkout/sessions", session(order))
                .expect(200, 201)
                .id();

        assertThat(Simulator.get("/v1/checkout/sessions/" + older)
                        .path("status")
                        .asString())
                .isEqualTo("expired");
        assertThat(Simulator.get("/v1/checkout/sessions/" + newer)
                        .path("status")
                        .asString())
                .isEqualTo("open");

        HostedPage.pay(
                Simulator.get("/v1/checkout/sessions/" + newer).path("url").asString(), "4242424242424242");
        CHLOE.seesSettled(order, "paid");
    }

    @Test
    void anAbandonedSessionLeavesTheOrderPayable() {
        String order = CHLOE.orders();
        String session = CHLOE.post("/api/checkout/sessions", session(order))
                .expect(200, 201)
                .id();

        Simulator.stripe("POST", "/v1/checkout/sessions/" + session + "/expire", Map.of())
                .expect(200);

        assertThat(CHLOE.get("/api/checkout/sessions/" + session).expect(200).text("/status"))
                .isEqualTo("expired");
        CHLOE.pays(order, User.card("pm_card_visa")).expect(200, 201, 202);
        CHLOE.seesSettled(order, "paid");
    }

    @Test
    void aSessionThatIsOpenGivesWayToACard() {
        String order = CHLOE.orders();
        String session = CHLOE.post("/api/checkout/sessions", session(order))
                .expect(200, 201)
                .id();

        CHLOE.pays(order, User.card("pm_card_visa")).expect(200, 201, 202);

        CHLOE.seesSettled(order, "paid");
        assertThat(Simulator.get("/v1/checkout/sessions/" + session)
                        .path("status")
                        .asString())
                .isEqualTo("expired");
    }

    @Test
    void aCardDeclinedOnTheHostedPageLeavesTheBuyerThereToTryAnother() {
        String order = CHLOE.orders();
        Answer session = CHLOE.post("/api/checkout/sessions", session(order)).expect(200, 201);

        String page = HostedPage.tryToPay(session.text("/url"), "4000000000000002");

        assertThat(page).containsIgnoringCase("declined");
        HostedPage.pay(session.text("/url"), "4242424242424242");
        CHLOE.seesSettled(order, "paid");
    }

    @Test
    void bobCannotLookAtAlicesSession() {
        String order = CHLOE.orders();
        String session = CHLOE.post("/api/checkout/sessions", session(order))
                .expect(200, 201)
                .id();

        User.STRANGER.get("/api/checkout/sessions/" + session).expectProblem(404, "not-found");
    }

    @Test
    void thePayersPageCannotBeOpenedForAnOrderThatIsPaid() {
        String order = CHLOE.buys();

        CHLOE.post("/api/checkout/sessions", session(order)).expectProblem(409, "order-already-paid");

        assertThat(Simulator.sessionsOf(order)).isEqualTo(List.of());
    }
}
