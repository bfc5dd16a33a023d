package io.tillstream.subscription.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.delivery.Sweep;
import io.tillstream.subscription.simulated.SimulatedStripe;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

/** What a card paid for a start that Stripe made otherwise goes back, also once nobody asks about that start any more. */
class OwedStartRefundIT extends SimulatedStripe {

    private static final String NO_CUSTOMER =
            "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"resource_missing\",\"param\":\"customer\",\"message\":\"No such customer.\"}}";

    @Autowired
    private StartSweep sweep;

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
        await().atMost(WAIT) // the 202 may have come before it was owed
                .untilAsserted(() -> assertThat(texts(
                                "select count(*) from start_refunds f join subscriptions s on s.id = f.subscription_id"
                                        + " where s.user_id = '" + user + "'"))
                        .containsExactly("1"));
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

    /** By its events it is its own, and over: what is listed is asked for all the same. */
    @Test
    void whatWasPaidForAnotherQuantityGoesBackThoughItsEventIsHereFirst() {
        isMadeOtherwiseAndPaid(form -> form.replace("[quantity]=1", "[quantity]=3"));
        deliverAll();
        assertThat(starts()).containsExactly("canceled ");
        assertThat(owed()).containsExactly("start");

        execute("update start_refunds set next_attempt_at = now() - interval '1 day'");

        await().atMost(WAIT).untilAsserted(() -> {
            refunds.wake();
            assertThat(owed()).isEmpty();
        });
        assertThat(refunded()).containsExactly(true);
    }

    /** Not every key may search, and not every account can: a start is judged all the same. */
    @Test
    void aStartEndsThoughStripeDoesNotLetAnybodySearchForIt() {
        isMadeOtherwiseAndPaid(form -> form.replace("currency=eur", "currency=usd"));
        deliverAll();
        execute("update subscriptions set created_at = created_at - interval '2 days' where user_id = '" + user + "'");
        cannotBeSearchedFor();

        isAskedAbout();

        assertThat(starts()).containsExactly("failed not-taken");
        assertThat(owed()).as("operators see it").containsExactly("start");
    }

    /** Of one that may have begun nothing is said while nobody can look for it: it has been paid perhaps. */
    @Test
    void aStartIsNotOverOnTheFirstDayWhileStripeDoesNotLetAnybodySearchForIt() {
        String card = savedCard("pm_card_visa");
        STRIPE.next("POST /v1/subscriptions", "error_after");
        ask("/api/subscriptions", "{'planId':'starter-monthly','currency':'eur','paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(202);
        cannotBeSearchedFor();
        cannotBeSearchedFor();

        isAskedAbout();
        isAskedAbout();

        assertThat(starts()).containsExactly("starting ");
        isAskedAbout();
        assertThat(starts()).containsExactly("active ");
    }

    private static void cannotBeSearchedFor() {
        ON_THE_WAY.refuses("GET", "/v1/subscriptions", NO_CUSTOMER);
        ON_THE_WAY.refuses(
                "GET",
                "/v1/subscriptions/search",
                "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Search is not available here.\"}}");
    }

    /** After a day what Stripe does not list has not begun, so the start is over: its money is not. */
    @Test
    void whatWasPaidGoesBackThoughStripeKnowsItsCustomerNoMore() {
        isMadeOtherwiseAndPaid(form -> form.replace("currency=eur", "currency=usd"));
        deliverAll();
        execute("update subscriptions set created_at = created_at - interval '2 days' where user_id = '" + user + "'");
        STRIPE.post("/v1/subscriptions/" + atStripe().path(0).path("id").asString(), "metadata[subscription_id]=");
        ON_THE_WAY.refuses("GET", "/v1/subscriptions", NO_CUSTOMER);
        isAskedAbout();
        assertThat(starts()).containsExactly("failed not-taken");
        assertThat(owed()).as("operators see it").containsExactly("start");

        refundIsRefused();
        await().atMost(WAIT).untilAsserted(() -> {
            refunds.wake();
            assertThat(texts("select tries from start_refunds f join subscriptions s on s.id = f.subscription_id"
                            + " where s.user_id = '" + user + "'"))
                    .as("tried, and refused once more")
                    .containsExactly("1");
        });
        assertThat(owed()).containsExactly("start");
        execute("update start_refunds set next_attempt_at = now() - interval '1 day'");

        await().atMost(WAIT).untilAsserted(() -> {
            refunds.wake();
            assertThat(owed()).isEmpty();
        });
        assertThat(refunded()).containsExactly(true);
    }
}
