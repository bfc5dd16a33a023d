package io.tillstream.simulator.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventTypePatternTest {

    @ParameterizedTest
    @CsvSource({
        "charge.refunded, charge.refunded, true",
        "charge.refunded, charge.refund, false",
        "charge.*, charge.refund.updated, true",
        "charge.*, charges, false",
        "*, invoice.paid, true",
        "*.created, price.created, true",
        "*.created, price.createdness, false",
        "a*b*c, aXbYc, true",
        "a*bc*c, abc, false",
        "ab*ba, aba, false",
        "customer.*.created, customer.subscription.created, true",
    })
    void aStarStandsForAnyText(String pattern, String type, boolean fits) {
        assertThat(RecordedEvents.matches(pattern, type)).isEqualTo(fits);
    }

    /** With a regular expression each star more would be a power more. */
    @Test
    void manyStarsTakeNoLongerThanTheText() {
        assertThat(RecordedEvents.matches("*a".repeat(200) + "b", "a".repeat(20_000)))
                .isFalse();
    }
}
