package io.tillstream.benchmark.peer;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program in JavaScript with what it needs, at the versions that its lock file names. */
final class Npm {
    private static final Duration LONGEST = Duration.ofMinutes(3); // a slow registry

    private Npm() {}

    /** A copy of the folder {@code source} below {@code target/}, with what it needs. */
    static Path installed(Path source) throws LeftOut {
        for (String tool : List.of("node", "npm")) {
            if (!isThere(tool)) {
                throw new LeftOut(source.getFileName() + ", as " + tool + " is not installed here");
            }
        }
        Path folder =
                Path.of("target/benchmark/peers").resolve(source.getFileName()).toAbsolutePath();
        try {
            Files.createDirectories(folder);
            try (Stream<Path> files = Files.list(source)) {
                for (Path file : files.toList()) {
                    Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            Process npm = new ProcessBuilder(
                            "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("npm.log").toFile())
                    .start();
            if (!npm.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS) || npm.exitValue() != 0) {
                npm.destroy();
                throw new LeftOut(source.getFileName() + ", as npm ci did not work: see " + folder.resolve("npm.log"));
            }
            return folder;
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }

    private static boolean isThere(String tool) {
        return Stream.of(Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
    }
}
