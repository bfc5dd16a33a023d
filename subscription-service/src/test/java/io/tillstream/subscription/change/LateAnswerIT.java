package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Stripe is being asked for a change while somebody else looks what became of it: it is not over before that call is. */
class LateAnswerIT extends Subscriber {

    @Autowired
    private ChangeSweep sweep;

    @AfterEach
    void stripeIsWell() {
        STRIPE.delete("/_simulator/faults");
    }

    private WebTestClient.ResponseSpec changes(String key) {
        return act("change", "{'planId':'pro-monthly','when':'now'}", key);
    }

    private String isAskedForInVain() {
        subscribes("starter-monthly", 1);
        String key = UUID.randomUUID().toString();
        STRIPE.next("POST /v1/subscriptions/*", "close_before");
        expect(changes(key), 202);
        assertThat(change()).isEqualTo("asked");
        return key;
    }

    /** Else the same key has it again, and Stripe is not asked. */
    private void itsAnswerIsForgotten() {
        execute("delete from idempotency_keys");
    }

    private String change() {
        return texts("select status from subscription_changes where subscription_id = '" + id + "'")
                .get(0);
    }

    private void isOfAge(String age) {
        execute("update subscription_changes set created_at = now() - interval '" + age
                + "', next_ask_at = now() - interval '1 day' where subscription_id = '" + id + "'");
    }

    /** Another instance's sweep comes two minutes later, and before the call has arrived. */
    private void isLookedForMeanwhileAtTheAgeOf(String age) {
        ON_THE_WAY.next(
                "POST",
                "/v1/subscriptions/" + stripeId,
                form -> {
                    isOfAge(age);
                    sweep.round().block(WAIT);
                    return form;
                },
                () -> {});
    }

    private void isInForceAndKnown() {
        assertThat(priceAtStripe()).isEqualTo(priceOf("pro-monthly"));
        assertThat(change()).isEqualTo("done");
        assertThat(column("plan_id")).isEqualTo("pro-monthly");
    }

    @Test
    void whatOneSweepAsksForIsNotGivenUpByAnother() {
        var unused = isAskedForInVain();
        isOfAge("9 minutes");
        isLookedForMeanwhileAtTheAgeOf("11 minutes");

        sweep.round().block(WAIT);

        isInForceAndKnown();
    }

    @Test
    void whatItsUserAsksForOnceMoreIsNotGivenUpBySweeps() {
        String key = isAskedForInVain();
        itsAnswerIsForgotten();
        isOfAge("9 minutes");
        isLookedForMeanwhileAtTheAgeOf("11 minutes");

        ok(changes(key));

        isInForceAndKnown();
    }

    /** It is given up soon: asked for now, it would be charged and nobody would know. */
    @Test
    void whatIsOldIsNotAskedForByItsUserOnceMore() {
        String key = isAskedForInVain();
        itsAnswerIsForgotten();
        isOfAge("12 minutes");

        expect(changes(key), 202);

        assertThat(priceAtStripe()).isEqualTo(priceOf("starter-monthly"));
        assertThat(change()).isEqualTo("asked");
        isOfAge("16 minutes");
        sweep.round().block(WAIT);
        assertThat(change()).isEqualTo("refused");
    }

    private void isTakenBackLongAgo() {
        execute("update subscription_changes set withdrawn_at = now() - interval '6 minutes' where subscription_id = '"
                + id + "'");
    }

    /** The call of the change comes to Stripe only now. */
    private void comesLate() {
        String item = shownAtStripe().at("/items/data/0/id").asString();
        JsonNode changed = STRIPE.post(
                "/v1/subscriptions/" + stripeId,
                "items[0][id]=" + item + "&items[0][price]=" + priceOf("pro-monthly")
                        + "&proration_behavior=always_invoice&payment_behavior=pending_if_incomplete");
        assertThat(changed.has("error")).as(changed.toString()).isFalse();
    }

    private void sweepsAtTheAgeOf(String age) {
        isOfAge(age);
        sweep.round().block(WAIT);
    }

    /** Its user was told that nothing waits, and a minute later the card was charged. */
    @Test
    void aChangeThatIsTakenBackBeforeItsAnswerIsNotBilledLater() {
        String key = isAskedForInVain();

        expect(act("change/revoke", ""), 202);

        sweepsAtTheAgeOf("2 minutes");
        itsAnswerIsForgotten();
        expect(changes(key), 202);
        assertThat(change()).as("its call may come yet").isEqualTo("asked");
        expect(act("change/revoke", ""), 202);
        assertThat(invoices()).hasSize(1);
        assertThat(priceAtStripe()).isEqualTo(priceOf("starter-monthly"));

        isTakenBackLongAgo();
        sweepsAtTheAgeOf("8 minutes");
        assertThat(change()).isEqualTo("refused");
        itsAnswerIsForgotten();
        refused(changes(key), 409, "change-refused");
        refused(act("change/revoke", ""), 409, "nothing-to-revoke");
        assertThat(invoices()).hasSize(1);
    }

    @Test
    void aChangeThatWasTakenBackAndComesLateIsNotLeftToBePaid() {
        var unused = isAskedForInVain();
        expect(act("change/revoke", ""), 202);
        pays(EMPTY_CARD);
        comesLate();
        assertThat(shownAtStripe().path("pending_update").isObject()).isTrue();

        sweepsAtTheAgeOf("2 minutes");

        assertThat(shownAtStripe().path("pending_update").isObject()).isFalse();
        assertThat(invoices().get(0).path("status").asString()).isEqualTo("void");
        isTakenBackLongAgo();
        sweepsAtTheAgeOf("8 minutes");
        assertThat(change()).isEqualTo("refused");
        assertThat(column("plan_id")).isEqualTo("starter-monthly");
    }

    @Test
    void aChangeThatWasTakenBackAndIsPaidAllTheSameIsGivenAndKnown() {
        var unused = isAskedForInVain();
        expect(act("change/revoke", ""), 202);
        comesLate();

        sweepsAtTheAgeOf("2 minutes");

        isInForceAndKnown();
    }

    /** Stripe made it, and nobody knew yet: what is taken back then is over at once. */
    @Test
    void aChangeThatWaitsAtStripeUnknownToUsIsTakenBackAtOnce() {
        var unused = isAskedForInVain();
        pays(EMPTY_CARD);
        comesLate();

        ok(act("change/revoke", ""));

        assertThat(invoices().get(0).path("status").asString()).isEqualTo("void");
        assertThat(change()).isEqualTo("refused");
        pays(GOOD_CARD);
        sweepsAtTheAgeOf("2 minutes");
        assertThat(priceAtStripe()).isEqualTo(priceOf("starter-monthly"));
    }

    private static void isPaidAtStripe(String invoice) {
        JsonNode paid = STRIPE.post("/v1/invoices/" + invoice + "/pay", "");
        assertThat(paid.path("status").asString()).as(paid.toString()).isEqualTo("paid");
    }

    /** Told that nothing waits, its user would pay for a change that nobody here knows of. */
    @Test
    void aChangeThatIsPaidWhileItIsTakenBackIsGivenAndKnown() {
        var unused = isAskedForInVain();
        pays(EMPTY_CARD);
        comesLate();
        String waiting = invoices().get(0).path("id").asString();
        pays(GOOD_CARD);
        ON_THE_WAY.next("GET", "/v1/subscriptions/" + stripeId, form -> form, () -> isPaidAtStripe(waiting));

        refused(act("change/revoke", ""), 409, "change-paid");

        isInForceAndKnown();
    }

    private List<String> allChanges() {
        return texts("select status from subscription_changes where subscription_id = '" + id + "' order by status");
    }

    /** One of before to the same plan is all that waits when it is taken back: charged once its own call comes, nobody would know. */
    @Test
    void aChangeThatComesAfterItsTwinWasTakenBackIsNotLeftToBePaid() {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);
        expect(changes(UUID.randomUUID().toString()), 402);
        STRIPE.next("POST /v1/subscriptions/*", "close_before");
        expect(changes(UUID.randomUUID().toString()), 202);
        assertThat(allChanges()).containsExactly("asked", "done");

        expect(act("change/revoke", ""), 202);

        assertThat(invoices().get(0).path("status").asString()).isEqualTo("void");
        assertThat(allChanges()).as("its call may come yet").containsExactly("asked", "done");
        comesLate();
        assertThat(shownAtStripe().path("pending_update").isObject()).isTrue();
        sweepsAtTheAgeOf("2 minutes");
        assertThat(shownAtStripe().path("pending_update").isObject()).isFalse();
        assertThat(invoices().stream().map(one -> one.path("status").asString()))
                .containsExactly("void", "void", "paid");
        isTakenBackLongAgo();
        sweepsAtTheAgeOf("8 minutes");
        assertThat(allChanges()).containsExactly("done", "refused");
        assertThat(column("plan_id")).isEqualTo("starter-monthly");
    }
}
