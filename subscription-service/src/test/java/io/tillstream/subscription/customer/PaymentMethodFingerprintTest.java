package io.tillstream.subscription.customer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class PaymentMethodFingerprintTest {

    private static JsonNode json(String text) {
        return StripeJson.read(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"card", "sepa_debit", "us_bank_account", "bacs_debit", "au_becs_debit", "acss_debit"})
    void whateverNumberStoodBehindATrialIsKnownAgain(String type) {
        assertThat(PaymentMethodFingerprint.of(json("{\"id\":\"pm_1\",\"type\":\"" + type + "\",\"" + type
                        + "\":{\"fingerprint\":\"f1\",\"last4\":\"4242\"}}")))
                .isEqualTo("f1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"paypal\",\"paypal\":{\"payer_id\":\"p1\"}}",
                "{\"type\":\"link\",\"link\":{\"email\":\"a@example.com\"}}",
                "{\"type\":\"cashapp\",\"cashapp\":{}}",
                "{\"type\":\"sepa_debit\"}",
                "{\"type\":\"sepa_debit\",\"sepa_debit\":{\"fingerprint\":null},\"card\":{\"fingerprint\":\"f1\"}}",
                "{}"
            })
    void whatHasNoneIsTakenForNobodyElses(String method) {
        assertThat(PaymentMethodFingerprint.of(json(method))).isNull();
    }
}
