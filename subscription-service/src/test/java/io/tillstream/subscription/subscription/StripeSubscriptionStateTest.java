package io.tillstream.subscription.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StripeSubscriptionStateTest {

    private static final String TODAY = """
            {"id": "sub_1", "customer": {"id": "cus_1"}, "status": "active", "currency": "usd", "latest_invoice": "in_1",
             "items": {"data": [{"id": "si_1", "price": {"id": "price_1"}, "quantity": 3,
                                 "current_period_start": 100, "current_period_end": 200}]},
             "cancel_at_period_end": true, "cancel_at": 200, "cancellation_details": {"feedback": "unused"},
             "pause_collection": {"behavior": "void", "resumes_at": null}, "metadata": {"subscription_id": "x"}}
            """;

    private static final String BEFORE_BASIL = """
            {"id": "sub_1", "customer": "cus_1", "status": "active", "currency": "usd", "latest_invoice": {"id": "in_1"},
             "current_period_start": 100, "current_period_end": 200,
             "items": {"data": [{"id": "si_1", "price": {"id": "price_1"}, "quantity": 3}]},
             "cancel_at_period_end": true, "cancel_at": 200, "cancellation_details": {"feedback": "unused"},
             "pause_collection": {"behavior": "void", "resumes_at": null}, "metadata": {"subscription_id": "x"}}
            """;

    private static StripeSubscriptionState read(String json) {
        return StripeSubscriptionState.of(StripeJson.read(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void bothShapesSayTheSame() {
        assertThat(read(BEFORE_BASIL)).isEqualTo(read(TODAY));
        assertThat(read(BEFORE_BASIL).fingerprint()).isEqualTo(read(TODAY).fingerprint());
    }

    @Test
    void thePeriodIsReadWhereverItStands() {
        StripeSubscriptionState.Item item = read(BEFORE_BASIL).items().get(0);
        assertThat(item.periodStart()).isEqualTo(Instant.ofEpochSecond(100));
        assertThat(item.quantity()).isEqualTo(3);
        assertThat(read(TODAY).isWhole()).isTrue();
        assertThat(read(TODAY).ownId()).isEqualTo("x");
    }

    /** Whoever typed it on the portal would have a subscription that nothing can be done with. */
    @Test
    void aQuantityThatNobodySellsIsReadAllTheSame() {
        assertThat(read(TODAY.replace("\"quantity\": 3", "\"quantity\": 99999999999"))
                        .items()
                        .get(0)
                        .quantity())
                .isEqualTo(Integer.MAX_VALUE);
        assertThat(read(TODAY.replace("\"quantity\": 3", "\"quantity\": 0"))
                        .items()
                        .get(0)
                        .quantity())
                .isZero();
    }

    @Test
    void theClockItLivesByIsReadBareAndExpanded() {
        assertThat(read(TODAY).testClockId()).isNull();
        assertThat(read(TODAY.replace("\"id\": \"sub_1\"", "\"id\": \"sub_1\", \"test_clock\": \"clock_1\""))
                        .testClockId())
                .isEqualTo("clock_1");
        assertThat(read(TODAY.replace("\"id\": \"sub_1\"", "\"id\": \"sub_1\", \"test_clock\": {\"id\": \"clock_1\"}"))
                        .testClockId())
                .isEqualTo("clock_1");
    }

    @Test
    void whatLacksItsPeriodHasToBeReadAgain() {
        assertThat(read(TODAY.replace("\"current_period_start\": 100, ", "")).isWhole())
                .isFalse();
        assertThat(read(TODAY.replace("\"active\"", "\"of_tomorrow\"")).isWhole())
                .isFalse();
    }
}
