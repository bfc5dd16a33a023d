package io.tillstream.chaos.check.delivery;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.EventRecords.DeadLetter;
import io.tillstream.chaos.check.observation.EventRecords.StripeRecord;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.StripeObjects.Delivery;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * W1: no event is lost. Every event that was answered with 2xx is on {@code stripe.events}; every one there is applied, parked or
 * waiting behind another, or a dead letter, in each service that follows its type; and nothing was applied that never came.
 */
public final class WebhooksAreHandled {

    private static final String W1 = "W1";
    private static final String HANDLED =
            "select event_id from inbox union select event_id from parked_events union select event_id from set_aside_records";

    private final Observation seen;
    private final List<Breach> breaches = new ArrayList<>();

    private WebhooksAreHandled(Observation seen) {
        this.seen = seen;
    }

    public static List<Breach> breaches(Observation seen) {
        var invariant = new WebhooksAreHandled(seen);
        Set<String> onTopic =
                seen.stripeRecords().stream().map(StripeRecord::id).collect(Collectors.toCollection(TreeSet::new));
        invariant.answered(onTopic);
        for (Service service : Service.values()) {
            invariant.handled(service, onTopic);
        }
        return invariant.breaches;
    }

    private void answered(Set<String> onTopic) {
        Set<String> accepted = seen.deliveries().stream()
                .filter(Delivery::isAccepted)
                .map(Delivery::event)
                .collect(Collectors.toCollection(TreeSet::new));
        accepted.removeAll(onTopic);
        accepted.forEach(
                event -> breaches.add(Breach.of(W1, event + " was answered with 2xx, but is not on the topic", event)));
    }

    private void handled(Service service, Set<String> onTopic) {
        Set<String> handled = new HashSet<>(seen.database(service).texts(HANDLED));
        Set<String> dead = seen.deadLetters().stream()
                .filter(letter -> letter.group().equals(service.group()))
                .map(DeadLetter::id)
                .collect(Collectors.toSet());
        seen.stripeRecords().stream()
                .filter(record -> record.isOurs() && service.follows(record.type()))
                .map(StripeRecord::id)
                .distinct()
                .filter(id -> !handled.contains(id) && !dead.contains(id))
                .forEach(id -> breaches.add(Breach.of(
                        W1,
                        id + " is neither in the inbox of " + service.group() + ", nor parked, nor a dead letter",
                        id)));
        seen.database(service).texts("select event_id from inbox where event_id like 'evt\\_%'").stream()
                .filter(id -> !onTopic.contains(id) && !seen.expected().poison().contains(id))
                .forEach(id -> breaches.add(
                        Breach.of(W1, id + " is in the inbox of " + service.group() + ", but never came", id)));
    }
}
