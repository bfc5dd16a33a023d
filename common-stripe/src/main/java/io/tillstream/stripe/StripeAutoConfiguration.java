package io.tillstream.stripe;

import com.stripe.Stripe;
import com.stripe.StripeClient;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import reactor.core.scheduler.Schedulers;

/** A client for Stripe, and the limits it is used under. No health check asks Stripe: its outage is not ours. */
@AutoConfiguration(
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@EnableConfigurationProperties(StripeSettings.class)
public class StripeAutoConfiguration {

    private static final Duration OPEN = Duration.ofSeconds(10); // a caller is told to come back after as long
    private static final Duration MARGIN = Duration.ofSeconds(5); // for what a call takes beside its answer

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
    StripeCalls stripeCalls(
            StripeClient client, StripeSettings settings, StripeBreaker stripeBreaker, MeterRegistry meters) {
        return new StripeCalls(client, settings, stripeBreaker, meters);
    }

    @Bean(destroyMethod = "close")
    StripeBreaker stripeBreaker(CircuitBreaker stripeCircuitBreaker, StripeSettings settings) {
        return new StripeBreaker(stripeCircuitBreaker, settings.readTimeout().plus(MARGIN), Schedulers.parallel());
    }

    @Bean
    CircuitBreaker stripeCircuitBreaker(MeterRegistry meters) {
        return StripeBreaker.circuit(meters, OPEN);
    }

    @Bean
    StripeRecovery stripeRecovery(StripeBreaker stripeBreaker, StripeCalls calls, StripeSettings settings) {
        return new StripeRecovery(stripeBreaker, () -> StripeRecovery.ask(calls), settings.probeEvery());
    }

    @Bean
    StripeRetrievals stripeRetrievals(StripeCalls calls) {
        return new StripeRetrievals(calls);
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
