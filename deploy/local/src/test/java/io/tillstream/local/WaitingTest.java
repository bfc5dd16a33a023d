package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A slow machine is no broken one. */
class WaitingTest {
    private static final Duration PATIENCE = Duration.ofMillis(400);
    private static final int CHILDREN = 50;

    @TempDir
    Path folder;

    private ChildProcess process;

    @AfterEach
    void leaveNothingRunning() {
        if (process != null) {
            process.kill();
        }
    }

    private void runs(String script) {
        process = ChildProcess.start(
                Part.IDENTITY, List.of("/bin/sh", "-c", script), Map.of(), new Folders(folder.toAbsolutePath()));
    }

    @Test
    void aStartThatWorksIsWaitedForLongerThanOneThatHangs() {
        long step = PATIENCE.toNanos() / 4;
        var working = new Waiting.Patience(PATIENCE, 0, 0);
        var hanging = new Waiting.Patience(PATIENCE, 0, 0);
        for (int steps = 1; steps <= 16; steps++) {
            assertThat(working.isOver(steps * step, steps * step / 4)).isFalse();
            assertThat(hanging.isOver(steps * step, steps)).isEqualTo(steps > 4);
        }
        assertThat(working.isOver(
                        Duration.ofHours(1).toNanos(), Duration.ofHours(1).toNanos()))
                .as("but not for ever")
                .isTrue();
    }

    @Test
    void aProcessThatWorksIsSeenWorking() {
        runs("while :; do :; done");
        long before = process.cpuNanos();
        Waiting.until("it worked", Duration.ofMinutes(1), () -> process.cpuNanos() > before, process);
    }

    /** Else PostgreSQL would start again beside what is left of it, and end. */
    @Test
    void noneOfItsOwnChildrenRunsWhenAProcessWasKilled() {
        runs("i=0; while [ $i -lt " + CHILDREN + " ]; do sleep 600 & i=$((i+1)); done; wait");
        ProcessHandle handle = ProcessHandle.of(process.pid()).orElseThrow();
        Waiting.until(
                "it has all its children",
                Duration.ofMinutes(1),
                () -> handle.children().count() == CHILDREN,
                process);
        List<ProcessHandle> children = handle.children().toList();

        process.kill();

        assertThat(children)
                .noneMatch(child -> child.isAlive() && child.info().command().isPresent());
    }

    @Test
    void aStartThatHangsIsGivenUp() {
        runs("exec sleep 600");

        assertThatThrownBy(() -> Waiting.until("it is ready", PATIENCE, () -> false, process))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("it is not so that it is ready");
    }
}
