package io.tillstream.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.tillstream.chaos.client.Answer;
import io.tillstream.chaos.client.Stripe;
import io.tillstream.chaos.machine.StripeTopic;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Stripe's events on their way to Kafka: what it still sends, and what it gave up and has to be fetched. */
final class Deliveries {
    private static final int PAGE = 1_000;
    private static final List<String> STATES = List.of("underway", "held", "delayed", "waiting_for_retry");
    private static final Set<String> ENDED = Set.of("dropped", "given_up");

    private final Stripe stripe;
    private final StripeTopic topic;
    private final Set<String> givenUp = new HashSet<>();
    private long read;

    Deliveries(Stripe stripe, StripeTopic topic) {
        this.stripe = stripe;
        this.topic = topic;
    }

    /** What is on its way, in words. */
    List<String> underway() {
        List<String> all = new ArrayList<>();
        Answer state = stripe.control("GET", "/deliveries/state", null);
        if (!state.isSuccess()) {
            all.add("Stripe cannot be asked");
            return all;
        }
        for (String name : STATES) {
            int count = state.json().path(name).asInt(0);
            if (count > 0) {
                all.add(count + " of Stripe's deliveries " + name.replace('_', ' '));
            }
        }
        readOn();
        if (!topic.holds(givenUp)) {
            all.add("events that Stripe gave up, and nobody has fetched yet");
        }
        return all;
    }

    private void readOn() {
        JsonNode attempts;
        do {
            attempts = stripe.control("GET", "/deliveries?limit=" + PAGE + "&after=" + read, null)
                    .json()
                    .path("deliveries");
            for (JsonNode attempt : attempts) {
                read = Math.max(read, attempt.path("number").asLong());
                if (ENDED.contains(attempt.path("outcome").asText())) {
                    givenUp.add(attempt.path("event").asText());
                }
            }
        } while (attempts.size() == PAGE);
    }
}
