package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Whoever was told that their subscription ends pays nothing more, whatever else was going on with its schedule. */
class EndBesideChangeIT extends Subscriber {

    private static final String NOT_NOW =
            "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"It cannot end now.\"}}";

    private static final String LATER = "{'planId':'starter-monthly','when':'period_end'}";

    @Autowired
    private ChangeSweep sweep;

    @AfterEach
    void stripeIsWell() {
        STRIPE.delete("/_simulator/faults");
    }

    @AfterEach
    void nobodyElseFindsWhatStripeDoesNotKnow() {
        execute("delete from subscriptions where user_id = '" + user + "' and stripe_subscription_id is null");
    }

    private void plans() {
        subscribes("pro-monthly", 1);
        ok(act("change", LATER));
    }

    private String schedule() {
        return shownAtStripe().path("schedule").asString();
    }

    /** After the next look at the schedule, and before what is done by it. */
    private void isCanceledAfterTheNextLook() {
        ON_THE_WAY.next("GET", schedule(), form -> form, () -> ok(act("cancel", "{'when':'period_end'}")));
    }

    private void endsAndIsNotBilledAgain() {
        assertThat(shownAtStripe().path("cancel_at").asLong(0)).isPositive();
        STRIPE.advance("P33D");
        deliverAll();
        assertThat(column("status || ' ' || plan_id")).isEqualTo("canceled pro-monthly");
        assertThat(invoices()).hasSize(1);
    }

    @Test
    void anEndIsNotReleasedByTheCheckOfAPlannedChange() {
        plans();
        execute("insert into scheduled_change_checks (subscription_id, plan_id, next_attempt_at) values ('" + id
                + "', 'starter-monthly', now() - interval '1 day')");
        execute("""
                insert into subscriptions (id, user_id, stripe_customer_id, plan_id, currency, status, version, request,
                    created_at, updated_at)
                values (gen_random_uuid(), '%s', '%s', 'starter-monthly', 'usd', 'active', 1, '{}', now(), now())
                """.formatted(user, customer));
        isCanceledAfterTheNextLook();

        sweep.round().block(WAIT);

        assertThat(texts("select count(*) from scheduled_change_checks where subscription_id = '" + id + "'"))
                .containsExactly("0");
        endsAndIsNotBilledAgain();
    }

    @Test
    void anEndIsNotReleasedByTakingBackAPlannedChange() {
        plans();
        isCanceledAfterTheNextLook();

        ok(act("change/revoke", ""));

        endsAndIsNotBilledAgain();
    }

    @Test
    void anEndIsNotWrittenOverByAnotherPlannedChange() {
        plans();
        isCanceledAfterTheNextLook();

        refused(laterQuantity(), 409, "cancel-scheduled");

        endsAndIsNotBilledAgain();
    }

    @Test
    void anEndBeforeTheScheduleIsThereIsNotWrittenOverEither() {
        subscribes("pro-monthly", 1);
        ON_THE_WAY.next(
                "POST",
                "/v1/subscription_schedules",
                "from_subscription=" + stripeId,
                form -> {
                    ok(act("cancel", "{'when':'period_end'}"));
                    return form;
                },
                () -> {});

        refused(act("change", LATER), 409, "cancel-scheduled");

        endsAndIsNotBilledAgain();
    }

    @Test
    void whoseEndWasKeptMayStillComeBack() {
        plans();
        isCanceledAfterTheNextLook();
        refused(laterQuantity(), 409, "cancel-scheduled");

        JsonNode resumed = resumes();

        assertThat(resumed.has("cancelAt")).isFalse();
        assertThat(shownAtStripe().path("cancel_at").isNull()).isTrue();
    }

    /** As after a crash: the change has written over an end that its user was told of, and nobody knows. */
    private void isWrittenOverAndNobodyKnows() {
        plans();
        ON_THE_WAY.next("GET", schedule(), form -> form, () -> {
            ok(act("cancel", "{'when':'period_end'}"));
            STRIPE.next("POST /v1/subscription_schedules/*", "close_after");
        });
        expect(laterQuantity(), 202);
        isWrittenOver();
    }

    /** The answer may have come before either of the two. */
    private void isWrittenOver() {
        await().atMost(WAIT).untilAsserted(() -> {
            JsonNode now = STRIPE.get("/v1/subscription_schedules/" + schedule());
            assertThat(now.at("/metadata/ended_by").asString("")).isEqualTo("user");
            assertThat(now.path("phases")).as("written over").hasSize(2);
        });
    }

    private void sweeps() {
        execute("update schedule_writes set next_attempt_at = now() - interval '1 day' where subscription_id = '" + id
                + "'");
        sweep.round().block(WAIT);
        assertThat(texts("select count(*) from schedule_writes where subscription_id = '" + id + "'"))
                .containsExactly("0");
    }

    @Test
    void anEndThatWasWrittenOverIsPutBackAfterACrashToo() {
        isWrittenOverAndNobodyKnows();

        sweeps();

        assertThat(column("cancel_at is not null")).isEqualTo("t");
        endsAndIsNotBilledAgain();
    }

    /** The first of the two answers came, and the end did not come back to Stripe. */
    @Test
    void anEndThatStripeWasNotToldAgainIsPutBackLater() {
        plans();
        isCanceledAfterTheNextLook();
        ON_THE_WAY.next(
                "POST",
                schedule(),
                "end_behavior=release",
                form -> form,
                () -> STRIPE.next("POST /v1/subscription_schedules/*", "close_before"));
        expect(laterQuantity(), 202);
        isWrittenOver();
        assertThat(shownAtStripe().path("cancel_at").asLong(0)).isZero();

        sweeps();

        endsAndIsNotBilledAgain();
    }

    @Test
    void anotherChangeAfterTheCrashFindsTheEnd() {
        isWrittenOverAndNobodyKnows();

        await().atMost(WAIT).untilAsserted(() -> refused(laterQuantity(), 409, "cancel-scheduled")); // 202 until then

        sweeps();
        endsAndIsNotBilledAgain();
    }

    @Test
    void takingTheChangeBackAfterTheCrashDoesNotTakeTheEndBack() {
        isWrittenOverAndNobodyKnows();

        await().atMost(WAIT)
                .untilAsserted(() -> refused(act("change/revoke", ""), 409, "nothing-to-revoke")); // 202 until then

        sweeps();
        endsAndIsNotBilledAgain();
    }

    /** Who wants to go on after all is not ended by what was lost before. */
    @Test
    void whoWantsToGoOnAfterTheCrashGoesOn() {
        isWrittenOverAndNobodyKnows();

        resumes();

        goesOn();
        sweeps();
        goesOn();
    }

    private void goesOn() {
        assertThat(shownAtStripe().path("cancel_at").isNull()).isTrue();
        assertThat(shownAtStripe().path("cancel_at_period_end").asBoolean()).isFalse();
        assertThat(shownAtStripe().path("status").asString()).isEqualTo("active");
    }

    /** The sweep has found it already, and its word comes to Stripe after that of its user. */
    @Test
    void whoWantsToGoOnWhileItIsPutBackGoesOn() {
        isWrittenOverAndNobodyKnows();
        execute("update schedule_writes set next_attempt_at = now() - interval '1 day' where subscription_id = '" + id
                + "'");
        ON_THE_WAY.next("GET", schedule(), form -> form, this::resumes);

        sweep.round().block(WAIT);

        goesOn();
        sweeps();
        goesOn();
    }

    @Test
    void whoWentOnAndPlansAnewIsNotEnded() {
        isWrittenOverAndNobodyKnows();
        resumes();
        ok(laterQuantity());

        sweeps();

        goesOn();
        assertThat(STRIPE.get("/v1/subscription_schedules/" + schedule()).path("phases"))
                .hasSize(2);
    }

    /** The other has the plan: what was planned goes, and the end stays. */
    @Test
    void anEndThatWasWrittenOverIsNotReleasedByTheCheckEither() {
        plans();
        ON_THE_WAY.next("GET", schedule(), form -> form, () -> {
            ok(act("cancel", "{'when':'period_end'}"));
            STRIPE.next("POST /v1/subscription_schedules/*", "close_after");
        });
        expect(act("change", LATER), 202);
        isWrittenOver();
        execute("""
                insert into subscriptions (id, user_id, stripe_customer_id, plan_id, currency, status, version, request,
                    created_at, updated_at)
                values (gen_random_uuid(), '%s', '%s', 'starter-monthly', 'usd', 'active', 1, '{}', now(), now())
                """.formatted(user, customer));
        execute(
                "update scheduled_change_checks set next_attempt_at = now() - interval '1 day' where subscription_id = '"
                        + id + "'");

        sweep.round().block(WAIT);

        assertThat(shownAtStripe().path("cancel_at").asLong(0)).isPositive();
        sweeps();
        assertThat(shownAtStripe().path("cancel_at").asLong(0)).isPositive();
    }

    private String plansWithACard() {
        subscribes("pro-monthly", 1);
        paysWith(savedCard(GOOD_CARD)).expectStatus().isOk();
        ok(act("change", LATER));
        return savedCard("pm_card_mastercard");
    }

    private WebTestClient.ResponseSpec paysWith(String card) {
        return put(user, "/api/subscriptions/" + id + "/payment-method", "{'paymentMethodId':'" + card + "'}");
    }

    /** The answer may have come before it is done. */
    private void isPaidWithAndStillEnds(String card) {
        paysWith(card).expectStatus().is2xxSuccessful();
        await().atMost(WAIT).untilAsserted(() -> {
            JsonNode now = STRIPE.get("/v1/subscription_schedules/" + schedule());
            assertThat(now.path("phases")).hasSize(1);
            assertThat(now.path("end_behavior").asString()).isEqualTo("cancel");
            assertThat(shownAtStripe().path("default_payment_method").asString())
                    .isEqualTo(card);
        });
    }

    /** A 202 comes where it takes longer: the second answer is the same. */
    private JsonNode resumes() {
        AtomicReference<JsonNode> resumed = new AtomicReference<>();
        await().atMost(WAIT).untilAsserted(() -> resumed.set(ok(act("resume", ""))));
        return resumed.get();
    }

    /** A phase names the card of the day it was planned, so all of them are written anew. */
    @Test
    void anEndIsNotWrittenOverByAnotherCard() {
        String other = plansWithACard();
        isCanceledAfterTheNextLook();

        isPaidWithAndStillEnds(other);

        endsAndIsNotBilledAgain();
    }

    private String hasAPlanOfTheShopAndACard() {
        String other = plansWithACard();
        JsonNode now = STRIPE.get("/v1/subscription_schedules/" + schedule());
        JsonNode ofShop = STRIPE.post(
                "/v1/subscription_schedules/" + schedule(),
                "phases[0][start_date]=" + now.at("/phases/0/start_date").asLong() + "&phases[0][end_date]="
                        + now.at("/phases/0/end_date").asLong() + "&phases[0][items][0][price]="
                        + priceOf("pro-monthly") + "&phases[0][default_payment_method]="
                        + now.at("/phases/0/default_payment_method").asString()
                        + "&phases[1][metadata][set_by]=&phases[1][items][0][price]=" + priceOf("starter-monthly")
                        + "&phases[1][default_payment_method]="
                        + now.at("/phases/1/default_payment_method").asString());
        assertThat(ofShop.at("/phases/1/metadata/set_by").isString())
                .as(ofShop.toString())
                .isFalse();
        return other;
    }

    @Test
    void anEndBesideWhatTheShopPlannedIsPutBackAfterACrashToo() {
        String other = hasAPlanOfTheShopAndACard();
        ON_THE_WAY.next("GET", schedule(), form -> form, () -> {
            ok(act("cancel", "{'when':'period_end'}"));
            STRIPE.next("POST /v1/subscription_schedules/*", "close_after");
        });
        expect(paysWith(other), 202);
        await().atMost(WAIT).untilAsserted(() -> {
            JsonNode now = STRIPE.get("/v1/subscription_schedules/" + schedule());
            assertThat(now.at("/metadata/canceled_by").asString("")).isEqualTo("user");
            assertThat(now.path("phases")).as("written over").hasSize(2);
        });

        sweeps();

        endsAndIsNotBilledAgain();
    }

    /** What the shop planned is kept with the end of its user, and does not come before it. */
    @Test
    void anEndBeforeWhatTheShopPlannedIsNotWrittenOverByAnotherCard() {
        String other = hasAPlanOfTheShopAndACard();
        isCanceledAfterTheNextLook();

        isPaidWithAndStillEnds(other);

        endsAndIsNotBilledAgain();
    }

    private void isWrittenOverByAnotherCardAndNobodyKnows() {
        String other = plansWithACard();
        ON_THE_WAY.next("GET", schedule(), form -> form, () -> {
            ok(act("cancel", "{'when':'period_end'}"));
            STRIPE.next("POST /v1/subscription_schedules/*", "close_after");
        });
        expect(paysWith(other), 202);
        isWrittenOver();
    }

    @Test
    void anEndThatAnotherCardHasWrittenOverIsPutBackAfterACrashToo() {
        isWrittenOverByAnotherCardAndNobodyKnows();

        sweeps();

        endsAndIsNotBilledAgain();
    }

    @Test
    void whoWantsToGoOnAfterAnotherCardHasWrittenOverTheEndGoesOn() {
        isWrittenOverByAnotherCardAndNobodyKnows();

        resumes();

        goesOn();
        sweeps();
        goesOn();
    }

    /** That is the same end: nobody wants the other, after what was planned. */
    @Test
    void whoCancelsAgainAfterAnotherCardHasWrittenOverTheEndMayStillGoOn() {
        isWrittenOverByAnotherCardAndNobodyKnows();
        act("cancel", "{'when':'period_end'}").expectStatus().is2xxSuccessful();
        await().atMost(WAIT).untilAsserted(() -> assertThat(
                        STRIPE.get("/v1/subscription_schedules/" + schedule()).path("phases"))
                .hasSize(1));

        resumes();

        goesOn();
        sweeps();
        goesOn();
    }

    /** The end is put back later; the card is another thing. */
    @Test
    void anotherCardPaysThoughStripeDoesNotTakeTheEndBack() {
        isWrittenOverByAnotherCardAndNobodyKnows();
        String third = savedCard(GOOD_CARD);
        ON_THE_WAY.refuses("POST", schedule(), "end_behavior=cancel", NOT_NOW, () -> {});

        paysWith(third).expectStatus().is2xxSuccessful();

        await().atMost(WAIT).untilAsserted(() -> assertThat(
                        shownAtStripe().path("default_payment_method").asString())
                .isEqualTo(third));
        sweeps();
        endsAndIsNotBilledAgain();
    }

    /** The sweep would find no end yet, and forget the write that is on its way to lose one. */
    @Test
    void aWriteThatIsOnItsWayIsNotForgotten() {
        plans();
        List<String> rests = new CopyOnWriteArrayList<>();
        ON_THE_WAY.next("POST", schedule(), form -> {
            rests.addAll(texts("select next_attempt_at > now() + interval '3 minutes' from schedule_writes"
                    + " where subscription_id = '" + id + "'"));
            return form;
        });

        laterQuantity().expectStatus().is2xxSuccessful();

        await().atMost(WAIT).untilAsserted(() -> assertThat(rests).containsExactly("t"));
    }

    /** That it was paused is the shop's; that it ended was not. */
    @Test
    void whoWantsToGoOnAfterTheCrashGoesOnThoughTheShopPausedIt() {
        plans();
        ON_THE_WAY.next("GET", schedule(), form -> form, () -> {
            ok(act("cancel", "{'when':'period_end','reason':'too_expensive'}"));
            STRIPE.next("POST /v1/subscription_schedules/*", "close_after");
        });
        expect(laterQuantity(), 202);
        isWrittenOver();
        STRIPE.post("/v1/subscriptions/" + stripeId, "pause_collection[behavior]=void");

        act("resume", "").expectStatus().is2xxSuccessful(); // a second one would be the shop's to say

        await().atMost(WAIT).untilAsserted(() -> {
            JsonNode resumed = json(as(user).get()
                    .uri("/api/subscriptions/" + id)
                    .exchange()
                    .expectStatus()
                    .isOk());
            assertThat(resumed.at("/pause/behavior").asString()).isEqualTo("void");
            assertThat(resumed.has("cancelReason")).isFalse();
            goesOn();
        });
        assertThat(shownAtStripe().at("/cancellation_details/feedback").isString())
                .isFalse();
        goesOn();
    }

    private WebTestClient.ResponseSpec laterQuantity() {
        return act("change", "{'planId':'pro-monthly','quantity':2,'when':'period_end'}");
    }
}
