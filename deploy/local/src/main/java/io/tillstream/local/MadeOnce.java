package io.tillstream.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What every launcher of this checkout uses and one of them makes: whoever comes meanwhile waits for it. Two that made
 * the same at once would take it from under each other's running processes.
 */
final class MadeOnce {

    /** Makes it; what it leaves half done must not look like the whole. */
    interface Making {
        void make() throws IOException;
    }

    private MadeOnce() {}

    /**
     * Makes what is not there.
     *
     * @param lock a file that is held meanwhile, by this process against others
     * @throws IOException of the making, or if the lock cannot be had
     */
    static void unlessThere(Path made, Path lock, Making making) throws IOException {
        synchronized (MadeOnce.class) { // a lock of a file is the process's: of two threads it would refuse one
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var held = channel.lock()) {
                if (!Files.exists(made) && held.isValid()) {
                    making.make();
                }
            }
        }
    }
}
