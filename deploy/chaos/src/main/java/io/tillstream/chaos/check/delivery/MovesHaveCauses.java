package io.tillstream.chaos.check.delivery;

import io.tillstream.chaos.check.delivery.History.Move;
import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * T1: each move has a cause that exists. An event happened at Stripe and is in the service's inbox, as both were written in one
 * transaction; what a comparison with Stripe took in is in the inbox; a request or an answer is of an order or an attempt that is there.
 */
public final class MovesHaveCauses {

    private static final String T1 = "T1";
    private static final String DRIFT = "drift_"; // a comparison with Stripe took it in: no event of Stripe's

    private final Observation seen;
    private final Set<String> happened;
    private final List<Breach> breaches = new ArrayList<>();

    private MovesHaveCauses(Observation seen) {
        this.seen = seen;
        this.happened = seen.events();
    }

    public static List<Breach> breaches(Observation seen) {
        var invariant = new MovesHaveCauses(seen);
        for (History history : History.all(seen)) {
            invariant.check(history);
        }
        return invariant.breaches;
    }

    private void check(History history) {
        Set<String> applied = Set.copyOf(seen.database(history.service()).texts("select event_id from inbox"));
        Set<String> things = new HashSet<>(history.standings().keySet());
        if (history.service() == Service.ORDERS) {
            things.addAll(seen.database(Service.ORDERS).texts("select id from order_payments"));
        }
        history.ofThing().values().stream().flatMap(List::stream).forEach(move -> {
            String why = whyNot(history, move, applied, things);
            if (!why.isEmpty()) {
                breaches.add(Breach.of(
                        T1,
                        history.kind() + " " + move.thing() + " moved to " + move.to() + " " + why,
                        move.thing(),
                        move.cause()));
            }
        });
    }

    private String whyNot(History history, Move move, Set<String> applied, Set<String> things) {
        if (move.cause().isEmpty()) {
            return "without a cause";
        }
        return switch (move.causeKind()) {
            case "stripe_event", "event" ->
                !happened.contains(move.cause()) && !move.cause().startsWith(DRIFT)
                        ? "by " + move.cause() + ", which never happened"
                        : applied.contains(move.cause()) ? "" : "by " + move.cause() + ", which is not in the inbox";
            case "request", "payment_answer", "question" ->
                history.service() != Service.ORDERS || things.contains(move.cause())
                        ? ""
                        : "by " + move.causeKind() + " " + move.cause() + ", which is not there";
            case "api", "stripe", "stripe_answer" -> "";
            default -> "by " + move.causeKind() + ", which is no kind of cause";
        };
    }
}
