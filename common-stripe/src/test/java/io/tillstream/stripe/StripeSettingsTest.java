package io.tillstream.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class StripeSettingsTest {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(StripeAutoConfiguration.class))
            .withBean(MeterRegistry.class, SimpleMeterRegistry::new);

    @ParameterizedTest
    @CsvSource({"sk_test_1, false", "rk_test_1, false", "sk_live_1, true", "rk_live_1, true"})
    void theModeIsThatOfTheKey(String key, boolean live) {
        application.withPropertyValues("tillstream.stripe.secret-key=" + key).run(context -> {
            assertThat(context.getBean(StripeSettings.class).livemode()).isEqualTo(live);
            assertThat(context.getBean(StripeSettings.class).toString()).doesNotContain(key);
            assertThat(context).hasSingleBean(StripeCalls.class);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pk_test_1"})
    void withoutASecretKeyItDoesNotStartAndSaysWhichSettingIsMissing(String key) {
        application
                .withPropertyValues("tillstream.stripe.secret-key=" + key)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("STRIPE_SECRET_KEY"));
    }

    @Test
    void theDefaultsAreThoseOfTheDesign() {
        application.withPropertyValues("tillstream.stripe.secret-key=sk_test_1").run(context -> {
            StripeSettings settings = context.getBean(StripeSettings.class);
            assertThat(settings.connectTimeout()).hasSeconds(3);
            assertThat(settings.readTimeout()).hasSeconds(30);
            assertThat(settings.apiBase()).hasToString("https://api.stripe.com");
        });
    }
}
