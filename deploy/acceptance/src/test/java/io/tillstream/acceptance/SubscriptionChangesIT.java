package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A subscriber changes their mind: here at the price that was shown, or on Stripe's portal. */
class SubscriptionChangesIT {

    private static final Duration PATIENCE = User.PATIENCE;

    /** An active subscription to the small plan, paid with a saved card. */
    private static String subscribes(User user) {
        String card = SavedCardsIT.save(user, "pm_card_visa").expect(201).id();
        makesDefault(user, card);
        String id = user.post("/api/subscriptions", """
            {"planId": "starter-monthly", "paymentMethodId": "%s"}\
            """.formatted(card))
                .expect(201, 202)
                .id();
        seen(user, id, now -> now.path("status").asString().equals("active"));
        return id;
    }

    private static void makesDefault(User user, String card) {
        user.send("PUT", "/api/payment-methods/" + card, "{\"setAsDefault\": true}", Map.of())
                .expect(200);
    }

    private static JsonNode seen(User user, String id, Predicate<JsonNode> as) {
        return await("subscription " + id)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> user.get("/api/subscriptions/" + id).expect(200).json(), as);
    }

    private static JsonNode seesPlan(User user, String id, String plan) {
        return seen(user, id, now -> now.path("planId").asString().equals(plan));
    }

    private static JsonNode atStripe(String id) {
        String stripeId =
                User.OPERATOR.get("/api/admin/subscriptions/" + id).expect(200).text("/stripeSubscriptionId");
        return Simulator.get("/v1/subscriptions/" + stripeId);
    }

    private static JsonNode newestInvoice(JsonNode subscription) {
        return Simulator.get(
                "/v1/invoices/" + subscription.path("latest_invoice").asString());
    }

    private static List<String> features(User user) {
        return user.get("/api/entitlements")
                .expect(200)
                .json()
                .path("data")
                .valueStream()
                .map(one -> one.path("feature").asString())
                .toList();
    }

    private static Answer quote(User user, String id, String wish) {
        return user.post("/api/subscriptions/" + id + "/quote", wish);
    }

    private static Answer accepts(User user, String id, Answer quote) {
        return user.post("/api/subscriptions/" + id + "/change", """
            {"quote": "%s"}\
            """.formatted(quote.text("/quote")));
    }

    private static void assertBilled(JsonNode invoice, Answer quote) {
        assertThat(invoice.path("total").asLong())
                .isEqualTo(quote.json().at("/total/amount").asLong());
        assertThat(invoice.path("amount_due").asLong())
                .isEqualTo(quote.json().at("/amountDueNow/amount").asLong());
        assertThat(invoice.path("status").asString()).isEqualTo("paid");
    }

    @Test
    void upAndDownAreBilledAsQuoted() {
        User uma = new User("uma");
        String id = subscribes(uma);
        Answer up =
                quote(uma, id, "{\"planId\": \"pro-monthly\", \"quantity\": 2}").expect(200);
        assertThat(up.json().at("/amountDueNow/amount").asLong()).isEqualTo(2 * 2900 - 900);

        accepts(uma, id, up).expect(200);

        assertBilled(newestInvoice(atStripe(id)), up);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(features(uma)).contains("exports"));
        accepts(uma, id, up).expectProblem(409, "quote-used");
        User.STRANGER
                .post("/api/subscriptions/" + id + "/quote", "{\"quantity\": 3}")
                .expectProblem(404, "not-found");

        Answer down = quote(uma, id, "{\"planId\": \"starter-monthly\"}").expect(200);
        assertThat(down.json().at("/total/amount").asLong()).isNegative();
        accepts(uma, id, down).expect(200);

        assertBilled(newestInvoice(atStripe(id)), down);
        seesPlan(uma, id, "starter-monthly");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(features(uma)).doesNotContain("exports"));
    }

    @Test
    void aChangeThatIsNotPaidLeavesTheOldPlanInForce() {
        User vera = new User("vera");
        String id = subscribes(vera);
        String empty = SavedCardsIT.save(vera, "pm_card_chargeCustomerFail")
                .expect(201)
                .id();
        String stripeId = atStripe(id).path("id").asString();
        Simulator.stripe("POST", "/v1/subscriptions/" + stripeId, Map.of("default_payment_method", empty))
                .expect(200);
        Answer quote = quote(vera, id, "{\"planId\": \"pro-monthly\"}").expect(200);

        Answer no = accepts(vera, id, quote).expectProblem(402, "card-declined");

        assertThat(no.text("/subscription/planId")).isEqualTo("starter-monthly");
        assertThat(no.text("/subscription/pendingChange/planId")).isEqualTo("pro-monthly");
        Quiet.await();
        assertThat(features(vera)).doesNotContain("exports");

        HostedPage.payAndStay(no.text("/subscription/pendingChange/page"), "4242424242424242");

        seesPlan(vera, id, "pro-monthly");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(features(vera)).contains("exports"));
    }

    @Test
    void aCancelAtThePeriodsEndIsUndone() {
        User xena = new User("xena");
        String id = subscribes(xena);

        xena.post("/api/subscriptions/" + id + "/cancel", "{\"when\": \"period_end\", \"reason\": \"too_expensive\"}")
                .expect(200);
        assertThat(atStripe(id).path("cancel_at_period_end").asBoolean()).isTrue();
        assertThat(atStripe(id).at("/cancellation_details/feedback").asString()).isEqualTo("too_expensive");
        xena.post("/api/subscriptions/" + id + "/resume", null).expect(200);

        assertThat(atStripe(id).path("cancel_at_period_end").asBoolean()).isFalse();
        Quiet.await();
        JsonNode now = xena.get("/api/subscriptions/" + id).expect(200).json();
        assertThat(now.path("cancelAtPeriodEnd").asBoolean()).isFalse();
        assertThat(features(xena)).contains("reading-room");
    }

    @Test
    void aChangeForThePeriodsEndIsShownAndRevoked() {
        User yara = new User("yara");
        String id = subscribes(yara);

        Answer scheduled = yara.post(
                        "/api/subscriptions/" + id + "/change",
                        "{\"planId\": \"pro-monthly\", \"when\": \"period_end\"}")
                .expect(200);
        assertThat(scheduled.text("/planId")).isEqualTo("starter-monthly");
        assertThat(scheduled.text("/scheduledChange/planId")).isEqualTo("pro-monthly");
        Quiet.await();
        assertThat(yara.get("/api/subscriptions/" + id).text("/scheduledChange/planId"))
                .isEqualTo("pro-monthly");

        yara.post("/api/subscriptions/" + id + "/change/revoke", null).expect(200);

        Quiet.await();
        assertThat(yara.get("/api/subscriptions/" + id).json().has("scheduledChange"))
                .isFalse();
        assertThat(atStripe(id).path("schedule").isNull()).isTrue();
    }

    @Test
    void whatIsDoneOnThePortalArrivesByEvent() {
        User will = new User("will");
        String id = subscribes(will);
        String stripeId = atStripe(id).path("id").asString();
        will.post("/api/billing-portal/sessions", "{\"returnUrl\": \"https://elsewhere.example\"}")
                .expectProblem(422, "url-not-allowed");
        String portal = will.post("/api/billing-portal/sessions", """
            {"returnUrl": "%s/account"}\
            """.formatted(ShopPage.origin()))
                .expect(201)
                .text("/url");
        Web.send("GET", URI.create(portal), Map.of(), (String) null).expect(200);

        onPortal(portal, Map.of("action", "cancel", "subscription", stripeId));
        seen(will, id, now -> now.path("cancelAtPeriodEnd").asBoolean());

        onPortal(portal, Map.of("action", "resume", "subscription", stripeId));
        seen(will, id, now -> !now.path("cancelAtPeriodEnd").asBoolean());

        String pro = User.NOBODY.get("/api/plans/pro-monthly").expect(200).text("/stripePriceId");
        onPortal(portal, Map.of("action", "switch", "subscription", stripeId, "price", pro, "quantity", "2"));
        JsonNode switched = seesPlan(will, id, "pro-monthly");
        assertThat(switched.path("quantity").asInt()).isEqualTo(2);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(features(will)).contains("exports"));

        Map<String, String> card = new LinkedHashMap<>();
        card.put("action", "add_card");
        card.put("cardNumber", "5555555555554444");
        card.put("cardExpiry", "12 / 40");
        card.put("cardCvc", "123");
        card.put("billingName", "Will Example");
        card.put("billingCountry", "US");
        card.put("billingPostalCode", "12345");
        onPortal(portal, card);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(SavedCardsIT.cardsOf(will))
                .filteredOn(one -> one.path("isDefault").asBoolean())
                .singleElement()
                .satisfies(one -> assertThat(one.path("brand").asString()).isEqualTo("mastercard")));
    }

    private static void onPortal(String portal, Map<String, String> fields) {
        String form = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + Simulator.encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        Web.send("POST", URI.create(portal), Map.of("Content-Type", "application/x-www-form-urlencoded"), form)
                .expect(200, 302, 303);
    }
}
