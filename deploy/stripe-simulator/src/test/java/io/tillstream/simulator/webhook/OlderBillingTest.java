package io.tillstream.simulator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.simulator.RunningSimulator;
import io.tillstream.simulator.WebhookReceiver;
import io.tillstream.simulator.state.Json;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** An endpoint that was made before basil learns of invoices in the shapes of its time. */
class OlderBillingTest extends RunningSimulator {
    private final WebhookReceiver receiver = new WebhookReceiver();

    @BeforeEach
    void listen() {
        control("POST", "reset", "");
        receiver.trusting(ask("/v1/webhook_endpoints", "url=" + receiver.url() + "&enabled_events[]=*")
                .path("secret")
                .asString());
        control("POST", "deliveries/faults", "{'kind': 'older_version', 'times': 1000, 'api_version': '2024-06-20'}");
    }

    @AfterEach
    void stopListening() {
        control("POST", "reset", "");
        receiver.close();
    }

    private ObjectNode ask(String path, String form) {
        return json(raw(SECRET_KEY, "POST", path, form));
    }

    /** The event as it was sent, once it was. */
    private ObjectNode sent(String type) {
        await().until(() -> find(type).isPresent());
        return find(type).orElseThrow();
    }

    private Optional<ObjectNode> find(String type) {
        return bodies(type).findFirst();
    }

    private Stream<ObjectNode> bodies(String type) {
        return receiver.received().stream()
                .filter(got -> got.event().getType().equals(type))
                .map(got -> Json.parse(got.body().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void anInvoiceNamesItsPaymentAndItsPrices() {
        String customer = ask("/v1/customers", "name=old").path("id").asString();
        String product = ask("/v1/products", "name=Pro").path("id").asString();
        String price = ask("/v1/prices", "unit_amount=1500&currency=usd&product=" + product)
                .path("id")
                .asString();
        String invoice = ask("/v1/invoices", "currency=usd&customer=" + customer)
                .path("id")
                .asString();
        ask("/v1/invoiceitems", "pricing[price]=" + price + "&customer=" + customer + "&invoice=" + invoice);
        ask("/v1/invoices/" + invoice + "/finalize", "");
        String card = ask("/v1/payment_methods/pm_card_visa/attach", "customer=" + customer)
                .path("id")
                .asString();
        ask("/v1/invoices/" + invoice + "/pay", "payment_method=" + card);
        ObjectNode event = sent("invoice.paid");
        ObjectNode paid = (ObjectNode) event.path("data").path("object");
        assertThat(Json.text(event, "api_version")).isEqualTo("2024-06-20");
        assertThat(Json.isTrue(paid, "paid")).isTrue();
        assertThat(Json.text(paid, "payment_intent")).startsWith("pi_");
        assertThat(Json.text(paid, "charge")).startsWith("ch_");
        assertThat(paid.has("parent")).isFalse();
        ObjectNode line = (ObjectNode) paid.path("lines").path("data").path(0);
        assertThat(Json.text(line, "type")).isEqualTo("invoiceitem");
        assertThat(line.has("pricing")).isFalse();
        assertThat(Json.text(line, "price.id")).isEqualTo(price);
        ObjectNode intent =
                (ObjectNode) sent("payment_intent.succeeded").path("data").path("object");
        assertThat(Json.text(intent, "invoice")).isEqualTo(invoice);
    }

    @Test
    void aSubscriptionHasOnePeriodAndItsInvoiceNamesIt() {
        String customer = ask("/v1/customers", "name=old").path("id").asString();
        String card = ask("/v1/payment_methods/pm_card_visa/attach", "customer=" + customer)
                .path("id")
                .asString();
        String product = ask("/v1/products", "name=Pro").path("id").asString();
        String price = ask("/v1/prices", "unit_amount=1500&currency=usd&recurring[interval]=month&product=" + product)
                .path("id")
                .asString();
        ObjectNode made = ask(
                "/v1/subscriptions",
                "customer=" + customer + "&items[0][price]=" + price + "&default_payment_method=" + card);
        String id = Json.textOf(made, "id");
        ObjectNode created = told("customer.subscription.created");
        assertThat(Json.number(created, "current_period_end"))
                .isEqualTo(Json.number(made.path("items").path("data").path(0), "current_period_end"));
        assertThat(created.path("items").path("data").path(0).has("current_period_end"))
                .isFalse();
        ObjectNode paid = told("invoice.paid");
        assertThat(Json.text(paid, "subscription")).isEqualTo(id);
        ObjectNode line = (ObjectNode) paid.path("lines").path("data").path(0);
        assertThat(Json.text(line, "type")).isEqualTo("subscription");
        assertThat(Json.text(line, "price.id")).isEqualTo(price);
        assertThat(Json.text(line, "plan.interval")).isEqualTo("month");
        control("PUT", "clock", "{'advance': 'P32D'}");
        long end = Json.number(created, "current_period_end");
        await().until(() -> bodies("customer.subscription.updated")
                .anyMatch(renewed -> Json.number(renewed.at("/data/previous_attributes"), "current_period_end") == end
                        && Json.number(renewed.at("/data/object"), "current_period_start") == end));
    }

    private ObjectNode told(String type) {
        return (ObjectNode) sent(type).path("data").path("object");
    }
}
