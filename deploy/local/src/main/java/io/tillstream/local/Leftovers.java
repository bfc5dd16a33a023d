package io.tillstream.local;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ends processes of an earlier run over the same data: they would hold its ports and write to its files. */
final class Leftovers {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Leftovers() {}

    static void stop(Folders folders) {
        for (Part part : Part.values()) {
            PidFile file = folders.pidFile(part);
            file.survivor().ifPresent(process -> end(part, process));
            file.delete();
        }
    }

    private static void end(Part part, ProcessHandle process) {
        System.err.println(
                "Stopping " + part.label() + " (process " + process.pid() + "), left over by an earlier run");
        process.destroy();
        try {
            process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException stubborn) {
            process.destroyForcibly();
        } catch (ExecutionException cause) {
            throw new LocalFailure(part.label() + " of an earlier run cannot be stopped", cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("interrupted", cause);
        }
    }
}
