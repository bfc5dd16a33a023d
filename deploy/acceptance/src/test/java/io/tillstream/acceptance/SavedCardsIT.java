package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Cards that a returning buyer keeps. */
class SavedCardsIT {

    static Answer save(User user, String paymentMethod) {
        return user.post("/api/payment-methods", """
            {"paymentMethodId": "%s"}\
            """.formatted(paymentMethod));
    }

    static List<JsonNode> cardsOf(User user) {
        JsonNode page = user.get("/api/payment-methods?limit=100").expect(200).json();
        return List.copyOf(page.path("data").valueStream().toList());
    }

    static String saved(String card) {
        return """
            {"method": "saved_card", "paymentMethodId": "%s"}\
            """.formatted(card);
    }

    @Test
    void aReturningBuyerPicksTheirCardAndPays() {
        User olaf = new User("olaf");
        Answer card = save(olaf, "pm_card_visa").expect(201);
        assertThat(card.text("/displayName")).isEqualTo("Visa •••• 4242");
        String order = olaf.orders();

        olaf.pays(order, saved(card.id())).expect(201, 202);

        olaf.seesSettled(order, "paid");
        assertThat(Simulator.intentOf(order).path("payment_method").asString()).isEqualTo(card.id());
        User.STRANGER.pays(User.STRANGER.orders(), saved(card.id())).expect(404, 422);
    }

    @Test
    void theSameCardSavedTwiceIsKeptOnce() {
        User peggy = new User("peggy");
        Answer first = save(peggy, "pm_card_visa").expect(201);

        Answer again = save(peggy, "pm_card_visa").expect(200);
        Answer asToken =
                peggy.post("/api/payment-methods", "{\"token\": \"tok_visa\"}").expect(200);

        assertThat(List.of(again.id(), asToken.id())).containsOnly(first.id());
        assertThat(cardsOf(peggy)).hasSize(1);
    }

    @Test
    void theDefaultIsTheSameHereAndAtStripe() {
        User rupert = new User("rupert");
        save(rupert, "pm_card_visa").expect(201);
        Answer other = save(rupert, "pm_card_mastercard").expect(201);

        rupert.send("PUT", "/api/payment-methods/" + other.id(), "{\"setAsDefault\": true}", Map.of())
                .expect(200);

        assertThat(cardsOf(rupert))
                .filteredOn(card -> card.path("isDefault").asBoolean())
                .singleElement()
                .satisfies(card -> assertThat(card.path("id").asString()).isEqualTo(other.id()));
        String customer = Simulator.get("/v1/payment_methods/" + other.id())
                .path("customer")
                .asString();
        assertThat(Simulator.get("/v1/customers/" + customer)
                        .at("/invoice_settings/default_payment_method")
                        .asString())
                .isEqualTo(other.id());
    }

    @Test
    void aCardThatIsRemovedIsGoneAtStripeToo() {
        User sybil = new User("sybil");
        String card = save(sybil, "pm_card_visa").expect(201).id();

        User.STRANGER
                .send("DELETE", "/api/payment-methods/" + card, null, Map.of())
                .expect(404);
        sybil.send("DELETE", "/api/payment-methods/" + card, null, Map.of()).expect(204);

        assertThat(cardsOf(sybil)).isEmpty();
        assertThat(Simulator.get("/v1/payment_methods/" + card).path("customer").isNull())
                .isTrue();
        sybil.pays(sybil.orders(), saved(card)).expect(404, 409, 422);
    }

    @Test
    void whatTheNetworkOrTheDashboardChangesIsSeenHere() {
        User trent = new User("trent");
        String card = save(trent, "pm_card_visa").expect(201).id();

        Simulator.stripe(
                        "POST",
                        "/v1/payment_methods/" + card,
                        Map.of("card[exp_month]", "11", "card[exp_year]", "2041"))
                .expect(200);

        await().atMost(User.PATIENCE).untilAsserted(() -> {
            assertThat(cardsOf(trent)).hasSize(1);
            assertThat(cardsOf(trent).get(0).path("expYear").asInt()).isEqualTo(2041);
        });

        Simulator.stripe("POST", "/v1/payment_methods/" + card + "/detach", Map.of())
                .expect(200);

        await().atMost(User.PATIENCE)
                .untilAsserted(() -> assertThat(cardsOf(trent)).isEmpty());
    }

    @Test
    void aCardThatIsSavedWhilePayingIsThereAfterwards() {
        User victor = new User("victor");
        String order = victor.orders();

        victor.pays(order, """
            {"method": "card", "paymentMethodId": "pm_card_mastercard", "save": true}\
            """).expect(201, 202);

        victor.seesSettled(order, "paid");
        await().atMost(User.PATIENCE).untilAsserted(() -> assertThat(cardsOf(victor))
                .singleElement()
                .satisfies(card -> assertThat(card.path("brand").asString()).isEqualTo("mastercard")));
    }

    @Test
    void aPaymentThatFailsLeavesNoHalfSavedCard() {
        User walter = new User("walter");
        String order = walter.orders();

        walter.pays(order, """
            {"method": "card", "paymentMethodId": "pm_card_chargeDeclined", "save": true}\
            """).expectProblem(402, "card-declined");

        Quiet.await();
        assertThat(cardsOf(walter)).isEmpty();
    }

    @Test
    void aCardIsAddedWithoutPayingByASetupIntent() {
        User wendy = new User("wendy");
        Answer setup = wendy.post("/api/payment-methods/setup-intents", "{}").expect(201);

        Simulator.browser(
                        "POST",
                        "/v1/setup_intents/" + setup.id() + "/confirm",
                        Map.of("client_secret", setup.text("/clientSecret"), "payment_method", "pm_card_visa"))
                .expect(200);

        await().atMost(User.PATIENCE)
                .untilAsserted(() -> assertThat(cardsOf(wendy)).hasSize(1));
    }

    @Test
    void aCardIsAddedWithoutPayingOnTheHostedPage() {
        User xavier = new User("xavier");
        Answer session = xavier.post("/api/checkout/sessions", """
            {"mode": "setup", "successUrl": "%1$s/cards", "cancelUrl": "%1$s/cards"}\
            """.formatted(ShopPage.origin()))
                .expect(201);

        HostedPage.pay(session.text("/url"), "4242424242424242");

        assertThat(xavier.get("/api/checkout/sessions/" + session.id())
                        .expect(200)
                        .text("/status"))
                .isEqualTo("complete");
        await().atMost(User.PATIENCE).untilAsserted(() -> assertThat(cardsOf(xavier))
                .singleElement()
                .satisfies(card -> assertThat(card.path("lastFour").asString()).isEqualTo("4242")));
        User.STRANGER.get("/api/checkout/sessions/" + session.id()).expectProblem(404, "not-found");
    }

    @Test
    void cardsAreToldToOthersWithSafeDataOnly() {
        User yvonne = new User("yvonne");
        String card = save(yvonne, "pm_card_visa").expect(201).id();
        yvonne.send("DELETE", "/api/payment-methods/" + card, null, Map.of()).expect(204);

        Quiet.await();
        assertThat(Topic.read(Topic.PAYMENTS, "yvonne"))
                .extracting(Topic.Message::type)
                .containsExactly("io.tillstream.payment_method.saved.v1", "io.tillstream.payment_method.removed.v1");
    }
}
