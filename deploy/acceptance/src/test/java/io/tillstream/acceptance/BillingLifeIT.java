package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The life of a subscription, month after month on Stripe's clock: access follows what is paid. */
@Alone(Stage.CLOCK)
class BillingLifeIT {

    private static final User GIL = new User("gil"); // only here
    private static final Duration PATIENCE = User.PATIENCE;

    private final String product = "life-" + User.key().replace("-", "").substring(0, 12);

    @AfterEach
    void presentTime() {
        Simulator.control("PUT", "/clock", "{\"reset\": true}").expect(200);
    }

    private static void passes(String duration) {
        Simulator.control("PUT", "/clock", "{\"advance\": \"" + duration + "\"}")
                .expect(200);
    }

    @Test
    void whoPaysKeepsAccessWhoOwesIsLimitedAndWhoPaysAgainHasAllOfItBack() {
        OPERATOR.post("/api/plans", """
                        {"product": "%s", "name": "Life", "interval": "month", "trialDays": 7,
                         "prices": [{"amount": 1500, "currency": "usd"}], "features": ["rooms", "exports"]}\
                        """.formatted(product)).expect(201);
        GIL.post("/api/customers", "{\"name\": \"Gil\", \"email\": \"gil@example.com\"}")
                .expect(200, 201);
        String card = saved("pm_card_visa");
        String subscription = GIL.post(
                        "/api/subscriptions",
                        "{\"planId\": \"" + product + "-monthly\", \"paymentMethodId\": \"" + card + "\"}")
                .expect(201, 202)
                .id();
        sees(subscription, "trialing", "full");
        passes("P7DT3H");
        sees(subscription, "active", "full");
        for (int paid = 2; paid <= 4; paid++) {
            passes("P31D");
            seesPaidBills(subscription, paid);
            sees(subscription, "active", "full");
        }
        String empty = saved("pm_card_chargeCustomerFail");
        chargedFromNowOn(subscription, empty);
        passes("P31D");
        seesStatus(subscription, "past_due");
        passes("P4D"); // Stripe's first new try, too, fails
        sees(subscription, "past_due", "limited");
        chargedFromNowOn(subscription, card);
        passes("P9D"); // and a later one does not
        sees(subscription, "active", "full");
        Quiet.await();
        assertThat(toldOf("rooms")).containsExactly("granted", "limited", "granted");
        assertThat(toldOf("exports")).containsExactly("granted", "limited", "granted");
    }

    private static String saved(String ready) {
        return GIL.post("/api/payment-methods", "{\"paymentMethodId\": \"" + ready + "\", \"setAsDefault\": true}")
                .expect(200, 201)
                .id();
    }

    /** As in Stripe's portal. */
    private static void chargedFromNowOn(String subscription, String card) {
        String stripeId = Databases.rows(
                        Databases.SUBSCRIPTIONS,
                        "select stripe_subscription_id from subscriptions where id::text = ?",
                        subscription)
                .get(0)
                .text("stripe_subscription_id");
        Simulator.stripe("POST", "/v1/subscriptions/" + stripeId, Map.of("default_payment_method", card))
                .expect(200);
    }

    private static void sees(String subscription, String status, String grade) {
        seesStatus(subscription, status);
        await("access is " + grade).atMost(PATIENCE).untilAsserted(() -> assertThat(grades())
                .containsExactly("exports " + grade, "rooms " + grade));
    }

    private static void seesStatus(String subscription, String status) {
        await("subscription " + subscription + " is " + status)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(GIL.get("/api/subscriptions/" + subscription)
                                .expect(200)
                                .text("/status"))
                        .isEqualTo(status));
    }

    private static void seesPaidBills(String subscription, int paid) {
        await(paid + " bills are paid").atMost(PATIENCE).untilAsserted(() -> {
            JsonNode bills = GIL.get("/api/invoices?subscriptionId=" + subscription)
                    .expect(200)
                    .json()
                    .path("data");
            assertThat(bills.valueStream()
                            .filter(bill -> bill.path("status").asString().equals("paid")))
                    .hasSizeGreaterThanOrEqualTo(paid);
        });
    }

    private static List<String> grades() {
        List<String> grades = new ArrayList<>();
        GIL.get("/api/entitlements")
                .expect(200)
                .json()
                .path("data")
                .forEach(one -> grades.add(
                        one.path("feature").asString() + " " + one.path("grade").asString()));
        return grades;
    }

    /** What other systems were told of the feature, oldest first. */
    private static List<String> toldOf(String feature) {
        return Topic.read(Topic.SUBSCRIPTIONS).stream()
                .filter(told -> told.type().startsWith("io.tillstream.entitlement."))
                .filter(told -> told.json().path("feature").asString().equals(feature))
                .filter(told -> Databases.count(
                                Databases.SUBSCRIPTIONS,
                                "select count(*) as count from subscriptions where user_id = ? and plan_id like 'life-%'",
                                told.key())
                        > 0)
                .map(told -> told.type().replaceAll("io.tillstream.entitlement.|.v1", ""))
                .toList();
    }
}
