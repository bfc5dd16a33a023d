package io.tillstream.subscription.quote;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.subscription.StripeSubscriptionState;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuoteFlowTest {

    /** Of a period from second 100 to second 200. */
    @ParameterizedTest
    @CsvSource({"150, 150", "100, 100", "50, 100", "199, 199", "200, 199", "5000, 199"})
    void theSecondIsThatOfTheClockTheSubscriptionLivesByAndInItsPeriod(long present, long second) {
        var item = new StripeSubscriptionState.Item(
                "si_1", "price_1", 1, Instant.ofEpochSecond(100), Instant.ofEpochSecond(200));
        assertThat(QuoteFlow.second(Instant.ofEpochSecond(present), item)).isEqualTo(second);
    }
}
