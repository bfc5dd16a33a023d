package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalkThroughTest {
    @TempDir
    Path folder;

    private WalkThrough.Outcome walk(String markdown) throws Exception {
        Path file = Files.writeString(folder.resolve("README.md"), markdown);
        return WalkThrough.run(WalkThrough.script(WalkThrough.read(file)), folder, Map.of("NAME", "world"));
    }

    @Test
    void blocksRunInOneShellAndTheirOutputIsCompared() throws Exception {
        WalkThrough.Outcome outcome = walk("""
            # Read me
            ```bash
            exit 7
            ```
            ```bash walk
            greeting="it's $NAME"
            echo "$greeting"
            # → it's world
            echo next
            # → next
            ```
            And then
            ```bash walk
            echo "$greeting again"
            # → again
            # → world
            ```
            """);

        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("it's world again");
    }

    @Test
    void outputThatLacksWhatTheTextPromisesIsNamed() throws Exception {
        WalkThrough.Outcome outcome = walk("""
            ```bash walk
            echo one
            # → two
            ```
            """);

        assertThat(outcome.exitCode()).isNotZero();
        assertThat(outcome.output()).contains("NOT FOUND: two");
    }

    @Test
    void theOutputOfAnEarlierCommandIsNotTheOutputOfThisOne() throws Exception {
        WalkThrough.Outcome outcome = walk("""
            ```bash walk
            echo one
            # → one
            echo two
            # → one
            ```
            """);

        assertThat(outcome.exitCode()).isNotZero();
    }

    @Test
    void aCommandThatFailsEndsTheWalkAndShowsWhatItSaid() throws Exception {
        WalkThrough.Outcome outcome = walk("""
            ```bash walk
            echo about to fail
            false
            echo never
            ```
            """);

        assertThat(outcome.exitCode()).isNotZero();
        assertThat(outcome.output()).contains("about to fail").doesNotContain("never");
    }
}
