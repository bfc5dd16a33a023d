package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The launcher as a process of its own, as {@code ./run} starts it, with PostgreSQL and Kafka only. */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(LogsOfFailures.class)
class RunIT {
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    /** A build in the background is started with Ctrl-C ignored, and whatever it starts inherits that. */
    private static final List<String> HEARS_CTRL_C = hearsCtrlC("env", "--default-signal=INT");

    @TempDir
    Path folder; // LogsOfFailures finds the logs here

    private final LocalSettings ports = LocalSettings.standard().withFreePorts();
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void leaveNothingRunning() {
        started.forEach(Process::destroy);
        await().atMost(PATIENCE).until(() -> started.stream().noneMatch(Process::isAlive));
    }

    @Test
    void ctrlCStopsEverything() throws Exception {
        Process run = runUntilReady();
        List<ProcessHandle> children = children();

        signal("INT", run);

        assertThat(run.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(children).hasSize(2).noneMatch(ProcessHandle::isAlive);
        assertThat(output()).contains("Stopped; data is kept in");
    }

    @Test
    void childrenOfAKilledLauncherEndToo() throws Exception {
        Process run = runUntilReady();
        List<ProcessHandle> children = children();

        run.destroyForcibly();

        await().atMost(PATIENCE).until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void aDeadChildEndsTheRunAndIsSaidInOneLine() throws Exception {
        Process run = runUntilReady();
        ProcessHandle kafka = new Folders(folder).pidFile(Part.KAFKA).survivor().orElseThrow();

        assertThat(kafka.destroyForcibly()).isTrue();

        assertThat(run.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(run.exitValue()).isEqualTo(1);
        assertThat(output()).containsPattern("kafka ended with exit code 137; see .*kafka.log");
    }

    private Process runUntilReady() throws IOException {
        Path jar = Path.of("target/local-1.0.0-SNAPSHOT.jar").toAbsolutePath();
        List<String> command = new ArrayList<>(HEARS_CTRL_C);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                jar.toString(),
                "--data",
                folder.toString()));
        for (Part part : Part.values()) {
            boolean wanted = part == Part.POSTGRESQL || part == Part.KAFKA;
            command.addAll(
                    wanted
                            ? List.of("--port", part.label() + "=" + ports.port(part))
                            : List.of("--without", part.label()));
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("STRIPE_"));
        Process run = builder.start();
        started.add(run);
        await().atMost(PATIENCE).until(() -> !run.isAlive() || output().contains("Tillstream is ready"));
        assertThat(run.isAlive()).describedAs(output()).isTrue();
        return run;
    }

    /** Nothing where {@code env} does not know how; there only a build in the foreground can test it. */
    private static List<String> hearsCtrlC(String... prefix) {
        try {
            List<String> probe = new ArrayList<>(List.of(prefix));
            probe.add("true");
            return new ProcessBuilder(probe).start().waitFor() == 0 ? List.of(prefix) : List.of();
        } catch (IOException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    private List<ProcessHandle> children() {
        Folders folders = new Folders(folder);
        return List.of(Part.POSTGRESQL, Part.KAFKA).stream()
                .map(part -> folders.pidFile(part).survivor())
                .flatMap(Optional::stream)
                .toList();
    }

    private static void signal(String name, Process process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("output"));
    }
}
