package io.tillstream.payment;

import io.tillstream.delivery.DeliverySettings;
import io.tillstream.delivery.TopicCreation;
import io.tillstream.events.PaymentEvent;
import java.time.Clock;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/**
 * Customers, payables, payments, refunds and disputes. Where to look:
 *
 * <ul>
 *   <li>{@code payable}: what is owed and every attempt to pay it; the rules that turn Stripe's facts into a status
 *   <li>{@code payment}: {@link io.tillstream.payment.payment.PaymentFlow} takes money; closing; the sweep of attempts
 *       without news
 *   <li>{@code settlement}: Stripe's events and answers move payments, all in one place
 *   <li>{@code refund}, {@code dispute}: money that goes back
 *   <li>{@code customer}, {@code paymentmethod}: users at Stripe and their saved cards
 *   <li>{@code checkout}: sessions on return, and sessions that save a card
 *   <li>{@code webhookendpoint}: whether Stripe sends its events to us
 * </ul>
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class PaymentServiceApplication {

    public static void main(String[] args) {
        SpringApplication.run(PaymentServiceApplication.class, args);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    NewTopic paymentsEventsTopic(DeliverySettings delivery) {
        return TopicCreation.topic(
                delivery.topic(PaymentEvent.TOPIC),
                delivery.partitions(),
                delivery.replicationFactor(),
                delivery.minInsyncReplicas());
    }
}
