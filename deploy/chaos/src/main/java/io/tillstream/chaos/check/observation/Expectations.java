package io.tillstream.chaos.check.observation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What only those know who made the run.
 *
 * @param poison ids of records that were planted to be unreadable: {@code ce_id}, or {@code topic-partition@offset} without one
 * @param secrets words that may rest nowhere: keys, passwords, tokens, card numbers and addresses that were used
 * @param webhookEndpoint our endpoint's id at Stripe; null where Stripe delivers to nobody else
 * @param faultsEnded when the last fault was over; null: how long it took to recover is not asked
 * @param relayOutages when relays may have been killed or cut off: what one had sent then may stand on Kafka once more
 * @param outboxKept for so long a sent row can be looked up
 */
public record Expectations(
        Set<String> poison,
        Set<String> secrets,
        @Nullable String webhookEndpoint,
        @Nullable Instant faultsEnded,
        List<RelayOutage> relayOutages,
        Duration outboxKept) {

    /** As the services keep it. */
    private static final Duration KEPT = Duration.ofDays(7);

    /** Within this all is settled after a fault. */
    public static final Duration RECOVERY = Duration.ofSeconds(60);

    /** Nothing was planted, nobody died. */
    public static Expectations none() {
        return new Expectations(Set.of(), Set.of(), null, null, List.of(), KEPT);
    }

    public Expectations withPoison(Set<String> ids) {
        return new Expectations(ids, secrets, webhookEndpoint, faultsEnded, relayOutages, outboxKept);
    }

    public Expectations withSecrets(Set<String> words) {
        return new Expectations(poison, words, webhookEndpoint, faultsEnded, relayOutages, outboxKept);
    }

    public Expectations withWebhookEndpoint(String id) {
        return new Expectations(poison, secrets, id, faultsEnded, relayOutages, outboxKept);
    }

    /** All that is left of the run's faults was over then. */
    public Expectations withFaultsEnded(Instant at) {
        return new Expectations(poison, secrets, webhookEndpoint, at, relayOutages, outboxKept);
    }

    public Expectations withRelayOutages(List<RelayOutage> outages) {
        return new Expectations(poison, secrets, webhookEndpoint, faultsEnded, outages, outboxKept);
    }

    /** Whether what a service first published then may stand on Kafka once more. */
    public boolean mayStandTwice(Service service, Instant published) {
        return relayOutages.stream().anyMatch(outage -> outage.covers(service, published));
    }
}
