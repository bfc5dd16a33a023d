package io.tillstream.subscription.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StripeProblemsTest {

    @Test
    void whatIsNotThereIsNotThere() {
        assertThat(StripeProblems.present(new StripeResult.Refused<>(404, "resource_missing", "No such", null, null)))
                .isEmpty();
        assertThat(StripeProblems.present(new StripeResult.Ok<>("it"))).contains("it");
    }

    @ParameterizedTest
    @CsvSource({"400, parameter_unknown", "403, more_permissions_required", "400, livemode_mismatch"})
    void anEventWhoseObjectOurKeyMayNotReadWaitsAndIsNoPoison(int status, String code) {
        assertThatThrownBy(() -> StripeProblems.present(new StripeResult.Refused<>(status, code, "No", null, null)))
                .isInstanceOf(StripeUnavailable.class);
    }
}
