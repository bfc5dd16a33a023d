package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.NOBODY;
import static io.tillstream.acceptance.User.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What can be subscribed to is the same in the shop and at Stripe, wherever it is changed. */
class PlansIT {

    private static final Duration PATIENCE = User.PATIENCE;

    private final String product = "plan-" + User.key().replace("-", "").substring(0, 12);
    private final String plan = product + "-monthly";

    private static String words(String product, String name, long amount) {
        return """
            {"product": "%s", "name": "%s", "description": "A chair by the window.", "interval": "month",
             "prices": [{"amount": %d, "currency": "usd"}, {"amount": 700, "currency": "eur"}],
             "features": ["chair"], "trialDays": 7, "perSeat": true, "maxQuantity": 5}\
            """.formatted(product, name, amount);
    }

    private JsonNode made(long amount) {
        return OPERATOR.post("/api/plans", words(product, "Reader", amount))
                .expect(201)
                .json();
    }

    private static JsonNode price(JsonNode plan) {
        return Simulator.get("/v1/prices/" + plan.path("stripePriceId").asString());
    }

    private static List<String> ids(JsonNode page) {
        List<String> ids = new ArrayList<>();
        page.path("data").forEach(each -> ids.add(each.path("id").asString()));
        return ids;
    }

    @Test
    void everyoneSeesTheExamplePlansAndStripeBillsThem() {
        assertThat(NOBODY.get("/api/config")
                        .expect(200)
                        .json()
                        .at("/features/subscriptions")
                        .asBoolean())
                .isTrue();
        assertThat(ids(NOBODY.get("/api/plans?limit=100").expect(200).json()))
                .contains("starter-monthly", "starter-yearly", "pro-monthly", "pro-yearly");

        await("the examples are at Stripe").atMost(PATIENCE).untilAsserted(() -> {
            JsonNode pro = NOBODY.get("/api/plans/pro-monthly").expect(200).json();
            assertThat(pro.path("trialDays").asInt()).isPositive();
            assertThat(pro.path("perSeat").asBoolean()).isTrue();
            assertThat(price(pro).path("unit_amount").asLong())
                    .isEqualTo(pro.at("/prices/0/amount").asLong());
            assertThat(price(pro).path("lookup_key").asString()).isEqualTo("tillstream_local_pro-monthly");
        });
    }

    @Test
    void anotherPriceIsForThoseWhoSubscribeFromNowOn() {
        JsonNode before = made(900);
        JsonNode after = OPERATOR.send("PUT", "/api/plans/" + plan, words(product, "Reader", 1100), Map.of())
                .expect(200)
                .json();

        assertThat(price(before).path("active").asBoolean()).isFalse();
        assertThat(price(after).path("active").asBoolean()).isTrue();
        assertThat(price(after).path("unit_amount").asLong()).isEqualTo(1100);
        assertThat(price(after).path("product")).isEqualTo(price(before).path("product"));
        assertThat(Databases.rows(
                        Databases.SUBSCRIPTIONS, "select stripe_price_id from plan_prices where plan_id = ?", plan))
                .hasSize(2);
    }

    @Test
    void whatIsChangedAtStripesDashboardIsSeenInTheShop() {
        JsonNode made = made(900);
        Simulator.stripe(
                        "POST",
                        "/v1/products/" + made.path("stripeProductId").asString(),
                        Map.of("name", "Night reader", "description", "A chair, and a lamp."))
                .expect(200);
        await("the new name").atMost(PATIENCE).untilAsserted(() -> {
            JsonNode seen = NOBODY.get("/api/plans/" + plan).expect(200).json();
            assertThat(seen.path("name").asString()).isEqualTo("Night reader");
            assertThat(seen.path("description").asString()).isEqualTo("A chair, and a lamp.");
        });

        Simulator.stripe("POST", "/v1/prices/" + made.path("stripePriceId").asString(), Map.of("active", "false"))
                .expect(200);
        await("the end of the offer").atMost(PATIENCE).untilAsserted(() -> assertThat(
                        ids(NOBODY.get("/api/plans?limit=100").expect(200).json()))
                .doesNotContain(plan));
    }

    @Test
    void aPriceThatIsAtStripeAlreadyBecomesAPlan() {
        String there = Simulator.stripe("POST", "/v1/products", Map.of("name", "Old society"))
                .expect(200)
                .id();
        String price = Simulator.stripe(
                        "POST",
                        "/v1/prices",
                        Map.of(
                                "product", there,
                                "currency", "eur",
                                "unit_amount", "4900",
                                "recurring[interval]", "year"))
                .expect(200)
                .id();

        Answer taken = OPERATOR.post("/api/plans", """
            {"id": "%s", "stripePriceId": "%s", "features": ["society"]}\
            """.formatted(plan, price)).expect(201);

        assertThat(taken.text("/name")).isEqualTo("Old society");
        assertThat(taken.text("/interval")).isEqualTo("year");
        assertThat(taken.json().at("/prices/0/amount").asLong()).isEqualTo(4900);
        OPERATOR.post("/api/plans", """
            {"id": "%s-again", "stripePriceId": "%s"}\
            """.formatted(plan, price)).expectProblem(409, "price-taken");
    }

    @Test
    void onlyOperatorsMakePlans() {
        User.STRANGER.post("/api/plans", words(product, "Mine", 1)).expect(403);
        NOBODY.post("/api/plans", words(product, "Mine", 1)).expect(401);
        NOBODY.get("/api/plans/" + plan).expectProblem(404, "not-found");
    }
}
