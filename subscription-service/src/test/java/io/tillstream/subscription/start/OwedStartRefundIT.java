package io.tillstream.subscription.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.delivery.Sweep;
import io.tillstream.subscription.simulated.SimulatedStripe;
import java.util.List;
import java.util.function.UnaryOperator;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** What a card paid for a start that Stripe made otherwise goes back, also once nobody asks about that start any more. */
class OwedStartRefundIT extends SimulatedStripe {

    private static final String NO_CUSTOMER =
            "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"resource_missing\",\"param\":\"customer\",\"message\":\"No such customer.\"}}";

    private static final UnaryOperator<String> IN_THREE = form -> form.replace("[quantity]=1", "[quantity]=3");

    private static final int TRIES = 4; // so often Stripe is asked where it has no time

    @Autowired
    private StartSweep sweep;

    @Autowired
    private MeterRegistry meters;

    @Autowired
    @Qualifier("refundSweep")
    private Sweep refunds;

    /** Stripe has made it otherwise, a card has paid it, and the refund is refused. */
    private void isMadeOtherwiseAndPaid(UnaryOperator<String> altered) {
        String card = savedCard("pm_card_visa");
        ON_THE_WAY.next("POST", "/v1/subscriptions", altered);
        refundIsRefused();
        ask("/api/subscriptions", "{'planId':'starter-monthly','currency':'eur','paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(202);
        await().atMost(WAIT) // the 202 may have come before it was refused
                .untilAsserted(() -> assertThat(texts(
                                "select count(*) from start_refunds f join subscriptions s on s.id = f.subscription_id"
                                        + " where s.user_id = '" + user + "' and why like 'not given back%'"))
                        .containsExactly("1"));
    }

    /** As a process that dies there does: it has written no more than this. */
    private void isMadeInThreeAndPaidWhileStripeHasNoTimeFor(String operation) {
        String card = savedCard("pm_card_visa");
        ON_THE_WAY.next("POST", "/v1/subscriptions", IN_THREE);
        STRIPE.control(
                "/_simulator/faults",
                "{\"operation\":\"" + operation + "\",\"kind\":\"rate_limit\",\"times\":" + TRIES + "}");
        ask("/api/subscriptions", "{'planId':'starter-monthly','currency':'eur','paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(202);
        await().atMost(WAIT) // the 202 may have come before
                .untilAsserted(() -> assertThat(STRIPE.get("/_simulator/faults").findValues("operation"))
                        .isEmpty());
    }

    /** What a round that was woken here has still to do would meet the refusal that the next test plans. */
    private void onlyOurRefundIsDue() {
        execute("update start_refunds set next_attempt_at = now() + interval '1 day' where next_attempt_at <= now()"
                + " and subscription_id not in (select id from subscriptions where user_id = '" + user + "')");
    }

    private void isADayOld() {
        execute("update subscriptions set created_at = created_at - interval '2 days' where user_id = '" + user + "'");
    }

    private void isUndone() {
        assertThat(starts()).containsExactly("failed answer-differs");
        assertThat(owed()).isEmpty();
        assertThat(refunded()).containsExactly(true);
        assertThat(atStripe()).singleElement().returns("canceled", made -> made.path("status")
                .asString());
        deliverAll();
        assertThat(starts()).containsExactly("failed answer-differs");
    }

    /** Its event is its own to nobody, and nothing but the start itself comes back to it: else it is billed for three for ever. */
    @ParameterizedTest
    @CsvSource({
        "POST /v1/invoices/*/void, false",
        "DELETE /v1/subscriptions/*, false",
        "POST /v1/refunds, false",
        "POST /v1/invoices/*/void, true",
        "DELETE /v1/subscriptions/*, true",
        "POST /v1/refunds, true"
    })
    void whatWasMadeInThreeIsUndoneThoughStripeHadNoTimeForPartOfIt(String operation, boolean keyIsForgotten) {
        isMadeInThreeAndPaidWhileStripeHasNoTimeFor(operation);
        if (keyIsForgotten) {
            isADayOld();
        }
        deliverAll();
        assertThat(starts()).containsExactly("starting ");
        assertThat(owed()).as("operators see it").containsExactly("start");

        isAskedAbout();

        isUndone();
    }

    /** It would run, and what was paid for it go back: a period for nothing. */
    @Test
    void whatIsBeingUndoneIsNotTakenThoughSomebodyMendsItsQuantity() {
        isMadeInThreeAndPaidWhileStripeHasNoTimeFor("DELETE /v1/subscriptions/*");
        JsonNode made = atStripe().path(0);
        STRIPE.post(
                "/v1/subscriptions/" + made.path("id").asString(),
                "proration_behavior=none&items[0][quantity]=1&items[0][id]="
                        + made.at("/items/data/0/id").asString());
        deliverAll();
        assertThat(starts()).containsExactly("starting ");

        isAskedAbout();

        isUndone();
    }

    /** Nobody asks about it any more, and its refund was not even asked for. */
    @Test
    void whatWasPaidGoesBackThoughItsStartEndedBeforeThat() {
        isMadeInThreeAndPaidWhileStripeHasNoTimeFor("POST /v1/refunds");
        isADayOld();
        STRIPE.post("/v1/subscriptions/" + atStripe().path(0).path("id").asString(), "metadata[subscription_id]=");
        isAskedAbout();
        assertThat(starts()).containsExactly("failed not-taken");
        assertThat(owed()).as("operators see it").containsExactly("start");

        onlyOurRefundIsDue();
        await().atMost(WAIT).untilAsserted(() -> {
            refunds.wake();
            assertThat(owed()).isEmpty();
        });
        assertThat(refunded()).containsExactly(true);
    }

    private static void refundIsRefused() {
        ON_THE_WAY.next(
                "POST", "/v1/refunds", form -> form.replaceFirst("payment_intent=\\w+", "payment_intent=pi_none"));
    }

    private void isAskedAbout() {
        execute("update subscriptions set next_ask_at = now() - interval '1 day' where user_id = '" + user + "'");
        onlyOurStartsAreDue();
        sweep.round().block(WAIT);
    }

    private List<String> starts() {
        return texts(
                "select status || ' ' || coalesce(failure_code, '') from subscriptions where user_id = '" + user + "'");
    }

    private List<String> owed() {
        String start = texts("select id from subscriptions where user_id = '" + user + "'")
                .get(0);
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

    /** Its event says that it is over, and nothing of who made it so. */
    @Test
    void whatWasPaidForAnotherQuantityGoesBackThoughItsEventIsHereFirst() {
        isMadeOtherwiseAndPaid(IN_THREE);
        deliverAll();
        assertThat(starts()).containsExactly("starting ");
        assertThat(owed()).containsExactly("start");
        assertThat(refunded()).containsExactly(false);

        isAskedAbout();

        isUndone();
    }

    /** Who relies on the events would wait for the money, and hear from the buyer that it did not come. */
    @Test
    void thatStripeDoesNotGiveBackWhatWasPaidForAStartIsToldAtOnceAndOnce() {
        isMadeOtherwiseAndPaid(IN_THREE);
        await().atMost(WAIT)
                .untilAsserted(() -> assertThat(toldOfFailedRefunds()).hasSize(1));
        String start = texts("select id from subscriptions where user_id = '" + user + "'")
                .get(0);
        JsonNode charge = STRIPE.get("/v1/charges?customer=" + customer()).at("/data/0");
        assertThat(toldOfFailedRefunds())
                .singleElement()
                .returns(start, one -> one.path("refundId").asString())
                .returns(start, one -> one.path("subscriptionId").asString())
                .returns("resource_missing", one -> one.path("reason").asString())
                .returns(charge.path("amount").asLong(), one -> one.at("/amount/amount")
                        .asLong());
        deliverAll();

        refundIsRefused();
        isAskedAbout();
        assertThat(owed()).containsExactly("start");
        isAskedAbout();

        isUndone();
        assertThat(toldOfFailedRefunds()).as("once").hasSize(1);
    }

    private List<JsonNode> toldOfFailedRefunds() {
        return texts(
                        "select payload from outbox where type = 'io.tillstream.invoice.refund_failed.v1' and aggregate_id = '"
                                + user + "'")
                .stream()
                .<JsonNode>map(JSON::readTree)
                .toList();
    }

    private void isMadeInThreeAndGivenBackAtOnce() {
        String card = savedCard("pm_card_visa");
        ON_THE_WAY.next("POST", "/v1/subscriptions", IN_THREE);
        var unused = ask(
                "/api/subscriptions", "{'planId':'starter-monthly','currency':'eur','paymentMethodId':'" + card + "'}");
        await().atMost(WAIT).untilAsserted(() -> assertThat(starts()).containsExactly("failed answer-differs"));
        isUndone();
        assertThat(toldOfFailedRefunds()).isEmpty();
    }

    private JsonNode itsRefund() {
        return STRIPE.get("/v1/refunds?limit=100&charge="
                        + STRIPE.get("/v1/charges?customer=" + customer())
                                .at("/data/0/id")
                                .asString())
                .at("/data/0");
    }

    private void isLookedAtUntil(ThrowingRunnable seen) {
        execute("update start_refunds set next_look_at = now() - interval '1 day' where next_look_at is not null"
                + " and subscription_id in (select id from subscriptions where user_id = '" + user + "')");
        await().atMost(WAIT).untilAsserted(() -> {
            refunds.wake();
            seen.run();
        });
    }

    private List<String> looks() {
        return texts("select (f.next_look_at is not null)::text from start_refunds f join subscriptions s"
                + " on s.id = f.subscription_id where s.user_id = '" + user + "'");
    }

    /** Days after it was given back nobody else would know that its buyer waits. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatItsBankSendsBackOfAStartIsOwedAgainAndTold(boolean isHeard) {
        isMadeInThreeAndGivenBackAtOnce();
        JsonNode refund = itsRefund();

        STRIPE.control("/_simulator/refunds/" + refund.path("id").asString() + "/fail", "{}");
        if (isHeard) {
            deliverAll();
        } else {
            var unused = news();
        }
        isLookedAtUntil(() -> assertThat(owed()).containsExactly("start"));

        assertThat(toldOfFailedRefunds())
                .singleElement()
                .returns("expired_or_canceled_card", one -> one.path("reason").asString())
                .returns(refund.path("amount").asLong(), one -> one.at("/amount/amount")
                        .asLong());
        String start = texts("select id from subscriptions where user_id = '" + user + "'")
                .get(0);
        expectOk(post(
                "operator",
                "/api/admin/invoices/owed-refunds/" + start + "/dismissal",
                "{'reason':'paid_outside_of_stripe'}"));
        assertThat(owed()).as("a person gave it back otherwise").isEmpty();
    }

    private static void expectOk(WebTestClient.ResponseSpec answer) {
        answer.expectStatus().isOk();
    }

    @Test
    void whatHasArrivedIsNotAskedAboutForEver() {
        isMadeInThreeAndGivenBackAtOnce();
        assertThat(looks()).containsExactly("true");

        isLookedAtUntil(() -> assertThat(looks()).containsExactly("false"));

        assertThat(owed()).isEmpty();
    }

    /** Not every key may search, and not every account can: a start is judged all the same, and somebody has to look. */
    @ParameterizedTest
    @ValueSource(ints = {400, 403})
    void aStartEndsThoughStripeDoesNotLetAnybodySearchForIt(int status) {
        isMadeOtherwiseAndPaid(form -> form.replace("currency=eur", "currency=usd"));
        deliverAll();
        isADayOld();
        cannotBeSearchedFor(status);
        double before = judgedWithoutASearch();

        isAskedAbout();

        assertThat(starts()).containsExactly("failed not-taken");
        assertThat(owed()).as("operators see it").containsExactly("start");
        assertThat(judgedWithoutASearch()).isEqualTo(before + 1);
    }

    private double judgedWithoutASearch() {
        return meters.counter("tillstream.stripe.faults", "operation", "subscription.search", "fault", "without_answer")
                .count();
    }

    /** Of one that may have begun nothing is said while nobody can look for it: it has been paid perhaps. */
    @ParameterizedTest
    @ValueSource(ints = {400, 403})
    void aStartIsNotOverOnTheFirstDayWhileStripeDoesNotLetAnybodySearchForIt(int status) {
        double before = judgedWithoutASearch();
        String card = savedCard("pm_card_visa");
        STRIPE.next("POST /v1/subscriptions", "error_after");
        ask("/api/subscriptions", "{'planId':'starter-monthly','currency':'eur','paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(202);
        cannotBeSearchedFor(status);
        cannotBeSearchedFor(status);

        isAskedAbout();
        isAskedAbout();

        assertThat(starts()).containsExactly("starting ");
        assertThat(judgedWithoutASearch()).isEqualTo(before);
        isAskedAbout();
        assertThat(starts()).containsExactly("active ");
    }

    private static void cannotBeSearchedFor(int status) {
        ON_THE_WAY.refuses("GET", "/v1/subscriptions", NO_CUSTOMER);
        ON_THE_WAY.refuses(
                "GET",
                "/v1/subscriptions/search",
                status,
                "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Search is not available here.\"}}");
    }

    /** After a day what Stripe does not list has not begun, so the start is over: its money is not. */
    @Test
    void whatWasPaidGoesBackThoughStripeKnowsItsCustomerNoMore() {
        isMadeOtherwiseAndPaid(form -> form.replace("currency=eur", "currency=usd"));
        deliverAll();
        isADayOld();
        STRIPE.post("/v1/subscriptions/" + atStripe().path(0).path("id").asString(), "metadata[subscription_id]=");
        ON_THE_WAY.refuses("GET", "/v1/subscriptions", NO_CUSTOMER);
        isAskedAbout();
        assertThat(starts()).containsExactly("failed not-taken");
        assertThat(owed()).as("operators see it").containsExactly("start");

        onlyOurRefundIsDue();
        refundIsRefused();
        await().atMost(WAIT).untilAsserted(() -> {
            refunds.wake();
            assertThat(texts("select tries from start_refunds f join subscriptions s on s.id = f.subscription_id"
                            + " where s.user_id = '" + user + "'"))
                    .as("tried, and refused once more")
                    .containsExactly("1");
        });
        assertThat(owed()).containsExactly("start");
        execute("update start_refunds set next_attempt_at = now() - interval '1 day' where subscription_id in"
                + " (select id from subscriptions where user_id = '" + user + "')");

        onlyOurRefundIsDue();
        await().atMost(WAIT).untilAsserted(() -> {
            refunds.wake();
            assertThat(owed()).isEmpty();
        });
        assertThat(refunded()).containsExactly(true);
    }
}
