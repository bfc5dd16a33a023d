package io.tillstream.stripeevents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiVersionsTest {

    private static final String REST = "\"id\":\"pi_1\",\"object\":\"payment_intent\",\"status\":\"succeeded\","
            + "\"amount\":2000,\"amount_received\":2000,\"currency\":\"eur\",\"customer\":\"cus_1\"";

    /** The same intent as each version writes it: the charges went with 2022-11-15, see docs.stripe.com/changelog. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2022-08-01|'\"charges\":{\"object\":\"list\",\"data\":[{\"id\":\"ch_2\"},{\"id\":\"ch_1\"}]}'",
                "2023-10-16|'\"latest_charge\":\"ch_2\"'",
                "2024-06-20|'\"latest_charge\":\"ch_2\"'",
                "2025-03-31.basil|'\"latest_charge\":\"ch_2\"'",
                "2026-07-29.dahlia|'\"latest_charge\":{\"id\":\"ch_2\",\"object\":\"charge\"}'",
                "2026-09-30.endive|'\"latest_charge\":\"ch_2\"'",
                "2026-10-28.endive|'\"latest_charge\":\"ch_2\"'",
                "2026-11-18.endive|'\"latest_charge\":\"ch_2\"'"
            })
    void anIntentSaysTheSameInEveryVersion(String version, String charge) {
        PaymentIntentState fact = PaymentIntentState.read(
                StripeJson.read(("{" + REST + "," + charge + "}").getBytes(StandardCharsets.UTF_8)), 7);
        assertThat(fact)
                .isEqualTo(new PaymentIntentState(
                        "pi_1", "succeeded", 2000, 2000, "eur", 7, "cus_1", "ch_2", null, null, null));
        assertThat(ApiVersions.isKnown(version)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-19.endive",
        "2027-01-01.elder",
        "2026-07-29.preview",
        "2026-11-18.preview",
        "2099-12-31",
        "newest",
        "''"
    })
    void aVersionNobodyHasLookedAtIsNotTrusted(String version) {
        assertThat(ApiVersions.isKnown(version)).isFalse();
    }

    @Test
    void anEventWithoutAVersionIsRead() {
        assertThat(ApiVersions.isKnown(null)).isTrue();
    }
}
