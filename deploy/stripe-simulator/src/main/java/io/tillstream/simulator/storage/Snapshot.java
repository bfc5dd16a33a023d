package io.tillstream.simulator.storage;

import io.tillstream.simulator.state.Kept;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Everything at one moment.
 *
 * @param sequence of the last record of the log that is in it
 */
record Snapshot(long sequence, Instant time, Map<String, Kept.Copy> parts) {
    private static final String FORMAT = "tillstream-stripe-simulator 1";
    private static final String END = "";
    private static final int BUFFER = 1 << 16;

    /** Within a turn; cheap enough for that, whatever the state is. */
    static Snapshot of(List<Kept> state, long sequence) {
        Map<String, Kept.Copy> parts = new LinkedHashMap<>();
        state.forEach(part -> parts.put(part.name(), part.copy()));
        return new Snapshot(sequence, Instant.now(), parts);
    }

    /** The file is on disk when this returns. */
    void write(Path file) throws IOException {
        try (FileOutputStream stream = new FileOutputStream(file.toFile())) {
            CheckedOutputStream checked =
                    new CheckedOutputStream(new BufferedOutputStream(stream, BUFFER), new CRC32C());
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(checked, BUFFER));
            out.writeUTF(FORMAT);
            out.writeLong(sequence);
            out.writeLong(time.toEpochMilli());
            for (Map.Entry<String, Kept.Copy> part : parts.entrySet()) {
                out.writeUTF(part.getKey());
                part.getValue().writeTo(out);
            }
            out.writeUTF(END);
            out.flush();
            out.writeLong(checked.getChecksum().getValue());
            out.flush();
            stream.getChannel().force(true);
        }
    }

    /** Where the log goes on. */
    record Read(long sequence, Instant time) {}

    /** Refuses what is not whole before anything of it is taken. */
    static Read read(Path file, Map<String, Kept> state) throws IOException {
        verify(file);
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
            if (!in.readUTF().equals(FORMAT)) {
                throw new DamagedStateException(file, "it is not in the format of this version");
            }
            Read read = new Read(in.readLong(), Instant.ofEpochMilli(in.readLong()));
            for (String name = in.readUTF(); !name.equals(END); name = in.readUTF()) {
                part(file, state, name).read(in);
            }
            return read;
        }
    }

    private static void verify(Path file) throws IOException {
        long length = Files.size(file) - Long.BYTES;
        CRC32C checksum = new CRC32C();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
            byte[] chunk = new byte[BUFFER];
            for (long left = length; left > 0; left -= Math.min(left, BUFFER)) {
                in.readFully(chunk, 0, (int) Math.min(left, BUFFER));
                checksum.update(chunk, 0, (int) Math.min(left, BUFFER));
            }
            if (length < 1 || in.readLong() != checksum.getValue()) {
                throw new DamagedStateException(file, "its checksum is wrong");
            }
        }
    }

    /** What this version does not know cannot be skipped, and to forget it would be worse than to say it. */
    static Kept part(Path file, Map<String, Kept> state, String name) throws DamagedStateException {
        @Nullable Kept part = state.get(name);
        if (part == null) {
            throw new DamagedStateException(file, "this version knows no " + name);
        }
        return part;
    }
}
