package io.tillstream.simulator.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log to its end. A last record that is not whole was being written when the process ended, so nobody was told of
 * it: it is left out. One that is followed by others is damaged, and that is said.
 */
final class LogReader implements AutoCloseable {
    private static final int WINDOW = 1 << 20; // for the search behind a broken record

    private final Path file;
    private final FileChannel channel;
    private final long size;
    private long position;
    private long sequence;

    /** {@code sequence} is that of the last record before this file. */
    LogReader(Path file, long sequence) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
        this.size = channel.size();
        this.sequence = sequence;
    }

    /** Null at the end, which is then at {@link #position()}. */
    @Nullable
    LogRecord next() throws IOException {
        LogRecord record = at(position);
        if (record != null && record.sequence() != sequence + 1) {
            throw new DamagedStateException(file, "record " + (sequence + 1) + " is missing before byte " + position);
        }
        if (record == null) {
            refuseRecordsBehind();
            return null;
        }
        position += LogRecord.HEADER + record.changes().length;
        sequence = record.sequence();
        return record;
    }

    long position() {
        return position;
    }

    long sequence() {
        return sequence;
    }

    /** Bytes of a record that is not whole. */
    long torn() {
        return size - position;
    }

    private @Nullable LogRecord at(long start) throws IOException {
        if (size - start < LogRecord.HEADER) {
            return null;
        }
        byte[] header = read(start, LogRecord.HEADER);
        ByteBuffer fields = ByteBuffer.wrap(header);
        int length = fields.getInt();
        if (length < 1 || length > size - start - LogRecord.HEADER) {
            return null;
        }
        long number = fields.getLong();
        Instant time = Instant.ofEpochMilli(fields.getLong());
        byte[] changes = read(start + LogRecord.HEADER, length);
        return fields.getInt() == LogRecord.checksum(header, changes) ? new LogRecord(number, time, changes) : null;
    }

    private byte[] read(long start, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, start + bytes.position()) < 0) {
                throw new IOException(file + " ends at " + start + " though it had " + size + " bytes");
            }
        }
        return bytes.array();
    }

    private void refuseRecordsBehind() throws IOException {
        for (long start = position + 1; start < size; start += WINDOW) {
            int length = (int) Math.min(WINDOW + LogRecord.HEADER, size - start);
            ByteBuffer window = ByteBuffer.wrap(read(start, length));
            for (int i = 0; i + LogRecord.HEADER <= length && i < WINDOW; i++) {
                if (isLater(window.getInt(i), window.getLong(i + Integer.BYTES), start + i) && at(start + i) != null) {
                    throw new DamagedStateException(
                            file,
                            "the record at byte " + position + " is broken, the one at " + (start + i) + " is whole");
                }
            }
        }
    }

    /** Cheap, so that only few places need a look at their checksum. */
    private boolean isLater(int length, long number, long start) {
        return length > 0 && length <= size - start - LogRecord.HEADER && number > sequence && number < sequence + size;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
