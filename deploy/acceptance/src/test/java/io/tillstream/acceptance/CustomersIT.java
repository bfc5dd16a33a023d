package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** One user is one customer at Stripe, and the same data on both sides. */
class CustomersIT {

    private static String registration(String name) {
        return """
            {"name": "%s Example", "email": "%1$s@example.com"}\
            """.formatted(name);
    }

    private static List<JsonNode> customersOf(User user) {
        return Simulator.all("/v1/customers").stream()
                .filter(customer -> String.valueOf(user.name())
                        .equals(customer.at("/metadata/user_id").asString("")))
                .toList();
    }

    @Test
    void twentyRegistrationsAtOnceMakeOneCustomer() {
        User grace = new User("grace");
        grace.get("/api/payment-methods").expect(200);

        List<Answer> answers = IdempotencyIT.atOnce(20, () -> grace.post("/api/customers", registration("grace")));

        assertThat(answers).allSatisfy(answer -> answer.expect(200, 201));
        assertThat(customersOf(grace)).hasSize(1);
        assertThat(grace.get("/api/customers/me").expect(200).text("/email")).isEqualTo("grace@example.com");
    }

    @Test
    void twentyFirstPaymentsAtOnceMakeOneCustomer() {
        User heidi = new User("heidi");
        heidi.get("/api/orders").expect(200);

        List<Answer> answers = IdempotencyIT.atOnce(
                20, () -> heidi.post("/api/orders", User.order(User.BOOK, 1, User.card("pm_card_visa"))));

        assertThat(answers).allSatisfy(answer -> answer.expect(201, 202));
        answers.forEach(answer -> heidi.seesSettled(answer.id(), "paid"));
        assertThat(customersOf(heidi)).hasSize(1);
        assertThat(Simulator.all("/v1/payment_intents").stream()
                        .filter(intent ->
                                "heidi".equals(intent.at("/metadata/user_id").asString("")))
                        .filter(intent -> intent.path("status").asString().equals("succeeded")))
                .hasSize(20);
    }

    /** Without it there are no receipts, and nobody at the dashboard knows whose payment it is. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                emil  | /api/orders                         | {"items": [{"productId": "the-long-invoice", "quantity": 1}], "payment": {"method": "card", "paymentMethodId": "pm_card_visa"}}
                enid  | /api/orders                         | {"items": [{"productId": "the-long-invoice", "quantity": 1}], "payment": {"method": "payment_element"}}
                esme  | /api/orders                         | {"items": [{"productId": "the-long-invoice", "quantity": 1}], "payment": {"method": "checkout", "successUrl": "http://localhost:8080/a", "cancelUrl": "http://localhost:8080/b"}}
                ethan | /api/subscriptions                  | {"planId": "starter-monthly", "paymentMethodId": "pm_card_visa"}
                eva   | /api/checkout/sessions              | {"mode": "subscription", "planId": "starter-monthly", "successUrl": "http://localhost:8080/a", "cancelUrl": "http://localhost:8080/b"}
                fay   | /api/checkout/sessions              | {"mode": "setup", "successUrl": "http://localhost:8080/a", "cancelUrl": "http://localhost:8080/b"}
                flora | /api/payment-methods/setup-intents  | {}
                fritz | /api/payment-methods                | {"paymentMethodId": "pm_card_visa"}
                gwen  | /api/billing-portal/sessions        | {"returnUrl": "http://localhost:8080/a"}
                """)
    void whoeverNeverRegisteredIsACustomerWithTheAddressOfTheirToken(String name, String path, String body) {
        User user = new User(name);

        user.post(path, body).expect(200, 201, 202);

        await().atMost(User.PATIENCE).untilAsserted(() -> assertThat(customersOf(user))
                .extracting(customer -> customer.path("email").asString())
                .containsExactly(name + "@example.com"));
        Answer known = user.get("/api/customers/me").expect(200);
        assertThat(known.id()).isEqualTo(name);
        assertThat(known.text("/email")).isEqualTo(name + "@example.com");
        assertThat(known.json().has("registeredAt")).isFalse();
    }

    /** An order that nobody tried to pay made no customer yet. */
    @Test
    void whoeverHasNothingYetIsNoCustomer() {
        User noel = new User("noel");
        noel.get("/api/customers/me").expectProblem(404, "not-found");
        noel.get("/api/orders").expect(200);
        noel.get("/api/payment-methods").expect(200);
        noel.get("/api/subscriptions").expect(200);
        String order = noel.orders();
        noel.get("/api/customers/me").expectProblem(404, "not-found");
        noel.send("PATCH", "/api/customers/me", "{\"name\": \"Noel\"}", Map.of())
                .expectProblem(404, "not-found");
        assertThat(customersOf(noel)).isEmpty();

        noel.pays(order, User.card("pm_card_visa")).expect(200, 201, 202);
        assertThat(noel.get("/api/customers/me").expect(200).text("/email")).isEqualTo("noel@example.com");
        noel.send("PATCH", "/api/customers/me", "{\"name\": \"Noel\"}", Map.of())
                .expect(200);
        assertThat(noel.get("/api/customers/me").expect(200).text("/name")).isEqualTo("Noel");
    }

    @Test
    void newDataReachesStripeAndComesBackFromThere() {
        User ivan = new User("ivan");
        ivan.post("/api/customers", registration("ivan")).expect(201);
        String customer = customersOf(ivan).get(0).path("id").asString();

        ivan.send("PATCH", "/api/customers/me", "{\"name\": \"Ivan the Second\"}", Map.of())
                .expect(200);

        assertThat(Simulator.get("/v1/customers/" + customer).path("name").asString())
                .isEqualTo("Ivan the Second");

        Simulator.stripe("POST", "/v1/customers/" + customer, Map.of("email", "ivan.new@example.com"))
                .expect(200);

        await().atMost(User.PATIENCE).untilAsserted(() -> assertThat(
                        ivan.get("/api/customers/me").expect(200).text("/email"))
                .isEqualTo("ivan.new@example.com"));
        assertThat(ivan.get("/api/customers/me").text("/name")).isEqualTo("Ivan the Second");
    }

    @Test
    void aCustomerDeletedAtTheDashboardIsMadeAnewWhenItIsNeeded() {
        User judy = new User("judy");
        judy.buys();
        String first = customersOf(judy).get(0).path("id").asString();

        Simulator.stripe("DELETE", "/v1/customers/" + first, Map.of()).expect(200);

        judy.buys();
        List<String> all = customersOf(judy).stream()
                .map(customer -> customer.path("id").asString())
                .filter(id -> !id.equals(first))
                .toList();
        assertThat(all).hasSize(1);
    }

    @Test
    void whoLeavesIsDeletedAtStripeToo() {
        User niaj = new User("niaj");
        niaj.post("/api/customers", registration("niaj")).expect(201);
        String customer = customersOf(niaj).get(0).path("id").asString();

        niaj.send("DELETE", "/api/customers/me", null, Map.of()).expect(202, 204);

        await().atMost(User.PATIENCE)
                .untilAsserted(() -> assertThat(Simulator.stripe("GET", "/v1/customers/" + customer, Map.of())
                                .expect(200)
                                .json()
                                .path("deleted")
                                .asBoolean(false))
                        .isTrue());
        niaj.get("/api/customers/me").expectProblem(404, "not-found");
    }
}
