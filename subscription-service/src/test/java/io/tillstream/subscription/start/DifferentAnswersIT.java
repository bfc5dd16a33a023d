package io.tillstream.subscription.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.subscription.simulated.SimulatedStripe;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/**
 * Stripe begins something else than it was asked for: in another currency, by another price, for somebody else. It is
 * noticed, and nobody is billed for it.
 *
 * @see <a href="https://docs.stripe.com/billing/customer#currency">Stripe: a customer has one currency</a>
 */
class DifferentAnswersIT extends SimulatedStripe {

    private static final String IN_EUR = "'planId':'starter-monthly','currency':'eur'";
    private static final String PAGE = "{'mode':'subscription'," + IN_EUR
            + ",'successUrl':'http://localhost:8080/welcome','cancelUrl':'http://localhost:8080/plans'}";

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private StartSweep sweep;

    private double alarms() {
        return meters.find("tillstream.stripe.faults").tag("fault", "answer").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static void inUsd(String path) {
        ON_THE_WAY.next("POST", path, form -> form.replace("currency=eur", "currency=usd"));
    }

    private void isOurFault(JsonNode told) {
        assertThat(told.path("code").asString()).as(told.toString()).isEqualTo("stripe-answer-differs");
        assertThat(told.toString()).doesNotContain("_secret_").doesNotContain("/pay/");
    }

    private List<String> starts() {
        return texts("select status || ' ' || coalesce(failure_code, '') from subscriptions where user_id = '" + user
                + "' order by created_at");
    }

    private JsonNode sessions() {
        return STRIPE.get("/v1/checkout/sessions?limit=100&customer=" + customer())
                .path("data");
    }

    @Test
    void aPageInAnotherCurrencyIsClosedBeforeAnybodyPaysOnIt() {
        inUsd("/v1/checkout/sessions");
        double before = alarms();

        isOurFault(json(ask("/api/checkout/sessions", PAGE).expectStatus().isEqualTo(500)));

        assertThat(alarms()).isEqualTo(before + 1);
        assertThat(sessions())
                .hasSize(1)
                .allMatch(page -> page.path("status").asString().equals("expired"));
        assertThat(starts()).containsExactly("failed answer-differs");
        assertThat(json(ask("/api/checkout/sessions", PAGE).expectStatus().isCreated())
                        .path("url")
                        .asString())
                .startsWith("http");
    }

    private static void sells(String what) {
        String other = texts("select stripe_price_id from plans where id = 'pro-monthly'")
                .get(0);
        ON_THE_WAY.next(
                "POST",
                "/v1/checkout/sessions",
                what.equals("price")
                        ? form -> form.replaceFirst("\\[price\\]=\\w+", "[price]=" + other)
                        : form -> form.replace("[quantity]=1", "[quantity]=3"));
    }

    /** Else its user pays for three of what they wanted one of, on a page that does not say so loudly. */
    @ParameterizedTest
    @ValueSource(strings = {"price", "quantity"})
    void aPageThatSellsSomethingElseIsClosedBeforeAnybodyPaysOnIt(String what) {
        sells(what);
        double before = alarms();

        isOurFault(json(ask("/api/checkout/sessions", PAGE).expectStatus().isEqualTo(500)));

        assertThat(alarms()).isEqualTo(before + 1);
        assertThat(sessions())
                .hasSize(1)
                .allMatch(page -> page.path("status").asString().equals("expired"));
        assertThat(starts()).containsExactly("failed answer-differs");
    }

    /** Its key is forgotten by then, so that it is looked for, and nobody has seen it. */
    @Test
    void aPageThatSellsMoreIsClosedWhenItIsFoundAfterADay() {
        sells("quantity");
        STRIPE.next("POST /v1/checkout/sessions", "close_after");
        ask("/api/checkout/sessions", PAGE).expectStatus().isEqualTo(503);
        execute("update subscriptions set created_at = created_at - interval '1 day',"
                + " next_ask_at = now() - interval '1 day' where user_id = '" + user + "'");

        sweep.round().block(WAIT);

        await().atMost(WAIT).untilAsserted(() -> assertThat(starts()).containsExactly("failed answer-differs"));
        assertThat(sessions())
                .hasSize(1)
                .allMatch(page -> page.path("status").asString().equals("expired"));
    }

    @Test
    void aPageWhoseAnswerWasLostIsClosedWhenItIsAskedAbout() {
        inUsd("/v1/checkout/sessions");
        inUsd("/v1/checkout/sessions"); // the same once more with the same key
        STRIPE.next("POST /v1/checkout/sessions", "close_after");
        ask("/api/checkout/sessions", PAGE).expectStatus().isEqualTo(503);
        execute("update subscriptions set next_ask_at = now() - interval '1 day' where user_id = '" + user + "'");

        sweep.round().block(WAIT);

        await().atMost(WAIT).untilAsserted(() -> assertThat(starts()).containsExactly("failed answer-differs"));
        assertThat(sessions())
                .hasSize(1)
                .allMatch(page -> page.path("status").asString().equals("expired"));
    }

    @Test
    void aSubscriptionInAnotherCurrencyThatWaitsForTheBrowserEndsUnpaid() {
        inUsd("/v1/subscriptions");
        double before = alarms();

        isOurFault(json(
                ask("/api/subscriptions", "{" + IN_EUR + "}").expectStatus().isEqualTo(500)));
        deliverAll();

        assertThat(alarms()).isEqualTo(before + 1);
        assertThat(endedAtStripe()).hasSize(1);
        assertThat(starts()).containsExactly("failed answer-differs");
        assertThat(told()).isEmpty();
    }

    @Test
    void whatACardHasPaidForASubscriptionInAnotherCurrencyGoesBack() {
        String card = savedCard("pm_card_visa");
        inUsd("/v1/subscriptions");

        isOurFault(json(ask("/api/subscriptions", "{" + IN_EUR + ",'paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(500)));
        deliverAll();

        assertThat(endedAtStripe()).hasSize(1);
        JsonNode charges = STRIPE.get("/v1/charges?customer=" + customer()).path("data");
        assertThat(charges).hasSize(1).allMatch(charge -> charge.path("refunded")
                .asBoolean());
        assertThat(starts()).containsExactly("failed answer-differs");
        assertThat(told()).isEmpty();
        assertThat(get("/api/entitlements").path("data")).isEmpty();
        JsonNode anew = json(
                ask("/api/subscriptions", "{" + IN_EUR + "}").expectStatus().is2xxSuccessful());
        assertThat(anew.path("clientSecret").asString()).contains("_secret_");
    }

    /** Stripe refuses the refund, as its balance is empty say: the money would be kept, and no list would name it. */
    @Test
    void whatStripeDoesNotGiveBackAtOnceIsAskedForUntilItIs() {
        String card = savedCard("pm_card_visa");
        inUsd("/v1/subscriptions");
        ON_THE_WAY.next(
                "POST", "/v1/refunds", form -> form.replaceFirst("payment_intent=\\w+", "payment_intent=pi_none"));

        ask("/api/subscriptions", "{" + IN_EUR + ",'paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(202);
        deliverAll();
        assertThat(starts()).containsExactly("starting ");
        JsonNode paid =
                STRIPE.get("/v1/charges?customer=" + customer()).path("data").path(0);
        assertThat(owed())
                .as("operators see it")
                .containsExactly("start " + paid.path("amount").asLong() + " "
                        + paid.path("currency").asString());
        execute("update subscriptions set next_ask_at = now() - interval '1 day' where user_id = '" + user + "'");
        sweep.round().block(WAIT);

        await().atMost(WAIT).untilAsserted(() -> assertThat(starts()).containsExactly("failed answer-differs"));
        assertThat(owed()).isEmpty();
        assertThat(STRIPE.get("/v1/charges?customer=" + customer()).path("data"))
                .hasSize(1)
                .allMatch(charge -> charge.path("refunded").asBoolean());
        assertThat(endedAtStripe()).hasSize(1);
    }

    /** Stripe repeats the failure for its key for a day: the money would be kept for as long. */
    @Test
    void whatStripeFailedToGiveBackIsGivenBackUnderTheNextKey() {
        String card = savedCard("pm_card_visa");
        inUsd("/v1/subscriptions");
        STRIPE.next("POST /v1/refunds", "error_before");
        ask("/api/subscriptions", "{" + IN_EUR + ",'paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(202);
        execute("update subscriptions set next_ask_at = now() - interval '1 day' where user_id = '" + user + "'");

        sweep.round().block(WAIT);

        await().atMost(WAIT).untilAsserted(() -> assertThat(starts()).containsExactly("failed answer-differs"));
        assertThat(STRIPE.get("/v1/charges?customer=" + customer()).path("data"))
                .hasSize(1)
                .allMatch(charge -> charge.path("refunded").asBoolean());
    }

    @Test
    void aSubscriptionWhoseAnswerWasLostIsEndedWhenItIsAskedAbout() {
        inUsd("/v1/subscriptions");
        STRIPE.next("POST /v1/subscriptions", "close_after");
        ask("/api/subscriptions", "{" + IN_EUR + "}").expectStatus().isEqualTo(202);
        deliverAll();
        assertThat(starts()).as("its events are not taken for its own").containsExactly("starting ");
        execute("update subscriptions set next_ask_at = now() - interval '1 day' where user_id = '" + user + "'");

        sweep.round().block(WAIT);

        await().atMost(WAIT).untilAsserted(() -> assertThat(starts()).containsExactly("failed answer-differs"));
        assertThat(endedAtStripe()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"price", "quantity", "customer"})
    void aSubscriptionToSomethingElseOrForSomebodyElseEnds(String what) {
        UnaryOperator<String> altered =
                switch (what) {
                    case "price" -> {
                        String other = texts("select stripe_price_id from plans where id = 'pro-monthly'")
                                .get(0);
                        yield form -> form.replaceFirst("\\[price\\]=\\w+", "[price]=" + other);
                    }
                    case "quantity" -> form -> form.replace("[quantity]=1", "[quantity]=3");
                    default -> {
                        String other = STRIPE.post("/v1/customers", "name=Somebody")
                                .path("id")
                                .asString();
                        yield form -> form.replaceFirst("(^|&)customer=\\w+", "$1customer=" + other);
                    }
                };
        ON_THE_WAY.next("POST", "/v1/subscriptions", altered);
        double before = alarms();

        isOurFault(json(ask(UUID.randomUUID().toString(), "/api/subscriptions", "{" + IN_EUR + "}")
                .expectStatus()
                .isEqualTo(500)));

        assertThat(alarms()).isEqualTo(before + 1);
        assertThat(starts()).containsExactly("failed answer-differs");
        assertThat(atStripe()
                        .valueStream()
                        .filter(one -> !one.path("status").asString().matches("canceled|incomplete_expired")))
                .isEmpty();
    }

    /** Else its user is billed for three of what they wanted one of, for ever. */
    @Test
    void aPaidSubscriptionToMoreWhoseAnswerWasLostEndsAndItsMoneyGoesBack() {
        String card = savedCard("pm_card_visa");
        inThree();
        inThree(); // the same once more with the same key
        STRIPE.next("POST /v1/subscriptions", "close_after");
        ask("/api/subscriptions", "{" + IN_EUR + ",'paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(202);

        isUndoneBySweep();
    }

    /** The simulator answers so where a request is not the one of its key; Stripe, where a release asks for more. */
    @Test
    void aPaidSubscriptionToMoreWhoseKeyIsAnotherRequestsIsUndoneByStripesOwnAnswerAlone() {
        String card = savedCard("pm_card_visa");
        inThree();
        STRIPE.next("POST /v1/subscriptions", "close_after");
        ask("/api/subscriptions", "{" + IN_EUR + ",'paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(202);
        execute("update subscriptions set next_ask_at = now() - interval '1 day' where user_id = '" + user + "'");
        onlyOurStartsAreDue();

        sweep.round().block(WAIT);

        assertThat(starts()).containsExactly("starting ");
        assertThat(endedAtStripe()).isEmpty();
        inThree();
        isUndoneBySweep();
    }

    /** What was found to be wrong is wrong too after Stripe could not be asked to end it. */
    @Test
    void aPaidSubscriptionToMoreThatStripeDoesNotEndAtOnceIsEndedLater() {
        String card = savedCard("pm_card_visa");
        inThree();
        STRIPE.next("DELETE /v1/subscriptions/*", "error_before");
        ask("/api/subscriptions", "{" + IN_EUR + ",'paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(202);
        assertThat(starts()).containsExactly("starting ");
        assertThat(endedAtStripe()).isEmpty();

        isUndoneBySweep();
    }

    private static void inThree() {
        ON_THE_WAY.next("POST", "/v1/subscriptions", form -> form.replace("[quantity]=1", "[quantity]=3"));
    }

    private void isUndoneBySweep() {
        execute("update subscriptions set next_ask_at = now() - interval '1 day' where user_id = '" + user + "'");

        sweep.round().block(WAIT);

        await().atMost(WAIT).untilAsserted(() -> assertThat(starts()).containsExactly("failed answer-differs"));
        assertThat(endedAtStripe()).hasSize(1);
        assertThat(STRIPE.get("/v1/charges?customer=" + customer()).path("data"))
                .hasSize(1)
                .allMatch(charge -> charge.path("refunded").asBoolean());
    }

    /** That is no fault of Stripe's: whoever pays for three would have none of them. */
    @Test
    void aStartWhoseQuantityTheShopChangedBeforeWeHeardOfItGoesOn() {
        String card = savedCard("pm_card_visa");
        STRIPE.next("POST /v1/subscriptions", "close_after");
        ask("/api/subscriptions", "{'planId':'starter-monthly','trial':false,'paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(202);
        JsonNode made = atStripe().path(0);
        var unheard = news();
        STRIPE.post(
                "/v1/subscriptions/" + made.path("id").asString(),
                "items[0][quantity]=3&items[0][id]="
                        + made.at("/items/data/0/id").asString());
        deliverAll();
        assertThat(starts()).as("until Stripe's answer tells who did it").containsExactly("starting ");
        execute("update subscriptions set next_ask_at = now() - interval '1 day' where user_id = '" + user + "'");

        sweep.round().block(WAIT);

        unheard.forEach(this::deliver);
        assertThat(starts()).containsExactly("active ");
        assertThat(texts("select quantity from subscriptions where user_id = '" + user + "'"))
                .containsExactly("3");
        assertThat(endedAtStripe()).isEmpty();
        assertThat(STRIPE.get("/v1/charges?customer=" + customer()).path("data"))
                .noneMatch(charge -> charge.path("refunded").asBoolean());
    }

    private List<String> owed() {
        String start = texts("select id from subscriptions where user_id = '" + user + "'")
                .get(0);
        return json(as("operator")
                        .get()
                        .uri("/api/admin/invoices/owed-refunds")
                        .exchange()
                        .expectStatus()
                        .isOk())
                .path("data")
                .valueStream()
                .filter(one -> one.path("subscriptionId").asString().equals(start))
                .map(one -> one.path("kind").asString() + " "
                        + one.at("/amount/amount").asLong() + " "
                        + one.at("/amount/currency").asString())
                .toList();
    }

    private List<JsonNode> endedAtStripe() {
        return atStripe()
                .valueStream()
                .filter(one -> one.path("status").asString().matches("canceled|incomplete_expired"))
                .toList();
    }
}
