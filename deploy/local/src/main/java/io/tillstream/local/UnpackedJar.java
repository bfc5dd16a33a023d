package io.tillstream.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * An application's jar beside its libraries, unpacked once per build: a fifth of the work of a start is reading jars
 * within a jar. What runs is then also out of reach of the next build.
 */
final class UnpackedJar {
    private UnpackedJar() {}

    /** Made under another name first: a second launcher may do the same at the same time. */
    static Path of(Path jar, List<String> java) {
        Path all = Folders.make(jar.resolveSibling("unpacked"));
        try {
            Path folder =
                    all.resolve(Long.toString(Files.getLastModifiedTime(jar).toMillis()));
            Path unpacked = folder.resolve(jar.getFileName());
            if (!Files.exists(unpacked)) {
                Path draft = Files.createTempDirectory(jar.getParent(), "unpacking");
                unpack(jar, draft, java);
                deleteAllIn(all);
                Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
            }
            return unpacked;
        } catch (IOException cause) {
            throw new LocalFailure(jar + " cannot be unpacked: " + cause.getMessage(), cause);
        }
    }

    private static void deleteAllIn(Path folder) throws IOException {
        try (Stream<Path> olderBuilds = Files.list(folder)) {
            olderBuilds.forEach(Folders::delete);
        }
    }

    private static void unpack(Path jar, Path folder, List<String> java) throws IOException {
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of("-Djarmode=tools", "-jar", jar.toString(), "extract", "--force", "--destination"));
        command.add(folder.toString());
        Process unpacking = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (unpacking.waitFor() != 0) {
                throw new IOException("exit code " + unpacking.exitValue());
            }
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("interrupted", cause);
        }
    }
}
