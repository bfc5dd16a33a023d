package io.tillstream.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A shell that reads from this process: when this process ends in whatever way, the reading ends, and the shell ends
 * the children whose ids are still on file. A clean stop leaves none on file.
 */
final class Watchdog implements AutoCloseable {
    private static final String SCRIPT = """
            trap '' INT HUP TERM
            cat >/dev/null
            for file in "$1"/*.pid; do
              [ -e "$file" ] || continue
              kill -TERM $(head -1 "$file") 2>/dev/null
            done
            sleep 3
            for file in "$1"/*.pid; do
              [ -e "$file" ] || continue
              kill -KILL $(head -1 "$file") 2>/dev/null
              rm -f "$file"
            done
            """;

    private final Process shell;

    private Watchdog(Process shell) {
        this.shell = shell;
    }

    static Watchdog over(Folders folders) {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid");
        }
        command.addAll(List.of("sh", "-c", SCRIPT, "watchdog", folders.run().toString()));
        try {
            Process shell = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new Watchdog(shell);
        } catch (IOException cause) {
            throw new LocalFailure("sh cannot be started: " + cause.getMessage(), cause);
        }
    }

    @Override
    public void close() {
        shell.descendants().forEach(ProcessHandle::destroyForcibly);
        shell.destroyForcibly();
    }
}
