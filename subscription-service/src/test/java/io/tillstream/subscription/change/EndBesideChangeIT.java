package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.stripeevents.StripeEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Whoever was told that their subscription ends pays nothing more, whatever else was going on with its schedule. */
class EndBesideChangeIT extends LeavingSubscriber {

    @AfterEach
    void nobodyElseFindsWhatStripeDoesNotKnow() {
        execute("delete from subscriptions where user_id = '" + user + "' and stripe_subscription_id is null");
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

    private JsonNode writes(String more) {
        JsonNode written = STRIPE.post("/v1/subscription_schedules/" + schedule(), more);
        assertThat(written.has("error")).as(written.toString()).isFalse();
        return written;
    }

    /** Its user was let go on, and would be thrown out by what was told of before that. */
    @Test
    void anEndThatTheShopTookOutIsNotPutBackByAnEventThatIsLate() {
        plans();
        JsonNode before = STRIPE.get("/v1/subscription_schedules/" + schedule());
        ok(act("cancel", "{'when':'period_end'}"));
        deliverAll();
        String start = "phases[0][start_date]="
                + before.at("/phases/0/start_date").asLong() + "&phases[0][end_date]="
                + before.at("/phases/0/end_date").asLong() + "&phases[0][items][0][price]=" + priceOf("pro-monthly")
                + "&phases[1][metadata][set_by]=user&phases[1][items][0][price]=" + priceOf("starter-monthly");
        writes(start + "&metadata[card_written]=true"); // as another card writes it over
        List<StripeEvent> late = news();
        writes("end_behavior=release"); // at the dashboard
        deliverAll();

        late.forEach(this::deliver);
        assertThat(texts("select by_event from schedule_writes where subscription_id = '" + id + "'"))
                .as("it is looked at")
                .containsExactly("t");
        sweeps();

        JsonNode now = STRIPE.get("/v1/subscription_schedules/" + schedule());
        assertThat(now.path("end_behavior").asString()).isEqualTo("release");
        assertThat(now.path("phases")).hasSize(2);
        assertThat(texts("select count(*) from schedule_writes where subscription_id = '" + id + "'"))
                .containsExactly("0");
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
        execute("update scheduled_change_checks set next_attempt_at = now() - interval '1 day' where subscription_id ="
                + " '"
                + id + "'");

        sweep.round().block(WAIT);

        assertThat(shownAtStripe().path("cancel_at").asLong(0)).isPositive();
        sweeps();
        assertThat(shownAtStripe().path("cancel_at").asLong(0)).isPositive();
    }

    /** A phase names the card of the day it was planned, so all of them are written anew. */
    @Test
    void anEndIsNotWrittenOverByAnotherCard() {
        String other = plansWithACard();
        afterTheLookOfACard(() -> ok(act("cancel", "{'when':'period_end'}")));

        isPaidWithAndStillEnds(other);

        endsAndIsNotBilledAgain();
    }

    private void isWrittenOverByAnotherCardAndNobodyKnows() {
        String other = plansWithACard();
        afterTheLookOfACard(() -> {
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
