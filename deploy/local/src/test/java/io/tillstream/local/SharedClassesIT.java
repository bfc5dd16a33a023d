package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a JVM keeps for the next start makes it faster at best, and never keeps it from starting. */
class SharedClassesIT {
    @TempDir
    Path folder;

    @Test
    void aStartWorksWithoutThemWithThemAndWithOnesThatAreSpoiled() throws Exception {
        SharedClasses first = SharedClasses.in(folder, "run", true);
        assertThat(says(first)).containsPattern("^Not started: unknown option --nothing");
        first.keep();
        assertThat(first.archive()).isNotEmptyFile();

        assertThat(says(SharedClasses.in(folder, "run", true)))
                .containsPattern("^Not started: unknown option --nothing");

        assertThat(SharedClasses.in(folder, "other", false).flags()).isEmpty();
        Files.writeString(first.archive(), "spoiled");
        assertThat(says(SharedClasses.in(folder, "run", true)))
                .containsPattern("^Not started: unknown option --nothing");
        Files.write(first.archive(), new byte[100_000]);
        assertThat(says(SharedClasses.in(folder, "run", true)))
                .containsPattern("^Not started: unknown option --nothing");
    }

    private static String says(SharedClasses classes) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(classes.flags());
        command.addAll(List.of("-jar", "target/local-1.0.0-SNAPSHOT.jar", "--nothing"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(1);
        return said;
    }
}
