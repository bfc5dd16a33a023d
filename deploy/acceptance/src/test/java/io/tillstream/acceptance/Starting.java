package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Somebody begins a subscription to the small plan; what they, Stripe and other systems know of it then. */
record Starting(User user) {

    static final String PLAN = "starter-monthly"; // 9.00 USD
    static final long PRICE = 900;
    static final String FEATURE = "reading-room";

    private static final Duration PATIENCE = User.PATIENCE;
    private static final Set<String> OVER = Set.of("canceled", "incomplete_expired");

    static Starting of(String name) {
        return new Starting(new User(name));
    }

    /** The first bill is to be paid in the browser. */
    Answer begins() {
        return begins("").expect(201);
    }

    Answer begins(String more) {
        return user.post("/api/subscriptions", """
            {"planId": "%s"%s}\
            """.formatted(PLAN, more));
    }

    Answer beginsWithCard(String ready) {
        String card = SavedCardsIT.save(user, ready).expect(201).id();
        return begins(", \"paymentMethodId\": \"" + card + "\"");
    }

    Answer opensPage() {
        return user.post("/api/checkout/sessions", """
            {"mode": "subscription", "planId": "%s",
             "successUrl": "%2$s/welcome?session={CHECKOUT_SESSION_ID}", "cancelUrl": "%2$s/plans"}\
            """.formatted(PLAN, ShopPage.origin()));
    }

    void pays(Answer begun) {
        Simulator.confirm(begun.text("/clientSecret"), "pm_card_visa");
    }

    void seesStatus(String id, String status) {
        await("subscription " + id + " is " + status)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(status(id)).isEqualTo(status));
    }

    String status(String id) {
        return user.get("/api/subscriptions/" + id).expect(200).text("/status");
    }

    static String stripeIdOf(String id) {
        return User.OPERATOR.get("/api/admin/subscriptions/" + id).expect(200).text("/stripeSubscriptionId");
    }

    void seesAccess() {
        await("access of " + user.name())
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(features()).containsExactly(FEATURE + " full"));
    }

    List<String> features() {
        return user.get("/api/entitlements")
                .expect(200)
                .json()
                .path("data")
                .valueStream()
                .map(one ->
                        one.path("feature").asString() + " " + one.path("grade").asString())
                .toList();
    }

    List<JsonNode> bills(String id) {
        return user.get("/api/invoices?subscriptionId=" + id)
                .expect(200)
                .json()
                .path("data")
                .valueStream()
                .toList();
    }

    /** What other systems were told of this user's subscriptions, oldest first. */
    List<String> told() {
        return Topic.read(Topic.SUBSCRIPTIONS, String.valueOf(user.name())).stream()
                .map(message -> message.type().replaceAll("^io.tillstream.|.v1$", ""))
                .toList();
    }

    List<String> toldOfAccess() {
        return told().stream().filter(type -> type.startsWith("entitlement.")).toList();
    }

    /** All that Stripe has of this user's, whichever customer they are under. */
    List<JsonNode> atStripe() {
        return Simulator.all("/v1/subscriptions?status=all").stream()
                .filter(one -> one.at("/metadata/user_id").asString("").equals(String.valueOf(user.name())))
                .toList();
    }

    List<JsonNode> liveAtStripe() {
        return atStripe().stream()
                .filter(one -> !OVER.contains(one.path("status").asString()))
                .toList();
    }
}
