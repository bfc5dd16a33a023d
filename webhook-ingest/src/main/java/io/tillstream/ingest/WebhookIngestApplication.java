package io.tillstream.ingest;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * Stripe's events, verified and kept on Kafka; nothing else happens here, because Stripe's hosted Checkout holds the
 * buyer until the answer comes.
 *
 * <ul>
 *   <li>{@code intake}: {@code POST /webhooks/stripe}, read {@code WebhookController} first
 *   <li>{@code kafka}: the topic {@code stripe.events}
 *   <li>{@code missed}: events whose delivery failed, fetched from Stripe every five minutes
 * </ul>
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class WebhookIngestApplication {
    public static void main(String[] args) {
        SpringApplication.run(WebhookIngestApplication.class, args);
    }
}
