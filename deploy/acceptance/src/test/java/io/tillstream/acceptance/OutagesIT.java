package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.BOOK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.local.LocalTillstream;
import io.tillstream.local.Part;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Parts of Tillstream go away in the middle of a payment and come back: nothing is lost, nothing is done twice. */
@Alone(Stage.OUTAGES)
class OutagesIT {
    private static final User OSCAR = new User("oscar"); // only here

    /** Longer than a request waits for the database, so that every wait inside has ended in an error. */
    private static final Duration OUTAGE = Limits.DATABASE.plusSeconds(5);

    private static final Duration BACK = User.PATIENCE;

    /** Stripe gives up a delivery after ten seconds. */
    private static final Duration REFUSED_WITHIN = Duration.ofSeconds(10);

    private final LocalTillstream tillstream = Stack.tillstream();

    @AfterEach
    void allIsThereAgain() {
        tillstream.parts().stream().filter(part -> !tillstream.isRunning(part)).forEach(Outages::start);
        Deliveries.retryNow();
        Quiet.everywhere();
    }

    /** An intent on a page that the buyer is about to confirm. */
    private record Open(String order, String secret) {
        static Open payment() {
            String order = OSCAR.orders();
            return new Open(
                    order, OSCAR.pays(order, User.PAYMENT_ELEMENT).expect(201).text("/clientSecret"));
        }

        String intent() {
            return secret.substring(0, secret.indexOf("_secret_"));
        }
    }

    @Test
    void whileKafkaIsDownStripeIsAskedToComeAgainAndThenTheOrderSettles() {
        Open open = Open.payment();
        Quiet.await();
        Outages.kill(Part.KAFKA);

        Simulator.confirm(open.secret(), "pm_card_visa");

        await("Stripe heard 503").atMost(User.PATIENCE).untilAsserted(() -> assertThat(
                        Deliveries.attemptsFor(open.intent()))
                .filteredOn(attempt -> attempt.path("type").asString().equals("payment_intent.succeeded"))
                .anyMatch(attempt -> attempt.path("status").asInt() == 503));
        JsonNode success = Simulator.eventsOf(open.intent()).stream()
                .filter(event -> event.path("type").asString().equals("payment_intent.succeeded"))
                .findFirst()
                .orElseThrow();
        assertThat(quickestRefusal(success)).isLessThan(REFUSED_WITHIN);
        assertThat(OSCAR.once("GET", "/api/orders/" + open.order(), null, Map.of())
                        .status())
                .as("the rest goes on")
                .isEqualTo(200);

        Outages.start(Part.KAFKA);
        seesStripesRetryTaken(open);
        OSCAR.seesSettled(open.order(), "paid");
    }

    /** Of three: this test's own process may stand still at one of them. */
    private static Duration quickestRefusal(JsonNode event) {
        return Stream.generate(() -> {
                    Instant asked = Instant.now();
                    Answer no = Webhook.deliver(event).expect(503, 504);
                    return no.status() == 503 ? Duration.between(asked, Instant.now()) : REFUSED_WITHIN;
                })
                .limit(3)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    @Test
    void whenTheDatabaseIsAwayForLongerThanRequestsWaitNothingIsLost() {
        List<Open> before = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            before.add(Open.payment());
        }
        Open toClick = Open.payment();
        Outages.kill(Part.POSTGRESQL);
        Instant end = Instant.now().plus(OUTAGE);

        before.forEach(open -> Simulator.confirm(open.secret(), "pm_card_visa"));
        await("Stripe's events are taken all the same").atMost(BACK).untilAsserted(() -> assertThat(before)
                .allSatisfy(open -> assertThat(Deliveries.attemptsFor(open.intent()))
                        .filteredOn(attempt -> attempt.path("type").asString().equals("payment_intent.succeeded"))
                        .anyMatch(attempt -> attempt.path("status").asInt() == 200)));
        String key = User.key();
        Answer no = await("a refusal in time")
                .atMost(BACK)
                .until(
                        () -> OSCAR.postOnce(
                                "/api/orders/" + toClick.order() + "/payments", User.card("pm_card_visa"), key),
                        answer -> answer.status() != 504); // of the gateway, of a machine that is busy
        no.expectProblem(503, "unavailable");
        assertThat(no.header("Retry-After")).isNotEmpty();
        await("the outage lasts").atMost(OUTAGE.plus(BACK)).until(() -> Instant.now()
                .isAfter(end));

        Outages.start(Part.POSTGRESQL);
        before.forEach(open -> OSCAR.seesSettled(open.order(), "paid"));
        await("the same click works now")
                .atMost(BACK)
                .pollInterval(Duration.ofMillis(500))
                .until(
                        () -> OSCAR.pays(toClick.order(), User.card("pm_card_visa"), key)
                                .status(),
                        status -> status == 201 || status == 202);
        OSCAR.seesSettled(toClick.order(), "paid");
        assertThat(Simulator.succeededIntentsOf(toClick.order())).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Part.class,
            names = {"GATEWAY", "ORDER_SERVICE", "PAYMENT_SERVICE"})
    void aServiceThatIsKilledWhileStripeTakesTheMoneySettlesAfterItsRestart(Part part) {
        Open open = Open.payment();
        String key = User.key();
        String body = User.order(BOOK, 1, User.card("pm_card_visa"));
        Simulator.plant(
                "POST /v1/payment_intents", "latency", 1, "metadata.user_id", "oscar", "\"delay_millis\": 3000");
        int before = Simulator.intentCount();
        CompletableFuture<Void> click = CompletableFuture.runAsync(() -> clickThatMayBreak(body, key));
        await("the money is on its way: Stripe has the request, and does it when the delay is over")
                .atMost(User.PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Simulator.control("GET", "/faults", null)
                        .expect(200)
                        .json()
                        .path("faults")
                        .valueStream()
                        .noneMatch(fault -> fault.toString().contains("oscar")));

        Outages.kill(part);

        click.join();
        Simulator.confirm(open.secret(), "pm_card_visa");
        await("Stripe has taken the money").atMost(User.PATIENCE).until(() -> Simulator.intentCount() > before);
        Outages.start(part);
        Answer again = await("the same key answers")
                .atMost(BACK)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> OSCAR.postOnce("/api/orders", body, key), answer -> answer.status() < 300);
        Deliveries.retryNow();
        OSCAR.seesSettled(again.id(), "paid", BACK);
        OSCAR.seesSettled(open.order(), "paid", BACK);
        assertThat(Simulator.intentsOf(again.id())).hasSize(1);
    }

    private static void clickThatMayBreak(String body, String key) {
        try {
            OSCAR.postOnce("/api/orders", body, key);
        } catch (UncheckedIOException broken) {
            // This is what happens to the buyer when the gateway dies.
        }
    }

    @Test
    void whatStripeTellsWhileNobodyListensSettlesAfterTheRestart() {
        Open open = Open.payment();
        Outages.kill(Part.WEBHOOK_INGEST);

        Simulator.confirm(open.secret(), "pm_card_visa");

        Outages.start(Part.WEBHOOK_INGEST);
        seesStripesRetryTaken(open);
        OSCAR.seesSettled(open.order(), "paid");
    }

    private static void seesStripesRetryTaken(Open open) {
        await("Stripe's retry is taken")
                .atMost(BACK)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    Deliveries.retryNow();
                    assertThat(Deliveries.attemptsFor(open.intent()))
                            .filteredOn(
                                    attempt -> attempt.path("type").asString().equals("payment_intent.succeeded"))
                            .anyMatch(attempt -> attempt.path("status").asInt() == 200);
                });
    }
}
