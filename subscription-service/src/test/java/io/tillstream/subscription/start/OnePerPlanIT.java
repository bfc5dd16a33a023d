package io.tillstream.subscription.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Two live subscriptions of one plan are paid twice, for ever: what another becomes counts too. */
class OnePerPlanIT extends Subscriber {

    private static final String LATER = "{'planId':'pro-monthly','when':'period_end'}";
    private static final String NOW = "{'planId':'pro-monthly','when':'now'}";

    @AfterEach
    void stripeIsWell() {
        STRIPE.delete("/_simulator/faults");
    }

    private WebTestClient.ResponseSpec starts() {
        String card = savedCard(GOOD_CARD);
        return ask("/api/subscriptions", "{'planId':'pro-monthly','trial':false,'paymentMethodId':'" + card + "'}");
    }

    private WebTestClient.ResponseSpec page() {
        return ask(
                "/api/checkout/sessions",
                "{'mode':'subscription','planId':'pro-monthly','successUrl':'http://localhost:8080/welcome',"
                        + "'cancelUrl':'http://localhost:8080/plans'}");
    }

    private int liveAtStripe() {
        return (int) atStripe()
                .valueStream()
                .filter(one -> !one.path("status").asString().startsWith("cancel"))
                .count();
    }

    @Test
    void whatAnotherBecomesAtItsPeriodsEndIsNotBegunBesideIt() {
        subscribes("starter-monthly", 1);
        ok(act("change", LATER));

        refused(starts(), 409, "subscription-already-live");
        refused(page(), 409, "subscription-already-live");
        assertThat(liveAtStripe()).isEqualTo(1);

        ok(act("change/revoke", ""));
        expect(starts(), 201);
    }

    private void wouldBecomeTheOtherPlanOnceThatIsPaid() {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);
        expect(act("change", NOW), 402);
        assertThat(column("pending_plan_id")).isEqualTo("pro-monthly");
    }

    private List<String> pricesAtStripe() {
        return atStripe()
                .valueStream()
                .filter(one -> !one.path("status").asString().startsWith("cancel"))
                .map(one -> one.at("/items/data/0/price/id").asString())
                .toList();
    }

    /** Nobody pays for a change that was declined, and the plan would be closed to its user for a day. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aChangeThatNobodyPaidForStandsInNoStartsWayAndIsNotPaidBesideIt(boolean isOnPage) {
        wouldBecomeTheOtherPlanOnceThatIsPaid();
        String unpaid = invoices().get(0).path("id").asString();

        expect(isOnPage ? page() : starts(), 201);

        assertThat(column("pending_plan_id")).isNull();
        assertThat(column("plan_id")).isEqualTo("starter-monthly");
        STRIPE.post("/v1/invoices/" + unpaid + "/pay", "");
        deliverAll();
        assertThat(column("plan_id")).as("paid twice, for ever").isEqualTo("starter-monthly");
        assertThat(pricesAtStripe())
                .containsExactlyInAnyOrderElementsOf(
                        isOnPage
                                ? List.of(priceOf("starter-monthly"))
                                : List.of(priceOf("starter-monthly"), priceOf("pro-monthly")));
    }

    /** A start that cannot begin takes nothing from its user. */
    @Test
    void aChangeThatNobodyPaidForStaysWhereTheStartIsRefused() {
        wouldBecomeTheOtherPlanOnceThatIsPaid();

        refused(ask("/api/subscriptions", "{'planId':'pro-monthly','promotionCode':'NONE'}"), 422, "validation-failed");

        assertThat(column("pending_plan_id")).isEqualTo("pro-monthly");
        assertThat(shownAtStripe().path("pending_update").isObject()).isTrue();
    }

    @Test
    void aChangeThatIsPaidForInTheLastMomentIsNotBegunBesideIt() {
        wouldBecomeTheOtherPlanOnceThatIsPaid();
        pays(GOOD_CARD);
        STRIPE.post("/v1/invoices/" + invoices().get(0).path("id").asString() + "/pay", "");

        refused(starts(), 409, "subscription-already-live");

        assertThat(liveAtStripe()).isEqualTo(1);
        assertThat(column("plan_id")).isEqualTo("pro-monthly");
    }

    /** Of two subscriptions both could be paid for, and be of one plan. */
    @Test
    void aChangeThatNobodyPaidForGivesWayToOneOfAnotherSubscription() {
        wouldBecomeTheOtherPlanOnceThatIsPaid();
        String first = id;
        pays(GOOD_CARD);
        subscribes("starter-yearly", 1);

        assertThat(ok(act("change", NOW)).path("planId").asString()).isEqualTo("pro-monthly");

        assertThat(texts("select plan_id || coalesce(pending_plan_id, '') from subscriptions where id = '" + first
                        + "'"))
                .containsExactly("starter-monthly");
    }

    @Test
    void whatAnotherIsBeingChangedToIsNeitherBegunNorChangedToBesideIt() {
        subscribes("starter-monthly", 1);
        String first = id;
        STRIPE.post("/v1/subscriptions", "customer=" + customer + "&items[0][price]=" + priceOf("starter-yearly"));
        deliverAll();
        STRIPE.next("POST /v1/subscriptions/*", "close_before");
        expect(act("change", NOW), 202);

        refused(starts(), 409, "subscription-already-live");
        id = texts("select id from subscriptions where user_id = '" + user + "' and id <> '" + first + "'")
                .get(0);
        refused(act("change", NOW), 409, "subscription-already-live");
        refused(act("change", LATER), 409, "subscription-already-live");
    }

    /** The start sees no plan for the period's end yet, and the plan no start: whoever is later looks once more. */
    @Test
    void whatIsPlannedWhileAnotherBeginsIsReleased() {
        subscribes("starter-monthly", 1);
        ON_THE_WAY.next("POST", "/v1/subscription_schedules", form -> form, () -> expect(starts(), 201));

        refused(act("change", LATER), 409, "subscription-already-live");

        assertThat(shownAtStripe().path("schedule").isNull()).isTrue();
        deliverAll();
        assertThat(column("scheduled_plan_id")).isNull();
        assertThat(texts("select status from subscriptions where user_id = '" + user + "' and plan_id = 'pro-monthly'"))
                .containsExactly("active");
    }

    /** Of two subscriptions that change to one plan at once, one has it. */
    @Test
    void ofTwoChangesToOnePlanAtOnceOneIsMade() {
        subscribes("starter-monthly", 1);
        String first = id;
        STRIPE.post("/v1/subscriptions", "customer=" + customer + "&items[0][price]=" + priceOf("starter-yearly"));
        deliverAll();
        String second = texts("select id from subscriptions where user_id = '" + user + "' and id <> '" + first + "'")
                .get(0);

        List<Integer> answers = Stream.of(first, second)
                .map(each -> CompletableFuture.supplyAsync(() -> as(user).post()
                        .uri("/api/subscriptions/" + each + "/change")
                        .header("Idempotency-Key", "change-" + each)
                        .header("Content-Type", "application/json")
                        .bodyValue(NOW.replace('\'', '"'))
                        .exchange()
                        .expectBody()
                        .returnResult()
                        .getStatus()
                        .value()))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .sorted()
                .toList();

        assertThat(answers).containsExactly(200, 409);
        assertThat(texts("select id from subscriptions where user_id = '" + user + "' and plan_id = 'pro-monthly'"))
                .hasSize(1);
    }
}
