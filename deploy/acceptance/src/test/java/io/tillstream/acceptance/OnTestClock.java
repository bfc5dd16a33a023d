package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A subscription that nobody here sold, to one of our plans all the same: its customer lives by a test clock, as only a
 * customer can that was made at Stripe.
 *
 * @param target seconds since 1970 where the clock is going: a month on
 */
record OnTestClock(String clock, String subscription, long target) {
    private static final String CLOCKS = "/v1/test_helpers/test_clocks";
    private static final Duration MONTH = Duration.ofDays(32);

    static OnTestClock begun() {
        long now = Instant.now().getEpochSecond();
        String clock = made(CLOCKS, Map.of("frozen_time", Long.toString(now)));
        Map<String, String> payer = new LinkedHashMap<>();
        payer.put("test_clock", clock);
        payer.put("payment_method", "pm_card_visa");
        payer.put("invoice_settings[default_payment_method]", "pm_card_visa");
        String price =
                User.NOBODY.get("/api/plans/" + Starting.PLAN).expect(200).text("/stripePriceId");
        String subscription =
                made("/v1/subscriptions", Map.of("customer", made("/v1/customers", payer), "items[0][price]", price));
        return new OnTestClock(clock, subscription, now + MONTH.toSeconds());
    }

    private static String made(String path, Map<String, String> form) {
        return Simulator.stripe("POST", path, form).expect(200).id();
    }

    /** Promised by Stripe, and not done yet. */
    void advances() {
        Answer answer = Simulator.stripe(
                        "POST", CLOCKS + "/" + clock + "/advance", Map.of("frozen_time", Long.toString(target)))
                .expect(200);
        assertThat(answer.text("/status")).isEqualTo("advancing");
    }

    /** What was promised is done, and the month is billed once. */
    void seesArrived() {
        await("the test clock is there")
                .atMost(User.PATIENCE)
                .until(() -> now().path("status").asString().equals("ready"));
        assertThat(now().path("frozen_time").asLong()).isEqualTo(target);
        assertThat(Simulator.invoicesOf(subscription))
                .hasSize(2)
                .allSatisfy(one -> assertThat(one.path("status").asString()).isEqualTo("paid"));
    }

    private JsonNode now() {
        return Simulator.get(CLOCKS + "/" + clock);
    }
}
