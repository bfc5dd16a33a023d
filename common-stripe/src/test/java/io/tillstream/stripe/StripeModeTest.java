package io.tillstream.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A live key among test events would take real money for orders that nobody placed. */
class StripeModeTest {

    private final ApplicationContextRunner service = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(StripeAutoConfiguration.class))
            .withBean(SimpleMeterRegistry.class);

    @ParameterizedTest
    @CsvSource({"sk_live_1,false,live,test", "rk_live_1,false,live,test", "sk_test_1,true,test,live"})
    void aKeyOfTheOtherModeThanTheEventsIsNotStartedWith(String key, boolean livemode, String mode, String taken) {
        service.withPropertyValues("tillstream.stripe.secret-key=" + key, "tillstream.delivery.livemode=" + livemode)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage("STRIPE_SECRET_KEY is a " + mode + " key, but STRIPE_LIVEMODE says " + taken));
    }

    @ParameterizedTest
    @CsvSource({"sk_live_1,true", "sk_test_1,false"})
    void aKeyOfTheSameModeIs(String key, boolean livemode) {
        service.withPropertyValues("tillstream.stripe.secret-key=" + key, "tillstream.delivery.livemode=" + livemode)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void whoTakesNoEventsHasNoModeToCompare() {
        service.withPropertyValues("tillstream.stripe.secret-key=sk_live_1")
                .run(context -> assertThat(context).hasNotFailed());
    }
}
