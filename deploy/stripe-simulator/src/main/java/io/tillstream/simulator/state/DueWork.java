package io.tillstream.simulator.state;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is to be done later, in the order in which it falls due; the earlier asked for comes first. */
final class DueWork {
    private static final Logger log = LoggerFactory.getLogger(DueWork.class);
    private static final byte END = 0;
    private static final byte CLEARED = 1;
    private static final byte ADDED = 2;
    private static final byte DONE = 3;
    private static final byte ADDED_TO_CLOCK = 4; // as ADDED, with the clock before it
    private static final String UNNAMED = ""; // ends with the process

    private static final Comparator<Due> IN_ORDER =
            Comparator.comparingLong(Due::at).thenComparingLong(Due::sequence);

    private final Map<String, PriorityQueue<Due>> queues = new HashMap<>(); // by clock
    private final Map<String, Work> kinds = new HashMap<>();
    private final Set<Due> added = new LinkedHashSet<>();
    private final List<Long> done = new ArrayList<>();
    private final Map<Long, Due> readBack = new HashMap<>();
    private final List<Due> addedSince = new ArrayList<>(); // the start of an attempt
    private final List<Due> takenSince = new ArrayList<>();
    private boolean attempted;
    private long sequence;
    private boolean kept;
    private boolean cleared;

    /** Something to be done at a time of a clock; the one of the timeline itself has no name. */
    record Due(String clock, long at, long sequence, Work work, List<String> with) {
        boolean isKept() {
            return !work.name().equals(UNNAMED);
        }
    }

    Work kind(String name, Consumer<List<String>> does) {
        Work work = new Work(name, does);
        if (kinds.put(name, work) != null) {
            throw new IllegalStateException("two kinds of work are named " + name);
        }
        return work;
    }

    static Work unnamed(Runnable does) {
        return new Work(UNNAMED, with -> does.run());
    }

    void add(String clock, long at, Work work, List<String> with) {
        Due due = new Due(clock, at, sequence++, work, with);
        queue(clock).add(due);
        if (attempted) {
            addedSince.add(due);
        }
        if (kept && due.isKept()) {
            added.add(due);
        }
    }

    private PriorityQueue<Due> queue(String clock) {
        return queues.computeIfAbsent(clock, unseen -> new PriorityQueue<>(IN_ORDER));
    }

    /** What falls due first by a clock, if it does until then; it stays until it is {@link #take taken}. */
    @Nullable
    Due until(String clock, long time) {
        PriorityQueue<Due> queue = queues.get(clock);
        Due first = queue == null ? null : queue.peek();
        return first == null || first.at() > time ? null : first;
    }

    /** Forgets all that is due by a clock. */
    void drop(String clock) {
        for (Due due = until(clock, Long.MAX_VALUE); due != null; due = until(clock, Long.MAX_VALUE)) {
            take(due);
        }
    }

    void take(Due due) {
        PriorityQueue<Due> queue = queue(due.clock());
        queue.poll();
        if (queue.isEmpty() && !due.clock().isEmpty()) {
            queues.remove(due.clock());
        }
        if (attempted) {
            takenSince.add(due);
        }
        if (kept && due.isKept() && !added.remove(due)) {
            done.add(due.sequence());
        }
    }

    void attempt() {
        settle();
        attempted = true;
    }

    void settle() {
        addedSince.clear();
        takenSince.clear();
        attempted = false;
    }

    /** Within the turn of the attempt, so nothing of it is written yet. */
    void takeBack() {
        takenSince.forEach(due -> {
            queue(due.clock()).add(due);
            done.remove(due.sequence());
        });
        addedSince.forEach(due -> {
            PriorityQueue<Due> queue = queue(due.clock());
            queue.remove(due);
            added.remove(due);
            if (queue.isEmpty() && !due.clock().isEmpty()) {
                queues.remove(due.clock());
            }
        });
        settle();
    }

    int size() {
        return queues.values().stream().mapToInt(PriorityQueue::size).sum();
    }

    void clear() {
        settle();
        queues.clear();
        added.clear();
        done.clear();
        cleared = kept;
    }

    void keep() {
        kept = true;
    }

    boolean isChanged() {
        return cleared || !added.isEmpty() || !done.isEmpty();
    }

    void writeChanges(DataOutput out) throws IOException {
        if (cleared) {
            out.writeByte(CLEARED);
        }
        for (long each : done) {
            out.writeByte(DONE);
            out.writeLong(each);
        }
        for (Due due : added) {
            write(out, due);
        }
        out.writeByte(END);
        cleared = false;
        added.clear();
        done.clear();
    }

    private static void write(DataOutput out, Due due) throws IOException {
        if (due.clock().isEmpty()) {
            out.writeByte(ADDED);
        } else {
            out.writeByte(ADDED_TO_CLOCK);
            out.writeUTF(due.clock());
        }
        out.writeLong(due.at());
        out.writeLong(due.sequence());
        out.writeUTF(due.work().name());
        out.writeByte(due.with().size());
        for (String each : due.with()) {
            out.writeUTF(each);
        }
    }

    Kept.Copy copy() {
        List<Due> now = queues.values().stream()
                .flatMap(PriorityQueue::stream)
                .filter(Due::isKept)
                .toList();
        return out -> {
            for (Due due : now) {
                write(out, due);
            }
            out.writeByte(END);
        };
    }

    void read(DataInput in) throws IOException {
        for (byte what = in.readByte(); what != END; what = in.readByte()) {
            switch (what) {
                case CLEARED -> readBack.clear();
                case DONE -> readBack.remove(in.readLong());
                case ADDED -> readDue(in, "");
                case ADDED_TO_CLOCK -> readDue(in, in.readUTF());
                default -> throw new IOException("no change of what is due: " + what);
            }
        }
    }

    private void readDue(DataInput in, String clock) throws IOException {
        long at = in.readLong();
        long number = in.readLong();
        String name = in.readUTF();
        List<String> with = new ArrayList<>();
        for (int left = in.readByte(); left > 0; left--) {
            with.add(in.readUTF());
        }
        sequence = Math.max(sequence, number + 1);
        Work work = kinds.get(name);
        if (work == null) {
            log.warn("left out what was due: nobody here does {}", name);
        } else {
            readBack.put(number, new Due(clock, at, number, work, List.copyOf(with)));
        }
    }

    void restored() {
        readBack.values().forEach(due -> queue(due.clock()).add(due));
        readBack.clear();
    }
}
