package com.example.fulfilment;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * A consumer of Tillstream's events to copy: {@link OrderEventsListener} takes them, {@link ShipmentFlow} applies each once,
 * {@link ShippingRound} ships, {@link DeadLetterReplay} tries again what could not be applied.
 */
@SpringBootApplication
@EnableScheduling
@EnableConfigurationProperties(FulfilmentSettings.class)
public class FulfilmentApplication {

    public static void main(String[] args) {
        SpringApplication.run(FulfilmentApplication.class, args);
    }
}
