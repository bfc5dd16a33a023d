package io.tillstream.simulator.surface;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.RunningSimulator;
import io.tillstream.simulator.state.Json;
import java.net.http.HttpResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stripe's own figures, from the specification ({@code maxLength}): as long is taken, one more is not. */
class TextLimitsTest extends RunningSimulator {

    @ParameterizedTest
    @CsvSource({
        "/v1/quotes, , description, 500",
        "/v1/quotes, , footer, 500",
        "/v1/quotes, , header, 50",
        "/v1/customers, , business_name, 150",
        "/v1/customers, , individual_name, 150",
        "/v1/customers, , name, 256",
        "/v1/products, name=Tea, marketing_features[0][name], 80",
        "/v1/products, name=Tea, unit_label, 12",
        "/v1/coupons, percent_off=10, name, 40",
        "/v1/payment_intents, amount=900&currency=usd, description, 1000",
        "/v1/setup_intents, usage=off_session, description, 1000"
    })
    void oneCharacterMoreIsRefused(String path, String needed, String param, int longest) {
        String form = (needed == null ? "" : needed + "&") + param + "=";
        HttpResponse<String> refused = raw(SECRET_KEY, "POST", path, form + "x".repeat(longest + 1));
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(json(refused).at("/error/message").asString()).contains("must be at most " + longest);
        HttpResponse<String> taken = raw(SECRET_KEY, "POST", path, form + "x".repeat(longest));
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"AB, 400", "ABC, 200", "ABCDEF123456, 200", "ABCDEF1234567, 400", "abc, 400", "AB-C, 400"})
    void anInvoicePrefixIsUppercaseLettersAndDigits(String prefix, int status) {
        HttpResponse<String> answer = raw(SECRET_KEY, "POST", "/v1/customers", "invoice_prefix=" + prefix);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        if (status == 200) {
            assertThat(Json.text(json(answer), "invoice_prefix")).isEqualTo(prefix);
        }
    }
}
