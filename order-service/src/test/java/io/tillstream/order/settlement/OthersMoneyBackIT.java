package io.tillstream.order.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.order.RunningService;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.web.IdempotencyKey;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Refunds and disputes name an intent and no order. Those of invoices come here too: none of them is an order's, and an
 * operator who is told of events that wait has to find no business as usual among them. What is an order's gets to it.
 */
class OthersMoneyBackIT extends RunningService {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final UUID nobody = UUID.randomUUID();

    @ParameterizedTest
    @ValueSource(strings = {"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"})
    void aRefundOfAnInvoiceWaitsForNoOrder(String type) {
        StripeEvent refund = only(new StripeLife(nobody.toString()).refund("re_1", "pi_1", type, "succeeded", 1500));
        atStripe(intentOf(refund), "{}");

        stripeSends(refund.raw());

        isDoneWith(refund);
    }

    @ParameterizedTest
    @ValueSource(strings = {"created", "updated", "closed", "funds_withdrawn", "funds_reinstated"})
    void aDisputeOfAnInvoiceWaitsForNoOrder(String type) {
        StripeEvent dispute = only(new StripeLife(nobody.toString()).dispute("dp_1", "pi_1", type, "needs_response"));
        atStripe(intentOf(dispute), "{}");

        stripeSends(dispute.raw());

        isDoneWith(dispute);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"order_id\":\"%s\",\"env\":\"production\"}",
                "{\"order_id\":\"%s\"}",
                "{\"order_id\":\"of another shop\",\"env\":\"test\"}"
            })
    void aRefundOfAnotherSystemsIntentWaitsForNoOrder(String metadata) {
        StripeEvent refund =
                only(new StripeLife(nobody.toString()).refund("re_1", "pi_1", "refund.created", "succeeded", 1500));
        atStripe(intentOf(refund), metadata.formatted(nobody));

        stripeSends(refund.raw());

        isDoneWith(refund);
    }

    @Test
    void aRefundOfAnIntentThatOnlySaysThatItIsAnOrdersTakesNothingFromTheOrder() {
        String id = placed("alice");
        StripeEvent refund = only(new StripeLife(id).refund("re_1", "pi_1", "refund.created", "succeeded", 1500));
        atStripe(intentOf(refund), ours(id));
        PAYMENTS.didNotMake(intentOf(refund));

        stripeSends(refund.raw());

        isDoneWith(refund);
        assertThat(order("alice", id).path("refunded").path("amount").asLong(0)).isZero();
    }

    @Test
    void aRefundThatNamesNoIntentWaitsForNoOrder() {
        StripeEvent refund = StripeEvent.read("""
                {"id":"evt_%s","object":"event","type":"refund.created","created":1790000000,"livemode":false,
                 "api_version":"2026-07-29","data":{"object":{"id":"re_%1$s","object":"refund","status":"succeeded",
                 "amount":500,"currency":"usd","payment_intent":null,"charge":"ch_%1$s"}}}
                """.formatted(nobody).getBytes(java.nio.charset.StandardCharsets.UTF_8));

        stripeSends(refund.raw());

        isDoneWith(refund);
    }

    @Test
    void aRefundThatComesBeforeAllElseOfItsOrdersIntentGetsToTheOrder() {
        String id = placed("alice");
        StripeLife life = new StripeLife(id)
                .intent("pi_1", "succeeded", "succeeded")
                .refund("re_1", "pi_1", "refund.created", "succeeded", 500);
        StripeEvent paid = life.events().get(0);
        StripeEvent refund = life.events().get(1);
        atStripe(intentOf(refund), ours(id));

        stripeSends(refund.raw());
        waits(refund);
        stripeSends(paid.raw());

        isRefunded(id, 500);
        isDoneWith(refund);
    }

    @Test
    void aRefundThatComesBeforeItsOrderIsKnownGetsToTheOrder() {
        String key = UUID.randomUUID().toString();
        String id = IdempotencyKey.of("alice", "POST /api/orders", key).id().toString();
        StripeLife life = new StripeLife(id)
                .intent("pi_1", "succeeded", "succeeded")
                .refund("re_1", "pi_1", "refund.created", "succeeded", 500);
        atStripe(intentOf(life.events().get(1)), ours(id));

        life.events().forEach(event -> stripeSends(event.raw()));
        life.events().forEach(OthersMoneyBackIT::waits);
        post("alice", "/api/orders", key, ONE_ORDER).expectStatus().isCreated();

        isRefunded(id, 500);
    }

    @Test
    void aRefundWhoseIntentNobodyCanBeAskedAboutIsNeitherLostNorTakenForAnothers() {
        String id = placed("alice");
        StripeLife life = new StripeLife(id)
                .intent("pi_1", "succeeded", "succeeded")
                .refund("re_1", "pi_1", "refund.created", "succeeded", 500);
        StripeEvent refund = life.events().get(1);
        atStripe(intentOf(refund), ours(id));
        int before = PAYMENTS.objectQuestions();
        PAYMENTS.failWith(503);

        stripeSends(refund.raw());
        await().atMost(SOON).until(() -> PAYMENTS.objectQuestions() > before);
        assertThat(inbox(refund)).isEmpty();
        PAYMENTS.failWith(0);
        stripeSends(life.events().get(0).raw());

        isRefunded(id, 500);
    }

    private static StripeEvent only(StripeLife life) {
        return life.events().get(0);
    }

    private static String intentOf(StripeEvent event) {
        return event.object().path("payment_intent").asString();
    }

    private static String ours(String order) {
        return "{\"order_id\":\"%s\",\"env\":\"test\",\"attempt_id\":\"%s\"}".formatted(order, UUID.randomUUID());
    }

    private static void atStripe(String intent, String metadata) {
        PAYMENTS.atStripe(intent, """
                {"id":"%s","object":"payment_intent","customer":"cus_1","metadata":%s}
                """.formatted(intent, metadata));
    }

    private static List<String> inbox(StripeEvent event) {
        return query("select event_id from inbox where event_id = '" + event.id() + "'");
    }

    private static List<String> parked(StripeEvent event) {
        return query("select waits_for from parked_events where event_id = '" + event.id() + "'");
    }

    private static void waits(StripeEvent event) {
        await().atMost(SOON).untilAsserted(() -> assertThat(parked(event)).hasSize(1));
    }

    private static void isDoneWith(StripeEvent event) {
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(inbox(event)).hasSize(1);
            assertThat(parked(event)).isEmpty();
        });
    }

    private void isRefunded(String id, long amount) {
        await().atMost(SOON).untilAsserted(() -> {
            JsonNode order = order("alice", id);
            assertThat(order.path("status").asString()).isEqualTo("partially_refunded");
            assertThat(order.path("refunded").path("amount").asLong(0)).isEqualTo(amount);
        });
    }
}
