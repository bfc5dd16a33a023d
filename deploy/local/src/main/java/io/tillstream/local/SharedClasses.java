package io.tillstream.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The classes that a process of the same jars loaded before, as this JDK keeps them for the next start: reading and
 * checking classes is a third of the work of a start. To write them is as much work as to start; so only {@code ./run}
 * does, at its end, and whoever starts the same jars later finds them. A start goes on without when they are missing or
 * do not fit.
 *
 * @param archive of these jars and this JDK
 * @param draft where the process writes what it loaded
 * @param writes whether the process writes it at a clean end, if it is missing
 */
record SharedClasses(Path archive, Path draft, boolean writes) {

    /** @param folder changes whenever the jars do */
    static SharedClasses in(Path folder, String name, boolean writes) {
        Path archive = folder.resolve(name + "-" + Runtime.version() + ".jsa");
        Path draft = folder.resolve(archive.getFileName() + "." + System.nanoTime());
        return new SharedClasses(archive, draft, writes);
    }

    List<String> flags() {
        if (Files.exists(archive)) {
            return List.of(
                    "-Xshare:auto", "-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
        }
        if (!writes) {
            return List.of();
        }
        deleteDrafts();
        return List.of("-XX:ArchiveClassesAtExit=" + draft, "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
    }

    /** After a clean end; what a killed process wrote is not whole. */
    void keep() {
        try {
            if (Files.exists(draft)) {
                Files.move(draft, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException cause) {
            throw new LocalFailure("The classes for the next start cannot be kept: " + cause.getMessage(), cause);
        }
    }

    /** What processes wrote whose launcher was killed: nobody knows whether it is whole. */
    private void deleteDrafts() {
        Path folder = archive.toAbsolutePath().getParent();
        if (folder == null) {
            return;
        }
        try (DirectoryStream<Path> drafts = Files.newDirectoryStream(folder, archive.getFileName() + ".*")) {
            drafts.forEach(Folders::delete);
        } catch (IOException cause) {
            throw new LocalFailure("The folder " + folder + " cannot be cleared: " + cause.getMessage(), cause);
        }
    }
}
