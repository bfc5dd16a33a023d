package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.BOOK_PRICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Money that comes when nothing is owed any more goes back by itself, and others are told. */
class SurplusMoneyIT {
    private static final User SUSAN = new User("susan"); // only here
    private static final Duration PATIENCE = User.PATIENCE;

    /** An attempt that Stripe refused: it left nothing there that could be closed. */
    private static String refusedAttempt(String order) {
        SUSAN.pays(order, User.card("pm_nobodyKnowsIt")).expectProblem(422, "payment-method-unusable");
        assertThat(Simulator.intentsOf(order)).isEmpty();
        return Databases.rows(Databases.PAYMENTS, "select id from payments where reference = ?", order)
                .get(0)
                .text("id");
    }

    /** Stripe carries the attempt out after all: the worst that a request on its way can do. */
    private static String carriedOutAfterAll(String order, String attempt, long amount) {
        String customer = Databases.rows(
                        Databases.PAYMENTS, "select stripe_customer_id from payments where id = ?::uuid", attempt)
                .get(0)
                .text("stripe_customer_id");
        return Simulator.stripe(
                        "POST",
                        "/v1/payment_intents",
                        Map.ofEntries(
                                Map.entry("amount", Long.toString(amount)),
                                Map.entry("currency", "usd"),
                                Map.entry("customer", customer),
                                Map.entry("payment_method", "pm_card_visa"),
                                Map.entry("payment_method_types[0]", "card"),
                                Map.entry("confirm", "true"),
                                Map.entry("metadata[order_id]", order),
                                Map.entry("metadata[attempt_id]", attempt),
                                Map.entry("metadata[env]", "local")))
                .expect(200)
                .id();
    }

    private static void seesGivenBack(String intent, long amount) {
        await("the money of " + intent + " went back").atMost(PATIENCE).untilAsserted(() -> assertThat(
                        Simulator.all("/v1/refunds?payment_intent=" + intent))
                .singleElement()
                .satisfies(refund -> {
                    assertThat(refund.path("amount").asLong()).isEqualTo(amount);
                    assertThat(refund.path("status").asString()).isEqualTo("succeeded");
                }));
    }

    /** The money is back at Stripe's before payment-service has told so. */
    private static List<Topic.Message> toldOnce(String order, String type) {
        await(type + " of " + order).atMost(PATIENCE).until(() -> Topic.read(Topic.PAYMENTS, order).stream()
                .anyMatch(each -> each.type().equals(type)));
        Quiet.await();
        List<Topic.Message> told = Topic.read(Topic.PAYMENTS, order);
        assertThat(told).filteredOn(each -> each.type().equals(type)).hasSize(1);
        return told;
    }

    private static Answer cancel(String order) {
        return SUSAN.post("/api/orders/" + order + "/cancel", "{}");
    }

    @ParameterizedTest
    @ValueSource(longs = {BOOK_PRICE, 500})
    void moneyThatComesAfterTheCancelIsGivenBack(long amount) {
        String order = SUSAN.orders();
        String attempt = refusedAttempt(order);
        cancel(order).expect(200);

        String intent = carriedOutAfterAll(order, attempt, amount);

        seesGivenBack(intent, amount);
        List<Topic.Message> toldOfIt = toldOnce(order, "io.tillstream.payment.late_refunded.v1");
        assertThat(SUSAN.status(order)).isEqualTo("canceled");
        assertThat(toldOfIt)
                .noneMatch(told -> told.type().equals("io.tillstream.payment.succeeded.v1"))
                .last()
                .satisfies(told ->
                        assertThat(told.json().at("/amount/amount").asLong()).isEqualTo(amount));
        assertThat(Topic.read(Topic.ORDERS, order))
                .extracting(Topic.Message::type)
                .doesNotContain("io.tillstream.order.paid.v1");
    }

    @ParameterizedTest
    @ValueSource(longs = {BOOK_PRICE, 500})
    void ofTwoPaymentsThatSucceedTheSecondIsGivenBack(long amount) {
        String order = SUSAN.orders();
        String attempt = refusedAttempt(order);
        SUSAN.pays(order, User.card("pm_card_visa")).expect(201, 202);
        SUSAN.seesSettled(order, "paid");
        String first = Simulator.intentOf(order).path("id").asString();

        String second = carriedOutAfterAll(order, attempt, amount);

        seesGivenBack(second, amount);
        toldOnce(order, "io.tillstream.payment.duplicate_refunded.v1");
        toldOnce(order, "io.tillstream.payment.succeeded.v1");
        assertThat(Simulator.all("/v1/refunds?payment_intent=" + first)).isEmpty();
        assertThat(SUSAN.status(order)).isEqualTo("paid");
        Answer paid = SUSAN.get("/api/orders/" + order).expect(200);
        assertThat(paid.json().at("/paid/amount").asLong()).isEqualTo(BOOK_PRICE);
        assertThat(paid.json().at("/refunded/amount").asLong(0)).isZero();
    }

    @Test
    void whoPaidBeforeAnyEventTellsItCannotCancelAnyMore() {
        String order = SUSAN.orders();
        String secret = SUSAN.pays(order, User.PAYMENT_ELEMENT).expect(201).text("/clientSecret");
        try (Deliveries.Held held = Deliveries.hold(SUSAN)) {
            assertThat(held.hold()).isNotEmpty();
            Simulator.confirm(secret, "pm_card_visa");

            cancel(order).expectProblem(409, "order-already-paid");

            assertThat(SUSAN.status(order)).isEqualTo("paid");
        }
        toldOnce(order, "io.tillstream.payment.succeeded.v1");
        assertThat(SUSAN.status(order)).isEqualTo("paid");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void moneyOnItsWayDecidesWhetherTheOrderCanBeCanceled(boolean arrives) {
        String order = SUSAN.orders();
        String secret = SUSAN.pays(order, User.PAYMENT_ELEMENT).expect(201).text("/clientSecret");
        String intent = Simulator.confirm(secret, "pm_usBankAccount_processing")
                .path("id")
                .asString();

        cancel(order).expectProblem(409, "payment-in-progress");
        Simulator.control("POST", "/payment_intents/" + intent + "/settle", "{\"success\": " + arrives + "}")
                .expect(200);

        SUSAN.seesSettled(order, arrives ? "paid" : "failed");
        cancel(order).expect(arrives ? 409 : 200);
        assertThat(SUSAN.status(order)).isEqualTo(arrives ? "paid" : "canceled");
    }
}
