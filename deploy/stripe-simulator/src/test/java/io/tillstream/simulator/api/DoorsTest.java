package io.tillstream.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.RunningSimulator;
import io.tillstream.simulator.state.Json;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Who asks for another account, or for what is not here at all, hears it as from Stripe, and nothing is done. */
class DoorsTest extends RunningSimulator {
    private static final String OWN = "acct_1TillstreamSimul";

    private ObjectNode refusal(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Request-Id")).isPresent();
        return (ObjectNode) json(answer).get("error");
    }

    /** The answer as a caller of Stripe's had it, in 2022: github.com/cobudget/cobudget/issues/884. */
    @ParameterizedTest
    @CsvSource({
        "Stripe-Account, sk_test_tillstream, sk_test_****stream",
        "Stripe-Context, sk_test_tillstream, sk_test_****stream",
        "Stripe-Account, pk_test_tillstream, pk_test_****stream"
    })
    void anAccountThatIsNotConnectedTakesNoMoney(String header, String key, String shown) {
        String name = "of-" + header + key;

        ObjectNode error = refusal(
                raw(key, "POST", "/v1/customers", "metadata[name]=" + name, header, "acct_1AnothersAccount"), 403);

        assertThat(Json.text(error, "type")).isEqualTo("invalid_request_error");
        assertThat(Json.text(error, "code")).isEqualTo("account_invalid");
        assertThat(Json.text(error, "message"))
                .isEqualTo(
                        "The provided key '" + shown + "' does not have access to account 'acct_1AnothersAccount' (or"
                                + " that account does not exist). Application access may have been revoked.");
        assertThat(raw(SECRET_KEY, "GET", "/v1/customers?limit=100", "").body()).doesNotContain(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Stripe-Account", "Stripe-Context"})
    void theAccountItselfMayBeNamed(String header) {
        assertThat(raw(SECRET_KEY, "GET", "/v1/balance", "", header, OWN).statusCode())
                .isEqualTo(200);
        assertThat(raw("sk_test_unknown", "GET", "/v1/balance", "", header, "acct_1AnothersAccount")
                        .statusCode())
                .as("a key that nobody has says nothing of accounts")
                .isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v2/core/events?limit=1",
        "POST, /v2/core/accounts",
        "POST, /v2/billing/meter_events",
        "DELETE, /v2/core/event_destinations/ed_1"
    })
    void whatTheSecondApiHasIsToldAsNotSimulated(String method, String path) {
        ObjectNode error =
                refusal(raw(SECRET_KEY, method, path, "{\"a\":\"%\"}", "Stripe-Version", "2026-07-29.dahlia"), 404);

        assertThat(Json.text(error, "code")).isEqualTo("operation_not_simulated");
        assertThat(Json.text(error, "message"))
                .contains(method + " " + path.replaceFirst("\\?.*", ""))
                .contains("v2");
    }

    @Test
    void theSecondApiTooAsksForAKey() {
        assertThat(raw("sk_test_unknown", "GET", "/v2/core/events", "").statusCode())
                .isEqualTo(401);
    }
}
