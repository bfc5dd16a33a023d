package io.tillstream.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The classes that a process of the same jars loaded before, as this JDK keeps them for the next start: reading and
 * checking classes is a third of the work of a start. The first clean stop writes them. A start goes on without when
 * they are missing or do not fit.
 *
 * @param archive of these jars and this JDK
 * @param draft where the first process writes it
 */
record SharedClasses(Path archive, Path draft) {
    /** From here on a JVM makes and renews the archive itself. */
    private static final int RENEWED_BY_JVM = 19;

    /** @param folder changes whenever the jars do */
    static SharedClasses in(Path folder, String name) {
        Path archive = folder.resolve(name + "-" + Runtime.version() + ".jsa");
        return new SharedClasses(archive, folder.resolve(archive.getFileName() + "." + System.nanoTime()));
    }

    List<String> flags() {
        if (Runtime.version().feature() >= RENEWED_BY_JVM) {
            return List.of("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off");
        }
        return Files.exists(archive)
                ? List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off")
                : List.of("-XX:ArchiveClassesAtExit=" + draft, "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
    }

    /** After a clean stop; what a killed process wrote is not whole. */
    void keep() {
        try {
            if (Files.exists(draft)) {
                Files.move(draft, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException cause) {
            throw new LocalFailure("The classes for the next start cannot be kept: " + cause.getMessage(), cause);
        }
    }
}
