package io.tillstream.simulator.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Records, one after the other. What {@link #append} took is with the operating system: the end of the process does it no harm. */
final class LogFile implements AutoCloseable {
    private final FileChannel channel;
    private volatile long end;

    /** Goes on at {@code end}; whatever is behind it is cut off. */
    LogFile(Path file, long end) throws IOException {
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        this.end = end;
        channel.truncate(end);
    }

    /** A record that could not be written whole is written over by the next attempt. */
    void append(ByteBuffer bytes) throws IOException {
        ByteBuffer left = bytes.duplicate();
        while (left.hasRemaining()) {
            channel.write(left, end + left.position());
        }
        long next = end + bytes.remaining();
        end = next;
    }

    long end() {
        return end;
    }

    /** From the operating system to the disk; from any thread. */
    void sync() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
