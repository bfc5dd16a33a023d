package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/**
 * The shop planned another price, and its subscriber lets it end before: whoever was told that it ends pays nothing more, and whoever
 * goes on after all pays what the shop planned, with the card they chose.
 */
class ShopsPlanBesideEndIT extends LeavingSubscriber {

    private static final String AT_PERIOD_END = "{'when':'period_end'}";

    private JsonNode planned() {
        return STRIPE.get("/v1/subscription_schedules/" + schedule());
    }

    /** Gives another card. */
    private String hasAPlanOfTheShopAndACard() {
        String other = plansWithACard();
        JsonNode ofShop = planned(planned(), "");
        assertThat(ofShop.at("/phases/1/metadata/set_by").isString())
                .as(ofShop.toString())
                .isFalse();
        return other;
    }

    /** All that was planned {@code before}, by the shop, or by payment-service for another card. */
    private JsonNode planned(JsonNode before, String more) {
        JsonNode written = STRIPE.post(
                "/v1/subscription_schedules/" + schedule(),
                "phases[0][start_date]=" + before.at("/phases/0/start_date").asLong() + "&phases[0][end_date]="
                        + before.at("/phases/0/end_date").asLong() + "&phases[0][items][0][price]="
                        + priceOf("pro-monthly") + "&phases[0][default_payment_method]="
                        + before.at("/phases/0/default_payment_method").asString()
                        + "&phases[1][metadata][set_by]=&phases[1][items][0][price]=" + priceOf("starter-monthly")
                        + "&phases[1][default_payment_method]="
                        + before.at("/phases/1/default_payment_method").asString() + more);
        assertThat(written.path("phases")).as(written.toString()).hasSize(2);
        return written;
    }

    private void goesOnAsTheShopPlanned() {
        goesOn();
        assertThat(planned().path("end_behavior").asString()).isEqualTo("release");
        assertThat(planned().path("phases")).as("what the shop planned").hasSize(2);
        assertThat(planned().at("/phases/1/items/0/price").asString()).isEqualTo(priceOf("starter-monthly"));
    }

    private void isPaidLaterToo(String card) {
        assertThat(planned().at("/phases/1/default_payment_method").asString()).isEqualTo(card);
    }

    /** The answer may have come before it is done. */
    private void isPaidWith(String card) {
        paysWith(card).expectStatus().is2xxSuccessful();
        await().atMost(WAIT).untilAsserted(() -> assertThat(
                        shownAtStripe().path("default_payment_method").asString())
                .isEqualTo(card));
    }

    private void isCanceledAfterTheLookOfACardAnd(Runnable more) {
        afterTheLookOfACard(() -> {
            ok(act("cancel", AT_PERIOD_END));
            more.run();
        });
    }

    /** As after a crash: the card has written over an end that its user was told of, and nobody knows. */
    private void isWrittenOverByACardAndNobodyKnows() {
        String other = hasAPlanOfTheShopAndACard();
        isCanceledAfterTheLookOfACardAnd(() -> STRIPE.next("POST /v1/subscription_schedules/*", "close_after"));
        expect(paysWith(other), 202);
        await().atMost(WAIT).untilAsserted(() -> {
            assertThat(planned().at("/metadata/canceled_by").asString("")).isEqualTo("user");
            assertThat(planned().path("phases")).as("written over").hasSize(2);
        });
    }

    @Test
    void anEndBesideWhatTheShopPlannedIsPutBackAfterACrashToo() {
        isWrittenOverByACardAndNobodyKnows();

        sweeps();

        endsAndIsNotBilledAgain();
    }

    /** What the shop planned is kept with the end of its user, and does not come before it. */
    @Test
    void anEndBeforeWhatTheShopPlannedIsNotWrittenOverByAnotherCard() {
        String other = hasAPlanOfTheShopAndACard();
        isCanceledAfterTheLookOfACardAnd(() -> {});

        isPaidWithAndStillEnds(other);

        endsAndIsNotBilledAgain();
    }

    /** By saying another card while nothing is to come, and going on at once. */
    @Test
    void nobodyGetsRidOfThePriceThatTheShopPlanned() {
        String other = hasAPlanOfTheShopAndACard();
        ok(act("cancel", AT_PERIOD_END));
        afterTheLookOfACard(this::resumes);

        isPaidWith(other);

        await().atMost(WAIT).untilAsserted(() -> isPaidLaterToo(other));
        goesOnAsTheShopPlanned();
    }

    @Test
    void aChangeThatIsPlannedBesideAnotherCardComes() {
        subscribes("pro-monthly", 1);
        isPaidWith(savedCard(GOOD_CARD));
        String other = savedCard("pm_card_mastercard");
        STRIPE.post("/v1/subscription_schedules", "from_subscription=" + stripeId); // as one that a crash left
        ON_THE_WAY.next("GET", schedule(), form -> form, () -> ok(act("change", LATER)));

        isPaidWith(other);

        await().atMost(WAIT).untilAsserted(() -> isPaidLaterToo(other));
        goesOnAsTheShopPlanned();
    }

    /** payment-service pays all with another card, and the process ends before it puts the end back. */
    @Test
    void anEndThatPaymentServiceHasWrittenOverIsFoundByItsEvent() {
        hasAPlanOfTheShopAndACard();
        JsonNode before = planned();
        ok(act("cancel", AT_PERIOD_END));
        planned(before, "&metadata[card_written]=true");

        deliverAll();

        assertThat(texts("select distinct next_attempt_at <= now() from schedule_writes where subscription_id = '" + id
                        + "'"))
                .containsExactly("t");
        sweep.round().block(WAIT);
        endsAndIsNotBilledAgain();
    }

    /** The shop planned that after the end, and the card was before both. */
    @Test
    void whatTheShopPlansAfterTheEndIsNotTakenForALostEnd() {
        hasAPlanOfTheShopAndACard();
        JsonNode before = planned(planned(), "&metadata[card_written]=true");
        ok(act("cancel", AT_PERIOD_END));
        planned(before, "&end_behavior=cancel");

        deliverAll();
        sweep.round().block(WAIT);

        assertThat(planned().path("phases")).hasSize(2);
        assertThat(texts("select count(*) from schedule_writes where subscription_id = '" + id + "'"))
                .containsExactly("0");
    }

    @Test
    void whoGoesOnAfterTheCrashGoesOnAsTheShopPlanned() {
        isWrittenOverByACardAndNobodyKnows();

        resumes();

        goesOnAsTheShopPlanned();
        sweeps();
        goesOnAsTheShopPlanned();
    }

    /** The sweep has read the end that is lost, and its word comes to Stripe after that of the operator. */
    @Test
    void whomAnOperatorLetsGoOnWhileTheEndIsPutBackGoesOn() {
        isWrittenOverByACardAndNobodyKnows();
        ON_THE_WAY.next(
                "GET", schedule(), form -> form, () -> await().atMost(WAIT).untilAsserted(() -> ok(operatorResumes())));

        sweeps();

        goesOnAsTheShopPlanned();
    }

    private WebTestClient.ResponseSpec operatorResumes() {
        return post(
                "operator",
                "/api/admin/subscriptions/" + id + "/resume",
                "{}",
                UUID.randomUUID().toString());
    }

    /** The end that the shop planned after the first cancel is the shop's, and comes back with what was to come before it. */
    @Test
    void anEndThatTheShopPlannedSinceComesBackWithItsPlan() {
        hasAPlanOfTheShopAndACard();
        JsonNode before = planned();
        ok(act("cancel", AT_PERIOD_END));
        planned(before, "&end_behavior=cancel");
        act("cancel", AT_PERIOD_END).expectStatus().is2xxSuccessful();
        await().atMost(WAIT)
                .untilAsserted(() -> assertThat(planned().path("phases")).hasSize(1));

        resumes();

        assertThat(planned().path("phases")).hasSize(2);
        assertThat(planned().path("end_behavior").asString())
                .as("the shop's end")
                .isEqualTo("cancel");
    }

    /** Cancelled again after that, the end is their own: nobody wants one after what the shop planned. */
    @Test
    void whoCancelsAgainAfterTheCrashMayStillGoOnAsTheShopPlanned() {
        isWrittenOverByACardAndNobodyKnows();
        act("cancel", AT_PERIOD_END).expectStatus().is2xxSuccessful();
        await().atMost(WAIT)
                .untilAsserted(() -> assertThat(planned().path("phases")).hasSize(1));

        resumes();

        goesOnAsTheShopPlanned();
    }

    /** Twice, also when the card is there: the card is another thing, and the end is put back later. */
    @Test
    void anEndThatStripeDoesNotTakeBackBesideTheCardIsPutBackLater() {
        String other = hasAPlanOfTheShopAndACard();
        isCanceledAfterTheLookOfACardAnd(() -> {
            ON_THE_WAY.refuses("POST", schedule(), "end_behavior=cancel", NOT_NOW, () -> {});
            ON_THE_WAY.refuses("POST", schedule(), "end_behavior=cancel", NOT_NOW, () -> {});
        });

        isPaidWith(other);

        assertThat(planned().path("phases")).as("written over").hasSize(2);
        await().atMost(WAIT).untilAsserted(() -> {
            sweeps();
            assertThat(planned().path("phases")).hasSize(1);
        });
        endsAndIsNotBilledAgain();
    }

    /** Who goes on between the two writes for a card is not ended by the second one. */
    @Test
    void anEndThatIsTakenBackBesideTheCardIsNotPutBack() {
        String other = hasAPlanOfTheShopAndACard();
        isCanceledAfterTheLookOfACardAnd(() -> ON_THE_WAY.next("POST", schedule(), form -> form, this::resumes));

        isPaidWith(other);

        await().atMost(WAIT).untilAsserted(() -> isPaidLaterToo(other));
        goesOnAsTheShopPlanned();
        sweeps();
        goesOnAsTheShopPlanned();
    }
}
