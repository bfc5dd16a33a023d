package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two systems may be started from one checkout at the same time: neither takes its programs from the other. */
class LaunchersTogetherIT {
    private static final int LAUNCHERS = 3;
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @TempDir
    Path folder;

    /** What a launcher does first, as a process of its own. */
    static final class Launcher {
        public static void main(String[] arguments) throws IOException {
            Path unpacked = UnpackedJar.of(Path.of(arguments[0]), List.of(JAVA.toString()));
            tell(unpacked);
            tell(unpacked.resolveSibling("lib"));
            tell(PostgresBinaries.unpackedIn(Path.of(arguments[1])).resolve("bin/postgres"));
        }

        /** At once: what another makes anew later is another file. */
        private static void tell(Path made) throws IOException {
            System.out.println(made + " " + Files.readAttributes(made, "fileKey"));
        }
    }

    @Test
    void whatLaunchersUseTogetherIsMadeByOneOfThem() throws Exception {
        Path jar = Files.copy(builtJar(), folder.resolve("application.jar"));

        List<Process> launchers = new ArrayList<>();
        for (int i = 0; i < LAUNCHERS; i++) {
            launchers.add(launch(jar));
        }

        List<List<String>> seen = new ArrayList<>();
        for (Process launcher : launchers) {
            String said = new String(launcher.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(launcher.waitFor()).as(said).isZero();
            seen.add(said.lines()
                    .filter(line -> line.startsWith(folder.toString()))
                    .toList());
        }
        assertThat(seen).as("the same files, of which none was made anew").containsOnly(seen.get(0));
        assertThat(seen.get(0)).hasSize(3);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).noneMatch(one -> one.getFileName().toString().startsWith("unpacking"));
        }
    }

    private Process launch(Path jar) throws IOException {
        return new ProcessBuilder(
                        JAVA.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Launcher.class.getName(),
                        jar.toString(),
                        folder.resolve("postgresql").toString())
                .redirectErrorStream(true)
                .start();
    }

    private static Path builtJar() {
        return new Jvm(LocalSettings.standard().root(), false, false).jarOf(Part.IDENTITY);
    }
}
