package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.local.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Who deletes themselves leaves no name, street or e-mail in any table of any service, and in no log. */
class ErasureIT {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final User thea = new User("thea");
    private final String mark = UUID.randomUUID().toString().substring(0, 8);
    private final String name = "Zenobia" + mark;
    private final String street = "Quince" + mark;
    private final String email = "thea." + mark + "@example.com";
    private final String[] words = {name, street, email};

    private String address() {
        return """
                "line1": "%s Lane 1", "city": "Oxford", "postalCode": "OX1 1AA", "country": "GB"\
                """.formatted(street);
    }

    private Answer ordered(String to, String payment) {
        return thea.post("/api/orders", """
                {"items": [{"productId": "%s", "quantity": 1}],
                 "shippingAddress": {"name": "%s Smith", %s}%s}\
                """.formatted(User.BOOK, to, address(), payment));
    }

    @Test
    void nothingOfThemIsLeftAnywhere() throws IOException {
        thea.post("/api/customers", """
                {"name": "%s Smith", "email": "%s", "address": {%s}}\
                """.formatted(name, email, address())).expect(201, 200);
        String card = SavedCardsIT.save(thea, "pm_card_visa").expect(201).id();
        thea.send("PUT", "/api/payment-methods/" + card, """
                        {"setAsDefault": true, "billingDetails": {"name": "%s Smith", "email": "%s", "address": {%s}}}\
                        """.formatted(name, email, address()), Map.of())
                .expect(200);
        String paid = ordered(name, ", \"payment\": " + User.card("pm_card_visa"))
                .expect(201, 202)
                .id();
        thea.seesSettled(paid, "paid");
        refunded(paid);
        String open =
                ordered(name, ", \"payment\": " + User.checkout()).expect(201).id();
        ordered(name, ", \"payment\": " + User.card("pm_card_visa_chargeDeclined"))
                .expect(402);
        String subscription = thea.post("/api/subscriptions", """
                {"planId": "starter-monthly", "paymentMethodId": "%s"}\
                """.formatted(card))
                .expect(201, 202)
                .id();
        await().atMost(PATIENCE).until(() -> thea.get("/api/subscriptions/" + subscription)
                .text("/status")
                .equals("active"));
        thea.post("/api/subscriptions/" + subscription + "/cancel", """
                {"when": "period_end", "reason": "%s has moved."}\
                """.formatted(name))
                .expect(200);
        assertThat(Databases.columnsWith(words))
                .contains(
                        "orders.orders.shipping_address",
                        "payments.customers.name",
                        "payments.customers.email",
                        "payments.refunds.note",
                        "subscriptions.subscriptions.cancel_reason");

        thea.send("DELETE", "/api/customers/me", null, Map.of()).expectProblem(409, "subscription-active");
        thea.send("DELETE", "/api/customers/me?confirm=end_subscriptions", null, Map.of())
                .expect(202, 204);

        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(300))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(Databases.columnsWith(words)).isEmpty());
        thea.get("/api/customers/me").expectProblem(404, "not-found");
        await().atMost(PATIENCE).until(() -> thea.get("/api/subscriptions/" + subscription)
                .text("/status")
                .equals("canceled"));
        for (String order : List.of(paid, open)) {
            JsonNode shown = thea.get("/api/orders/" + order).expect(200).json();
            assertThat(shown.toString()).doesNotContain(words);
            assertThat(shown.at("/total/amount").asLong()).isEqualTo(User.BOOK_PRICE);
        }
        assertThat(thea.status(paid)).isEqualTo("partially_refunded");
        refunded(paid);
        assertThat(Databases.columnsWith(words)).isEmpty();
        assertThat(Topic.read(Topic.PAYMENTS, "thea").stream().map(Topic.Message::type))
                .contains("io.tillstream.customer.deleted.v1");

        String fresh = ordered("Anew" + mark, "").expect(201).id();
        assertThat(thea.get("/api/orders/" + fresh).text("/shippingAddress/name"))
                .startsWith("Anew" + mark);
        assertThat(logsWith(words)).isEmpty();
        thea.send("DELETE", "/api/customers/me", null, Map.of()).expectProblem(404, "not-found");
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(300))
                .ignoreExceptions()
                .untilAsserted(() ->
                        assertThat(Databases.columnsWith("Anew" + mark, street)).isEmpty());
    }

    /** With words of the operator's own, of whom they help. */
    private void refunded(String order) {
        User.OPERATOR
                .post("/api/orders/" + order + "/refunds", """
                        {"amount": 100, "note": "%s's parcel at %s was late."}\
                        """.formatted(name, street))
                .expect(200, 201, 202);
    }

    /** The stand-in for Stripe is another's system. */
    private static List<String> logsWith(String... words) throws IOException {
        List<String> found = new ArrayList<>();
        for (Part part : Stack.tillstream().parts()) {
            Path log = Stack.tillstream().log(part);
            if (part == Part.STRIPE_SIMULATOR || !Files.exists(log)) {
                continue;
            }
            String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
            for (String word : words) {
                if (text.contains(word)) {
                    found.add(part.label() + ": " + word);
                }
            }
        }
        return found;
    }
}
