package io.tillstream.simulator.storage;

import io.tillstream.simulator.state.Kept;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to the files beside the turns: the log is brought to the disk, and when it got long, a snapshot takes its
 * place.
 *
 * <p>A turn that was answered is with the operating system, so a kill of this process loses nothing of it; it is on the disk
 * a second later. Only a machine that loses its power may take back that second: to wait for the disk at each request would
 * make a stand-in many times slower, for a case that is cured by starting with an empty account.
 */
final class Compaction {
    private static final Logger log = LoggerFactory.getLogger(Compaction.class);
    private static final long SYNC_MILLIS = 1_000;
    private static final long LONGEST_LOG = 1L << 30; // a start reads all of it, however large the snapshot is
    private static final int THREADS = 2; // a snapshot that takes long must not hold up the log

    private final StateFolder folder;
    private final List<Kept> state;
    private final long compactAfter;
    private final ScheduledExecutorService background = Executors.newScheduledThreadPool(THREADS, work -> {
        Thread thread = new Thread(work, "state-files");
        thread.setDaemon(true);
        return thread;
    });
    private int number;
    private volatile long due;
    private volatile boolean underway;
    private volatile boolean closed;
    private volatile @Nullable Exception failure;
    private volatile @Nullable LogFile current;
    private long synced;

    /** {@code number} is that of the log that is written. */
    Compaction(StateFolder folder, List<Kept> state, long compactAfter, int number) throws IOException {
        this.folder = folder;
        this.state = state;
        this.compactAfter = compactAfter;
        this.number = number;
        this.due = dueAfter(folder.newestSnapshot());
        var unused = background.scheduleWithFixedDelay(this::sync, SYNC_MILLIS, SYNC_MILLIS, TimeUnit.MILLISECONDS);
    }

    private long dueAfter(int snapshot) throws IOException {
        return Math.min(LONGEST_LOG, Math.max(compactAfter, Files.size(folder.snapshot(snapshot))));
    }

    /** Why nothing can be kept any more; null as long as it can. */
    @Nullable
    Exception failure() {
        return failure;
    }

    void fail(Exception reason) {
        failure = reason;
        log.error("the state cannot be kept any more: start anew", reason);
    }

    /** The log to go on with: another one if it was time for a snapshot. Within a turn whose changes are written. */
    LogFile ifDue(LogFile file, long sequence) {
        current = file;
        if (file.end() < due || underway) {
            return file;
        }
        try {
            LogFile next = new LogFile(folder.log(number + 1), 0);
            number++;
            underway = true;
            int wanted = number;
            Snapshot snapshot = Snapshot.of(state, sequence);
            background.execute(() -> replace(wanted, snapshot, file));
            current = next;
            return next;
        } catch (IOException e) {
            due = file.end() + compactAfter;
            log.warn("no new log could be begun, so the old one grows on", e);
            return file;
        }
    }

    private void replace(int wanted, Snapshot snapshot, LogFile before) {
        try {
            before.sync();
            before.close();
            snapshot.write(folder.unfinished(wanted));
            folder.finish(wanted);
            due = dueAfter(wanted);
            log.info("snapshot {} holds the state up to change {}", wanted, snapshot.sequence());
        } catch (IOException | RuntimeException e) {
            log.warn("snapshot {} could not be written, so the logs before it stay", wanted, e);
        } finally {
            underway = false;
        }
    }

    private void sync() {
        LogFile file = current;
        if (file == null || closed || file.end() == synced) {
            return;
        }
        long end = file.end();
        try {
            file.sync();
            synced = end;
        } catch (IOException e) {
            // A log that was just replaced is closed, and was synced before that.
            if (file == current && !closed) {
                fail(e);
            }
        }
    }

    void close(LogFile file) throws IOException {
        closed = true;
        background.shutdown();
        file.sync();
        file.close();
        folder.close();
    }
}
