package io.tillstream.chaos.check.delivery;

import io.tillstream.chaos.check.delivery.History.Move;
import io.tillstream.chaos.check.delivery.History.Standing;
import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.Observation;
import java.util.ArrayList;
import java.util.List;

/**
 * T1: each row of a history is an allowed move from where the last one ended, versions run without gaps from the beginning, and the
 * last row is where the thing stands.
 */
public final class HistoriesAreWhole {

    private static final String T1 = "T1";

    private final List<Breach> breaches = new ArrayList<>();

    private HistoriesAreWhole() {}

    public static List<Breach> breaches(Observation seen) {
        var invariant = new HistoriesAreWhole();
        for (History history : History.all(seen)) {
            history.standings().forEach((thing, standing) -> {
                List<Move> moves = history.ofThing().getOrDefault(thing, List.of());
                String whose = history.kind() + " " + thing;
                if (moves.isEmpty()) {
                    invariant.breach(whose + " has no history", thing);
                } else {
                    invariant.check(whose, history.moves(), moves);
                    invariant.stands(whose, standing, moves.get(moves.size() - 1));
                }
            });
        }
        return invariant.breaches;
    }

    private void check(String whose, AllowedMoves allowed, List<Move> moves) {
        Move first = moves.get(0);
        if (!first.from().isEmpty() || !allowed.begin(first.to())) {
            breach(whose + " begins with a move from " + first.from() + " to " + first.to(), first.thing());
        }
        for (int i = 1; i < moves.size(); i++) {
            Move before = moves.get(i - 1);
            Move move = moves.get(i);
            if (move.version() != before.version() + 1) {
                breach(whose + " has a gap before version " + move.version(), move.thing());
            }
            if (!move.from().equals(before.to())) {
                breach(whose + " went from " + move.from() + ", but was " + before.to(), move.thing());
            }
            if (!allowed.allow(move.from(), move.to())) {
                breach(whose + " may not go from " + move.from() + " to " + move.to(), move.thing());
            }
        }
    }

    private void stands(String whose, Standing standing, Move last) {
        if (standing.version() != last.version() || !standing.status().equals(last.to())) {
            breach(
                    whose + " is " + standing.status() + " at " + standing.version() + ", its history says " + last.to()
                            + " at " + last.version(),
                    last.thing());
        }
    }

    private void breach(String sentence, String thing) {
        breaches.add(Breach.of(T1, sentence, thing));
    }
}
