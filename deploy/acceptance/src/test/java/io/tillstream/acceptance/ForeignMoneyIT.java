package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Another system on the same Stripe account writes our metadata: an order is paid only by what we made or linked. */
class ForeignMoneyIT {

    private static final User EZRA = new User("ezra"); // only here
    private static final Duration PATIENCE = User.PATIENCE;

    private static void paysElsewhere(String order, Map<String, String> more) {
        Map<String, String> intent = new LinkedHashMap<>(Map.of(
                "amount",
                Long.toString(User.BOOK_PRICE),
                "currency",
                "usd",
                "payment_method",
                "pm_card_visa",
                "payment_method_types[0]",
                "card",
                "confirm",
                "true",
                "metadata[order_id]",
                order,
                "metadata[env]",
                "local"));
        intent.putAll(more);
        Answer paid = Simulator.stripe("POST", "/v1/payment_intents", intent).expect(200);
        assertThat(paid.text("/status")).isEqualTo("succeeded");
        await().atMost(PATIENCE)
                .until(() -> EZRA.timeline(order).toString().contains("payment-service made no such payment"));
    }

    @Test
    void anOrdersNumberAndOurEnvironmentAloneDoNotPayIt() {
        String order = EZRA.orders();
        paysElsewhere(order, Map.of());
        assertThat(EZRA.status(order)).isEqualTo("awaiting_payment");
        EZRA.pays(order, User.card("pm_card_visa")).expect(201, 202);
        EZRA.seesSettled(order, "paid");
    }

    @Test
    void aCopyOfAllOurMetadataWithoutOurCustomerDoesNotPayItEither() {
        String order = EZRA.orders();
        EZRA.pays(order, User.PAYMENT_ELEMENT).expect(201);
        String attempt =
                Simulator.intentOf(order).path("metadata").path("attempt_id").asString();
        paysElsewhere(order, Map.of("metadata[attempt_id]", attempt));
        assertThat(EZRA.settlement(order, "0s").expect(200).text("/state")).isNotEqualTo("paid");
        Quiet.await();
        assertThat(Topic.read(Topic.ORDERS, order))
                .extracting(Topic.Message::type)
                .doesNotContain("io.tillstream.order.paid.v1", "io.tillstream.order.mismatch.v1");
        assertThat(Databases.rows(Databases.PAYMENTS, "select status from payments where reference = ?", order))
                .singleElement()
                .satisfies(row -> assertThat(row.text("status")).isEqualTo("action_required"));
    }
}
