package io.tillstream.subscription;

import io.tillstream.delivery.DeliverySettings;
import io.tillstream.delivery.TopicCreation;
import io.tillstream.events.SubscriptionEvent;
import java.time.Clock;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/**
 * Plans, subscriptions, invoices and entitlements. Where to look:
 *
 * <ul>
 *   <li>{@code catalog}: what can be subscribed to, kept the same here and at Stripe
 *   <li>{@code subscription}: the subscriptions as they are kept, and their states
 *   <li>{@code start}: how one begins
 *   <li>{@code quote}: what a change would cost; {@code change}: another plan or quantity, now or later; {@code cancellation}:
 *       cancel, pause and the way back; {@code portal}: the same on a page of Stripe's
 *   <li>{@code paymentmethod}: which card pays one; {@code moneyback}: what was paid for it and goes back, or comes late
 *   <li>{@code answers}, {@code stripe}: what these have in common when they ask Stripe
 *   <li>{@code schedule}: which of Stripe's schedules may have lost an end that a user set
 *   <li>{@code settlement}: which of Stripe's events goes where
 *   <li>{@code invoice}: what was and will be billed
 *   <li>{@code access}: what a user may use, computed from subscription, invoices and the dunning policy
 *   <li>{@code policy}: what another dunning policy would change, and how it is taken on
 *   <li>{@code customer}: who a user is at Stripe, as payment-service says
 * </ul>
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class SubscriptionServiceApplication {

    public static void main(String[] args) {
        SpringApplication.run(SubscriptionServiceApplication.class, args);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    NewTopic subscriptionsEventsTopic(DeliverySettings delivery) {
        return TopicCreation.topic(
                delivery.topic(SubscriptionEvent.TOPIC),
                delivery.partitions(),
                delivery.replicationFactor(),
                delivery.minInsyncReplicas());
    }
}
