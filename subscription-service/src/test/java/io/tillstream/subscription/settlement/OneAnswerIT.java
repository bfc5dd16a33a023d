package io.tillstream.subscription.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.SimulatedStripe;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Whoever is told that it runs may use it. All that tells of a subscription is asked after each event that is applied, in any
 * order: a page that asks two of them shows no "thank you" beside closed doors, and nobody pays a second time.
 */
class OneAnswerIT extends SimulatedStripe {

    private static final int FIRST_SEED = 41;

    private String id = "";

    static Stream<Integer> orders() {
        return Stream.iterate(FIRST_SEED, seed -> seed + 1).limit(5);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void allAnswersSayTheSameWhicheverEventComesFirst(int seed) {
        String secret = starts("{'planId':'starter-monthly'}");
        STRIPE.post(
                "/v1/payment_intents/" + secret.substring(0, secret.indexOf("_secret_")) + "/confirm",
                "payment_method=pm_card_visa");
        List<StripeEvent> events = new ArrayList<>(news());
        Collections.shuffle(events, new Random(seed));

        for (StripeEvent event : events) {
            deliver(event);
            allSayTheSame("seed " + seed + ", after " + event.type());
        }

        assertThat(settlement().path("state").asString()).as("seed " + seed).isEqualTo("active");
    }

    /** The newest state before the payment's event: what runs at Stripe and is not known to be paid here. */
    @Test
    void allAnswersSayTheSameBetweenTheTwoEvents() {
        String secret = starts("{'planId':'starter-monthly'}");
        STRIPE.post(
                "/v1/payment_intents/" + secret.substring(0, secret.indexOf("_secret_")) + "/confirm",
                "payment_method=pm_card_visa");
        List<StripeEvent> events = news();

        events.stream()
                .filter(event -> event.type().startsWith("customer.subscription."))
                .forEach(this::deliver);
        assertThat(texts("select status from subscriptions where id = '" + id + "'"))
                .containsExactly("active");
        assertThat(settlement().path("state").asString()).isEqualTo("settling");
        allSayTheSame("between");

        events.forEach(this::deliver);
        assertThat(settlement().path("state").asString()).isEqualTo("active");
        allSayTheSame("after both");
    }

    @Test
    void theAnswerToAStartSaysTheSameToo() {
        String card = savedCard("pm_card_visa");
        JsonNode started =
                json(ask("/api/subscriptions", "{'planId':'starter-monthly','paymentMethodId':'" + card + "'}")
                        .expectStatus()
                        .isCreated());
        id = started.path("id").asString();

        assertThat(started.path("status").asString()).isEqualTo("active");
        allSayTheSame("answered");
        assertThat(one().path("version").asInt())
                .isEqualTo(started.path("version").asInt());
    }

    /** Gives the secret of its first payment. */
    private String starts(String body) {
        JsonNode started = json(ask("/api/subscriptions", body).expectStatus().isCreated());
        id = started.path("id").asString();
        return started.path("clientSecret").asString();
    }

    private void allSayTheSame(String when) {
        JsonNode settlement = settlement();
        boolean runs = settlement.path("state").asString().equals("active");
        String status = settlement.path("status").asString();
        assertThat(status.equals("active")).as("settlement's status, %s", when).isEqualTo(runs);
        assertThat(one().path("status").asString()).as("by id, %s", when).isEqualTo(status);
        assertThat(one().path("version")).as("version, %s", when).isEqualTo(settlement.path("version"));
        assertThat(as("operator")
                        .get()
                        .uri("/api/admin/subscriptions/" + id)
                        .exchange()
                        .expectBody(String.class)
                        .returnResult()
                        .getResponseBody())
                .as("to operators, %s", when)
                .contains("\"status\":\"" + status + "\"");
        assertThat(statuses("/api/subscriptions")).as("listed, %s", when).isEqualTo(runs ? List.of(status) : List.of());
        for (String asked : List.of("active", "incomplete")) {
            assertThat(statuses("/api/subscriptions?status=" + asked))
                    .as("those that are %s, %s", asked, when)
                    .isEqualTo(asked.equals(status) ? List.of(status) : List.of());
        }
        assertThat(get("/api/entitlements").path("data").isEmpty())
                .as("access, %s", when)
                .isNotEqualTo(runs);
    }

    private JsonNode one() {
        return get("/api/subscriptions/" + id);
    }

    private JsonNode settlement() {
        return get("/api/subscriptions/" + id + "/settlement");
    }

    private List<String> statuses(String list) {
        return get(list)
                .path("data")
                .valueStream()
                .map(one -> one.path("status").asString())
                .toList();
    }
}
