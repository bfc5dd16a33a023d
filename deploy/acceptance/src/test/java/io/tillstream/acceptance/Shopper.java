package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** Somebody with an open order and a subscription, who is about to pay the one and to change the other at the price they were told. */
record Shopper(User user, String order, String subscription, String stripeId, String quote, String price) {
    static Shopper ready(User user) {
        Starting starting = new Starting(user);
        String subscription =
                starting.beginsWithCard("pm_card_visa").expect(201, 202).id();
        starting.seesStatus(subscription, "active");
        String quote = user.post("/api/subscriptions/" + subscription + "/quote", "{\"planId\": \"pro-monthly\"}")
                .expect(200)
                .text("/quote");
        String price = User.NOBODY.get("/api/plans/pro-monthly").expect(200).text("/stripePriceId");
        return new Shopper(user, user.orders(), subscription, Starting.stripeIdOf(subscription), quote, price);
    }

    void plant(String kind) {
        Simulator.plant("POST /v1/payment_intents", kind, 1, "metadata.order_id", order, "\"delay_millis\": 120000");
        Simulator.control("POST", "/faults", """
                {"operation": "POST /v1/subscriptions/%s", "kind": "%s", "times": 1, "delay_millis": 120000}\
                """.formatted(stripeId, kind)).expect(200);
    }

    Answer pays() {
        return user.pays(order, User.card("pm_card_visa"));
    }

    Answer changes() {
        return user.post("/api/subscriptions/" + subscription + "/change", """
            {"quote": "%s"}\
            """.formatted(quote));
    }

    boolean isDoneAtStripe() {
        return isChangedAtStripe() && Simulator.succeededIntentsOf(order) == 1;
    }

    boolean isChangedAtStripe() {
        return Simulator.get("/v1/subscriptions/" + stripeId)
                .at("/items/data/0/price/id")
                .asString()
                .equals(price);
    }

    /** Once, at Stripe and here. */
    void seesPaid() {
        user.seesSettled(order, "paid");
        assertThat(Simulator.intentsOf(order)).as("intents of " + order).hasSize(1);
        assertThat(Simulator.succeededIntentsOf(order)).isEqualTo(1);
    }

    /** In force and billed once if it was said to be, else as if it had never been asked for. */
    void seesChangedAsTold(Answer told) {
        boolean changed = told.status() < 300;
        await("the plan of " + user.name() + " after " + told.status())
                .atMost(User.PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> {
                    assertThat(isChangedAtStripe()).isEqualTo(changed);
                    assertThat(user.get("/api/subscriptions/" + subscription)
                                    .expect(200)
                                    .text("/planId"))
                            .isEqualTo(changed ? "pro-monthly" : Starting.PLAN);
                });
        assertThat(Simulator.invoicesOf(stripeId).stream()
                        .filter(one -> one.path("billing_reason").asString().equals("subscription_update")))
                .as("bills of the change")
                .hasSize(changed ? 1 : 0);
    }
}
