package io.tillstream.delivery;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings below {@code tillstream.delivery}.
 *
 * @param group the service's name: its consumer group, and part of its dead-letter topic's name
 * @param livemode whether events of Stripe's live mode are ours; those of the other mode are ignored
 * @param account our own account at Stripe, where its events carry one; those of any other are ignored
 * @param partitions of each topic this service creates
 * @param consumers threads that take events, at most one a partition does work
 * @param databaseUrl {@code postgresql://host:port/name}
 */
@ConfigurationProperties("tillstream.delivery")
public record DeliverySettings(
        String group,
        @DefaultValue("false") boolean livemode,
        @DefaultValue("") String account,
        @DefaultValue("6") int partitions,
        @DefaultValue("1") short replicationFactor,
        @DefaultValue("1") int minInsyncReplicas,
        @DefaultValue("2") int consumers,
        String databaseUrl,
        String databaseUser,
        String databasePassword) {}
