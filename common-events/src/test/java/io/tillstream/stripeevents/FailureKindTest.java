package io.tillstream.stripeevents;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripe.RetryableDeclines;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is told as somebody's declined card is one. */
class FailureKindTest {

    /** Who reads Stripe's answers and who only hears of them have one list. */
    @Test
    void whoHearsOfAFailureKnowsTheSameDeclines() {
        Set<String> expected = new HashSet<>(RetryableDeclines.codes());
        expected.add("payment_failed");
        assertThat(FailureKind.DECLINES).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void whatWasToldCounts(FailureKind kind) {
        assertThat(FailureKind.of(kind.text(), "a_code_of_tomorrow", null)).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({
        "expired_card, , DECLINED",
        "lost_card, , DECLINED",
        "a_code_of_tomorrow, do_not_honor, DECLINED",
        "a_code_of_tomorrow, , FAULT",
        "parameter_unknown, , FAULT",
        "not_taken, , NOT_TAKEN",
        "payment_method_gone, , UNUSABLE"
    })
    void whatWasToldWithoutAKindGoesByItsCode(String code, @Nullable String declineCode, FailureKind expected) {
        assertThat(FailureKind.of(null, code, declineCode)).isEqualTo(expected);
        assertThat(FailureKind.of("a_kind_of_tomorrow", code, declineCode)).isEqualTo(expected);
    }
}
