package io.tillstream.subscription.moneyback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.delivery.Sweep;
import io.tillstream.subscription.simulated.SimulatedStripe;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** What a card paid for a start that Stripe made otherwise is paid back another way: Stripe must not give it back too. */
class StartRefundDismissalIT extends SimulatedStripe {

    @Autowired
    private RefundSweep sweep;

    @Autowired
    @Qualifier("startSweep")
    private Sweep starts;

    /** Stripe has made it otherwise, a card has paid it, and the refund is refused. */
    private void isMadeOtherwiseAndPaid(UnaryOperator<String> altered) {
        String card = savedCard("pm_card_visa");
        ON_THE_WAY.next("POST", "/v1/subscriptions", altered);
        ON_THE_WAY.next(
                "POST", "/v1/refunds", form -> form.replaceFirst("payment_intent=\\w+", "payment_intent=pi_none"));
        ask("/api/subscriptions", "{'planId':'starter-monthly','currency':'eur','paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(202);
    }

    /** Stripe lists nothing of it, so that nobody asks about its start any more. */
    private void isMadeOfAnotherQuantityAndOver() {
        isMadeOtherwiseAndPaid(form -> form.replace("[quantity]=1", "[quantity]=3"));
        isOwed();
        deliverAll();
        STRIPE.post("/v1/subscriptions/" + atStripe().path(0).path("id").asString(), "metadata[subscription_id]=");
        execute("update subscriptions set created_at = created_at - interval '2 days',"
                + " next_ask_at = now() - interval '1 day' where user_id = '" + user + "'");
        onlyOurStartsAreDue();
        await().atMost(WAIT).untilAsserted(() -> {
            starts.wake();
            assertThat(texts("select status from subscriptions where user_id = '" + user + "'"))
                    .containsExactly("failed");
        });
    }

    private String start() {
        return texts("select id from subscriptions where user_id = '" + user + "'")
                .get(0);
    }

    private WebTestClient.ResponseSpec dismisses(String who, String reason) {
        return post(who, "/api/admin/invoices/owed-refunds/" + start() + "/dismissal", "{'reason':'" + reason + "'}");
    }

    /** The 202 may have come before it was refused. */
    private void isOwed() {
        await().atMost(WAIT)
                .untilAsserted(() -> assertThat(texts("select count(*) from start_refunds where subscription_id = '"
                                + start() + "' and why like 'not given back%'"))
                        .containsExactly("1"));
    }

    private void wasTriedInVain() {
        isOwed();
        execute(
                "update start_refunds set tries = 7, created_at = created_at - interval '2 hours', next_attempt_at = now() - interval '1 day'"
                        + " where subscription_id = '" + start() + "'");
    }

    private List<String> owed() {
        String start = start();
        return json(as("operator")
                        .get()
                        .uri("/api/admin/invoices/owed-refunds?limit=100")
                        .exchange()
                        .expectStatus()
                        .isOk())
                .path("data")
                .valueStream()
                .filter(one -> one.path("subscriptionId").asString().equals(start))
                .map(one -> one.path("kind").asString())
                .toList();
    }

    private List<Boolean> refunded() {
        return STRIPE.get("/v1/charges?customer=" + customer())
                .path("data")
                .valueStream()
                .map(charge -> charge.path("refunded").asBoolean())
                .toList();
    }

    @Test
    void whatWasPaidOutsideOfStripeIsNotGivenBackByItToo() {
        isMadeOfAnotherQuantityAndOver();
        wasTriedInVain();
        assertThat(owed()).containsExactly("start");

        JsonNode dismissed = json(
                dismisses("operator", "paid_outside_of_stripe").expectStatus().isOk());

        assertThat(dismissed.path("reason").asString()).isEqualTo("paid_outside_of_stripe");
        assertThat(dismissed.path("by").asString()).isEqualTo("operator");
        assertThat(owed()).isEmpty();
        sweep.round().block(WAIT);
        assertThat(refunded()).containsExactly(false);
    }

    /** The first word counts, and is one line of the timeline. */
    @Test
    void saidAgainItIsTheSame() {
        isMadeOfAnotherQuantityAndOver();
        wasTriedInVain();
        JsonNode first =
                json(dismisses("operator", "waived_by_buyer").expectStatus().isOk());

        assertThat(json(dismisses("operator", "not_owed").expectStatus().isOk()))
                .isEqualTo(first);

        assertThat(texts("select outcome || ' ' || why from subscription_timeline where subscription_id = '" + start()
                        + "' and what like '%/dismissal'"))
                .containsExactly("dismissed waived_by_buyer");
    }

    /** The start is not over: it is still asked about, and its money would be asked back with it. */
    @Test
    void whatIsDismissedIsNotAskedBackWithItsStartEither() {
        isMadeOtherwiseAndPaid(form -> form.replace("currency=eur", "currency=usd"));
        wasTriedInVain();
        dismisses("operator", "paid_outside_of_stripe").expectStatus().isOk();
        assertThat(texts("select next_ask_at <= now() from subscriptions where user_id = '" + user + "'"))
                .as("nothing is owed of it any more, so nothing keeps it")
                .containsExactly("t");

        await().atMost(WAIT).untilAsserted(() -> {
            starts.wake();
            assertThat(texts("select status from subscriptions where user_id = '" + user + "'"))
                    .containsExactly("failed");
        });

        assertThat(refunded()).containsExactly(false);
        assertThat(owed()).isEmpty();
    }

    /** It is still tried, and may pass at any moment: whoever pays it by hand as well pays twice. */
    @Test
    void whatIsStillTriedIsNotDismissed() {
        isMadeOfAnotherQuantityAndOver();

        assertThat(json(dismisses("operator", "not_owed").expectStatus().isEqualTo(409))
                        .path("code")
                        .asString())
                .isEqualTo("refund-needs-nobody");

        assertThat(owed()).containsExactly("start");
    }

    /** The questions about its start count as tries, and were many before there was anything to give back. */
    @Test
    void whatIsOwedForLessThanAnHourIsNotDismissed() {
        isMadeOfAnotherQuantityAndOver();
        execute("update start_refunds set tries = 11 where subscription_id = '" + start() + "'");

        assertThat(json(dismisses("operator", "not_owed").expectStatus().isEqualTo(409))
                        .path("code")
                        .asString())
                .isEqualTo("refund-needs-nobody");
    }

    /** It asks for whatever is due, and knows no dismissals. */
    @Test
    void anInstanceOfTheReleaseBeforeDoesNotGiveBackWhatWasDismissed() {
        isMadeOfAnotherQuantityAndOver();
        wasTriedInVain();

        dismisses("operator", "paid_outside_of_stripe").expectStatus().isOk();

        assertThat(texts("select next_attempt_at = 'infinity' from start_refunds where subscription_id = '" + start()
                        + "'"))
                .containsExactly("t");
    }

    @Test
    void onlyOperatorsDismiss() {
        isMadeOfAnotherQuantityAndOver();
        wasTriedInVain();

        dismisses(user, "not_owed").expectStatus().isForbidden();

        assertThat(owed()).containsExactly("start");
    }
}
