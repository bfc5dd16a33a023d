package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.BOOK_PRICE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Events come often, late and in any order; the order ends where Stripe is. */
@Runs(Stage.LONG)
class EventOrderIT {
    private static final User EDGAR = new User("edgar"); // only here
    private static final int SAMPLES = 20;

    private final Deliveries.Held held = Deliveries.hold(EDGAR); // the test delivers

    @AfterEach
    void stripeDelivers() {
        held.release();
    }

    /** An order whose payment was made in the browser, so that only events can tell of it. */
    private record Bought(String order, String intent) {
        static Bought with(String... paymentMethods) {
            String order = EDGAR.orders();
            String secret =
                    EDGAR.pays(order, User.PAYMENT_ELEMENT).expect(200, 201).text("/clientSecret");
            String intent = secret.substring(0, secret.indexOf("_secret_"));
            for (String paymentMethod : paymentMethods) {
                Simulator.browser(
                        "POST",
                        "/v1/payment_intents/" + intent + "/confirm",
                        Map.of("client_secret", secret, "payment_method", paymentMethod));
            }
            return new Bought(order, intent);
        }
    }

    @Test
    void theSameWebhookTenTimesHasOneEffect() {
        Bought bought = Bought.with("pm_card_visa");
        JsonNode success = Deliveries.eventsOfPayment(bought.intent()).stream()
                .filter(event -> event.path("type").asString().equals("payment_intent.succeeded"))
                .findFirst()
                .orElseThrow();

        List<CompletableFuture<Answer>> answers = IntStream.range(0, 10)
                .mapToObj(copy -> CompletableFuture.supplyAsync(() -> Webhook.deliverUntilTaken(success)))
                .toList();

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(200));
        EDGAR.seesSettled(bought.order(), "paid");
        Quiet.await();
        assertToldOnce(bought.order());
    }

    @Test
    void whateverTheOrderOfItsEventsThePaymentEndsTheSame() {
        List<Bought> all = new ArrayList<>();
        List<List<Integer>> permutations = permutations(4);
        permutations.forEach(unused -> all.add(Bought.with("pm_card_visa")));

        for (int i = 0; i < all.size(); i++) {
            List<JsonNode> events = Deliveries.eventsOfPayment(all.get(i).intent());
            assertThat(events)
                    .extracting(event -> event.path("type").asString())
                    .containsExactlyInAnyOrder(
                            "payment_intent.created", "payment_intent.succeeded", "charge.succeeded", "charge.updated");
            permutations.get(i).forEach(at -> Webhook.deliverUntilTaken(events.get(at)));
        }

        assertAllPaidAlike(all.stream().map(Bought::order).toList());
    }

    @Test
    void aDeclineThatIsToldAfterTheSuccessDoesNotUndoIt() {
        Random random = Seed.random("EventOrderIT");
        List<Bought> all = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            all.add(Bought.with("pm_card_chargeDeclined", "pm_card_visa"));
        }

        for (Bought bought : all) {
            List<JsonNode> twice = new ArrayList<>(Deliveries.eventsOfPayment(bought.intent()));
            assertThat(twice)
                    .extracting(event -> event.path("type").asString())
                    .contains("payment_intent.payment_failed", "charge.failed", "payment_intent.succeeded");
            twice.addAll(List.copyOf(twice));
            Collections.shuffle(twice, random);
            twice.forEach(Webhook::deliverUntilTaken);
        }

        assertAllPaidAlike(all.stream().map(Bought::order).toList());
    }

    @Test
    void eventsOfAHostedPageComeInAnyOrderToo() {
        Random random = Seed.random("EventOrderIT");
        List<CompletableFuture<List<JsonNode>>> told = new ArrayList<>();
        List<String> orders = new ArrayList<>();
        ExecutorService buyers = Executors.newFixedThreadPool(SAMPLES);
        for (int i = 0; i < SAMPLES; i++) {
            String order = EDGAR.orders();
            Answer session = EDGAR.post("/api/checkout/sessions", CheckoutIT.session(order))
                    .expect(201);
            orders.add(order);
            // The page holds the buyer until the shop was told, some seconds at most; so all of them pay at once.
            told.add(CompletableFuture.supplyAsync(() -> paysOnThePage(session), buyers));
        }
        buyers.shutdown();

        for (CompletableFuture<List<JsonNode>> events : told) {
            List<JsonNode> shuffled = new ArrayList<>(events.join());
            Collections.shuffle(shuffled, random);
            shuffled.forEach(Webhook::deliverUntilTaken);
        }

        assertAllPaidAlike(orders);
    }

    private static List<JsonNode> paysOnThePage(Answer session) {
        HostedPage.pay(session.text("/url"), "4242424242424242");
        String intent = Simulator.get("/v1/checkout/sessions/" + session.id())
                .path("payment_intent")
                .asString();
        List<JsonNode> events = new ArrayList<>(Deliveries.eventsOfPayment(intent));
        events.addAll(Simulator.eventsOf(session.id()));
        return events;
    }

    private void assertAllPaidAlike(List<String> orders) {
        orders.forEach(order -> EDGAR.seesSettled(order, "paid"));
        held.release();
        Quiet.await();
        assertThat(orders).allSatisfy(id -> {
            Answer order = EDGAR.get("/api/orders/" + id).expect(200);
            assertThat(order.text("/status")).isEqualTo("paid");
            assertThat(order.json().at("/paid/amount").asLong()).isEqualTo(BOOK_PRICE);
            assertThat(Databases.rows(
                            Databases.PAYMENTS, "select status, active from payments where reference = ?", id))
                    .singleElement()
                    .satisfies(payment -> assertThat(payment.text("status")).isEqualTo("succeeded"));
        });
        assertToldOnce(orders.toArray(String[]::new));
    }

    /** Others hear of each paid order once, from order-service and from payment-service. */
    private static void assertToldOnce(String... orders) {
        List<Topic.Message> ofOrders = Topic.read(Topic.ORDERS);
        List<Topic.Message> ofPayments = Topic.read(Topic.PAYMENTS);
        assertThat(orders).allSatisfy(order -> {
            assertThat(ofOrders)
                    .filteredOn(told -> told.key().equals(order) && told.type().equals("io.tillstream.order.paid.v1"))
                    .hasSize(1);
            assertThat(ofPayments)
                    .filteredOn(told ->
                            told.key().equals(order) && told.type().equals("io.tillstream.payment.succeeded.v1"))
                    .hasSize(1);
        });
    }

    static List<List<Integer>> permutations(int size) {
        if (size == 0) {
            return List.of(List.of());
        }
        List<List<Integer>> all = new ArrayList<>();
        for (List<Integer> shorter : permutations(size - 1)) {
            for (int at = 0; at <= shorter.size(); at++) {
                List<Integer> longer = new ArrayList<>(shorter);
                longer.add(at, size - 1);
                all.add(longer);
            }
        }
        return all;
    }
}
