package io.tillstream.simulator.control;

import io.tillstream.simulator.SimulatorSettings;
import io.tillstream.simulator.state.Resettable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Every request that came in: the newest, as many as are set. */
@Component
public final class Journal implements Resettable {
    private static final int MOST_IGNORED = 100; // one is one too many; more only repeat it

    private final int size;
    private final Deque<JournalEntry> entries = new ArrayDeque<>();
    private final Deque<String> ignored = new ArrayDeque<>();
    private long written;

    Journal(SimulatorSettings settings) {
        this.size = settings.journalSize();
    }

    public synchronized void write(JournalEntry entry) {
        entries.addLast(entry);
        written++;
        if (entries.size() > size) {
            entries.removeFirst();
        }
    }

    /** Entries numbered above {@code after}, oldest first; numbers run without gaps from 1. */
    synchronized List<ObjectNode> after(long after, int limit) {
        List<ObjectNode> found = new ArrayList<>();
        long number = written - entries.size();
        for (JournalEntry entry : entries) {
            number++;
            if (number > after && found.size() < limit) {
                found.add(entry.json(number));
            }
        }
        return found;
    }

    /** A request had a parameter that its operation takes and nothing was made of, so it was refused after all. */
    public synchronized void ignored(String what) {
        ignored.addLast(what);
        if (ignored.size() > MOST_IGNORED) {
            ignored.removeFirst();
        }
    }

    synchronized List<String> ignored() {
        return List.copyOf(ignored);
    }

    @Override
    public synchronized void reset() {
        entries.clear();
        ignored.clear();
        written = 0;
    }
}
