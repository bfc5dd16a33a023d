package io.tillstream.simulator.paymentmethod;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.RunningSimulator;
import io.tillstream.simulator.state.Json;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * A mandate that was accepted online says from where, or a bank would not honor it: docs.stripe.com/api/payment_intents/confirm
 * and docs.stripe.com/api/setup_intents/confirm, {@code mandate_data.customer_acceptance.online}: "ip_address (required)",
 * "user_agent (required)".
 */
class MandatesTest extends RunningSimulator {
    private static final String ONLINE = "&mandate_data[customer_acceptance][type]=online";
    private static final String DETAILS = ONLINE + "&mandate_data[customer_acceptance][online]";
    private static final String WHOLE = DETAILS + "[ip_address]=203.0.113.7" + DETAILS + "[user_agent]=Firefox";
    private static final String WHERE = "mandate_data[customer_acceptance][online]";

    @AfterEach
    void anew() {
        control("POST", "reset", "{}");
    }

    private static final List<String> FLOWS =
            List.of("payment", "payment, confirmed later", "setup", "setup, confirmed later");

    static Stream<Arguments> refused() {
        return FLOWS.stream()
                .flatMap(flow -> Stream.of(
                        Arguments.of(flow, ONLINE, WHERE),
                        Arguments.of(flow, DETAILS + "[user_agent]=Firefox", WHERE + "[ip_address]"),
                        Arguments.of(flow, DETAILS + "[ip_address]=203.0.113.7", WHERE + "[user_agent]"),
                        Arguments.of(
                                flow,
                                DETAILS + "[ip_address]=203.0.113.256" + DETAILS + "[user_agent]=Firefox",
                                WHERE + "[ip_address]")));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aMandateFromNowhereIsRefused(String flow, String mandate, String param) {
        HttpResponse<String> answer = ask(flow, mandate);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        JsonNode error = json(answer).path("error");
        assertThat(Json.text(error, "param")).isEqualTo(param);
    }

    static Stream<Arguments> taken() {
        return FLOWS.stream()
                .flatMap(flow -> Stream.of(
                        Arguments.of(flow, WHOLE),
                        Arguments.of(flow, WHOLE.replace("203.0.113.7", "2001:db8::7")),
                        Arguments.of(flow, "&mandate_data[customer_acceptance][type]=offline")));
    }

    @ParameterizedTest
    @MethodSource("taken")
    void aMandateFromSomewhereOrOnPaperIsTaken(String flow, String mandate) {
        HttpResponse<String> answer = ask(flow, mandate);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(Json.text(json(answer), "status")).isIn("processing", "succeeded");
    }

    /** Stripe.js has the address inferred; a server cannot. */
    @Test
    void onlyABrowserHasItsAddressInferred() {
        String intent = "/v1/payment_intents";
        JsonNode made = json(raw(
                SECRET_KEY,
                "POST",
                intent,
                "currency=eur&amount=700&payment_method_types[]=sepa_debit&payment_method=pm_sepaDebit_success_at"));
        String inferred = DETAILS + "[infer_from_client]=true";
        String confirm = intent + "/" + Json.textOf(made, "id") + "/confirm";

        HttpResponse<String> server = raw(SECRET_KEY, "POST", confirm, inferred.substring(1));
        assertThat(server.statusCode()).as(server.body()).isEqualTo(400);
        HttpResponse<String> browser = raw(
                PUBLISHABLE_KEY,
                "POST",
                confirm,
                "client_secret=" + Json.textOf(made, "client_secret") + "&return_url=https://shop.example" + inferred);
        assertThat(browser.statusCode()).as(browser.body()).isEqualTo(200);
        assertThat(Json.text(json(browser), "status")).isEqualTo("processing");
    }

    /** Also an account of the USA is set up by a mandate: docs.stripe.com/payments/ach-direct-debit/set-up-payment. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAccountOfTheUsaIsNotSetUpWithoutAMandate(boolean later) {
        String form = "payment_method_types[]=us_bank_account&payment_method=pm_usBankAccount_success";
        String made = later ? Json.textOf(json(raw(SECRET_KEY, "POST", "/v1/setup_intents", form)), "id") : "";
        HttpResponse<String> answer = later
                ? raw(SECRET_KEY, "POST", "/v1/setup_intents/" + made + "/confirm", "")
                : raw(SECRET_KEY, "POST", "/v1/setup_intents", form + "&confirm=true");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        JsonNode error = json(answer).path("error");
        assertThat(Json.text(error, "param")).isEqualTo("mandate_data");
        assertThat(Json.text(error, "message")).contains("requires a mandate");
        if (later) {
            JsonNode known = json(raw(SECRET_KEY, "GET", "/v1/setup_intents/" + made, ""));
            assertThat(Json.text(known, "status")).isEqualTo("requires_confirmation");
        }
    }

    private HttpResponse<String> ask(String flow, String mandate) {
        boolean pays = flow.startsWith("payment");
        String path = pays ? "/v1/payment_intents" : "/v1/setup_intents";
        String form = (pays ? "currency=eur&amount=700&" : "")
                + "payment_method_types[]=sepa_debit&payment_method=pm_sepaDebit_success_at";
        if (!flow.endsWith("later")) {
            return raw(SECRET_KEY, "POST", path, form + "&confirm=true" + mandate);
        }
        String made = Json.textOf(json(raw(SECRET_KEY, "POST", path, form)), "id");
        return raw(SECRET_KEY, "POST", path + "/" + made + "/confirm", mandate.substring(1));
    }
}
