package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whoever is told that their card was declined calls their bank; that is for nothing if the card is lost, or was never theirs. */
class LostCardIT {
    private static final User LENA = new User("lena");

    @Test
    void aSavedCardThatIsGoneAtStripeIsToldAsLostForAnOrderAndForASubscription() {
        String lost = SavedCardsIT.save(LENA, "pm_card_visa").expect(201).id();
        try (Deliveries.Held held = Deliveries.hold(LENA)) {
            assertThat(held.hold()).isNotEmpty();
            Simulator.stripe("POST", "/v1/payment_methods/" + lost + "/detach", Map.of())
                    .expect(200);

            paysWith(lost).expectProblem(422, "payment-method-unusable");
            subscribesWith(lost).expectProblem(422, "payment-method-unusable");
        }
    }

    @Test
    void somebodyElsesCardAndADeclinedOneAreToldApartByBoth() {
        String others =
                SavedCardsIT.save(new User("lukas"), "pm_card_visa").expect(201).id();

        paysWith(others).expectProblem(422, "payment-method-unusable");
        subscribesWith(others).expectProblem(422, "payment-method-unusable");
        LENA.pays(LENA.orders(), User.card("pm_card_chargeDeclined")).expectProblem(402, "card-declined");
        subscribesWith("pm_card_chargeDeclined").expectProblem(402, "card-declined");
    }

    private static Answer paysWith(String card) {
        return LENA.pays(LENA.orders(), SavedCardsIT.saved(card));
    }

    private static Answer subscribesWith(String card) {
        return LENA.post("/api/subscriptions", """
            {"planId": "starter-monthly", "paymentMethodId": "%s"}\
            """.formatted(card));
    }
}
