package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A slow machine is no broken one. */
class WaitingTest {
    private static final Duration PATIENCE = Duration.ofMillis(400);

    @TempDir
    Path folder;

    private ChildProcess process;

    @AfterEach
    void leaveNothingRunning() {
        process.kill();
    }

    private void runs(String script) {
        process = ChildProcess.start(
                Part.IDENTITY, List.of("/bin/sh", "-c", script), Map.of(), new Folders(folder.toAbsolutePath()));
    }

    @Test
    void aStartThatWorksIsWaitedForLongerThanOneThatHangs() {
        runs("while :; do :; done");
        long began = System.nanoTime();
        BooleanSupplier afterFourTimesThePatience =
                () -> System.nanoTime() - began > PATIENCE.multipliedBy(4).toNanos();

        Waiting.until("it is ready", PATIENCE, afterFourTimesThePatience, process);
    }

    @Test
    void aStartThatHangsIsGivenUp() {
        runs("exec sleep 60");

        assertThatThrownBy(() -> Waiting.until("it is ready", PATIENCE, () -> false, process))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("it is not so that it is ready");
    }
}
