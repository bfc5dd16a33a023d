package io.tillstream.simulator;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * A stateful stand-in for Stripe.
 *
 * <p>{@code api} takes requests and turns them into {@link io.tillstream.simulator.api.Call}s, {@code state} holds the
 * objects and the clock, {@code event} tells what happened, {@code control} is the part Stripe does not have. Each
 * other package is one resource of Stripe's API.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class StripeSimulatorApplication {
    public static void main(String[] args) {
        SpringApplication.run(StripeSimulatorApplication.class, args);
    }
}
