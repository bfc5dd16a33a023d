package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** What one change is reckoned from is not changed by another before it is made: money would come from nothing. */
class OneChangeAtATimeIT extends Subscriber {

    private static final String LATER = "{'planId':'starter-monthly','when':'period_end'}";
    private static final String FEWER = "{'quantity':1,'when':'now'}";

    @Autowired
    private ChangeSweep sweep;

    private final List<String> others = new CopyOnWriteArrayList<>();

    /** Sends another wish after Stripe has done this and before its answer is there. */
    private void besideIt(String method, String pathEnd, String content, String what, String body) {
        ON_THE_WAY.next(method, pathEnd, content, form -> form, () -> others.add(told(act(what, body))));
    }

    private static String told(WebTestClient.ResponseSpec answer) {
        var result = answer.expectBody(String.class).returnResult();
        return result.getStatus().value() + " "
                + JSON.readTree(result.getResponseBody()).path("code").asString("");
    }

    private int quantityAtStripe() {
        return shownAtStripe().at("/items/data/0/quantity").asInt();
    }

    private long creditAtStripe() {
        return -STRIPE.get("/v1/customers/" + customer).path("balance").asLong();
    }

    /** The schedule writes back the many that were given back for credit. */
    @Test
    void aPlanThatIsBeingMadeDoesNotUndoAChangeWhoseCreditIsKept() {
        subscribes("pro-monthly", 3);
        besideIt("POST", "/v1/subscription_schedules", "from_subscription=" + stripeId, "change", FEWER);

        ok(act("change", LATER));

        assertThat(others).containsExactly("409 change-in-progress");
        assertThat(quantityAtStripe()).isEqualTo(3);
        assertThat(creditAtStripe()).isZero();
        assertThat(invoices()).hasSize(1);
    }

    @Test
    void aPlanBesideAChangeThatIsBeingReckonedIsNotMade() {
        subscribes("pro-monthly", 3);
        besideIt("GET", "/v1/subscriptions/" + stripeId, "", "change", LATER);

        ok(act("change", FEWER));

        assertThat(others).containsExactly("409 change-in-progress");
        assertThat(quantityAtStripe()).isEqualTo(1);
        assertThat(creditAtStripe()).isEqualTo(2 * 2900);
        assertThat(shownAtStripe().path("schedule").isNull()).isTrue();
    }

    @Test
    void twoPlansAtOnceAreNotBothPromised() {
        subscribes("pro-monthly", 3);
        besideIt(
                "POST",
                "/v1/subscription_schedules",
                "from_subscription=" + stripeId,
                "change",
                "{'planId':'pro-yearly','when':'period_end'}");

        JsonNode planned = ok(act("change", LATER));

        assertThat(others).containsExactly("409 change-in-progress");
        assertThat(planned.at("/scheduledChange/planId").asString()).isEqualTo("starter-monthly");
    }

    @Test
    void aPlanThatIsBeingMadeIsNotTakenBackBeforeItIsThere() {
        subscribes("pro-monthly", 3);
        besideIt("POST", "/v1/subscription_schedules", "from_subscription=" + stripeId, "change/revoke", "");

        ok(act("change", LATER));

        assertThat(others).containsExactly("409 change-in-progress");
        assertThat(ok(act("change/revoke", "")).has("scheduledChange")).isFalse();
    }

    /** The second would be billed from what the first has left. */
    @Test
    void twoQuotesAtOnceAreNotBothBilled() {
        subscribes("starter-monthly", 1);
        JsonNode first = quoted("{'quantity':1,'planId':'pro-monthly'}");
        JsonNode second = quoted("{'quantity':2,'planId':'pro-monthly'}");
        besideIt(
                "POST",
                "/v1/invoices/create_preview",
                "",
                "change",
                "{'quote':'" + first.path("quote").asString() + "'}");

        ok(changes(second));

        assertThat(others).containsExactly("409 change-in-progress");
        assertThat(invoices()).hasSize(2);
        assertThat(invoices().get(0).path("total").asLong())
                .isEqualTo(second.at("/total/amount").asLong());
        refused(changes(first), 409, "quote-outdated");
    }

    /** At the dashboard, say: nobody there asks for our claim. */
    @Test
    void whatTheShopChangesWhileAPlanIsBeingMadeIsNotUndone() {
        subscribes("pro-monthly", 3);
        String item = shownAtStripe().at("/items/data/0/id").asString();
        ON_THE_WAY.next("POST", "/v1/subscription_schedules", "from_subscription=" + stripeId, form -> form, () -> {
            JsonNode changed = STRIPE.post(
                    "/v1/subscriptions/" + stripeId,
                    "proration_behavior=always_invoice&items[0][id]=" + item + "&items[0][quantity]=1");
            others.add(changed.has("error") ? changed.toString() : "changed");
        });

        refused(act("change", LATER), 409, "change-in-progress");

        assertThat(others).containsExactly("changed");
        assertThat(quantityAtStripe()).isEqualTo(1);
        assertThat(shownAtStripe().path("schedule").isNull()).isTrue();
        ok(act("change", LATER));
        assertThat(quantityAtStripe()).isEqualTo(1);
    }

    private static final String YEARLY = "{'planId':'pro-yearly','when':'period_end'}";

    private String schedule() {
        return shownAtStripe().path("schedule").asString();
    }

    private JsonNode planned() {
        return STRIPE.get("/v1/subscription_schedules/" + schedule()).at("/phases/1");
    }

    private WebTestClient.ResponseSpec paysWith(String card) {
        return put(user, "/api/subscriptions/" + id + "/payment-method", "{'paymentMethodId':'" + card + "'}");
    }

    private void hasAPlanAndACard() {
        subscribes("pro-monthly", 1);
        expect(paysWith(savedCard(GOOD_CARD)), 200);
        ok(act("change", LATER));
    }

    private void isPlannedAndPaidBy(String plan, String card) {
        await().atMost(WAIT)
                .untilAsserted(
                        () -> { // a 202 may have come before
                            assertThat(planned().at("/items/0/price").asString())
                                    .isEqualTo(priceOf(plan));
                            assertThat(planned().path("default_payment_method").asString())
                                    .isEqualTo(card);
                            assertThat(shownAtStripe()
                                            .path("default_payment_method")
                                            .asString())
                                    .isEqualTo(card);
                        });
    }

    /** A card writes all phases as they were read: with the plan of before. */
    @Test
    void aPlanThatIsChosenAnewBesideAnotherCardIsNotLost() {
        hasAPlanAndACard();
        String other = savedCard("pm_card_mastercard");
        ON_THE_WAY.next("GET", schedule(), form -> form, () -> others.add(told(act("change", YEARLY))));

        paysWith(other).expectStatus().is2xxSuccessful();

        isPlannedAndPaidBy("pro-yearly", other);
        assertThat(others).containsExactly("200 ");
    }

    /** Its answer is lost, and as its plan is the present one nobody here looks for it: the seats of before would be billed. */
    @Test
    void aQuantityThatIsPlannedUnheardBesideAnotherCardIsNotLost() {
        subscribes("pro-monthly", 3);
        expect(paysWith(savedCard(GOOD_CARD)), 200);
        ok(act("change", "{'quantity':4,'when':'period_end'}"));
        String other = savedCard("pm_card_mastercard");
        ON_THE_WAY.next("GET", schedule(), form -> form, () -> {
            STRIPE.next("POST /v1/subscription_schedules/*", "close_after");
            others.add(told(act("change", "{'quantity':2,'when':'period_end'}")));
            await().atMost(WAIT).until(() -> claims().equals("0")); // the 202 may have come before
        });

        paysWith(other).expectStatus().is2xxSuccessful();

        isPlannedAndPaidBy("pro-monthly", other);
        assertThat(others).containsExactly("202 ");
        assertThat(planned().at("/items/0/quantity").asInt()).isEqualTo(2);
    }

    @Test
    void anotherCardIsNotWrittenWhileAPlanIsBeingMade() {
        hasAPlanAndACard();
        String other = savedCard("pm_card_mastercard");
        ON_THE_WAY.next(
                "POST",
                "/v1/subscription_schedules/" + schedule(),
                form -> form,
                () -> others.add(told(paysWith(other))));

        act("change", YEARLY).expectStatus().is2xxSuccessful();

        await().atMost(WAIT).untilAsserted(() -> assertThat(others).containsExactly("409 change-in-progress"));
        paysWith(other).expectStatus().is2xxSuccessful();
        isPlannedAndPaidBy("pro-yearly", other);
    }

    private void itsClaimRunsOut() {
        execute(
                "update subscription_change_claims set expires_at = now() - interval '1 second' where subscription_id = '"
                        + id + "'");
    }

    private String claims() {
        return texts("select count(*) from subscription_change_claims where subscription_id = '" + id + "'")
                .get(0);
    }

    /** Killed between Stripe's answer and its keeping: its claim is there, and the change without an answer. */
    @Test
    void whatAKilledProcessHadAskedForIsBilledOnceAndTheNextIsMadeOnceItsClaimRanOut() {
        subscribes("pro-monthly", 3);
        ok(act("change", "{'quantity':4,'when':'now'}"));
        execute("update subscription_changes set status = 'asked', next_ask_at = now() - interval '1 day'"
                + " where subscription_id = '" + id + "'");
        isHeld("5 minutes");
        refused(act("change", FEWER), 409, "change-in-progress");

        sweep.round().block(WAIT);

        assertThat(texts("select status from subscription_changes where subscription_id = '" + id + "'"))
                .containsExactly("done");
        assertThat(invoices()).as("its own and the change's").hasSize(2);
        assertThat(quantityAtStripe()).isEqualTo(4);
        refused(act("change", FEWER), 409, "change-in-progress");

        itsClaimRunsOut();
        ok(act("change", FEWER));

        assertThat(quantityAtStripe()).isEqualTo(1);
        assertThat(invoices()).hasSize(3);
        assertThat(claims()).isEqualTo("0");
    }

    /** Killed before Stripe had it: nobody but the sweep asks for it, also once its claim ran out. */
    @Test
    void whatAKilledProcessHadNotAskedForYetIsMadeByNobodyElseThanTheSweep() {
        subscribes("pro-monthly", 3);
        String item = shownAtStripe().at("/items/data/0/id").asString();
        execute("insert into subscription_changes (id, request_id, subscription_id, plan_id, stripe_price_id,"
                + " stripe_item_id, quantity, status, next_ask_at, created_at, updated_at) values (gen_random_uuid(),"
                + " gen_random_uuid(), '" + id + "', 'pro-monthly', '" + priceOf("pro-monthly") + "', '" + item
                + "', 4, 'asked', now() - interval '1 minute', now() - interval '6 minutes', now())");
        isHeld("-1 second");

        refused(act("change", FEWER), 409, "change-in-progress");
        assertThat(quantityAtStripe()).isEqualTo(3);
        sweep.round().block(WAIT);
        sweep.round().block(WAIT);

        assertThat(quantityAtStripe()).isEqualTo(4);
        assertThat(invoices()).hasSize(2);
        ok(act("change", FEWER));
    }

    /** Frozen for longer than its claim holds, it goes on with what it read before. */
    @Test
    void aFrozenOneWhoseClaimAnotherTookChangesNothing() {
        subscribes("pro-monthly", 3);
        ON_THE_WAY.next("GET", "/v1/subscriptions/" + stripeId, form -> form, () -> {
            itsClaimRunsOut();
            others.add(told(act("change", "{'quantity':2,'when':'now'}")));
        });

        refused(act("change", FEWER), 409, "change-in-progress");

        assertThat(others).containsExactly("200 ");
        assertThat(quantityAtStripe()).isEqualTo(2);
        assertThat(creditAtStripe()).isEqualTo(2900);
        assertThat(invoices()).hasSize(2);
        assertThat(claims()).isEqualTo("0");
    }

    @Test
    void aFrozenOneWhoseClaimAnotherTookPlansNothing() {
        subscribes("pro-monthly", 3);
        ON_THE_WAY.next("POST", "/v1/subscription_schedules", "from_subscription=" + stripeId, form -> form, () -> {
            itsClaimRunsOut();
            others.add(told(act("change", FEWER)));
        });

        refused(act("change", LATER), 409, "change-in-progress");

        assertThat(others).containsExactly("200 ");
        assertThat(quantityAtStripe()).isEqualTo(1);
        assertThat(shownAtStripe().path("schedule").isNull()).isTrue();
        assertThat(claims()).isEqualTo("0");
    }

    private void isHeld(String until) {
        execute("insert into subscription_change_claims (subscription_id, claim, expires_at) values ('" + id
                + "', gen_random_uuid(), now() + interval '" + until + "')");
    }

    @Test
    void whoseChangeACrashLeftIsNotHeldForEver() {
        subscribes("pro-monthly", 3);
        isHeld("-1 second");

        ok(act("change", FEWER));

        assertThat(texts("select count(*) from subscription_change_claims where subscription_id = '" + id + "'"))
                .containsExactly("0");
    }

    @Test
    void whoseChangeIsGoingOnMayEndTheSubscriptionAllTheSame() {
        subscribes("pro-monthly", 3);
        isHeld("1 hour");

        refused(act("change", FEWER), 409, "change-in-progress");
        refused(act("change", LATER), 409, "change-in-progress");
        ok(act("cancel", "{'when':'period_end'}"));
        ok(act("resume", ""));
        ok(act("cancel", "{'when':'now'}"));
        execute("delete from subscription_change_claims where subscription_id = '" + id + "'");
    }
}
