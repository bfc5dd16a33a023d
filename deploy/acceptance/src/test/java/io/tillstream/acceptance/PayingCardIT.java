package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** A card that pays a subscription cannot just go: the next bill would fail, and with it what was paid for. */
class PayingCardIT {

    @Test
    void aCardThatPaysASubscriptionGoesOnlyWhenAnotherTakesItsPlace() {
        Starting otto = Starting.of("otto");
        String card = SavedCardsIT.save(otto.user(), "pm_card_visa").expect(201).id();
        String other =
                SavedCardsIT.save(otto.user(), "pm_card_mastercard").expect(201).id();
        Answer begun = otto.begins(", \"paymentMethodId\": \"" + card + "\"").expect(201);
        otto.seesStatus(begun.id(), "active");

        remove(otto.user(), card).expectProblem(409, "payment-method-in-use");
        assertThat(Simulator.get("/v1/payment_methods/" + card).path("customer").isString())
                .isTrue();

        remove(otto.user(), card + "?replaceWith=" + other).expect(204);

        assertThat(otto.liveAtStripe()).singleElement().satisfies(one -> assertThat(
                        one.path("default_payment_method").asString())
                .isEqualTo(other));
        assertThat(SavedCardsIT.cardsOf(otto.user()))
                .singleElement()
                .satisfies(left -> assertThat(left.path("id").asString()).isEqualTo(other));
        Quiet.await();
        assertThat(otto.user()
                        .get("/api/subscriptions/" + begun.id())
                        .expect(200)
                        .text("/paymentMethodId"))
                .isEqualTo(other);
        assertThat(otto.features()).containsExactly(Starting.FEATURE + " full");
    }

    private static Answer remove(User user, String card) {
        return user.send("DELETE", "/api/payment-methods/" + card, null, Map.of());
    }
}
