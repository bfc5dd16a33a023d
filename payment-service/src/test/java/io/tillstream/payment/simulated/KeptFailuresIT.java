package io.tillstream.payment.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/**
 * Stripe repeats a failure for its key for a day: whoever asks again is not to wait for so long. Of payments and refunds
 * this is shown where they are made.
 */
class KeptFailuresIT extends SimulatedStripe {

    private static final String CARDS = "/api/payment-methods";
    private static final String ME = "/api/customers/me";
    private static final String ENDPOINTS = "/v1/webhook_endpoints";
    private static final String SETUP_PAGE =
            "{'mode':'setup','successUrl':'http://localhost:8080/cards','cancelUrl':'http://localhost:8080/cards'}";

    private String card = "";

    /** What is written to Stripe, and by which request. */
    private enum Write {
        CUSTOMER_MADE(
                "POST /v1/customers", (test, key) -> test.sends(HttpMethod.POST, CARDS + "/setup-intents", "{}", key)),
        CUSTOMER_CHANGED(
                "POST /v1/customers/*", (test, key) -> test.sends(HttpMethod.PATCH, ME, "{'name':'Alice'}", key)),
        CUSTOMER_DELETED("DELETE /v1/customers/*", (test, key) -> test.sends(HttpMethod.DELETE, ME, "", key)),
        DEFAULT_CARD(
                "POST /v1/customers/*",
                (test, key) -> test.sends(HttpMethod.PUT, CARDS + "/" + test.card, "{'setAsDefault':true}", key)),
        CARD_OF_A_TOKEN(
                "POST /v1/payment_methods",
                (test, key) -> test.sends(HttpMethod.POST, CARDS, "{'token':'tok_mastercard'}", key)),
        CARD_ATTACHED(
                "POST /v1/payment_methods/*/attach",
                (test, key) -> test.sends(HttpMethod.POST, CARDS, "{'paymentMethodId':'pm_card_mastercard'}", key)),
        CARD_CHANGED(
                "POST /v1/payment_methods/*",
                (test, key) ->
                        test.sends(HttpMethod.PUT, CARDS + "/" + test.card, "{'expMonth':5,'expYear':2041}", key)),
        CARD_DETACHED(
                "POST /v1/payment_methods/*/detach",
                (test, key) -> test.sends(HttpMethod.DELETE, CARDS + "/" + test.card, "", key)),
        SETUP_INTENT(
                "POST /v1/setup_intents",
                (test, key) -> test.sends(HttpMethod.POST, CARDS + "/setup-intents", "{}", key)),
        SETUP_PAGE_OPENED(
                "POST /v1/checkout/sessions",
                (test, key) -> test.sends(HttpMethod.POST, "/api/checkout/sessions", SETUP_PAGE, key)),
        WEBHOOK_ENDPOINT(
                "POST /v1/webhook_endpoints",
                (test, key) -> test.sends("operator", HttpMethod.POST, "/api/admin/stripe-endpoint/repair", "{}", key));

        private final String operation;
        private final BiFunction<KeptFailuresIT, String, WebTestClient.ResponseSpec> request;

        Write(String operation, BiFunction<KeptFailuresIT, String, WebTestClient.ResponseSpec> request) {
            this.operation = operation;
            this.request = request;
        }

        int status(KeptFailuresIT test, String key) {
            return request.apply(test, key)
                    .expectBody()
                    .returnResult()
                    .getStatus()
                    .value();
        }
    }

    @AfterEach
    void nothingStaysAtStripe() {
        STRIPE.delete("/_simulator/faults");
        STRIPE.get(ENDPOINTS)
                .path("data")
                .forEach(one -> STRIPE.delete(ENDPOINTS + "/" + one.path("id").asString()));
    }

    private WebTestClient.ResponseSpec sends(HttpMethod method, String path, String body, String key) {
        return sends(user, method, path, body, key);
    }

    private WebTestClient.ResponseSpec sends(String who, HttpMethod method, String path, String body, String key) {
        var request = as(who).method(method).uri(path).header("Idempotency-Key", key);
        return body.isEmpty()
                ? request.exchange()
                : request.header("Content-Type", "application/json")
                        .bodyValue(body.replace('\'', '"'))
                        .exchange();
    }

    private static long faultsLeft() {
        JsonNode faults = STRIPE.get("/_simulator/faults");
        return faults.findValues("operation").size();
    }

    @ParameterizedTest
    @EnumSource
    void whatStripeFailedOnceIsDoneAtTheNextTryOfTheSameRequest(Write write) {
        if (write != Write.CUSTOMER_MADE) {
            card = saved("pm_card_visa");
        }
        String key = UUID.randomUUID().toString();
        STRIPE.next(write.operation, "error_before");

        int first = write.status(this, key);
        assertThat(faultsLeft()).as("Stripe was asked, and failed").isZero();
        int second = first / 100 == 2 && first != 202 ? first : write.status(this, key);

        assertThat(first).isIn(200, 201, 202, 204, 503, 504);
        assertThat(second).as("after " + first).isBetween(200, 299).isNotEqualTo(202);
        isDoneOnce(write);
    }

    private void isDoneOnce(Write write) {
        String id = texts("select coalesce(stripe_customer_id, '') from customers where user_id = '" + user + "'")
                .get(0);
        switch (write) {
            case CUSTOMER_MADE -> assertThat(customersOf(user)).hasSize(1);
            case CUSTOMER_CHANGED ->
                assertThat(STRIPE.get("/v1/customers/" + id).path("name").asString())
                        .isEqualTo("Alice");
            case CUSTOMER_DELETED -> assertThat(customersOf(user)).isEmpty();
            case DEFAULT_CARD ->
                assertThat(STRIPE.get("/v1/customers/" + id)
                                .at("/invoice_settings/default_payment_method")
                                .asString())
                        .isEqualTo(card);
            case CARD_OF_A_TOKEN, CARD_ATTACHED -> assertThat(cardsAtStripe(id)).isEqualTo(2);
            case CARD_CHANGED ->
                assertThat(STRIPE.get("/v1/payment_methods/" + card)
                                .at("/card/exp_year")
                                .asInt())
                        .isEqualTo(2041);
            case CARD_DETACHED -> assertThat(cardsAtStripe(id)).isZero();
            case SETUP_INTENT ->
                assertThat(STRIPE.get("/v1/setup_intents?customer=" + id).path("data"))
                        .hasSize(1);
            case SETUP_PAGE_OPENED ->
                assertThat(STRIPE.get("/v1/checkout/sessions?customer=" + id).path("data"))
                        .hasSize(1);
            case WEBHOOK_ENDPOINT ->
                assertThat(STRIPE.get(ENDPOINTS).path("data")).hasSize(1);
        }
    }

    private static int cardsAtStripe(String customer) {
        return STRIPE.get("/v1/payment_methods?type=card&limit=100&customer=" + customer)
                .path("data")
                .size();
    }
}
