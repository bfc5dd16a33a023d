package io.tillstream.simulator.storage;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.zip.CRC32C;

/** What one turn changed: all of it or nothing is read back. */
final class LogRecord {
    /** Length of the changes, sequence, milliseconds since 1970, checksum of all these and the changes. */
    static final int HEADER = Integer.BYTES + Long.BYTES + Long.BYTES + Integer.BYTES;

    private static final int CHECKSUM_AT = HEADER - Integer.BYTES;

    private final long sequence;
    private final Instant time;
    private final byte[] changes;

    LogRecord(long sequence, Instant time, byte[] changes) {
        this.sequence = sequence;
        this.time = time;
        this.changes = changes;
    }

    /** Counts without gaps, over all files. */
    long sequence() {
        return sequence;
    }

    Instant time() {
        return time;
    }

    byte[] changes() {
        return changes;
    }

    ByteBuffer bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + changes.length);
        bytes.putInt(changes.length).putLong(sequence).putLong(time.toEpochMilli());
        bytes.putInt(checksum(bytes.array(), changes)).put(changes);
        return bytes.flip();
    }

    static int checksum(byte[] header, byte[] changes) {
        CRC32C checksum = new CRC32C();
        checksum.update(header, 0, CHECKSUM_AT);
        checksum.update(changes);
        return (int) checksum.getValue();
    }
}
