package io.tillstream.payment.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.StripeEventHandler;
import io.tillstream.delivery.Transactions;
import io.tillstream.payment.simulated.SimulatedStripe;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.testing.VersionedStripeFixtures;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/**
 * A payment, its money that goes back, its customer and their cards become the same whatever version of Stripe's API
 * tells of them. What comes in a version that nobody has looked at is counted, and read from Stripe.
 *
 * @see <a href="https://docs.stripe.com/webhooks/versioning">Stripe: versions of events</a>
 */
class StripeVersionsIT extends SimulatedStripe {

    static final List<String> VERSIONS = VersionedStripeFixtures.ALL;
    static final List<String> UNKNOWN = VersionedStripeFixtures.UNKNOWN;
    private static final String NEWEST = VERSIONS.get(VERSIONS.size() - 1);

    @Autowired
    private StripeEventHandler handler;

    @Autowired
    private Transactions transactions;

    @Autowired
    private MeterRegistry meters;

    /** One life, in which each id is its own. */
    private final class Life {
        final String buyer = "buyer-" + UUID.randomUUID();
        final String reference = "order-" + UUID.randomUUID();
        final String attempt = UUID.randomUUID().toString();
        final String ours = attempt.substring(0, 8);
        final List<String> untold = new ArrayList<>();
        final String intent;
        final String customer;

        Life(String method) {
            as(buyer)
                    .post()
                    .uri("/api/customers")
                    .header("Content-Type", "application/json")
                    .bodyValue("{\"name\":\"Alice\",\"email\":\"alice@example.com\"}")
                    .exchange()
                    .expectStatus()
                    .is2xxSuccessful();
            JsonNode paid = json(as("service")
                    .post()
                    .uri("/internal/payments")
                    .header("Content-Type", "application/json")
                    .header("Idempotency-Key", attempt)
                    .bodyValue("""
                            {"reference": "%s", "userId": "%s", "amount": 1999, "currency": "eur",
                             "description": "Books", "payment": %s}""".formatted(reference, buyer, method))
                    .exchange()
                    .expectStatus()
                    .isOk());
            intent = paid.path("stripePaymentIntentId").asString();
            customer = texts("select stripe_customer_id from customers where user_id = '" + buyer + "'")
                    .get(0);
        }

        /** Only a page that we made may tell of a payment. */
        void isPaidOnThePage() {
            execute("update payments set method = 'checkout', stripe_session_id = 'cs_test_golden" + ours
                    + "' where id = '" + attempt + "'");
        }

        String of(String object) {
            return object.replace("7b0c2f0e-0f52-4f43-8d0a-5a5d9c2f3b02", attempt)
                    .replace("1d3b6c1e-6d0d-4c35-9a55-0b4b7b1f7a01", reference)
                    .replace("\"user_id\": \"alice\"", "\"user_id\": \"" + buyer + "\"")
                    .replace("cus_golden", customer)
                    .replace("pi_golden", intent)
                    .replace("_golden", "_golden" + ours);
        }

        /** Applied from the event alone: whoever has to read Stripe for it has not understood it. */
        void told(String type, String kind, String version) {
            StripeEvent event = StripeEvent.read(VersionedStripeFixtures.event(
                            type, 1_790_000_700L, version, of(VersionedStripeFixtures.object(kind, version)))
                    .getBytes(StandardCharsets.UTF_8));
            EventOutcome outcome =
                    transactions.run(handler.apply(event, Optional.empty())).block(WAIT);
            if (!(outcome instanceof EventOutcome.Applied)) {
                untold.add(kind + " in " + version + ": " + outcome);
            }
        }

        List<String> state() {
            List<String> all = new ArrayList<>(untold);
            for (String sql : List.of(
                    "select status || ' ' || intent::text || ' ' || coalesce(receipt_url, '') from payments where id = '"
                            + attempt + "'",
                    "select status || ' ' || amount || ' ' || currency || ' ' || coalesce(reason, '') || ' ' || stripe_refund_id"
                            + " from refunds where payment_id = '" + attempt + "'",
                    "select fact::text from disputes where payment_id = '" + attempt + "'",
                    "select stripe_warning_id || ' ' || fraud_type from fraud_warnings where payment_id = '" + attempt
                            + "'",
                    "select payment_method_id || ' ' || brand || ' ' || last_four || ' ' || exp_month || ' ' || exp_year"
                            + " || ' ' || country || ' ' || funding || ' ' || fingerprint || ' mandate ' || coalesce(mandate, '') from cards where user_id = '"
                            + buyer + "'",
                    "select type from outbox where aggregate_id in ('" + reference + "', '" + buyer
                            + "') order by seq")) {
                texts(sql)
                        .forEach(row -> all.add(row.replace(intent, "pi")
                                .replace(customer, "cus")
                                .replace(ours, "")));
            }
            return all;
        }
    }

    private List<String> lives(String version) {
        Life life = new Life("{\"method\": \"payment_element\"}");
        life.told("payment_intent.payment_failed", "payment_intent.failed", version);
        life.told("payment_intent.succeeded", "payment_intent", version);
        life.told("charge.succeeded", "charge", version);
        life.isPaidOnThePage();
        life.told("checkout.session.completed", "checkout.session", version);
        life.told("refund.created", "refund", version);
        life.told("charge.refunded", "charge", version);
        life.told("radar.early_fraud_warning.created", "radar.early_fraud_warning", version);
        life.told("charge.dispute.created", "dispute", version);
        life.told("payment_method.attached", "payment_method", version);
        life.told("setup_intent.succeeded", "setup_intent", version);
        life.told("mandate.updated", "mandate", version);
        return life.state();
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void allBecomesTheSameInEachVersion(String version) {
        List<String> state = lives(version);
        assertThat(state).isEqualTo(lives(NEWEST));
        assertThat(state.get(0)).startsWith("succeeded").contains("receipts/golden");
        assertThat(state).anyMatch(row -> row.startsWith("succeeded 500 eur requested_by_customer"));
        assertThat(state)
                .anyMatch(row -> row.contains("visa 4242 12 2034 US credit") && row.endsWith("mandate active"));
    }

    /** A customer that says what is known is confirmed, one that says something else is read: also in older words. */
    @ParameterizedTest
    @FieldSource("VERSIONS")
    void aCustomerSaysTheSameInEachVersion(String version) {
        Life life = new Life("{\"method\": \"payment_element\"}");
        execute("update customers set default_payment_method = 'pm_golden" + life.ours
                + "', address = '{\"line1\":\"Allee 1\",\"city\":\"Berlin\",\"postalCode\":\"10115\",\"country\":\"DE\"}'"
                + " where user_id = '" + life.buyer + "'");
        life.told("customer.updated", "customer", version);
        assertThat(life.untold).isEmpty();
    }

    private double counted() {
        return meters.find("tillstream_events_unknown_version").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static void tellsOfTomorrow(String type, String kind, String id) {
        tells("\"2099-01-31.zinnia\"", type, kind, id);
    }

    private static void tells(String version, String type, String kind, String id) {
        stripeSends(
                UUID.randomUUID().toString(),
                VersionedStripeFixtures.eventOf(
                        type,
                        System.currentTimeMillis() / 1000,
                        version,
                        "{\"object\": \"" + kind + "\", \"id\": \"" + id + "\", \"rest\": {\"is\": \"elsewhere\"}}"));
    }

    private static void soon(String sql, String... rows) {
        await().atMost(WAIT).untilAsserted(() -> assertThat(texts(sql)).containsExactly(rows));
    }

    @ParameterizedTest
    @FieldSource("UNKNOWN")
    void anIntentInAnUnknownVersionIsReadAndCounted(String version) {
        Life life = new Life("{\"method\": \"payment_element\"}");
        assertThat(STRIPE.post(
                                "/v1/payment_intents/" + life.intent + "/confirm",
                                "payment_method=pm_card_visa&return_url=https://shop.example")
                        .path("status")
                        .asString())
                .isEqualTo("succeeded");
        double before = counted();

        tells(version, "payment_intent.succeeded", "payment_intent", life.intent);

        soon("select status from payments where id = '" + life.attempt + "'", "succeeded");
        assertThat(counted()).isGreaterThan(before);
    }

    @Test
    void whateverAVersionOfTomorrowTellsOfMoneyIsRead() {
        Life life = new Life("{\"method\": \"card\", \"paymentMethodId\": \"pm_card_createDispute\"}");
        String charge = STRIPE.get("/v1/payment_intents/" + life.intent)
                .path("latest_charge")
                .asString();
        String refund = STRIPE.post("/v1/refunds", "payment_intent=" + life.intent + "&amount=300")
                .path("id")
                .asString("");
        String dispute = STRIPE.get("/v1/disputes?payment_intent=" + life.intent)
                .at("/data/0/id")
                .asString("");
        assertThat(charge).startsWith("ch_");

        if (!refund.isEmpty()) {
            tellsOfTomorrow("refund.created", "refund", refund);
            soon("select amount from refunds where payment_id = '" + life.attempt + "'", "300");
        }
        tellsOfTomorrow("charge.dispute.created", "dispute", dispute);
        soon("select stripe_dispute_id from disputes where payment_id = '" + life.attempt + "'", dispute);
        tellsOfTomorrow("charge.updated", "charge", charge);
        await().atMost(WAIT).untilAsserted(() -> assertThat(
                        texts("select receipt_url from payments where id = '" + life.attempt + "'"))
                .hasSize(1)
                .noneMatch("null"::equals));
    }

    @Test
    void aRefundThatOnlyAVersionOfTomorrowTellsOfIsRead() {
        Life life = new Life("{\"method\": \"card\", \"paymentMethodId\": \"pm_card_visa\"}");
        String refund = STRIPE.post("/v1/refunds", "payment_intent=" + life.intent + "&amount=300")
                .path("id")
                .asString();

        tellsOfTomorrow("refund.created", "refund", refund);

        soon("select amount || ' ' || status from refunds where stripe_refund_id = '" + refund + "'", "300 succeeded");
    }

    @Test
    void aPageThatOnlyAVersionOfTomorrowTellsOfIsRead() {
        Life life = new Life(
                "{\"method\": \"checkout\", \"successUrl\": \"https://shop.example/ok\", \"cancelUrl\": \"https://shop.example\"}");
        String session = texts("select stripe_session_id from payments where id = '" + life.attempt + "'")
                .get(0);
        STRIPE.post("/v1/checkout/sessions/" + session + "/expire", "");

        tellsOfTomorrow("checkout.session.expired", "checkout.session", session);

        soon("select status from payments where id = '" + life.attempt + "'", "canceled");
    }

    @Test
    void cardsAndCustomersThatOnlyAVersionOfTomorrowTellsOfAreRead() {
        Life life = new Life("{\"method\": \"payment_element\"}");
        String card = STRIPE.post("/v1/payment_methods/pm_card_visa/attach", "customer=" + life.customer)
                .path("id")
                .asString();

        tellsOfTomorrow("payment_method.attached", "payment_method", card);
        soon("select payment_method_id from cards where user_id = '" + life.buyer + "'", card);

        STRIPE.post("/v1/customers/" + life.customer, "name=Alicia");
        tellsOfTomorrow("customer.updated", "customer", life.customer);
        soon("select name from customers where user_id = '" + life.buyer + "'", "Alicia");

        STRIPE.post("/v1/payment_methods/" + card + "/detach", "");
        tellsOfTomorrow("payment_method.detached", "payment_method", card);
        soon("select payment_method_id from cards where user_id = '" + life.buyer + "'");
    }
}
