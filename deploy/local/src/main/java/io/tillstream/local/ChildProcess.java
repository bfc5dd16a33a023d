package io.tillstream.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One process that was started here. It runs in a session of its own where the system can do that, so that Ctrl-C in
 * the terminal reaches the launcher only, which then stops its children in order. Its id is on file, so that a child
 * whose launcher was killed is found.
 */
final class ChildProcess {
    private static final boolean HAS_SETSID = Files.isExecutable(Path.of("/usr/bin/setsid"));
    private static final Duration KILLED = Duration.ofSeconds(60); // a busy machine takes its time to free its memory
    private static final long STEP_MILLIS = 20;

    private final String name;
    private final Process process;
    private final PidFile pidFile;

    private ChildProcess(String name, Process process, PidFile pidFile) {
        this.name = name;
        this.process = process;
        this.pidFile = pidFile;
    }

    static ChildProcess start(Part part, List<String> command, Map<String, String> environment, Folders folders) {
        List<String> whole = new ArrayList<>();
        if (HAS_SETSID) {
            whole.add("/usr/bin/setsid");
        }
        whole.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(whole).directory(folders.work(part).toFile());
        Secrets.dropInherited(builder.environment(), part, environment);
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.redirectOutput(
                ProcessBuilder.Redirect.appendTo(folders.log(part).toFile()));
        try {
            Process process = builder.start();
            PidFile pidFile = folders.pidFile(part);
            pidFile.write(process.toHandle());
            return new ChildProcess(part.label(), process, pidFile);
        } catch (IOException cause) {
            throw new LocalFailure(part.label() + " cannot be started: " + cause.getMessage(), cause);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    /** The time that it has had of the processor; 0 where the system does not tell. */
    long cpuNanos() {
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    long pid() {
        return process.pid();
    }

    /** False while somebody else is known to listen there: its answers are not this process's. */
    boolean mayListenOn(int port) {
        return !PortOwner.isAnother(pid(), port);
    }

    /** Asks it to end, and kills it when it does not within {@code patience}; true if it ended by itself. */
    boolean stop(String signal, Duration patience) {
        if (signal.equals("TERM")) {
            process.destroy();
        } else {
            signal(signal);
        }
        boolean ended = endsWithin(patience);
        if (!ended) {
            kill();
        }
        pidFile.delete();
        return ended;
    }

    /** Ends it and its own children at once, as a power cut would; when it returns, none of them runs. */
    void kill() {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
        if (!endsWithin(KILLED) || !endWithin(KILLED, descendants)) {
            throw new LocalFailure(name + " (process " + pid() + ") does not end even when killed");
        }
        pidFile.delete();
    }

    private static boolean endWithin(Duration patience, List<ProcessHandle> processes) {
        long begin = System.nanoTime();
        while (processes.stream().anyMatch(ChildProcess::runs)) {
            if (System.nanoTime() - begin > patience.toNanos() || !paused()) {
                return false;
            }
        }
        return true;
    }

    /** What has ended is in the system's table until its parent has asked how; it has no program any more. */
    private static boolean runs(ProcessHandle handle) {
        return handle.isAlive() && handle.info().command().isPresent();
    }

    private static boolean paused() {
        try {
            Thread.sleep(STEP_MILLIS);
            return true;
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Completed when it has ended, for whatever reason. */
    CompletableFuture<?> ended() {
        return process.onExit();
    }

    private void signal(String signal) {
        try {
            int code = new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
                    .start()
                    .waitFor();
            if (code != 0 && process.isAlive()) {
                process.destroy();
            }
        } catch (IOException cause) {
            process.destroy();
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            process.destroy();
        }
    }

    private boolean endsWithin(Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
