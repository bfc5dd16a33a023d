package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * What is there for odd requests to ask about: of each kind some, of the users who send them. A request about nothing is
 * refused at the first look, and never meets the code behind it.
 */
final class OddObjects {

    private static final Map<String, String> SERVICES = Map.of(
            "/api/admin/drift-reports/", "payments",
            "/api/admin/event-replays/", "orders");

    private static final String LEAVES = "deleteOwnCustomer"; // one leaves, so that the others keep what they have

    private static final String PRODUCT = "odd-book"; // only here: what is made of it is no other test's
    private static final String PLAN_PRODUCT = "odd-room";

    private final Random random;
    private final List<User> users;
    private final Map<String, List<ExampleScenes.Scene>> byPath = new HashMap<>();
    private final Map<String, List<String>> byParameter = new HashMap<>();

    private OddObjects(Random random, List<User> users) {
        this.random = random;
        this.users = users;
    }

    /** Makes them, each user's beside the others'. */
    static OddObjects of(List<User> users, Random random, ExecutorService clients)
            throws InterruptedException, ExecutionException {
        List<Future<Possessions>> made = new ArrayList<>();
        for (int i = 0; i < users.size(); i++) {
            User user = users.get(i);
            boolean pays = i > 0; // one keeps an invoice that can be paid
            made.add(clients.submit(() -> Possessions.of(user, pays)));
        }
        OddObjects objects = new OddObjects(random, users);
        objects.ofOperators();
        for (Future<Possessions> one : made) {
            objects.add(one.get());
        }
        return objects;
    }

    /** One user's, by id. */
    private record Possessions(
            User user,
            List<String> cards,
            List<String> orders,
            String payment,
            String page,
            String subscription,
            String invoice,
            String quote) {

        static Possessions of(User user, boolean pays) {
            List<String> cards = Stream.of("pm_card_visa", "pm_card_mastercard")
                    .map(ready ->
                            SavedCardsIT.save(user, ready).expect(200, 201).id())
                    .toList();
            List<String> orders = List.of(user.orders(), user.buys());
            String page = user.post("/api/checkout/sessions", """
                    {"mode": "setup", "successUrl": "%1$s/cards", "cancelUrl": "%1$s/cards"}\
                    """.formatted(ShopPage.origin()))
                    .expect(201)
                    .id();
            String subscription = pays
                    ? ExampleScenes.subscribes(user)
                    : new Starting(user).begins().id();
            String invoice = user.get("/api/subscriptions/" + subscription).text("/latestInvoiceId");
            await("bill " + invoice)
                    .atMost(User.PATIENCE)
                    .until(() -> user.get("/api/invoices/" + invoice).status() == 200);
            String quote = !pays
                    ? ""
                    : user.post("/api/subscriptions/" + subscription + "/quote", "{\"quantity\": 3}")
                            .expect(200)
                            .text("/quote");
            String payment = user.get("/api/payments?limit=1").text("/data/0/id");
            return new Possessions(user, cards, orders, payment, page, subscription, invoice, quote);
        }

        /** In an example's place. */
        Map<String, String> instead() {
            Map<String, String> own = new HashMap<>(Map.of(
                    "pm_1SbCdEfGhIjKlMnO", cards.get(0),
                    "pm_1SbOtherCardOfYours", cards.get(1),
                    "5c0a3f1e-8d1c-4d7e-9a55-0d6f0b7c2e11", orders.get(0),
                    "01981d2a-7a6e-7c3b-9f5e-2f6d1a4b8c90", orders.get(1)));
            if (!quote.isEmpty()) {
                own.put("eyJwbGFuIjoicHJvIn0.c2lnbmF0dXJl", quote);
            }
            return own;
        }
    }

    private void add(Possessions own) {
        put(own, "/api/payment-methods/", own.cards());
        put(own, "/api/orders/", own.orders());
        put(own, "/api/payments/", List.of(own.payment()));
        put(own, "/api/checkout/sessions/", List.of(own.page()));
        put(own, "/api/subscriptions/", List.of(own.subscription()));
        put(own, "/api/invoices/", List.of(own.invoice()));
        putOwed(FlaggedRefunds.OF_PAYMENTS, FlaggedRefunds.ofPayment(own.payment()));
        if (!own.quote().isEmpty()) {
            putOwed(FlaggedRefunds.OF_INVOICES, FlaggedRefunds.ofInvoice(own.invoice()));
        }
        byParameter
                .computeIfAbsent("userId", name -> new ArrayList<>())
                .add(String.valueOf(own.user().name()));
        byParameter.computeIfAbsent("orderId", name -> new ArrayList<>()).addAll(own.orders());
        byParameter.computeIfAbsent("subscriptionId", name -> new ArrayList<>()).add(own.subscription());
        byParameter.computeIfAbsent("replacement", name -> new ArrayList<>()).addAll(own.cards());
        byParameter
                .computeIfAbsent("cursor", name -> new ArrayList<>())
                .add(own.user().get("/api/orders?limit=1").text("/nextCursor"));
    }

    private void put(Possessions own, String path, List<String> ids) {
        ids.forEach(id -> byPath.computeIfAbsent(path, none -> new ArrayList<>())
                .add(new ExampleScenes.Scene(own.user(), id, own.instead(), Map.of())));
    }

    private void putOwed(String path, String id) {
        byPath.computeIfAbsent(path, none -> new ArrayList<>()).add(ExampleScenes.Scene.of(User.OPERATOR, id));
    }

    /** Nobody has to look at what odd requests left of it. */
    void nothingIsOwed() {
        for (String path : List.of(FlaggedRefunds.OF_PAYMENTS, FlaggedRefunds.OF_INVOICES)) {
            byPath.getOrDefault(path, List.of()).forEach(owed -> FlaggedRefunds.dismiss(path, owed.id()));
        }
    }

    private void ofOperators() {
        User.OPERATOR.post("/api/products", """
                {"id": "%s", "name": "Odd", "description": "Odd.", "price": {"amount": 700, "currency": "usd"}}\
                """.formatted(PRODUCT)).expect(201, 409);
        String plan = User.OPERATOR
                .post("/api/plans", """
                {"product": "%s", "name": "Odd", "description": "Odd.", "interval": "month",
                 "prices": [{"amount": 700, "currency": "usd"}], "features": ["oddity"]}\
                """.formatted(PLAN_PRODUCT))
                .expect(200, 201)
                .id();
        put("/api/products/", PRODUCT);
        put("/api/plans/", plan);
        put("/api/admin/drift-reports/", DriftReport.ofPayments().id());
        put("/api/admin/event-replays/", ExampleScenes.replayed());
        put("/api/admin/policy-previews/", ExampleScenes.previewed());
        byParameter.put("planId", List.of(plan, Starting.PLAN));
    }

    private void put(String path, String id) {
        byPath.put(
                path,
                List.of(ExampleScenes.Scene.of(User.OPERATOR, id)
                        .with("slow-lines", PRODUCT)
                        .with("studio", PLAN_PRODUCT)));
    }

    /** Who sends such a request, mostly about something of their own. */
    ExampleScenes.Scene scene(ApiDocument.Operation operation) {
        if (operation.id().equals(LEAVES)) {
            return ExampleScenes.Scene.of(users.get(users.size() - 1), "");
        }
        boolean there = random.nextInt(100) < 80;
        int variable = operation.path().indexOf('{');
        String path = variable < 0 ? "/api/orders/" : operation.path().substring(0, variable);
        String kind = byPath.containsKey(path) ? path : path.replace("/admin/", "/");
        if (!there) {
            User anyone = users.get(random.nextInt(users.size()));
            return ExampleScenes.Scene.of(anyone, UUID.randomUUID().toString());
        }
        assertThat(byPath).as("objects for %s", operation.name()).containsKey(kind);
        return pick(byPath.get(kind));
    }

    /** What a parameter of that name may mean; empty if it is none of these. */
    String parameter(ApiDocument.Operation operation, String name) {
        String service = SERVICES.get(operation.path().replaceFirst("/?\\{.*|$", "/"));
        if (name.equals("service") && service != null) {
            return service;
        }
        List<String> values = byParameter.getOrDefault(name, List.of());
        return values.isEmpty() ? "" : pick(values);
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
