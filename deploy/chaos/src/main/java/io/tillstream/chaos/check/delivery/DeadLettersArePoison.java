package io.tillstream.chaos.check.delivery;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.EventRecords.DeadLetter;
import io.tillstream.chaos.check.observation.EventRecords.StripeRecord;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** W1: the dead-letter topics hold exactly the poison that was planted, of each consumer that had to read it. */
public final class DeadLettersArePoison {

    private static final String W1 = "W1";

    private DeadLettersArePoison() {}

    public static List<Breach> breaches(Observation seen) {
        List<Breach> breaches = new ArrayList<>();
        Set<String> poison = seen.expected().poison();
        seen.deadLetters().stream()
                .filter(letter -> !poison.contains(letter.id()))
                .forEach(letter -> breaches.add(Breach.of(
                        W1, letter.id() + " is a dead letter of " + letter.group() + ", but no poison", letter.id())));
        for (String id : new TreeSet<>(poison)) {
            Set<String> readers = seen.deadLetters().stream()
                    .filter(letter -> letter.id().equals(id))
                    .map(DeadLetter::group)
                    .collect(Collectors.toSet());
            if (readers.isEmpty()) {
                breaches.add(Breach.of(W1, id + " is poison, but nobody's dead letter", id));
            }
            seen.stripeRecords().stream()
                    .filter(record -> record.id().equals(id))
                    .limit(1)
                    .forEach(record -> unread(record, readers, breaches));
        }
        return breaches;
    }

    private static void unread(StripeRecord record, Set<String> readers, List<Breach> breaches) {
        for (Service service : Service.values()) {
            if (!readers.isEmpty() && service.follows(record.type()) && !readers.contains(service.group())) {
                breaches.add(Breach.of(
                        W1, record.id() + " is poison, but no dead letter of " + service.group(), record.id()));
            }
        }
    }
}
