package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.util.function.SingletonSupplier;
import tools.jackson.databind.JsonNode;

/** What has to be there before an example of the API document is sent: by operation, from nothing but its own example. */
final class ExampleScenes {

    private static final Duration PATIENCE = User.PATIENCE;
    private static final User PAULA = new User("paula");
    private static final User PERCY = new User("percy"); // who leaves
    private static final String SUBSCRIPTIONS = "/api/subscriptions/";
    private static final Scene ANYBODY = new Scene(PAULA, "", Map.of(), Map.of());
    private static final Scene ANY_OPERATOR = new Scene(User.OPERATOR, "", Map.of(), Map.of());

    private final Map<String, Function<JsonNode, Scene>> byOperation = new HashMap<>();
    private final Supplier<String> bought = SingletonSupplier.of(PAULA::buys);

    /**
     * Who sends it, and to what.
     *
     * @param id of the path
     * @param instead ids of the reader's own, by those that the examples have in their place
     */
    record Scene(User user, String id, Map<String, String> instead, Map<String, String> headers) {
        static Scene of(User user, String id) {
            return new Scene(user, id, Map.of(), Map.of());
        }

        Scene with(String example, String own) {
            Map<String, String> all = new HashMap<>(instead);
            all.put(example, own);
            return new Scene(user, id, all, headers);
        }

        /** An example as this user sends it. */
        String own(String example) {
            String own = example;
            for (Map.Entry<String, String> one : instead.entrySet()) {
                own = one.getKey().isEmpty() ? own : own.replace(one.getKey(), one.getValue());
            }
            return own;
        }
    }

    ExampleScenes() {
        catalog();
        orders();
        pages();
        customers();
        subscriptions();
        invoices();
        for (String acts : new String[] {"getDriftReport", "repairDrift"}) {
            byOperation.put(
                    acts,
                    example -> Scene.of(User.OPERATOR, DriftReport.ofPayments().id()));
        }
        byOperation.put("receiveStripeEvent", ExampleScenes::signed);
        for (String ofPreview : new String[] {"getPolicyPreview", "listPolicyPreviewChanges", "adoptPolicyPreview"}) {
            byOperation.put(ofPreview, example -> Scene.of(User.OPERATOR, previewed()));
        }
        for (String dismisses : new String[] {"dismissOwedRefund", "dismissOwedInvoiceRefund"}) {
            byOperation.put(
                    dismisses,
                    example -> Scene.of(User.OPERATOR, UUID.randomUUID().toString()));
        }
        byOperation.put("getEventReplay", example -> Scene.of(User.OPERATOR, replayed()));
    }

    Scene prepare(ApiDocument.Operation operation, @Nullable JsonNode example) {
        Function<JsonNode, Scene> scene = byOperation.get(operation.id());
        if (scene != null) {
            return scene.apply(example == null ? Answer.JSON.createObjectNode() : example);
        }
        assertThat(operation.path()).as("%s needs a scene", operation.id()).doesNotContain("{");
        return operation.isForOperators() ? ANY_OPERATOR : ANYBODY;
    }

    private void catalog() {
        byOperation.put("getProduct", example -> Scene.of(User.NOBODY, User.BOOK));
        byOperation.put("replaceProduct", product -> {
            User.OPERATOR.post("/api/products", product.toString()).expect(201, 409);
            return Scene.of(User.OPERATOR, product.path("id").asString());
        });
        byOperation.put("getPlan", example -> Scene.of(User.NOBODY, Starting.PLAN));
        byOperation.put(
                "replacePlan",
                plan -> Scene.of(
                        User.OPERATOR,
                        User.OPERATOR
                                .post("/api/plans", plan.toString())
                                .expect(200, 201)
                                .id()));
    }

    private void orders() {
        for (String reads : new String[] {"getOrder", "getOrderTimeline", "getOrderSettlement"}) {
            byOperation.put(reads, example -> Scene.of(PAULA, bought.get()));
        }
        for (String acts : new String[] {"payOrder", "cancelOrder"}) {
            byOperation.put(acts, example -> withCard(Scene.of(PAULA, PAULA.orders())));
        }
        byOperation.put("refundOrder", example -> Scene.of(User.OPERATOR, PAULA.buys()));
        byOperation.put("getAnyOrder", example -> Scene.of(User.OPERATOR, PAULA.orders()));
        byOperation.put("getAnyPayment", example -> {
            bought.get();
            return Scene.of(
                    User.OPERATOR,
                    User.OPERATOR
                            .get("/api/admin/payments?userId=paula&limit=1")
                            .text("/data/0/id"));
        });
        byOperation.put("getPayment", example -> {
            bought.get();
            return Scene.of(PAULA, PAULA.get("/api/payments?limit=1").text("/data/0/id"));
        });
    }

    private void pages() {
        byOperation.put("createCheckoutSession", example -> {
            over(PAULA);
            return ANYBODY.with(example.path("orderId").asString(""), PAULA.orders());
        });
        byOperation.put(
                "getCheckoutSession",
                example -> Scene.of(
                        PAULA,
                        PAULA.post("/api/checkout/sessions", """
                        {"mode": "setup", "successUrl": "%1$s/cards", "cancelUrl": "%1$s/cards"}\
                        """.formatted(ShopPage.origin()))
                                .expect(201)
                                .id()));
        byOperation.put("createBillingPortalSession", example -> withCard(ANYBODY));
    }

    private void customers() {
        byOperation.put("deleteOwnCustomer", example -> {
            subscribes(PERCY);
            return Scene.of(PERCY, "");
        });
        for (String own : new String[] {"getOwnCustomer", "changeOwnCustomer"}) {
            byOperation.put(own, example -> withCard(ANYBODY));
        }
        byOperation.put("changePaymentMethod", example -> Scene.of(PAULA, card(PAULA, "pm_card_visa")));
        byOperation.put("removePaymentMethod", example -> {
            over(PAULA);
            return Scene.of(PAULA, card(PAULA, "pm_card_mastercard"))
                    .with("pm_1SbOtherCardOfYours", card(PAULA, "pm_card_visa"));
        });
    }

    private void subscriptions() {
        byOperation.put("startSubscription", example -> {
            over(PAULA);
            return withCard(ANYBODY);
        });
        for (String reads : new String[] {"getSubscription", "getSubscriptionTimeline", "getSubscriptionSettlement"}) {
            byOperation.put(reads, example -> Scene.of(PAULA, running()));
        }
        byOperation.put("getAnySubscription", example -> Scene.of(User.OPERATOR, running()));
        byOperation.put("quoteSubscriptionChange", example -> Scene.of(PAULA, running()));
        byOperation.put("changeSubscription", example -> {
            String id = subscribes(PAULA);
            String quote = PAULA.post(SUBSCRIPTIONS + id + "/quote", "{\"planId\": \"pro-yearly\"}")
                    .expect(200)
                    .text("/quote");
            return Scene.of(PAULA, id).with(example.path("quote").asString(""), quote);
        });
        byOperation.put("revokeSubscriptionChange", example -> {
            String id = subscribes(PAULA);
            acts(PAULA, id, "/change", "{\"planId\": \"pro-yearly\", \"when\": \"period_end\"}");
            return Scene.of(PAULA, id);
        });
        for (String acts : new String[] {"cancelSubscription", "pauseSubscription"}) {
            byOperation.put(acts, example -> Scene.of(PAULA, subscribes(PAULA)));
        }
        byOperation.put("resumeSubscription", example -> {
            String id = subscribes(PAULA);
            acts(PAULA, id, "/cancel", "{\"when\": \"period_end\"}");
            return Scene.of(PAULA, id);
        });
        byOperation.put("pauseAnySubscription", example -> Scene.of(User.OPERATOR, subscribes(PAULA)));
        byOperation.put("resumeAnySubscription", example -> {
            String id = subscribes(PAULA);
            User.OPERATOR
                    .post("/api/admin/subscriptions/" + id + "/pause", "{}")
                    .expect(200);
            return Scene.of(User.OPERATOR, id);
        });
        byOperation.put("changeSubscriptionPaymentMethod", example -> Scene.of(PAULA, subscribes(PAULA))
                .with(example.path("paymentMethodId").asString(""), card(PAULA, "pm_card_mastercard")));
    }

    private void invoices() {
        byOperation.put("getInvoice", example -> Scene.of(PAULA, paidInvoice()));
        byOperation.put("getUpcomingInvoice", example -> Scene.of(PAULA, running()));
        byOperation.put("refundInvoice", example -> Scene.of(User.OPERATOR, paidInvoice()));
        byOperation.put("payInvoice", example -> {
            over(PAULA);
            String invoice = new Starting(PAULA).begins().text("/latestInvoiceId");
            await("bill " + invoice)
                    .atMost(PATIENCE)
                    .until(() -> PAULA.get("/api/invoices/" + invoice).status() == 200);
            return withCard(Scene.of(PAULA, invoice));
        });
    }

    static String replayed() {
        return User.OPERATOR
                .post("/api/admin/event-replays?service=orders", """
                        {"consumer": "example", "aggregateId": "none"}\
                        """)
                .expect(202)
                .id();
    }

    /** The preview of a policy that is the delivered one: taken on, it changes nothing. */
    static String previewed() {
        String id = User.OPERATOR
                .post("/api/admin/policy-previews", """
                {"policy": {
                    "past_due": [{"after": "0d", "grade": "full"}, {"after": "3d", "grade": "limited"},
                                 {"after": "21d", "grade": "blocked"}],
                    "unpaid": [{"after": "0d", "grade": "blocked"}], "paused": [{"after": "0d", "grade": "blocked"}],
                    "collection_paused": [{"after": "0d", "grade": "blocked"}]}}\
                """)
                .expect(202)
                .id();
        await("preview " + id).atMost(PATIENCE).until(() -> User.OPERATOR
                .get("/api/admin/policy-previews/" + id)
                .text("/status")
                .equals("computed"));
        return id;
    }

    private static Scene signed(JsonNode event) {
        String signature = Webhook.signature(
                event.toString(), Instant.now(), Stack.tillstream().webhookSecret());
        return new Scene(User.NOBODY, "", Map.of(), Map.of("Stripe-Signature", signature));
    }

    /** With a card of one's own where an example has one. */
    private static Scene withCard(Scene scene) {
        return scene.with("pm_1SbCdEfGhIjKlMnO", card(PAULA, "pm_card_visa"));
    }

    private static String card(User user, String ready) {
        return SavedCardsIT.save(user, ready).expect(200, 201).id();
    }

    /** A running subscription, begun as the document's first example says, and none besides. */
    static String subscribes(User user) {
        over(user);
        String id = user.post("/api/subscriptions", """
                {"planId": "pro-monthly", "quantity": 2, "paymentMethodId": "%s", "trial": false}\
                """.formatted(card(user, "pm_card_visa")))
                .expect(201, 202)
                .id();
        new Starting(user).seesStatus(id, "active");
        return id;
    }

    /** For what changes nothing of it. */
    private static String running() {
        return PAULA.get("/api/subscriptions?status=active")
                .expect(200)
                .json()
                .path("data")
                .valueStream()
                .filter(one -> one.path("quantity").asInt() == 2
                        && !one.path("cancelAtPeriodEnd").asBoolean())
                .map(one -> one.path("id").asString())
                .findFirst()
                .orElseGet(() -> subscribes(PAULA));
    }

    private static String paidInvoice() {
        String id = subscribes(PAULA);
        String invoice = PAULA.get(SUBSCRIPTIONS + id).text("/latestInvoiceId");
        await("bill " + invoice).atMost(PATIENCE).until(() -> PAULA.get("/api/invoices/" + invoice)
                .text("/status")
                .equals("paid"));
        return invoice;
    }

    private static void over(User user) {
        over(user, "/api/subscriptions?limit=100&status=incomplete");
        over(user, "/api/subscriptions?limit=100");
    }

    private static void over(User user, String list) {
        user.get(list).expect(200).json().path("data").forEach(one -> {
            String status = one.path("status").asString();
            if (!Objects.equals(status, "canceled")
                    && !status.equals("incomplete_expired")
                    && !status.equals("failed")) {
                acts(user, one.path("id").asString(), "/cancel", "{\"when\": \"now\"}");
            }
        });
    }

    private static void acts(User user, String id, String act, String body) {
        user.post(SUBSCRIPTIONS + id + act, body).expect(200);
    }
}
