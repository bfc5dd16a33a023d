package io.tillstream.simulator.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.RunningSimulator;
import io.tillstream.simulator.state.Json;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A simulator at the beginning of a year, with what it takes to subscribe. */
public abstract class Subscribing extends RunningSimulator {
    @BeforeEach
    protected void newYear() {
        control("POST", "reset", "{}");
        clock("2027-01-01T00:00:00Z");
    }

    @AfterEach
    void presentTime() {
        control("POST", "reset", "{}");
    }

    protected void clock(String time) {
        control("PUT", "clock", "{'now': '" + time + "'}");
    }

    protected void clock(long epochSecond) {
        clock(Instant.ofEpochSecond(epochSecond).toString());
    }

    protected void pass(String duration) {
        control("PUT", "clock", "{'advance': '" + duration + "'}");
    }

    /** A request with parameters as in a form, {@code name=value}; refused ones fail the test. */
    protected ObjectNode post(String path, String... params) {
        HttpResponse<String> response = raw(SECRET_KEY, "POST", path, form(params));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    protected ObjectNode refusedPost(int status, String path, String... params) {
        HttpResponse<String> response = raw(SECRET_KEY, "POST", path, form(params));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return (ObjectNode) json(response).get("error");
    }

    protected ObjectNode get(String path) {
        HttpResponse<String> response = raw(SECRET_KEY, "GET", path, "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    protected ObjectNode delete(String path) {
        HttpResponse<String> response = raw(SECRET_KEY, "DELETE", path, "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private static String form(String... params) {
        StringBuilder form = new StringBuilder();
        for (String param : params) {
            int equals = param.indexOf('=');
            form.append(form.isEmpty() ? "" : "&")
                    .append(URLEncoder.encode(param.substring(0, equals), StandardCharsets.UTF_8))
                    .append('=')
                    .append(URLEncoder.encode(param.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return form.toString();
    }

    protected String price(String product, long amount, String interval) {
        return Json.textOf(
                post(
                        "/v1/prices",
                        "currency=usd",
                        "unit_amount=" + amount,
                        "recurring[interval]=" + interval,
                        "product_data[name]=" + product),
                "id");
    }

    /** A customer with this card as default. */
    protected String payer(String card) {
        String customer = Json.textOf(post("/v1/customers", "email=payer@example.com"), "id");
        give(customer, card);
        return customer;
    }

    protected void give(String customer, String card) {
        String method = Json.textOf(post("/v1/payment_methods/" + card + "/attach", "customer=" + customer), "id");
        post("/v1/customers/" + customer, "invoice_settings[default_payment_method]=" + method);
    }

    protected ObjectNode subscribe(String customer, String price, String... more) {
        String[] params = new String[more.length + 2];
        params[0] = "customer=" + customer;
        params[1] = "items[0][price]=" + price;
        System.arraycopy(more, 0, params, 2, more.length);
        return post("/v1/subscriptions", params);
    }

    protected ObjectNode subscription(JsonNode known) {
        return get("/v1/subscriptions/" + Json.textOf(known, "id"));
    }

    protected ObjectNode invoice(JsonNode subscription) {
        return get("/v1/invoices/" + Json.textOf(subscription, "latest_invoice"));
    }

    protected static JsonNode item(JsonNode subscription) {
        return subscription.path("items").path("data").get(0);
    }

    protected static long start(JsonNode subscription) {
        return Json.number(item(subscription), "current_period_start");
    }

    protected static long end(JsonNode subscription) {
        return Json.number(item(subscription), "current_period_end");
    }

    protected static List<Long> amounts(JsonNode invoice) {
        return StreamSupport.stream(invoice.path("lines").path("data").spliterator(), false)
                .map(line -> Json.number(line, "amount"))
                .toList();
    }

    protected List<String> events(JsonNode object) {
        return eventsOf(Json.textOf(object, "id"));
    }
}
