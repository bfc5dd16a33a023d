package io.tillstream.stripe;

import com.stripe.Stripe;
import com.stripe.StripeClient;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** A client for Stripe, and the limits it is used under. No health check asks Stripe: its outage is not ours. */
@AutoConfiguration(
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@EnableConfigurationProperties(StripeSettings.class)
public class StripeAutoConfiguration {

    @Bean
    StripeClient stripeClient(StripeSettings settings) {
        Stripe.enableTelemetry = false; // it would tell Stripe of this machine, and keep a file in the home directory
        return StripeClient.builder()
                .setApiKey(settings.secretKey())
                .setApiBase(withoutSlash(settings.apiBase().toString()))
                .setMaxNetworkRetries(0)
                .setConnectTimeout((int) settings.connectTimeout().toMillis())
                .setReadTimeout((int) settings.readTimeout().toMillis())
                .setHttpClient(new JdkHttp())
                .build();
    }

    @Bean(destroyMethod = "close")
    StripeCalls stripeCalls(StripeClient client, StripeSettings settings, MeterRegistry meters) {
        return new StripeCalls(client, settings, breaker(meters), meters);
    }

    @Bean
    StripeRetrievals stripeRetrievals(StripeCalls calls) {
        return new StripeRetrievals(calls);
    }

    /** Opens on connection errors, 5xx and nonsense only: a day of declined cards is not an outage. */
    static CircuitBreaker breaker(MeterRegistry meters) {
        var config = CircuitBreakerConfig.custom()
                .slidingWindowSize(50)
                .minimumNumberOfCalls(20)
                .failureRateThreshold(50)
                .slowCallRateThreshold(80)
                .slowCallDurationThreshold(Duration.ofSeconds(10))
                .waitDurationInOpenState(Duration.ofSeconds(10))
                .permittedNumberOfCallsInHalfOpenState(5)
                .build();
        CircuitBreakerRegistry registry = CircuitBreakerRegistry.of(config);
        TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(registry).bindTo(meters);
        return registry.circuitBreaker("stripe");
    }

    /** Test and live never mix: the events that a service takes must be those of the key's mode. */
    @Bean
    InitializingBean stripeModeCheck(StripeSettings settings, Environment environment) {
        return () -> checkMode(settings, environment.getProperty("tillstream.delivery.livemode", Boolean.class));
    }

    private static void checkMode(StripeSettings settings, @Nullable Boolean taken) {
        if (taken != null && taken != settings.livemode()) {
            throw new IllegalStateException("STRIPE_SECRET_KEY is a " + mode(settings.livemode())
                    + " key, but STRIPE_LIVEMODE says " + mode(taken));
        }
    }

    private static String mode(boolean live) {
        return live ? "live" : "test";
    }

    private static String withoutSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }
}
