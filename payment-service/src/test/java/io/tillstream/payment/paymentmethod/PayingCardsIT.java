package io.tillstream.payment.paymentmethod;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.payment.simulated.SimulatedStripe;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Cards that subscriptions are paid with. */
class PayingCardsIT extends SimulatedStripe {

    private static final String VISA = "pm_card_visa";
    private static final String MASTERCARD = "pm_card_mastercard";

    /** A subscription paid with this card; an empty one: with the customer's default, whichever that is. */
    private String subscribed(String card) {
        String price = STRIPE.post(
                        "/v1/prices",
                        "currency=usd&unit_amount=900&recurring[interval]=month&product_data[name]=Starter")
                .path("id")
                .asString();
        String own = card.isEmpty() ? "" : "&default_payment_method=" + card;
        JsonNode made =
                STRIPE.post("/v1/subscriptions", "customer=" + customerId() + "&items[0][price]=" + price + own);
        assertThat(made.path("status").asString()).as(made.toString()).isEqualTo("active");
        return made.path("id").asString();
    }

    private WebTestClient.ResponseSpec remove(String card, String more) {
        return as(user).delete().uri("/api/payment-methods/" + card + more).exchange();
    }

    private void inUse(String card) {
        JsonNode no = json(remove(card, "").expectStatus().isEqualTo(409));
        assertThat(no.path("code").asString()).isEqualTo("payment-method-in-use");
        assertThat(STRIPE.get("/v1/payment_methods/" + card).path("customer").asString())
                .isEqualTo(customerId());
    }

    private void makeDefault(String card) {
        put(user, "/api/payment-methods/" + card, "{'setAsDefault':true}")
                .expectStatus()
                .isOk();
    }

    private JsonNode defaultAtStripe() {
        return STRIPE.get("/v1/customers/" + customerId()).at("/invoice_settings/default_payment_method");
    }

    @Test
    void aCardThatPaysASubscriptionStaysUntilAnotherOnePaysIt() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        String subscription = subscribed(card);
        inUse(card);
        remove(card, "?replaceWith=pm_not_mine").expectStatus().isEqualTo(422);

        remove(card, "?replaceWith=" + other).expectStatus().isNoContent();

        assertThat(STRIPE.get("/v1/subscriptions/" + subscription)
                        .path("default_payment_method")
                        .asString())
                .isEqualTo(other);
        assertThat(STRIPE.get("/v1/payment_methods/" + card).path("customer").isNull())
                .isTrue();
        inUse(other);
    }

    @Test
    void aNewDefaultPaysWhatFollowsTheDefault() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        makeDefault(card);
        String subscription = subscribed("");
        inUse(card);

        makeDefault(other);

        inUse(other);
        remove(card, "").expectStatus().isNoContent();
        JsonNode now = STRIPE.get("/v1/subscriptions/" + subscription);
        assertThat(now.path("status").asString()).isEqualTo("active");
        assertThat(now.path("default_payment_method").isNull()).isTrue();
    }

    @Test
    void aDefaultThatIsReplacedGivesItsPlaceToTheOther() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        makeDefault(card);
        String follows = subscribed("");
        String own = subscribed(card);

        remove(card, "?replaceWith=" + other).expectStatus().isNoContent();

        assertThat(defaultAtStripe().asString()).isEqualTo(other);
        assertThat(STRIPE.get("/v1/subscriptions/" + own)
                        .path("default_payment_method")
                        .asString())
                .isEqualTo(other);
        assertThat(STRIPE.get("/v1/subscriptions/" + follows)
                        .path("default_payment_method")
                        .isNull())
                .isTrue();
    }

    @Test
    void aCardThatPaidWhatIsOverCanGo() {
        String card = saved(VISA);
        String subscription = subscribed(card);
        STRIPE.delete("/v1/subscriptions/" + subscription);

        remove(card, "").expectStatus().isNoContent();
    }
}
