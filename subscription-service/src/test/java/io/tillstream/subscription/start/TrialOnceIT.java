package io.tillstream.subscription.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.delivery.DomainEventHandler;
import io.tillstream.delivery.PublishedEvent;
import io.tillstream.delivery.Transactions;
import io.tillstream.subscription.simulated.Subscriber;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** A trial is had once, by user, product and card, whatever way leads to it. */
class TrialOnceIT extends Subscriber {

    @Autowired
    private RepeatTrialSweep sweep;

    private final String product =
            "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);

    @BeforeEach
    void twoPlansOfOneProduct() {
        for (String interval : List.of("month", "year")) {
            post(
                            "operator",
                            "/api/plans",
                            "{'name':'Trial','product':'" + product + "','interval':'" + interval
                                    + "','trialDays':14,'prices':[{'amount':2000,'currency':'usd'}],'features':['"
                                    + product + "']}")
                    .expectStatus()
                    .is2xxSuccessful();
        }
    }

    private String starts(String plan, String more) {
        JsonNode started = json(ask("/api/subscriptions", "{'planId':'" + product + "-" + plan + "'" + more + "}")
                .expectStatus()
                .isCreated());
        id = started.path("id").asString();
        stripeId = texts("select stripe_subscription_id from subscriptions where id = '" + id + "'")
                .get(0);
        deliverAll();
        return started.path("status").asString();
    }

    private void cancels() {
        ok(act("cancel", "{'when':'now'}"));
        deliverAll();
    }

    @Test
    void whoHadATrialHasNoOtherOfTheProductHoweverThePlanWasChangedMeanwhile() {
        assertThat(starts("monthly", "")).isEqualTo("trialing");
        String item = shownAtStripe().at("/items/data/0/id").asString();
        STRIPE.post(
                "/v1/subscriptions/" + stripeId,
                "items[0][id]=" + item + "&items[0][price]=" + priceOf("starter-monthly"));
        deliverAll();
        assertThat(column("plan_id")).isEqualTo("starter-monthly");
        cancels();

        assertThat(starts("monthly", "")).isEqualTo("incomplete");
        cancels();
        assertThat(starts("yearly", "")).as("the sibling plan").isEqualTo("incomplete");
        refused(
                ask("/api/subscriptions", "{'planId':'" + product + "-monthly','trial':true}"),
                422,
                "validation-failed");
    }

    @Test
    void aTrialIsNoWayToAPlanThatHasNone() {
        assertThat(starts("monthly", "")).isEqualTo("trialing");
        refused(act("quote", "{'planId':'starter-monthly'}"), 409, "trial-not-offered");
        refused(act("change", "{'planId':'starter-monthly','when':'now'}"), 409, "trial-not-offered");
        ok(act("change", "{'planId':'" + product + "-yearly','when':'now'}"));
    }

    /** Else a trial of any product is a way to another one of each product that was tried. */
    @Test
    void aTrialIsNoWayToAPlanWhoseTrialWasHad() {
        assertThat(starts("monthly", "")).isEqualTo("trialing");
        cancels();
        String other = product + "s";
        post(
                        "operator",
                        "/api/plans",
                        "{'name':'Other','product':'" + other
                                + "','interval':'month','trialDays':7,'prices':[{'amount':100,'currency':'usd'}],'features':['"
                                + other + "']}")
                .expectStatus()
                .is2xxSuccessful();
        priceOf(other + "-monthly");
        JsonNode trial = expect(ask("/api/subscriptions", "{'planId':'" + other + "-monthly'}"), 201);
        id = trial.path("id").asString();
        stripeId = column("stripe_subscription_id");
        deliverAll();
        assertThat(column("status")).isEqualTo("trialing");

        refused(act("quote", "{'planId':'" + product + "-monthly'}"), 409, "trial-not-offered");
        refused(act("change", "{'planId':'" + product + "-monthly','when':'now'}"), 409, "trial-not-offered");
        assertThat(priceAtStripe()).isEqualTo(priceOf(other + "-monthly"));
    }

    @Test
    void whoComesBackAsSomebodyElseWithTheSameCardHasNoTrial() {
        savedCard("pm_card_jcb");
        assertThat(starts("monthly", "")).isEqualTo("trialing");
        cancels();

        String second = "user-" + UUID.randomUUID();
        String theirs = STRIPE.post("/v1/payment_methods/pm_card_jcb/attach", "customer=" + customerOf(second))
                .path("id")
                .asString();
        JsonNode paid = json(post(
                        second,
                        "/api/subscriptions",
                        "{'planId':'" + product + "-monthly','paymentMethodId':'" + theirs + "'}",
                        UUID.randomUUID().toString())
                .expectStatus()
                .isCreated());
        assertThat(paid.path("status").asString()).isEqualTo("active");
    }

    @Autowired
    private DomainEventHandler deleted;

    @Autowired
    private Transactions transactions;

    /** Else a trial a week, for whoever has their account deleted as often. */
    @Test
    void whoWasDeletedAndComesBackWithTheSameCardHasNoTrial() {
        savedCard("pm_card_jcb");
        assertThat(starts("monthly", "")).isEqualTo("trialing");
        cancels();
        STRIPE.delete("/v1/customers/" + customer());
        deliverAll();
        String now = Instant.now().toString();
        var data = JSON.createObjectNode().put("userId", user).put("deletedAt", now);
        var event = new PublishedEvent(UUID.randomUUID().toString(), "io.tillstream.customer.deleted.v1", data);
        transactions.run(deleted.apply(event).thenReturn(true)).block(WAIT);

        String second = "user-" + UUID.randomUUID();
        String theirs = STRIPE.post("/v1/payment_methods/pm_card_jcb/attach", "customer=" + customerOf(second))
                .path("id")
                .asString();
        JsonNode paid = expect(
                post(
                        second,
                        "/api/subscriptions",
                        "{'planId':'" + product + "-monthly','paymentMethodId':'" + theirs + "'}",
                        UUID.randomUUID().toString()),
                201);
        assertThat(paid.path("status").asString()).isEqualTo("active");
    }

    /** There is no card to know them by; of the second account Stripe is asked, or its event tells. */
    @ParameterizedTest
    @CsvSource({
        "type=us_bank_account&us_bank_account[account_number]=000333333335, false",
        "type=sepa_debit&sepa_debit[iban]=IT60X0542811101000000123456, false",
        "type=us_bank_account&us_bank_account[account_number]=000222222227, true",
        "type=sepa_debit&sepa_debit[iban]=FR5720041010050500013M02608, true"
    })
    void whoComesBackAsSomebodyElseWithTheSameBankAccountHasNoTrial(String account, boolean isToldLater) {
        savedAccount(account, customer());
        assertThat(starts("monthly", "")).isEqualTo("trialing");
        cancels();

        String second = "user-" + UUID.randomUUID();
        if (!isToldLater) {
            savedAccount(account, customerOf(second));
        }
        JsonNode begun = json(post(
                        second,
                        "/api/subscriptions",
                        "{'planId':'" + product + "-monthly'}",
                        UUID.randomUUID().toString())
                .expectStatus()
                .isCreated());
        if (isToldLater) {
            savedAccount(account, customerOf(second));
        }
        deliverAll();
        sweep.round().block(WAIT);

        assertThat(begun.path("status").asString()).isEqualTo(isToldLater ? "trialing" : "incomplete");
        assertThat(texts("select status from subscriptions where id = '"
                        + begun.path("id").asString() + "'"))
                .containsExactly(isToldLater ? "canceled" : "incomplete");
    }

    private static void savedAccount(String account, String customer) {
        String more = account.contains("us_bank")
                ? "&us_bank_account[routing_number]=110000000&us_bank_account[account_holder_type]=individual"
                : "";
        JsonNode made = STRIPE.post(
                "/v1/payment_methods",
                account + more + "&billing_details[name]=Jenny+Rosen&billing_details[email]=jenny@example.com");
        assertThat(made.has("error")).as(made.toString()).isFalse();
        JsonNode saved =
                STRIPE.post("/v1/payment_methods/" + made.path("id").asString() + "/attach", "customer=" + customer);
        assertThat(saved.has("error")).as(saved.toString()).isFalse();
    }

    /** More than a batch of them, and the oldest first: for as long no other would end. */
    @Test
    void trialsThatStripeDoesNotEndKeepNoOtherFromItsEnd() {
        assertThat(starts("monthly", "")).isEqualTo("trialing");
        execute("insert into user_cards (user_id, fingerprint) values ('" + user + "', '" + user + "')");
        execute("""
                with trial as (
                    insert into subscriptions (id, user_id, plan_id, currency, status, request, stripe_subscription_id,
                        created_at, updated_at)
                    select gen_random_uuid(), '%1$s-' || n, '%2$s-monthly', 'usd', 'trialing', '{"planId":"x"}',
                        'sub_gone_' || gen_random_uuid(), now(), now()
                    from generate_series(1, 45) n
                    returning id, user_id),
                card as (insert into user_cards (user_id, fingerprint) select user_id, '%1$s' from trial)
                insert into trials (user_id, product, subscription_id, began_at)
                select user_id, '%2$s', id, now() + interval '1 minute' from trial""".formatted(user, product));
        try {
            sweep.round().block(WAIT);

            assertThat(texts(
                            "select distinct tries from repeat_trials t join subscriptions s on s.id = t.subscription_id"
                                    + " where s.user_id like '" + user + "-%'"))
                    .containsExactly("1");
            assertThat(texts("select count(*) from repeat_trials t join subscriptions s on s.id = t.subscription_id"
                            + " where s.user_id like '" + user + "-%'"))
                    .containsExactly("45");
        } finally {
            execute("update subscriptions set status = 'canceled' where user_id like '" + user + "-%'");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTrialEndsWhereItsCardTurnsOutToHaveHadOne(boolean stripeFailsOnce) {
        savedCard("pm_card_diners");
        assertThat(starts("monthly", "")).isEqualTo("trialing");
        cancels();

        String second = "user-" + UUID.randomUUID();
        JsonNode trial = json(post(
                        second,
                        "/api/subscriptions",
                        "{'planId':'" + product + "-monthly'}",
                        UUID.randomUUID().toString())
                .expectStatus()
                .isCreated());
        assertThat(trial.path("status").asString())
                .as("nobody knows the card yet")
                .isEqualTo("trialing");
        STRIPE.post("/v1/payment_methods/pm_card_diners/attach", "customer=" + customerOf(second));
        deliverAll();
        if (stripeFailsOnce) { // and repeats that for its key, for a day of a trial for nothing
            STRIPE.next("DELETE /v1/subscriptions/*", "error_before");
        }

        sweep.round().block(WAIT);

        assertThat(texts("select status || ' ' || cancel_reason from subscriptions where id = '"
                        + trial.path("id").asString() + "'"))
                .containsExactly("canceled trial_used: the card has had a trial before");
    }

    /** Else each product more is a product for nothing for as long again. */
    @Test
    void aTrialThatThePortalCarriesToAProductWhoseTrialWasHadEnds() {
        assertThat(starts("monthly", "")).isEqualTo("trialing");
        cancels();
        String other = product + "x";
        post(
                        "operator",
                        "/api/plans",
                        "{'name':'Other','product':'" + other
                                + "','interval':'month','trialDays':30,'prices':[{'amount':100,'currency':'usd'}],'features':['"
                                + other + "']}")
                .expectStatus()
                .is2xxSuccessful();
        priceOf(other + "-monthly");
        JsonNode trial = expect(ask("/api/subscriptions", "{'planId':'" + other + "-monthly'}"), 201);
        id = trial.path("id").asString();
        stripeId = column("stripe_subscription_id");
        deliverAll();
        sweep.round().block(WAIT);
        assertThat(column("status")).as("of its own product").isEqualTo("trialing");

        String item = shownAtStripe().at("/items/data/0/id").asString();
        STRIPE.post(
                "/v1/subscriptions/" + stripeId,
                "items[0][id]=" + item + "&items[0][price]=" + priceOf(product + "-monthly"));
        deliverAll();
        assertThat(column("plan_id") + " " + column("status")).isEqualTo(product + "-monthly trialing");
        sweep.round().block(WAIT);

        assertThat(column("status || ' ' || cancel_reason"))
                .isEqualTo("canceled trial_used: the user has had a trial before");
        assertThat(texts("select feature from entitlements where user_id = '" + user + "'"))
                .isEmpty();
    }

    /** A courtesy to who has paid since: the subscription and the paid rest of its period would be gone. */
    @Test
    void freeDaysThatAnOperatorGivesAtStripeEndNothing() {
        String card = savedCard("pm_card_mastercard");
        assertThat(starts("monthly", "")).isEqualTo("trialing");
        cancels();
        assertThat(starts("monthly", ",'paymentMethodId':'" + card + "'")).isEqualTo("active");

        long until = Instant.now().plus(Duration.ofDays(10)).getEpochSecond();
        STRIPE.post("/v1/subscriptions/" + stripeId, "trial_end=" + until + "&proration_behavior=none");
        deliverAll();
        assertThat(column("status")).isEqualTo("trialing");
        sweep.round().block(WAIT);

        assertThat(column("status")).isEqualTo("trialing");
        assertThat(shownAtStripe().path("status").asString()).isEqualTo("trialing");
    }

    @Test
    void ofTwoStartsAtOnceOneHasTheTrial() {
        List<Integer> answers = Stream.of("monthly", "yearly")
                .map(plan -> CompletableFuture.supplyAsync(
                        () -> expectAny(ask("/api/subscriptions", "{'planId':'" + product + "-" + plan + "'}"))))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
        deliverAll();

        assertThat(answers).contains(201);
        assertThat(atStripe().valueStream().filter(one -> one.hasNonNull("trial_end")))
                .hasSize(1);
    }

    @Autowired
    private StartSweep starts;

    /** Stripe does not answer: its start may be there or not. */
    private String startsWithoutAnAnswer(String fault) {
        STRIPE.next("POST /v1/subscriptions", fault);
        String start = expect(ask("/api/subscriptions", "{'planId':'" + product + "-monthly'}"), 202)
                .path("id")
                .asString();
        refused(ask("/api/subscriptions", "{'planId':'" + product + "-yearly'}"), 409, "trial-used");
        return start;
    }

    /** After a day nobody can be asking for it any more. */
    private void isHeldForNeverMade(String start) {
        execute("update subscriptions set created_at = created_at - interval '2 days',"
                + " next_ask_at = now() - interval '1 day' where id = '" + start + "'");
        onlyOurStartsAreDue();
        starts.round().block(WAIT);
        assertThat(texts("select status || ' ' || failure_code from subscriptions where id = '" + start + "'"))
                .containsExactly("failed not-taken");
    }

    /** Nobody had it, and it would be lost. */
    @Test
    void theTrialOfAStartThatWasNeverMadeIsFreeAgain() {
        isHeldForNeverMade(startsWithoutAnAnswer("error_before"));
        assertThat(atStripe()).isEmpty();

        assertThat(starts("yearly", "")).isEqualTo("trialing");
    }

    /** Two trials of one product would run side by side, for as long as Stripe takes to show the first. */
    @Test
    void aStartThatTurnsUpAfterAnotherHasItsTrialHasNoSecondOne() {
        String first = startsWithoutAnAnswer("error_after");
        String made = atStripe().path(0).path("id").asString();
        STRIPE.post("/v1/subscriptions/" + made, "metadata[subscription_id]=");
        isHeldForNeverMade(first);
        assertThat(starts("yearly", "")).isEqualTo("trialing");

        STRIPE.post("/v1/subscriptions/" + made, "metadata[subscription_id]=" + first);
        deliverAll();
        assertThat(texts("select status from subscriptions where id = '" + first + "'"))
                .as("it is there after all")
                .containsExactly("trialing");
        sweep.round().block(WAIT);

        assertThat(texts("select status from subscriptions where id = '" + first + "'"))
                .containsExactly("canceled");
        assertThat(column("status")).as("the one that has it").isEqualTo("trialing");
    }

    private static int expectAny(WebTestClient.ResponseSpec answer) {
        return answer.expectBody().returnResult().getStatus().value();
    }

    @Test
    void aPageThatNobodyUsedHoldsNoTrial() {
        String pages = "'successUrl':'http://localhost:8080/welcome','cancelUrl':'http://localhost:8080/plans'}";
        for (String plan : List.of("monthly", "monthly", "yearly")) {
            post("/api/checkout/sessions", "{'mode':'subscription','planId':'" + product + "-" + plan + "'," + pages)
                    .expectStatus()
                    .isCreated();
        }
        JsonNode open = STRIPE.get("/v1/checkout/sessions?status=open&customer=" + customer())
                .path("data");
        assertThat(open).hasSize(1);
        assertThat(texts("select request ->> 'trialDays' from subscriptions where status = 'starting' and user_id = '"
                        + user + "'"))
                .containsExactly("14");
    }

    private JsonNode pageWithTrial(String plan) {
        return expect(
                ask(
                        "/api/checkout/sessions",
                        "{'mode':'subscription','planId':'" + product + "-" + plan
                                + "','successUrl':'http://localhost:8080/welcome','cancelUrl':'http://localhost:8080/plans'}"),
                201);
    }

    private String beginsOn(JsonNode page) {
        paysOn(page, "");
        id = page.path("subscriptionId").asString();
        stripeId = column("stripe_subscription_id");
        return column("status");
    }

    @Test
    void whoHadATrialPaysAtOnceOnAPage() {
        assertThat(starts("monthly", "")).isEqualTo("trialing");
        cancels();

        assertThat(beginsOn(pageWithTrial("monthly"))).isEqualTo("active");
        assertThat(shownAtStripe().hasNonNull("trial_end")).isFalse();
        refused(
                ask(
                        "/api/checkout/sessions",
                        "{'mode':'subscription','planId':'" + product
                                + "-yearly','trial':true,'successUrl':'http://localhost:8080/welcome',"
                                + "'cancelUrl':'http://localhost:8080/plans'}"),
                422,
                "validation-failed");
    }

    @Test
    void whoHadATrialByAPageHasNoOther() {
        assertThat(beginsOn(pageWithTrial("monthly"))).isEqualTo("trialing");
        cancels();

        assertThat(starts("yearly", "")).isNotEqualTo("trialing");
        assertThat(shownAtStripe().hasNonNull("trial_end")).isFalse();
        cancels();
        assertThat(beginsOn(pageWithTrial("monthly"))).isEqualTo("active");
        assertThat(shownAtStripe().hasNonNull("trial_end")).isFalse();
    }

    @Test
    void aFirstMonthForNothingIsHadOnce() {
        String coupon = STRIPE.post("/v1/coupons", "percent_off=100&duration=once")
                .path("id")
                .asString();
        String code = "GIFT" + Math.abs(user.hashCode());
        STRIPE.post("/v1/promotion_codes", "promotion[type]=coupon&promotion[coupon]=" + coupon + "&code=" + code);
        String with = ",'trial':false,'promotionCode':'" + code + "'";
        assertThat(starts("monthly", with)).isEqualTo("active");
        cancels();

        refused(
                ask("/api/subscriptions", "{'planId':'" + product + "-monthly'" + with + "}"),
                422,
                "validation-failed");
    }

    private String codeFor(int percent) {
        String coupon = STRIPE.post("/v1/coupons", "percent_off=" + percent + "&duration=once")
                .path("id")
                .asString();
        String code = "GIFT" + percent + "X" + Math.abs(user.hashCode());
        STRIPE.post("/v1/promotion_codes", "promotion[type]=coupon&promotion[coupon]=" + coupon + "&code=" + code);
        return ",'trial':false,'promotionCode':'" + code + "'";
    }

    /** Whoever begins one of each plan with the same code, and pays them all afterwards, would have it as often. */
    @Test
    void aCodeIsHeldByOneStartThoughNothingIsPaidYet() {
        String with = codeFor(50);
        assertThat(starts("monthly", with)).isEqualTo("incomplete");
        String first = stripeId;
        assertThat(starts("yearly", with)).isEqualTo("incomplete");

        assertThat(STRIPE.get("/v1/subscriptions/" + first).path("status").asString())
                .isIn("canceled", "incomplete_expired");
        assertThat(atStripe()
                        .valueStream()
                        .filter(one -> one.path("status").asString().equals("incomplete")))
                .hasSize(1);
    }

    @Test
    void ofTwoStartsAtOnceOneHasTheCode() {
        String with = codeFor(100);
        List<Integer> answers = Stream.of("monthly", "yearly")
                .map(plan -> CompletableFuture.supplyAsync(() ->
                        expectAny(ask("/api/subscriptions", "{'planId':'" + product + "-" + plan + "'" + with + "}"))))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
        deliverAll();

        assertThat(answers).contains(201);
        assertThat(atStripe()
                        .valueStream()
                        .filter(one -> one.path("status").asString().equals("active")))
                .hasSize(1);
    }

    private JsonNode page(String planId) {
        return expect(
                ask(
                        "/api/checkout/sessions",
                        "{'mode':'subscription','planId':'" + planId
                                + "','trial':false,'allowPromotionCodes':true,'successUrl':'http://localhost:8080/welcome',"
                                + "'cancelUrl':'http://localhost:8080/plans'}"),
                201);
    }

    private boolean takesCodes(JsonNode page) {
        return STRIPE.get("/v1/checkout/sessions/" + page.path("id").asString())
                .path("allow_promotion_codes")
                .asBoolean(false);
    }

    /** With the code typed where the page takes one; 402 and nothing paid where the page is closed. */
    private void paysOn(JsonNode page, String code) {
        STRIPE.post(
                "/c/pay/" + page.path("id").asString(),
                "method=card&email=a@example.com&cardNumber=4242424242424242&cardExpiry=12/34&cardCvc=123&promotionCode="
                        + code + "&billingName=A&billingCountry=US&billingPostalCode=12345");
        deliverAll();
    }

    /** The request of no start names it: without a look at the page, it would be used once more for each plan. */
    @Test
    void aCodeThatWasTypedOnAPageIsUsed() {
        String with = codeFor(100);
        String code = with.substring(with.indexOf("GIFT"), with.length() - 1);
        paysOn(page(product + "-monthly"), code);
        assertThat(atStripe()).hasSize(1);
        assertThat(STRIPE.get("/v1/charges?customer=" + customer()).path("data"))
                .isEmpty();

        refused(ask("/api/subscriptions", "{'planId':'" + product + "-yearly'" + with + "}"), 422, "validation-failed");
        assertThat(starts("yearly", codeFor(50))).as("another code").isEqualTo("incomplete");
    }

    /** It is in no start: a month for nothing would be had once more for each plan. */
    @Test
    void aCodeThatWasRedeemedOnThePortalIsUsed() {
        String with = codeFor(100);
        String code = with.substring(with.indexOf("GIFT"), with.length() - 1);
        String promotion =
                STRIPE.get("/v1/promotion_codes?code=" + code).at("/data/0/id").asString();
        subscribes("starter-monthly", 1);
        STRIPE.post("/v1/subscriptions/" + stripeId, "discounts[0][promotion_code]=" + promotion);

        refused(
                ask("/api/subscriptions", "{'planId':'" + product + "-monthly'" + with + "}"),
                422,
                "validation-failed");
        assertThat(takesCodes(page(product + "-yearly"))).isFalse();
        STRIPE.advance("P32D");
        assertThat(shownAtStripe().path("discounts")).as("it was for one month").isEmpty();
        refused(
                ask("/api/subscriptions", "{'planId':'" + product + "-monthly'" + with + "}"),
                422,
                "validation-failed");
        assertThat(starts("monthly", codeFor(50))).as("another code").isEqualTo("incomplete");
    }

    /** Codes that are typed are for who is new to the product: a first month for nothing, say. */
    @Test
    void whoHadTheProductIsNotNewToItThoughTheSubscriptionWasChanged() {
        subscribes(product + "-monthly", 1);
        String item = shownAtStripe().at("/items/data/0/id").asString();
        STRIPE.post(
                "/v1/subscriptions/" + stripeId,
                "items[0][id]=" + item + "&items[0][price]=" + priceOf("starter-monthly"));
        deliverAll();
        assertThat(column("plan_id")).isEqualTo("starter-monthly");

        assertThat(takesCodes(page(product + "-yearly"))).isFalse();
    }

    @Test
    void oneOpenPageOfAUserTakesTypedCodesAndNoneOnceOneWasUsed() {
        String with = codeFor(100);
        JsonNode first = page(product + "-monthly");
        JsonNode second = page("starter-yearly");
        assertThat(takesCodes(second)).isTrue();
        assertThat(STRIPE.get("/v1/checkout/sessions/" + first.path("id").asString())
                        .path("status")
                        .asString())
                .isEqualTo("expired");

        assertThat(starts("monthly", with)).isEqualTo("active");
        assertThat(STRIPE.get("/v1/checkout/sessions/" + second.path("id").asString())
                        .path("status")
                        .asString())
                .as("it could be typed there too")
                .isEqualTo("expired");
        assertThat(takesCodes(page("starter-yearly"))).isFalse();
    }
}
