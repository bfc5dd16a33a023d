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
    private static final String UNNAMED = ""; // ends with the process

    private final PriorityQueue<Due> queue =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::sequence));
    private final Map<String, Work> kinds = new HashMap<>();
    private final Set<Due> added = new LinkedHashSet<>();
    private final List<Long> done = new ArrayList<>();
    private final Map<Long, Due> readBack = new HashMap<>();
    private long sequence;
    private boolean kept;
    private boolean cleared;

    record Due(long at, long sequence, Work work, List<String> with) {
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

    void add(long at, Work work, List<String> with) {
        Due due = new Due(at, sequence++, work, with);
        queue.add(due);
        if (kept && due.isKept()) {
            added.add(due);
        }
    }

    /** What falls due first, if it does until then; it stays until it is {@link #take taken}. */
    @Nullable
    Due until(long time) {
        Due first = queue.peek();
        return first == null || first.at() > time ? null : first;
    }

    void take(Due due) {
        queue.poll();
        if (kept && due.isKept() && !added.remove(due)) {
            done.add(due.sequence());
        }
    }

    int size() {
        return queue.size();
    }

    void clear() {
        queue.clear();
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
        out.writeByte(ADDED);
        out.writeLong(due.at());
        out.writeLong(due.sequence());
        out.writeUTF(due.work().name());
        out.writeByte(due.with().size());
        for (String each : due.with()) {
            out.writeUTF(each);
        }
    }

    Kept.Copy copy() {
        List<Due> now = queue.stream().filter(Due::isKept).toList();
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
                case ADDED -> readDue(in);
                default -> throw new IOException("no change of what is due: " + what);
            }
        }
    }

    private void readDue(DataInput in) throws IOException {
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
            readBack.put(number, new Due(at, number, work, List.copyOf(with)));
        }
    }

    void restored() {
        queue.addAll(readBack.values());
        readBack.clear();
    }
}
