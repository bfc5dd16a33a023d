package io.tillstream.subscription.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.stripe.Answer;
import io.tillstream.stripe.StripeUnavailable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StripeAnswersTest {

    @Test
    void whatIsNotThereIsNotThere() {
        assertThat(StripeAnswers.present(new Answer.Refused<>(404, "resource_missing", "No such", null, null)))
                .isEmpty();
        assertThat(StripeAnswers.present(new Answer.Ok<>("it"))).contains("it");
    }

    @ParameterizedTest
    @CsvSource({"400, parameter_unknown", "403, more_permissions_required", "400, livemode_mismatch"})
    void anEventWhoseObjectOurKeyMayNotReadWaitsAndIsNoPoison(int status, String code) {
        assertThatThrownBy(() -> StripeAnswers.present(new Answer.Refused<>(status, code, "No", null, null)))
                .isInstanceOf(StripeUnavailable.class);
    }
}
