package io.tillstream.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the servers of stripe-samples (accept-a-payment, subscription-use-cases, checkout-one-time-payments) ask for, in the
 * versions of the API that they are written for.
 */
class SamplesTest extends RunningSimulator {
    private static final String OLD = "2022-08-01";

    @BeforeEach
    void anew() {
        control("POST", "reset", "{}");
    }

    private HttpResponse<String> ask(String version, String method, String path, String form) {
        return raw(SECRET_KEY, method, path, form, "Stripe-Version", version);
    }

    private ObjectNode old(String method, String path, String form) {
        HttpResponse<String> answer = ask(OLD, method, path, form);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer);
    }

    private String price(int amount) {
        return Json.textOf(
                old(
                        "POST",
                        "/v1/prices",
                        "currency=usd&recurring[interval]=month&product_data[name]=Plan&unit_amount=" + amount),
                "id");
    }

    /** docs.stripe.com/changelog/basil: until then an invoice had its payment_intent, to be expanded. */
    @Test
    void anOlderInvoiceShowsItsPayment() {
        String customer = Json.textOf(old("POST", "/v1/customers", ""), "id");
        ObjectNode subscription = old(
                "POST",
                "/v1/subscriptions",
                "customer=" + customer + "&items[0][price]=" + price(500)
                        + "&payment_behavior=default_incomplete&expand[]=latest_invoice.payment_intent");
        JsonNode intent = subscription.path("latest_invoice").path("payment_intent");
        assertThat(Json.textOf(intent, "client_secret")).startsWith("pi_");
        assertThat(Json.text(intent, "invoice")).isEqualTo(Json.text(subscription.path("latest_invoice"), "id"));
        old("POST", "/v1/payment_intents/" + Json.textOf(intent, "id") + "/confirm", "payment_method=pm_card_visa");
        String path = "/v1/subscriptions/" + Json.textOf(subscription, "id");
        assertThat(Json.text(old("GET", path, ""), "status")).isEqualTo("active");
        assertThat(old(
                                "GET",
                                "/v1/subscriptions?status=all&expand[]=data.latest_invoice.charge&customer=" + customer,
                                "")
                        .path("data")
                        .get(0)
                        .path("latest_invoice")
                        .path("charge")
                        .path("paid")
                        .asBoolean())
                .isTrue();
        String newest = SimulatorSettings.API_VERSION;
        assertThat(ask(newest, "GET", path + "?expand[]=latest_invoice.payment_intent", "")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void theUpcomingInvoiceIsAskedForInTheOlderWay() {
        String customer = Json.textOf(old("POST", "/v1/customers", "source=tok_visa"), "id");
        ObjectNode subscription =
                old("POST", "/v1/subscriptions", "customer=" + customer + "&items[0][price]=" + price(500));
        String other = price(1400);
        String query = "?customer=" + customer + "&subscription=" + Json.textOf(subscription, "id")
                + "&subscription_items[0][id]="
                + Json.textOf(subscription.path("items").path("data").get(0), "id")
                + "&subscription_items[0][price]=" + other;
        ObjectNode upcoming = old("GET", "/v1/invoices/upcoming" + query, "");
        assertThat(Json.text(upcoming, "status")).isEqualTo("draft");
        JsonNode lines = upcoming.path("lines").path("data");
        assertThat(Json.text(lines.get(lines.size() - 1).path("price"), "id")).isEqualTo(other);
        HttpResponse<String> newest = ask(SimulatorSettings.API_VERSION, "GET", "/v1/invoices/upcoming" + query, "");
        assertThat(newest.statusCode()).isEqualTo(404);
    }

    @Test
    void aTypeOfAnotherCountryIsRefusedInStripesWords() {
        HttpResponse<String> refused = ask(
                OLD, "POST", "/v1/payment_intents", "amount=5999&currency=usd&payment_method_types[0]=au_becs_debit");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("This payment method is available to Stripe accounts in AU");
    }

    /** It can be offered; nobody can pay by it here, which is said by its name. */
    @Test
    void aCanadianDebitIsOfferedAndNotTaken() {
        ObjectNode intent = old(
                "POST",
                "/v1/payment_intents",
                "amount=5999&currency=cad&payment_method_types[0]=acss_debit"
                        + "&payment_method_options[acss_debit][mandate_options][payment_schedule]=sporadic"
                        + "&payment_method_options[acss_debit][mandate_options][transaction_type]=personal");
        assertThat(Json.text(intent, "payment_method_options.acss_debit.mandate_options.payment_schedule"))
                .isEqualTo("sporadic");
        HttpResponse<String> refused = ask(OLD, "POST", "/v1/payment_methods", "type=acss_debit");
        assertThat(refused.body()).contains("parameter_not_simulated");
    }

    /** docs.stripe.com/payments/currencies/localize-prices/adaptive-pricing#testing. */
    @Test
    void whoPaysFromElsewherePaysInTheirOwnCurrency() {
        String newest = SimulatorSettings.API_VERSION;
        ObjectNode session = json(ask(
                newest,
                "POST",
                "/v1/checkout/sessions",
                "ui_mode=elements&mode=payment&return_url=https://shop.example/done&adaptive_pricing[enabled]=true"
                        + "&customer_email=test%2Blocation_FR@example.com&line_items[0][quantity]=1"
                        + "&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=2000"
                        + "&line_items[0][price_data][product_data][name]=Shirt"));
        assertThat(session.path("adaptive_pricing").path("enabled").asBoolean()).isTrue();
        String method =
                Json.textOf(json(ask(newest, "POST", "/v1/payment_methods", "type=card&card[token]=tok_visa")), "id");
        String path = Json.textOf(session, "id");
        assertThat(ask(
                                newest,
                                "POST",
                                "/v1/payment_pages/" + path + "/confirm",
                                "payment_method=" + method + "&expected_amount=2000")
                        .statusCode())
                .isEqualTo(200);
        JsonNode paid =
                json(ask(newest, "GET", "/v1/checkout/sessions/" + path, "")).path("presentment_details");
        assertThat(Json.text(paid, "presentment_currency")).isEqualTo("eur");
        assertThat(Json.number(paid, "presentment_amount")).isEqualTo(1840);
    }
}
