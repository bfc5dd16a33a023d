package io.tillstream.simulator.storage;

import io.tillstream.simulator.state.Kept;
import io.tillstream.simulator.state.TurnLog;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes each turn before its answer goes out. What could not be written stays in memory and is tried again before the
 * next turn; until then every turn is refused, the reading ones too, because they would show what a kill takes back.
 */
final class StateLog implements TurnLog {
    private static final Logger log = LoggerFactory.getLogger(StateLog.class);

    private final List<Kept> state;
    private final Compaction compaction;
    private LogFile file;
    private long sequence;
    private @Nullable ByteBuffer behind;
    private boolean told;
    private boolean closed;

    /** {@code sequence} is that of the last record there is. */
    StateLog(List<Kept> state, Compaction compaction, LogFile file, long sequence) {
        this.state = state;
        this.compaction = compaction;
        this.file = file;
        this.sequence = sequence;
    }

    @Override
    public void begin() {
        Exception failure = compaction.failure();
        if (closed || failure != null) {
            throw new NotWritten(false, failure == null ? new IOException("the simulator stops") : failure);
        }
        if (behind != null) {
            write(behind, false);
        }
    }

    @Override
    public void end() {
        if (!closed && state.stream().anyMatch(Kept::isChanged)) {
            write(new LogRecord(sequence + 1, Instant.now(), changes()).bytes(), true);
            file = compaction.ifDue(file, sequence);
        }
    }

    private byte[] changes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (Kept part : state) {
                if (part.isChanged()) {
                    out.writeUTF(part.name());
                    part.writeChanges(out);
                }
            }
        } catch (IOException | RuntimeException e) {
            // Half of the changes count as written by now: nothing after them can be right.
            compaction.fail(e);
            throw new NotWritten(true, e);
        }
        return bytes.toByteArray();
    }

    private void write(ByteBuffer record, boolean begun) {
        try {
            file.append(record);
        } catch (IOException e) {
            behind = record;
            if (!told) {
                told = true;
                log.error("the state cannot be written: everything is answered with an error until it can", e);
            }
            throw new NotWritten(begun, e);
        }
        sequence++;
        behind = null;
        if (told) {
            told = false;
            log.info("the state can be written again");
        }
    }

    /** Within a turn, the last one. */
    void close() throws IOException {
        closed = true;
        compaction.close(file);
    }
}
