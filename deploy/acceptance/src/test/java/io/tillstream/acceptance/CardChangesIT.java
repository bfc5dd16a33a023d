package io.tillstream.acceptance;

import static io.tillstream.acceptance.SavedCardsIT.cardsOf;
import static io.tillstream.acceptance.SavedCardsIT.save;
import static io.tillstream.acceptance.SavedCardsIT.saved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Cards that come, change and end without their owner's page of cards: by the network, by time, by a purchase. */
class CardChangesIT {
    private static final Duration PATIENCE = User.PATIENCE;

    static void renew(String card, String face) {
        Simulator.control("POST", "/payment_methods/" + card + "/automatic_update", face)
                .expect(200);
    }

    static List<Topic.Message> toldOf(User user) {
        return Topic.read(Topic.PAYMENTS, String.valueOf(user.name()));
    }

    private static String cardToSave(String paymentMethod) {
        return """
            {"method": "card", "paymentMethodId": "%s", "save": true}\
            """.formatted(paymentMethod);
    }

    private static void authenticates(String intent, boolean success) {
        Simulator.control("POST", "/payment_intents/" + intent + "/authenticate", "{\"success\": " + success + "}")
                .expect(200);
    }

    private static void seesNothingSaved(User user, JsonNode intent) {
        Quiet.await();
        assertThat(cardsOf(user)).isEmpty();
        String customer = intent.path("customer").asString();
        assertThat(customer).startsWith("cus_");
        assertThat(Simulator.all("/v1/payment_methods?customer=" + customer)).isEmpty();
        assertThat(toldOf(user)).isEmpty();
    }

    @Test
    void aCardThatTheNetworkRenewedIsRenewedHereAndTold() {
        User carol = new User("carol");
        String card = save(carol, "pm_card_visa").expect(201).id();

        renew(card, "{\"exp_month\": 3, \"exp_year\": 2045, \"last4\": \"1881\"}");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cardsOf(carol)).singleElement().satisfies(renewed -> {
                    assertThat(renewed.path("id").asString()).isEqualTo(card);
                    assertThat(renewed.path("displayName").asString()).isEqualTo("Visa •••• 1881");
                    assertThat(renewed.path("expMonth").asInt()).isEqualTo(3);
                    assertThat(renewed.path("expYear").asInt()).isEqualTo(2045);
                }));
        Quiet.await();
        assertThat(toldOf(carol))
                .extracting(Topic.Message::type)
                .containsExactly("io.tillstream.payment_method.saved.v1", "io.tillstream.payment_method.updated.v1");
        JsonNode updated = toldOf(carol).get(1).json();
        assertThat(updated.path("paymentMethodId").asString()).isEqualTo(card);
        assertThat(updated.path("lastFour").asString()).isEqualTo("1881");
        assertThat(updated.path("expYear").asInt()).isEqualTo(2045);
        String order = carol.orders();
        carol.pays(order, saved(card)).expect(201, 202);
        carol.seesSettled(order, "paid");
    }

    @Test
    void aCardIsAddedOnAPageInsideTheShopsOwnPage() {
        User zoe = new User("zoe");
        Answer session = zoe.post("/api/checkout/sessions", """
            {"mode": "setup", "uiMode": "embedded", "successUrl": "%s/cards"}\
            """.formatted(ShopPage.origin()))
                .expect(201);
        assertThat(session.text("/clientSecret")).startsWith(session.id() + "_secret_");
        assertThat(session.json().has("url")).isFalse();
        JsonNode atStripe = Simulator.get("/v1/checkout/sessions/" + session.id());
        assertThat(atStripe.path("ui_mode").asString()).isEqualTo("embedded_page");
        assertThat(atStripe.path("client_reference_id").asString()).isEqualTo("zoe");
        assertThat(atStripe.path("return_url").asString()).contains("{CHECKOUT_SESSION_ID}");

        HostedPage.payInFrame(session.id(), "5555555555554444");

        assertThat(zoe.get("/api/checkout/sessions/" + session.id()).expect(200).text("/status"))
                .isEqualTo("complete");
        assertThat(cardsOf(zoe))
                .as("back from Stripe, the card is there at once")
                .singleElement()
                .satisfies(
                        card -> assertThat(card.path("displayName").asString()).isEqualTo("Mastercard •••• 4444"));
    }

    @Test
    void aFirstPurchaseThatSavesItsCardIsOneClickTheNextTime() {
        User quentin = new User("quentin");
        Answer order =
                quentin.post("/api/orders", User.order(User.BOOK, 1, """
                {"method": "token", "token": "tok_mastercard", "save": true}\
                """)).expect(201, 202);
        quentin.seesSettled(order.id(), "paid");
        JsonNode intent = Simulator.intentOf(order.id());
        String card = intent.path("payment_method").asString();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(cardsOf(quentin))
                .singleElement()
                .satisfies(kept -> assertThat(kept.path("id").asString()).isEqualTo(card)));
        assertThat(Simulator.get("/v1/payment_methods/" + card).path("customer").asString())
                .isEqualTo(intent.path("customer").asString());
        String next = quentin.orders();
        quentin.pays(next, saved(card)).expect(201, 202);
        quentin.seesSettled(next, "paid");
        Quiet.await();
        assertThat(toldOf(quentin))
                .extracting(Topic.Message::type)
                .containsExactly("io.tillstream.payment_method.saved.v1");
    }

    @ParameterizedTest
    @CsvSource({"ruth, pm_card_chargeDeclinedInsufficientFunds", "steve, pm_card_chargeCustomerFail"})
    void aFirstPurchaseThatFailsLeavesNoHalfSavedCard(String name, String paymentMethod) {
        User user = new User(name);
        String order = user.orders();

        user.pays(order, cardToSave(paymentMethod)).expectProblem(402, "card-declined");

        seesNothingSaved(user, Simulator.intentOf(order));
    }

    @Test
    void aCardIsSavedOnlyAfterItsBankHasSeenTheBuyer() {
        User tanya = new User("tanya");
        String order = tanya.orders();
        tanya.pays(order, cardToSave("pm_card_authenticationRequired")).expect(201, 202);
        tanya.seesSettled(order, "action_required");
        JsonNode first = Simulator.intentOf(order);

        authenticates(first.path("id").asString(), false);

        tanya.seesSettled(order, "failed");
        seesNothingSaved(tanya, first);

        tanya.pays(order, cardToSave("pm_card_authenticationRequired")).expect(201, 202);
        Simulator.intentsOf(order).stream()
                .filter(intent -> intent.path("status").asString().equals("requires_action"))
                .forEach(intent -> authenticates(intent.path("id").asString(), true));
        tanya.seesSettled(order, "paid");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(cardsOf(tanya)).hasSize(1));
    }
}
