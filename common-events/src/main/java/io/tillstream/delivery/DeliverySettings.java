package io.tillstream.delivery;

import io.tillstream.web.lease.LeaseHeartbeat;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings below {@code tillstream.delivery}.
 *
 * @param group the service's name: its consumer group, and part of its dead-letter topic's name
 * @param prefix stands before each topic and group on Kafka, so that environments can share a cluster; may be empty
 * @param livemode whether events of Stripe's live mode are ours; those of the other mode are ignored
 * @param account our own account at Stripe, where its events carry one; those of any other are ignored
 * @param partitions of each topic this service creates
 * @param consumers threads that take events, at most one a partition does work
 * @param retryFirst how long a record that could not be applied rests, doubled with each try
 * @param retryLongest the longest such rest, after which an outage that ended is noticed
 * @param parkedFirst how long an event rests whose object is not known yet, if nobody makes the object; then doubled
 * @param parkedEvery how often events are looked for whose rest is over: for when whoever renews the outbox's leases does not tell
 * @param claimedFor after so long without a sign of life of the instance that tries them again, parked events and records that
 *     stepped aside are taken by another
 * @param tries how often a record is tried before it steps aside for its key
 * @param offsetsEvery how often it is noted on Kafka how far the events are applied: not after each of them, as whoever goes
 *     on after a crash knows by the inbox what was applied since
 * @param relayLease after so long without a sign of life a relay's shards of the outbox are taken over
 * @param databaseUrl {@code postgresql://host:port/name}
 */
@ConfigurationProperties("tillstream.delivery")
public record DeliverySettings(
        String group,
        @DefaultValue("") String prefix,
        @DefaultValue("false") boolean livemode,
        @DefaultValue("") String account,
        @DefaultValue("6") int partitions,
        @DefaultValue("1") short replicationFactor,
        @DefaultValue("1") int minInsyncReplicas,
        @DefaultValue("2") int consumers,
        @DefaultValue("500ms") Duration retryFirst,
        @DefaultValue("10s") Duration retryLongest,
        @DefaultValue("5s") Duration parkedFirst,
        @DefaultValue("30s") Duration parkedEvery,
        @DefaultValue("15s") Duration claimedFor,
        @DefaultValue("3") int tries,
        @DefaultValue("1s") Duration offsetsEvery,
        @DefaultValue("10s") Duration relayLease,
        String databaseUrl,
        String databaseUser,
        String databasePassword) {

    /** What Kafka allows in a name. */
    private static final Pattern PREFIX = Pattern.compile("[a-zA-Z0-9._-]{0,100}");

    /** Less would be a loop that never rests. */
    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** More would be a loop that rests for good. */
    private static final Duration LONGEST = Duration.ofDays(1);

    public DeliverySettings {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "KAFKA_PREFIX has letters, digits, '.', '_' and '-' only, 100 at most; it is: " + prefix);
        }
        if (Stream.of(retryFirst, retryLongest, parkedFirst, parkedEvery, offsetsEvery)
                .anyMatch(rest -> rest.compareTo(SHORTEST) < 0 || rest.compareTo(LONGEST) > 0)) {
            throw new IllegalArgumentException("EVENT_RETRY_FIRST, EVENT_RETRY_LONGEST, PARKED_EVENTS_FIRST,"
                    + " PARKED_EVENTS_EVERY and KAFKA_OFFSETS_EVERY are from 1ms to 1d");
        }
        if (tries < 1) {
            throw new IllegalArgumentException("DELIVERY_TRIES is 1 at least");
        }
        if (partitions < 1 || replicationFactor < 1 || minInsyncReplicas < 1) {
            throw new IllegalArgumentException(
                    "KAFKA_PARTITIONS, KAFKA_REPLICATION_FACTOR and KAFKA_MIN_INSYNC_REPLICAS are 1 at least");
        }
        if (consumers < 1) {
            throw new IllegalArgumentException("tillstream.delivery.consumers is 1 at least");
        }
        LeaseHeartbeat.check(relayLease, "OUTBOX_LEASE"); // with less the producer has no time to send in
        LeaseHeartbeat.check(claimedFor, "EVENT_CLAIMED_FOR");
    }

    /** The name that a topic of ours has on Kafka. */
    public String topic(String name) {
        return prefix + name;
    }

    /** The name that our consumer group has on Kafka. */
    String consumerGroup() {
        return prefix + group;
    }
}
