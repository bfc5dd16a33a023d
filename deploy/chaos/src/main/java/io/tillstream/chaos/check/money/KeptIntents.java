package io.tillstream.chaos.check.money;

import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.StripeObjects.Intent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Succeeded intents whose money did not go back as a whole. */
final class KeptIntents {

    private KeptIntents() {}

    static Map<String, List<Intent>> byOrder(Observation seen) {
        Map<String, Long> back = seen.givenBack();
        return seen.orderIntents().stream()
                .filter(intent -> intent.isSucceeded() && back.getOrDefault(intent.id(), 0L) < intent.received())
                .collect(Collectors.groupingBy(Intent::order));
    }

    /** Without those whose money a bank has or holds. */
    static List<Intent> undisputed(List<Intent> intents, Observation seen) {
        Set<String> disputed = seen.disputedIntents();
        return intents.stream()
                .filter(intent -> !disputed.contains(intent.id()))
                .toList();
    }
}
