package io.tillstream.local;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs, unpacked once from the Maven artifact into a folder. */
final class PostgresBinaries {
    private PostgresBinaries() {}

    /** The folder with {@code bin/postgres}; unpacked beside it first, so that a stop half-way leaves no half copy. */
    static Path unpackedIn(Path folder) {
        try {
            MadeOnce.unlessThere(
                    folder.resolve("bin/postgres"),
                    folder.resolveSibling(folder.getFileName() + ".lock"),
                    () -> unpackAnew(folder));
            return folder;
        } catch (IOException cause) {
            throw new LocalFailure("PostgreSQL cannot be unpacked into " + folder + ": " + cause.getMessage(), cause);
        }
    }

    private static void unpackAnew(Path folder) throws IOException {
        try (InputStream archive = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system(), machine());
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(archive))) {
            Path draft = Files.createTempDirectory(folder.toAbsolutePath().getParent(), "unpacking");
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(entry, tar, draft);
            }
            readable(draft);
            Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** A temporary folder is its maker's only; PostgreSQL may run as somebody else. */
    private static void readable(Path folder) throws IOException {
        if (!folder.toFile().setReadable(true, false) || !folder.toFile().setExecutable(true, false)) {
            throw new IOException(folder + " cannot be made readable");
        }
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path draft) throws IOException {
        Path target = draft.resolve(entry.getName()).normalize();
        if (!target.startsWith(draft)) {
            throw new IOException("entry outside of the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        if (entry.isSymbolicLink() || entry.isLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(content, target);
        if (entry.getName().contains("bin/") && !target.toFile().setExecutable(true, false)) {
            throw new IOException(target + " cannot be made executable");
        }
    }

    private static String system() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "Darwin" : "Linux";
    }

    private static String machine() {
        String machine = System.getProperty("os.arch");
        return machine.equals("amd64") ? "x86_64" : machine;
    }
}
