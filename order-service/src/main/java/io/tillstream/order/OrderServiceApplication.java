package io.tillstream.order;

import io.tillstream.delivery.DeliverySettings;
import io.tillstream.delivery.TopicCreation;
import io.tillstream.events.OrderEvent;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/**
 * Products, orders, and what was paid for each order.
 *
 * <ul>
 *   <li>{@code catalog}: what is for sale
 *   <li>{@code checkout}: placing, paying, canceling and refunding; {@code OrderFlow} tells the paths: read it first
 *   <li>{@code payment}: the tries to pay, and payment-service, which makes them
 *   <li>{@code settlement}: how an order takes the state that Stripe says it has; {@code OrderStatusCalculator} is that state
 *   <li>{@code customer}: what a customer's leaving means for their orders
 *   <li>{@code order}: the orders as they are kept
 * </ul>
 *
 * Each package knows only those below it in this order: checkout, settlement, then the others.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class OrderServiceApplication {
    public static void main(String[] args) {
        SpringApplication.run(OrderServiceApplication.class, args);
    }

    /** What this service tells. */
    @Bean
    NewTopic ordersEvents(DeliverySettings settings) {
        return TopicCreation.topic(
                settings.topic(OrderEvent.TOPIC),
                settings.partitions(),
                settings.replicationFactor(),
                settings.minInsyncReplicas());
    }
}
