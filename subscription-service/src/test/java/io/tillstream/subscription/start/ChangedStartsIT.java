package io.tillstream.subscription.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.subscription.simulated.Subscriber;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/**
 * A start that was paid and then changed, on Stripe's portal or at its dashboard, before anything was heard of it here: what
 * it has become by then is its user's wish, and no fault of Stripe's.
 */
class ChangedStartsIT extends Subscriber {

    private static final String PAGE = "{'mode':'subscription','planId':'starter-monthly',"
            + "'successUrl':'http://localhost:8080/welcome','cancelUrl':'http://localhost:8080/plans'}";

    @Autowired
    private StartSweep sweep;

    @Autowired
    private MeterRegistry meters;

    @ParameterizedTest
    @ValueSource(strings = {"quantity", "plan"})
    void aPaidStartWhoseAnswerWasLostIsKeptThoughItWasChangedMeanwhile(String what) {
        String card = savedCard(GOOD_CARD);
        STRIPE.next("POST /v1/subscriptions", "error_after");
        id = expect(ask("/api/subscriptions", "{'planId':'starter-monthly','paymentMethodId':'" + card + "'}"), 202)
                .path("id")
                .asString();
        changesAtStripe(what);
        execute("update subscriptions set next_ask_at = now() - interval '1 day' where id = '" + id + "'");

        sweep.round().block(WAIT);

        await().atMost(WAIT).untilAsserted(() -> assertThat(column("status")).isEqualTo("active"));
        isKept(what);
    }

    private void isPaidWithoutAnAnswerAndChanged() {
        String card = savedCard(GOOD_CARD);
        STRIPE.next("POST /v1/subscriptions", "close_after");
        id = expect(ask("/api/subscriptions", "{'planId':'starter-monthly','paymentMethodId':'" + card + "'}"), 202)
                .path("id")
                .asString();
        var unheard = news();
        assertThat(unheard).isNotEmpty();
        changesAtStripe("quantity");
    }

    private void isAskedAbout() {
        execute("update subscriptions set next_ask_at = now() - interval '1 day' where id = '" + id + "'");
        onlyOurStartsAreDue();
        sweep.round().block(WAIT);
    }

    /** By then nothing can tell any more who made it so. */
    @Test
    void aPaidStartOfAnotherQuantityIsTakenAsItIsOnceStripeHasForgottenItsAnswer() {
        isPaidWithoutAnAnswerAndChanged();
        execute("update subscriptions set created_at = created_at - interval '1 day' where id = '" + id + "'");

        deliverAll();

        isKept("quantity");
    }

    /** A release that asks Stripe for more than the one before: that its key is another request's says nothing of the start. */
    @Test
    void aPaidStartThatWasChangedIsKeptThoughItsKeyIsAnotherRequests() {
        isPaidWithoutAnAnswerAndChanged();
        ON_THE_WAY.next("POST", "/v1/subscriptions", form -> form + "&metadata[more]=1");
        double before = otherRequests();

        isAskedAbout();

        assertThat(column("status")).isEqualTo("starting");
        assertThat(otherRequests()).as("asked once").isEqualTo(before + 1);
        assertThat(shownAtStripe().path("status").asString()).isEqualTo("active");
        isAskedAbout();
        isKept("quantity");
    }

    @Test
    void aPaidStartThatWasChangedIsTakenAsItIsWhereItsKeyIsAnotherRequestsForADay() {
        isPaidWithoutAnAnswerAndChanged();
        ON_THE_WAY.next("POST", "/v1/subscriptions", form -> form + "&metadata[more]=1");
        isAskedAbout();
        assertThat(column("status")).isEqualTo("starting");
        execute("update subscriptions set created_at = created_at - interval '1 day' where id = '" + id + "'");

        isAskedAbout();

        isKept("quantity");
    }

    private double otherRequests() {
        return meters.find("tillstream.stripe.faults").tag("fault", "idempotency").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    @Test
    void aStartThatWasPaidOnItsPageAndChangedIsNotUndoneByItsUsersCancel() {
        paidOnItsPage();
        changesAtStripe("quantity");

        refused(act("cancel", "{'when':'now'}"), 409, "subscription-begun");

        isKept("quantity");
    }

    @Test
    void aStartThatWasPaidOnItsPageAndChangedIsNotUndoneByTheNextStart() {
        paidOnItsPage();
        changesAtStripe("quantity");

        refused(ask("/api/subscriptions", "{'planId':'starter-monthly'}"), 409, "subscription-already-live");

        isKept("quantity");
    }

    private void paidOnItsPage() {
        JsonNode page = expect(post("/api/checkout/sessions", PAGE), 201);
        id = page.path("subscriptionId").asString();
        STRIPE.post(
                "/c/pay/" + page.path("id").asString(),
                "method=card&email=a@example.com&cardNumber=4242424242424242&cardExpiry=12/34&cardCvc=123"
                        + "&billingName=A&billingCountry=US&billingPostalCode=12345");
    }

    private void changesAtStripe(String what) {
        JsonNode made = atStripe().get(0);
        assertThat(made.path("status").asString()).isEqualTo("active");
        stripeId = made.path("id").asString();
        String change =
                what.equals("quantity") ? "&items[0][quantity]=3" : "&items[0][price]=" + priceOf("pro-monthly");
        JsonNode changed = STRIPE.post(
                "/v1/subscriptions/" + stripeId,
                "items[0][id]=" + made.at("/items/data/0/id").asString() + change);
        assertThat(changed.has("error")).as(changed.toString()).isFalse();
    }

    private void isKept(String what) {
        assertThat(column("status || ' ' || quantity || ' ' || plan_id"))
                .isEqualTo(what.equals("quantity") ? "active 3 starter-monthly" : "active 1 pro-monthly");
        assertThat(shownAtStripe().path("status").asString()).isEqualTo("active");
        assertThat(STRIPE.get("/v1/charges?customer=" + customer()).path("data"))
                .isNotEmpty()
                .noneMatch(charge -> charge.path("refunded").asBoolean());
    }
}
