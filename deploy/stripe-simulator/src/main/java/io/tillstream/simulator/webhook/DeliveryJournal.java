package io.tillstream.simulator.webhook;

import io.tillstream.simulator.state.Resettable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Every attempt to deliver: the newest, as many as are set. */
@Component
public class DeliveryJournal implements Resettable {
    private final int size;
    private final Deque<Attempt> attempts = new ArrayDeque<>();
    private long written;

    DeliveryJournal(DeliverySettings settings) {
        this.size = settings.journalSize();
    }

    synchronized void write(Attempt attempt) {
        attempts.addLast(attempt);
        written++;
        if (attempts.size() > size) {
            attempts.removeFirst();
        }
    }

    /** Attempts numbered above {@code after}, oldest first; numbers run without gaps from 1. */
    synchronized List<ObjectNode> after(long after, int limit, Predicate<Attempt> wanted) {
        List<ObjectNode> found = new ArrayList<>();
        long number = written - attempts.size();
        for (Attempt attempt : attempts) {
            number++;
            if (number > after && found.size() < limit && wanted.test(attempt)) {
                ObjectNode json = attempt.json();
                found.add(json.put("number", number));
            }
        }
        return found;
    }

    /** The attempts to deliver one event, oldest first. */
    public synchronized List<ObjectNode> of(String event) {
        return attempts.stream()
                .filter(attempt -> attempt.event().equals(event))
                .map(Attempt::json)
                .toList();
    }

    @Override
    public synchronized void reset() {
        attempts.clear();
        written = 0;
    }
}
