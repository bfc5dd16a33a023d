package io.tillstream.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/**
 * An application's jar beside its libraries, unpacked once per content: a fifth of the work of a start is reading jars
 * within a jar. What runs is then also out of reach of the next build.
 */
final class UnpackedJar {
    private static final String OWN_LIBRARY = "-SNAPSHOT.jar";

    private UnpackedJar() {}

    /** Made under another name first: a stop half-way leaves no half copy. */
    static Path of(Path jar, List<String> java) {
        Path all = Folders.make(jar.resolveSibling("unpacked"));
        try {
            Path folder = all.resolve(Long.toHexString(contentOf(jar)));
            Path unpacked = folder.resolve(jar.getFileName());
            MadeOnce.unlessThere(unpacked, all.resolveSibling("unpacked.lock"), () -> {
                Path draft = Files.createTempDirectory(jar.toAbsolutePath().getParent(), "unpacking");
                unpack(jar, draft, java);
                deleteAllIn(all);
                Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
            });
            return unpacked;
        } catch (IOException cause) {
            throw new LocalFailure(jar + " cannot be unpacked: " + cause.getMessage(), cause);
        }
    }

    /** The same for a jar that was built anew from the same sources: what is unpacked, and learned of it, still fits. */
    private static long contentOf(Path jar) throws IOException {
        CRC32 sum = new CRC32();
        try (ZipFile file = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(file.entries())) {
                long content = entry.getName().endsWith(OWN_LIBRARY)
                        ? contentOfLibrary(file.getInputStream(entry))
                        : entry.getCrc();
                sum.update((entry.getName() + " " + content).getBytes(StandardCharsets.UTF_8));
            }
        }
        return sum.getValue();
    }

    /** A library of this repository is packed anew by each build, with other times in it. */
    private static long contentOfLibrary(InputStream packed) throws IOException {
        CRC32 sum = new CRC32();
        try (ZipInputStream library = new ZipInputStream(packed)) {
            for (ZipEntry entry = library.getNextEntry(); entry != null; entry = library.getNextEntry()) {
                sum.update(entry.getName().getBytes(StandardCharsets.UTF_8));
                sum.update(library.readAllBytes());
            }
        }
        return sum.getValue();
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
