package io.tillstream.acceptance;

import static io.tillstream.acceptance.SavedCardsIT.cardsOf;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** What Stripe tells of refunds, disputes and cards comes twice and in any order: the end is where Stripe is. */
@Runs(Stage.LONG)
class AnyOrderIT {
    private static final User ANDREA = new User("andrea"); // only here

    /** How held events come, each of them twice. */
    enum Sequence {
        AS_THEY_HAPPENED,
        REVERSED,
        SHUFFLED;

        List<String> of(List<String> events) {
            List<String> twice = new ArrayList<>(events);
            twice.addAll(events);
            switch (this) {
                case AS_THEY_HAPPENED -> {}
                case REVERSED -> Collections.reverse(twice);
                case SHUFFLED -> Collections.shuffle(twice, Seed.random("AnyOrderIT"));
            }
            return twice;
        }
    }

    private Deliveries.@Nullable Held held;

    @AfterEach
    void stripeDelivers() {
        if (held != null) {
            held.release();
        }
    }

    private String boughtThenHeld() {
        String order = ANDREA.buys();
        Quiet.await();
        held = Deliveries.hold(ANDREA);
        return order;
    }

    private void comes(Sequence sequence) {
        Objects.requireNonNull(held).release(sequence::of);
        Quiet.await();
    }

    private static long told(String topic, String order, String type, String id) {
        return Topic.read(topic, order).stream()
                .filter(message -> message.type().equals("io.tillstream." + type + ".v1"))
                .filter(message -> message.value().contains(id))
                .count();
    }

    @ParameterizedTest
    @EnumSource(Sequence.class)
    void refundsEndTheSame(Sequence sequence) {
        String order = boughtThenHeld();
        String intent = Simulator.intentOf(order).path("id").asString();
        String ours = RefundsIT.refund(order, RefundsIT.amount(300)).expect(201).id();
        String theirs = refundedAtTheDashboard(intent, 400);
        String failing = refundedAtTheDashboard(intent, 100);
        Simulator.control("POST", "/refunds/" + failing + "/fail", "{}").expect(200);

        comes(sequence);

        ANDREA.seesStatus(order, "partially_refunded");
        assertThat(ANDREA.get("/api/orders/" + order)
                        .json()
                        .at("/refunded/amount")
                        .asLong())
                .isEqualTo(700);
        assertThat(ours).isNotEmpty();
        assertThat(told(Topic.PAYMENTS, order, "payment.refunded", theirs)).isEqualTo(1);
        assertThat(told(Topic.PAYMENTS, order, "payment.refund_failed", failing))
                .isEqualTo(1);
        assertThat(told(Topic.PAYMENTS, order, "payment.refunded", "\"amount\":300"))
                .isEqualTo(1);
        assertThat(told(Topic.ORDERS, order, "order.refund_failed", failing)).isEqualTo(1);
        assertThat(told(Topic.ORDERS, order, "order.refunded", order)).isZero();
    }

    private static String refundedAtTheDashboard(String intent, long amount) {
        return Simulator.stripe(
                        "POST", "/v1/refunds", Map.of("payment_intent", intent, "amount", Long.toString(amount)))
                .expect(200)
                .id();
    }

    @ParameterizedTest
    @CsvSource({
        "AS_THEY_HAPPENED, true",
        "REVERSED, true",
        "SHUFFLED, true",
        "AS_THEY_HAPPENED, false",
        "REVERSED, false",
        "SHUFFLED, false"
    })
    void disputesEndTheSame(Sequence sequence, boolean won) {
        String order = boughtThenHeld();
        String charge = Simulator.intentOf(order).path("latest_charge").asString();
        Simulator.control("POST", "/charges/" + charge + "/fraud_warning", "{}").expect(200);
        String dispute = Simulator.control("POST", "/charges/" + charge + "/dispute", "{\"reason\": \"fraudulent\"}")
                .expect(200)
                .id();
        Simulator.control("POST", "/disputes/" + dispute + "/close", "{\"won\": " + won + "}")
                .expect(200);

        comes(sequence);

        ANDREA.seesStatus(order, won ? "paid" : "dispute_lost");
        assertThat(told(Topic.PAYMENTS, order, "payment.disputed", dispute)).isEqualTo(1);
        assertThat(told(Topic.PAYMENTS, order, "payment.dispute_closed", dispute))
                .isEqualTo(1);
        assertThat(told(Topic.ORDERS, order, "order.disputed", dispute)).isEqualTo(1);
        assertThat(told(Topic.ORDERS, order, "order.dispute_closed", dispute)).isEqualTo(1);
        assertThat(told(Topic.PAYMENTS, order, "payment.fraud_warning", order)).isEqualTo(1);
        RefundsIT.refund(order, "{}").expect(won ? 201 : 409);
    }

    @ParameterizedTest
    @CsvSource({"AS_THEY_HAPPENED, ann", "REVERSED, ben", "SHUFFLED, cat"})
    void savedCardsEndTheSame(Sequence sequence, String name) {
        User user = new User(name);
        user.get("/api/payment-methods").expect(200);
        held = Deliveries.hold(user);
        String kept = setUp(user, "pm_card_visa");
        String removed = setUp(user, "pm_card_mastercard");
        Simulator.control("POST", "/payment_methods/" + kept + "/automatic_update", "{\"exp_year\": 2045}")
                .expect(200);
        Simulator.stripe(
                        "POST",
                        "/v1/payment_methods/" + kept,
                        Map.of("card[exp_month]", "11", "card[exp_year]", "2046"))
                .expect(200);
        String customer =
                Simulator.get("/v1/payment_methods/" + kept).path("customer").asString();
        Simulator.stripe("POST", "/v1/customers/" + customer, Map.of("invoice_settings[default_payment_method]", kept))
                .expect(200);
        Simulator.stripe("POST", "/v1/payment_methods/" + removed + "/detach", Map.of())
                .expect(200);

        comes(sequence);

        assertThat(cardsOf(user)).singleElement().satisfies(card -> {
            assertThat(card.path("id").asString()).isEqualTo(kept);
            assertThat(card.path("expMonth").asInt()).isEqualTo(11);
            assertThat(card.path("expYear").asInt()).isEqualTo(2046);
            assertThat(card.path("isDefault").asBoolean()).isTrue();
        });
        assertThat(knownToOthers(name)).isEqualTo(Map.of(kept, 2046));
    }

    private static String setUp(User user, String paymentMethod) {
        Answer setup = user.post("/api/payment-methods/setup-intents", "{}").expect(201);
        return Simulator.browser(
                        "POST",
                        "/v1/setup_intents/" + setup.id() + "/confirm",
                        Map.of("client_secret", setup.text("/clientSecret"), "payment_method", paymentMethod))
                .expect(200)
                .text("/payment_method");
    }

    /** Who follows the topic knows these cards, each with the year in which it expires. */
    private static Map<String, Integer> knownToOthers(String user) {
        Map<String, Integer> known = new HashMap<>();
        for (Topic.Message message : Topic.read(Topic.PAYMENTS, user)) {
            JsonNode told = message.json();
            String card = told.path("paymentMethodId").asString();
            if (message.type().equals("io.tillstream.payment_method.removed.v1")) {
                known.remove(card);
            } else {
                known.put(card, told.path("expYear").asInt());
            }
        }
        return known;
    }
}
