package io.tillstream.subscription.settlement;

import io.tillstream.subscription.simulated.Simulator;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** A subscription that lives at the simulator, before anything of it is told. */
final class StripeLife {

    private final Simulator stripe;
    private final Map<String, String> prices;
    final UUID id;
    final String user;
    final String customer;
    String subscription = "";

    StripeLife(Simulator stripe, Map<String, String> prices, UUID id, String user, String customer) {
        this.stripe = stripe;
        this.prices = prices;
        this.id = id;
        this.user = user;
        this.customer = customer;
    }

    StripeLife begins(String plan, String... params) {
        JsonNode made = post(
                "/v1/subscriptions",
                with(
                        params,
                        "customer=" + customer,
                        "items[0][price]=" + price(plan),
                        "metadata[subscription_id]=" + id,
                        "metadata[user_id]=" + user,
                        "metadata[plan_id]=" + plan,
                        "metadata[env]=test"));
        subscription = made.path("id").asString();
        return this;
    }

    StripeLife paidBy(String readyCard) {
        String card = post("/v1/payment_methods/" + readyCard + "/attach", "customer=" + customer)
                .path("id")
                .asString();
        post("/v1/customers/" + customer, "invoice_settings[default_payment_method]=" + card);
        return this;
    }

    StripeLife changes(String... params) {
        post("/v1/subscriptions/" + subscription, params);
        return this;
    }

    StripeLife becomes(String plan, String... params) {
        return changes(with(params, "items[0][id]=" + item(), "items[0][price]=" + price(plan)));
    }

    StripeLife resumes() {
        post("/v1/subscriptions/" + subscription + "/resume", "billing_cycle_anchor=now");
        return this;
    }

    StripeLife isPaid() {
        post("/v1/invoices/" + now().path("latest_invoice").asString() + "/pay");
        return this;
    }

    StripeLife isCanceled() {
        JsonNode gone = stripe.delete("/v1/subscriptions/" + subscription);
        return checked(gone);
    }

    /** At the end of the period it becomes something else, by schedule. */
    StripeLife willBecome(String plan) {
        JsonNode schedule = post("/v1/subscription_schedules", "from_subscription=" + subscription);
        JsonNode phase = schedule.path("phases").path(0);
        post(
                "/v1/subscription_schedules/" + schedule.path("id").asString(),
                "end_behavior=release",
                "phases[0][items][0][price]="
                        + phase.path("items").path(0).path("price").asString(),
                "phases[0][items][0][quantity]=1",
                "phases[0][start_date]=" + phase.path("start_date").asLong(),
                "phases[0][end_date]=" + phase.path("end_date").asLong(),
                "phases[1][items][0][price]=" + price(plan),
                "phases[1][items][0][quantity]=1",
                "phases[1][duration][interval]=month",
                "phases[1][duration][interval_count]=1");
        return this;
    }

    StripeLife isReleased() {
        post("/v1/subscription_schedules/" + now().path("schedule").asString() + "/release");
        return this;
    }

    StripeLife after(String duration) {
        stripe.advance(duration);
        return this;
    }

    JsonNode now() {
        return stripe.get("/v1/subscriptions/" + subscription);
    }

    String price(String plan) {
        return String.valueOf(prices.get(plan));
    }

    private String item() {
        return now().path("items").path("data").path(0).path("id").asString();
    }

    private JsonNode post(String path, String... params) {
        StringBuilder form = new StringBuilder();
        for (String param : params) {
            int equals = param.indexOf('=');
            form.append(form.isEmpty() ? "" : "&")
                    .append(URLEncoder.encode(param.substring(0, equals), StandardCharsets.UTF_8))
                    .append('=')
                    .append(URLEncoder.encode(param.substring(equals + 1), StandardCharsets.UTF_8));
        }
        JsonNode answer = stripe.post(path, form.toString());
        var unused = checked(answer);
        return answer;
    }

    private StripeLife checked(JsonNode answer) {
        if (answer.has("error")) {
            throw new IllegalStateException(answer.toString());
        }
        return this;
    }

    private static String[] with(String[] params, String... more) {
        String[] all = java.util.Arrays.copyOf(params, params.length + more.length);
        System.arraycopy(more, 0, all, params.length, more.length);
        return all;
    }
}
