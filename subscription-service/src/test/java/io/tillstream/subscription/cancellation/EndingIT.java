package io.tillstream.subscription.cancellation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Cancel, pause, and the way back. */
class EndingIT extends Subscriber {

    private static final String NOT_NOW = """
            {"error":{"type":"invalid_request_error","code":"subscription_invalid_state","message":"Not now."}}""";

    @AfterEach
    void stripeIsWell() {
        STRIPE.delete("/_simulator/faults");
    }

    @Test
    void canceledAtThePeriodsEndItCanBeUndone() {
        subscribes("starter-monthly", 1);

        JsonNode canceled = ok(act("cancel", "{'when':'period_end','reason':'I moved to the sea.'}"));

        assertThat(canceled.path("status").asString()).isEqualTo("active");
        assertThat(canceled.path("cancelAtPeriodEnd").asBoolean()).isTrue();
        assertThat(canceled.path("cancelReason").asString()).isEqualTo("I moved to the sea.");
        assertThat(shownAtStripe().path("cancel_at_period_end").asBoolean()).isTrue();
        refused(act("change", "{'planId':'pro-monthly','when':'period_end'}"), 409, "cancel-scheduled");

        JsonNode resumed = ok(act("resume", ""));

        assertThat(resumed.path("cancelAtPeriodEnd").asBoolean()).isFalse();
        assertThat(shownAtStripe().path("cancel_at_period_end").asBoolean()).isFalse();
        assertThat(resumed.has("cancelReason")).isFalse();
        ok(act("resume", ""));
        assertThat(ok(act("cancel", "{'when':'period_end'}"))
                        .path("cancelReason")
                        .asString())
                .isEqualTo("cancellation_requested");
        ok(act("resume", ""));
        deliverAll();
        assertThat(column("cancel_at")).isNull();
    }

    @Test
    void canceledNowItIsOverForEver() {
        subscribes("starter-monthly", 1);

        JsonNode canceled = ok(act("cancel", "{'when':'now','reason':'too_expensive'}"));

        assertThat(canceled.path("status").asString()).isEqualTo("canceled");
        assertThat(canceled.path("cancelReason").asString()).isEqualTo("too_expensive");
        assertThat(shownAtStripe().at("/cancellation_details/feedback").asString())
                .isEqualTo("too_expensive");
        assertThat(ok(act("cancel", "{'when':'now'}")).path("status").asString())
                .isEqualTo("canceled");
        refused(act("cancel", "{'when':'period_end'}"), 409, "subscription-ended");
        refused(act("resume", ""), 409, "subscription-ended");
        refused(operatorPauses("{}"), 409, "subscription-ended");
        refused(act("quote", "{'planId':'pro-monthly'}"), 409, "subscription-ended");
        deliverAll();
        assertThat(column("status")).isEqualTo("canceled");
    }

    @Test
    void whatWasScheduledDoesNotKeepFromCanceling() {
        subscribes("pro-monthly", 1);
        ok(act("change", "{'planId':'starter-monthly','when':'period_end'}"));

        JsonNode canceled = ok(act("cancel", "{'when':'period_end','reason':'too_expensive'}"));

        assertThat(canceled.path("cancelAtPeriodEnd").asBoolean()).isTrue();
        assertThat(canceled.path("cancelReason").asString()).isEqualTo("too_expensive");
        assertThat(canceled.has("scheduledChange")).isFalse();
        refused(act("change", "{'planId':'starter-yearly','when':'period_end'}"), 409, "cancel-scheduled");
        refused(act("change", "{'planId':'starter-yearly','when':'now'}"), 409, "cancel-scheduled");
        refused(act("change/revoke", ""), 409, "nothing-to-revoke");
        assertThat(ok(act("cancel", "{'when':'period_end','reason':'unused'}"))
                        .path("cancelReason")
                        .asString())
                .isEqualTo("unused");
        STRIPE.advance("P33D");
        deliverAll();
        assertThat(column("status || ' ' || plan_id")).isEqualTo("canceled pro-monthly");
        assertThat(invoices()).as("nothing more is taken").hasSize(1);
    }

    /** Whoever chose the cheaper plan and could not cancel either would go on paying for the dearer one. */
    @Test
    void aCancelThatComesToNothingLosesNoPlannedChange() {
        subscribes("pro-monthly", 1);
        ok(act("change", "{'planId':'starter-monthly','when':'period_end'}"));
        String schedule = shownAtStripe().path("schedule").asString();
        JsonNode planned = STRIPE.get("/v1/subscription_schedules/" + schedule).path("phases");
        for (String call : List.of("POST /v1/subscriptions/*", "POST /v1/subscription_schedules/*")) {
            STRIPE.control(
                    "/_simulator/faults", "{\"operation\":\"" + call + "\",\"kind\":\"error_before\",\"times\":50}");
        }

        expect(act("cancel", "{'when':'period_end'}"), 202);

        assertThat(STRIPE.get("/v1/subscription_schedules/" + schedule).path("phases"))
                .isEqualTo(planned);
        assertThat(shownAtStripe().path("schedule").asString()).isEqualTo(schedule);
        assertThat(get("/api/subscriptions/" + id).at("/scheduledChange/planId").asString())
                .isEqualTo("starter-monthly");
        STRIPE.delete("/_simulator/faults");
        assertThat(ok(act("cancel", "{'when':'period_end'}"))
                        .path("cancelAtPeriodEnd")
                        .asBoolean())
                .isTrue();
    }

    /** The same where Stripe says no: it shows the change as before, and the answer says that nothing was canceled. */
    @Test
    void aCancelThatStripeRefusesLosesNoPlannedChange() {
        subscribes("pro-monthly", 1);
        ok(act("change", "{'planId':'starter-monthly','when':'period_end'}"));
        String schedule = shownAtStripe().path("schedule").asString();
        JsonNode planned = STRIPE.get("/v1/subscription_schedules/" + schedule).path("phases");
        for (String call : List.of("/v1/subscriptions/" + stripeId, "/v1/subscription_schedules/" + schedule)) {
            ON_THE_WAY.refuses("POST", call, NOT_NOW);
        }

        refused(act("cancel", "{'when':'period_end'}"), 409, "subscription-refused");

        assertThat(STRIPE.get("/v1/subscription_schedules/" + schedule).path("phases"))
                .isEqualTo(planned);
        assertThat(get("/api/subscriptions/" + id).at("/scheduledChange/planId").asString())
                .isEqualTo("starter-monthly");
    }

    /** Between plan and cancel the next phase has begun: the subscription stands alone, and ends all the same. */
    @Test
    void whatLeftItsScheduleMeanwhileEndsToo() {
        subscribes("pro-monthly", 1);
        ok(act("change", "{'planId':'starter-monthly','when':'period_end'}"));
        String schedule = shownAtStripe().path("schedule").asString();
        ON_THE_WAY.next("POST", "/v1/subscription_schedules/" + schedule, form -> {
            STRIPE.post("/v1/subscription_schedules/" + schedule + "/release", "");
            return form;
        });

        JsonNode canceled = ok(act("cancel", "{'when':'period_end'}"));

        assertThat(canceled.path("cancelAtPeriodEnd").asBoolean()).isTrue();
        assertThat(shownAtStripe().path("cancel_at_period_end").asBoolean()).isTrue();
    }

    @Test
    void whoComesBackFromACancelGoesOnAsItWasWithoutWhatWasChosenForLater() {
        subscribes("pro-monthly", 1);
        ok(act("change", "{'planId':'starter-monthly','when':'period_end'}"));
        ok(act("cancel", "{'when':'period_end','reason':'too_expensive'}"));

        JsonNode resumed = ok(act("resume", ""));

        assertThat(resumed.path("cancelAtPeriodEnd").asBoolean()).isFalse();
        assertThat(resumed.has("cancelReason")).isFalse();
        assertThat(resumed.has("scheduledChange")).isFalse();
        assertThat(shownAtStripe().path("schedule").isNull()).isTrue();
        assertThat(shownAtStripe().path("cancel_at").isNull()).isTrue();
        STRIPE.advance("P33D");
        deliverAll();
        assertThat(column("status || ' ' || plan_id")).isEqualTo("active pro-monthly");
    }

    @Test
    void whoComesBackWithAnotherCardPaysWhatTheShopPlannedWithThatOne() {
        subscribes("starter-monthly", 1);
        String old = savedCard(GOOD_CARD);
        paysWith(old);
        String schedule = shopPlans("&end_behavior=release&phases[0][default_payment_method]=" + old
                + "&phases[1][default_payment_method]=" + old + "&phases[1][items][0][price]="
                + priceOf("pro-monthly"));
        ok(act("cancel", "{'when':'period_end'}"));
        String other = savedCard("pm_card_mastercard");

        paysWith(other);
        ok(act("resume", ""));

        assertThat(shownAtStripe().path("default_payment_method").asString()).isEqualTo(other);
        assertThat(STRIPE.get("/v1/subscription_schedules/" + schedule)
                        .path("phases")
                        .valueStream()
                        .map(phase -> phase.path("default_payment_method").asString("")))
                .containsExactly(other, other);
    }

    private void paysWith(String card) {
        ok(put(user, "/api/subscriptions/" + id + "/payment-method", "{'paymentMethodId':'" + card + "'}"));
    }

    /** To cancel and to come back is no way out of a price that the shop scheduled. */
    @Test
    void whatTheShopPlannedEndsWithItAndComesBackWithIt() {
        subscribes("starter-monthly", 1);
        String schedule = shopPlans("&end_behavior=release&phases[1][items][0][price]=" + priceOf("pro-monthly")
                + "&phases[1][items][0][quantity]=1&phases[1][metadata][why]=" + "higher+costs".repeat(40));
        JsonNode planned = STRIPE.get("/v1/subscription_schedules/" + schedule).path("phases");

        JsonNode canceled = ok(act("cancel", "{'when':'period_end','reason':'too_expensive'}"));

        assertThat(canceled.path("cancelAt")).isEqualTo(canceled.path("currentPeriodEnd"));
        assertThat(canceled.has("scheduledChange")).isFalse();
        assertThat(ok(act("cancel", "{'when':'period_end'}")).path("cancelAt")).isEqualTo(canceled.path("cancelAt"));
        assertThat(STRIPE.get("/v1/subscription_schedules/" + schedule)
                        .at("/metadata/cancel_reason")
                        .asString())
                .isEqualTo("too_expensive");

        JsonNode resumed = ok(act("resume", ""));

        assertThat(resumed.has("cancelAt")).isFalse();
        assertThat(resumed.at("/scheduledChange/planId").asString()).isEqualTo("pro-monthly");
        JsonNode back = STRIPE.get("/v1/subscription_schedules/" + schedule);
        assertThat(back.path("phases")).isEqualTo(planned);
        assertThat(back.path("end_behavior").asString()).isEqualTo("release");
        assertThat(back.path("metadata").isEmpty()).isTrue();
        deliverAll();
        assertThat(column("cancel_at")).isNull();
        assertThat(column("scheduled_plan_id")).isEqualTo("pro-monthly");
    }

    /** To cancel and to come back would be a way out of a long enough plan. */
    @Test
    void aPlanThatIsTooLongToBeKeptIsNoWayOutEither() {
        subscribes("starter-monthly", 1);
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < 45; i++) {
            words.append("&phases[1][metadata][why").append(i).append("]=").append("x".repeat(500));
        }
        String schedule = shopPlans("&end_behavior=release&phases[1][items][0][price]=" + priceOf("pro-monthly")
                + "&phases[1][items][0][quantity]=1" + words);

        JsonNode canceled = ok(act("cancel", "{'when':'period_end'}"));

        assertThat(canceled.path("cancelAt")).isEqualTo(canceled.path("currentPeriodEnd"));
        assertThat(shownAtStripe().path("schedule").asString()).isEqualTo(schedule);
        refused(act("resume", ""), 409, "scheduled-by-operator");
        refused(act("change", "{'planId':'pro-monthly','when':'period_end'}"), 409, "scheduled-by-operator");
        assertThat(shownAtStripe().path("schedule").asString()).isEqualTo(schedule);
        assertThat(ok(act("cancel", "{'when':'now'}")).path("status").asString())
                .isEqualTo("canceled");
    }

    /** A price that the shop plans after its user canceled is not written over by what was planned before. */
    @Test
    void whatTheShopPlansAfterACancelIsNotUndoneByComingBack() {
        subscribes("starter-monthly", 1);
        String schedule = shopPlans("&end_behavior=release&phases[1][items][0][price]=" + priceOf("pro-monthly")
                + "&phases[1][items][0][quantity]=1");
        ok(act("cancel", "{'when':'period_end'}"));
        JsonNode now = STRIPE.get("/v1/subscription_schedules/" + schedule).at("/phases/0");
        STRIPE.post(
                "/v1/subscription_schedules/" + schedule,
                "end_behavior=cancel&phases[0][start_date]="
                        + now.path("start_date").asLong()
                        + "&phases[0][end_date]=" + now.path("end_date").asLong()
                        + "&phases[0][items][0][price]=" + priceOf("starter-monthly")
                        + "&phases[0][items][0][quantity]=1&phases[1][items][0][price]=" + priceOf("pro-monthly")
                        + "&phases[1][items][0][quantity]=7");
        JsonNode planned = STRIPE.get("/v1/subscription_schedules/" + schedule).path("phases");
        assertThat(planned).as("now, and what the shop planned since").hasSize(2);

        refused(act("resume", ""), 409, "scheduled-by-operator");

        assertThat(STRIPE.get("/v1/subscription_schedules/" + schedule).path("phases"))
                .isEqualTo(planned);
    }

    /** Between any two calls of a cancel the process may end: until it is over, what the shop planned is still planned. */
    @Test
    void aCancelThatEndsHalfWayLosesNothingOfTheShopsPlan() {
        subscribes("starter-monthly", 1);
        String schedule = shopPlans("&end_behavior=release&phases[1][items][0][price]=" + priceOf("pro-monthly")
                + "&phases[1][items][0][quantity]=1");
        JsonNode planned = STRIPE.get("/v1/subscription_schedules/" + schedule).path("phases");
        for (String last : List.of("DELETE /v1/subscriptions/*", "POST /v1/subscription_schedules/*/cancel")) {
            STRIPE.control(
                    "/_simulator/faults", "{\"operation\":\"" + last + "\",\"kind\":\"error_before\",\"times\":50}");
        }

        act("cancel", "{'when':'now','reason':'too_expensive'}").expectStatus().value(status -> assertThat(status)
                .isGreaterThan(201));

        assertThat(STRIPE.get("/v1/subscription_schedules/" + schedule).path("phases"))
                .isEqualTo(planned);
        assertThat(shownAtStripe().path("schedule").asString()).isEqualTo(schedule);
        STRIPE.delete("/_simulator/faults");

        JsonNode canceled = ok(act("cancel", "{'when':'now','reason':'too_expensive'}"));

        assertThat(canceled.path("status").asString()).isEqualTo("canceled");
        assertThat(canceled.has("scheduledChange")).isFalse();
        assertThat(shownAtStripe().at("/cancellation_details/feedback").asString())
                .isEqualTo("too_expensive");
        assertThat(STRIPE.get("/v1/subscription_schedules/" + schedule)
                        .path("status")
                        .asString())
                .isEqualTo("canceled");
    }

    @Test
    void anEndThatTheShopScheduledIsNotUndoneByWhomItIsFor() {
        subscribes("starter-monthly", 1);
        shopPlans("&end_behavior=cancel");
        deliverAll();

        refused(act("resume", ""), 409, "scheduled-by-operator");

        assertThat(shownAtStripe().path("cancel_at").asLong()).isPositive();
        ok(post("operator", "/api/admin/subscriptions/" + id + "/resume", "{}", "k-" + id));
        assertThat(shownAtStripe().path("cancel_at").isNull()).isTrue();
    }

    /** The price that the shop raises with the next period is not forgotten over an end that it takes back. */
    @Test
    void anOperatorsResumeTakesOutTheEndAndNothingElse() {
        subscribes("starter-monthly", 1);
        String schedule = shopPlans("&end_behavior=cancel&phases[1][items][0][price]=" + priceOf("pro-monthly")
                + "&phases[1][items][0][quantity]=1&phases[1][iterations]=1");
        JsonNode planned = STRIPE.get("/v1/subscription_schedules/" + schedule).path("phases");
        assertThat(planned).hasSize(2);
        deliverAll();
        STRIPE.control(
                "/_simulator/faults",
                "{\"operation\":\"POST /v1/subscriptions/*\",\"kind\":\"error_before\",\"times\":50}");

        ok(post("operator", "/api/admin/subscriptions/" + id + "/resume", "{}", "k-" + id));

        assertThat(shownAtStripe().path("cancel_at").isNull()).isTrue();
        JsonNode now = STRIPE.get("/v1/subscription_schedules/" + schedule);
        assertThat(now.path("phases")).isEqualTo(planned);
        assertThat(now.path("end_behavior").asString()).isEqualTo("release");
        assertThat(get("/api/subscriptions/" + id).at("/scheduledChange/planId").asString())
                .isEqualTo("pro-monthly");
    }

    private String shopPlans(String rest) {
        JsonNode begun = STRIPE.post("/v1/subscription_schedules", "from_subscription=" + stripeId);
        String schedule = begun.path("id").asString();
        JsonNode planned = STRIPE.post(
                "/v1/subscription_schedules/" + schedule,
                "phases[0][start_date]=" + begun.at("/current_phase/start_date").asLong() + "&phases[0][end_date]="
                        + begun.at("/current_phase/end_date").asLong() + "&phases[0][items][0][price]="
                        + priceOf("starter-monthly") + "&phases[0][proration_behavior]=none" + rest);
        assertThat(planned.has("error")).as(planned.toString()).isFalse();
        return schedule;
    }

    private WebTestClient.ResponseSpec operatorPauses(String body) {
        return post(
                "operator",
                "/api/admin/subscriptions/" + id + "/pause",
                body,
                UUID.randomUUID().toString());
    }

    @Test
    void pausedNothingIsCollectedUntilItIsResumed() {
        subscribes("starter-monthly", 1);
        Instant until = Instant.now().plus(365, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);

        JsonNode paused = ok(operatorPauses("{'until':'" + until + "','behavior':'mark_uncollectible'}"));

        assertThat(paused.at("/pause/behavior").asString()).isEqualTo("mark_uncollectible");
        assertThat(Instant.parse(paused.at("/pause/until").asString())).isEqualTo(until);
        assertThat(shownAtStripe().at("/pause_collection/resumes_at").asLong()).isEqualTo(until.getEpochSecond());
        refused(act("quote", "{'planId':'pro-monthly'}"), 409, "collection-paused");
        assertThat(ok(operatorPauses("{}")).at("/pause/behavior").asString()).isEqualTo("void");
        assertThat(ok(operatorPauses("{}")).at("/pause").has("until")).isFalse();

        assertThat(ok(post("operator", "/api/admin/subscriptions/" + id + "/resume", "{}", "k-" + id))
                        .has("pause"))
                .isFalse();

        assertThat(shownAtStripe().path("pause_collection").isNull()).isTrue();
        refused(operatorPauses("{'until':'2020-01-01T00:00:00Z'}"), 422, "validation-failed");
        refused(operatorPauses("{'behavior':'free'}"), 422, "validation-failed");
    }

    @Test
    void oneThatWasNeverPaidEndsAtOnce() {
        subscribes("starter-monthly", 1);
        STRIPE.delete("/v1/subscriptions/" + stripeId);
        JsonNode begun = STRIPE.post(
                "/v1/subscriptions",
                "customer=" + customer + "&payment_behavior=default_incomplete&items[0][price]="
                        + priceOf("pro-monthly"));
        stripeId = begun.path("id").asString();
        assertThat(begun.path("status").asString()).isEqualTo("incomplete");
        deliverAll();
        id = texts("select id from subscriptions where stripe_subscription_id = '" + stripeId + "'")
                .get(0);

        refused(operatorPauses("{}"), 409, "subscription-not-active");
        refused(act("quote", "{'quantity':2}"), 409, "subscription-not-active");
        JsonNode canceled = ok(act("cancel", "{'when':'period_end'}"));

        assertThat(shownAtStripe().path("status").asString()).isIn("canceled", "incomplete_expired");
        assertThat(canceled.path("status").asString()).isIn("canceled", "incomplete_expired");
    }

    @Test
    void anAnswerThatIsLostIsFoundInWhatStripeShows() {
        subscribes("starter-monthly", 1);
        STRIPE.next("POST /v1/subscriptions/*", "error_after");
        assertThat(ok(act("cancel", "{'when':'period_end'}"))
                        .path("cancelAtPeriodEnd")
                        .asBoolean())
                .isTrue();
        STRIPE.next("DELETE /v1/subscriptions/*", "close_after");
        assertThat(ok(act("cancel", "{'when':'now'}")).path("status").asString())
                .isEqualTo("canceled");
    }

    @Test
    void aQuestionThatIsLostChangesNothingAndCanBeAskedAgain() {
        subscribes("starter-monthly", 1);
        STRIPE.next("POST /v1/subscriptions/*", "error_before");
        assertThat(expect(act("cancel", "{'when':'period_end'}"), 202)
                        .path("cancelAtPeriodEnd")
                        .asBoolean())
                .isFalse();
        assertThat(ok(act("cancel", "{'when':'period_end'}"))
                        .path("cancelAtPeriodEnd")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void nobodyElseEndsIt() {
        subscribes("starter-monthly", 1);
        refused(act("somebody-else", "cancel", "{'when':'now'}", "k1"), 404, "not-found");
        refused(act("somebody-else", "pause", "{}", "k1"), 404, "not-found");
        refused(act("somebody-else", "resume", "", "k1"), 404, "not-found");
        refused(act("somebody-else", "change/revoke", "", "k1"), 404, "not-found");
        refused(act("cancel", "{}"), 422, "validation-failed");
        assertThat(shownAtStripe().path("status").asString()).isEqualTo("active");
    }
}
