package io.tillstream.simulator.storage;

import io.tillstream.simulator.state.Kept;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the newest snapshot and all logs since, or begins a new folder with the state as it is. */
final class Restoration {
    private static final Logger log = LoggerFactory.getLogger(Restoration.class);

    private final StateFolder folder;
    private final Map<String, Kept> state = new LinkedHashMap<>();

    /**
     * Where the log goes on.
     *
     * @param number of the log
     * @param end of its last whole record
     * @param time of the last change
     */
    record Position(int number, long end, long sequence, Instant time) {}

    Restoration(StateFolder folder, List<Kept> parts) {
        this.folder = folder;
        parts.forEach(part -> state.put(part.name(), part));
    }

    Position restore() throws IOException {
        int newest = folder.newestSnapshot();
        if (newest == 0) {
            return begin(folder.logsFrom(1));
        }
        List<Path> logs = folder.logsFrom(newest);
        state.values().forEach(Kept::clear);
        Snapshot.Read snapshot = Snapshot.read(folder.snapshot(newest), state);
        Position position = new Position(newest, 0, snapshot.sequence(), snapshot.time());
        for (int i = 0; i < logs.size(); i++) {
            position = read(logs.get(i), newest + i, position, i == logs.size() - 1);
        }
        state.values().forEach(Kept::restored);
        folder.deleteBefore(newest);
        log.info("read the state up to change {} of {}", position.sequence(), position.time());
        return position;
    }

    private Position begin(List<Path> logs) throws IOException {
        if (!logs.isEmpty()) {
            throw new DamagedStateException(logs.get(0), "the snapshot before it is missing");
        }
        Snapshot.of(List.copyOf(state.values()), 0).write(folder.unfinished(1));
        folder.finish(1);
        return new Position(1, 0, 0, Instant.now());
    }

    private Position read(Path file, int number, Position before, boolean last) throws IOException {
        try (LogReader reader = new LogReader(file, before.sequence())) {
            Instant time = before.time();
            for (LogRecord record = reader.next(); record != null; record = reader.next()) {
                apply(file, record);
                time = record.time();
            }
            if (reader.torn() > 0 && !last) {
                throw new DamagedStateException(file, "its last record is not whole, though there is a later log");
            }
            if (reader.torn() > 0) {
                log.warn("left out the last {} bytes of {}: they were not answered yet", reader.torn(), file);
            }
            return new Position(number, reader.position(), reader.sequence(), time);
        }
    }

    private void apply(Path file, LogRecord record) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(record.changes()));
        while (in.available() > 0) {
            Snapshot.part(file, state, in.readUTF()).read(in);
        }
    }
}
