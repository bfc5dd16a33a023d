package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaBrokerIT {
    @TempDir
    Path folder;

    /** The folder of a test or a build is often gone when somebody reads the message. */
    @Test
    void whyItsStorageCannotBeMadeIsInTheMessage() throws IOException {
        Folders folders = new Folders(folder);
        Files.createFile(folders.work(Part.KAFKA).resolve("log")); // where its storage should be
        Jvm jvm = new Jvm(LocalSettings.standard().root(), false, false);

        assertThatThrownBy(() -> KafkaBroker.start(1, jvm, folders))
                .isInstanceOf(LocalFailure.class)
                .hasMessageEndingWith("kafka.log, which ends with: No available log directories to format.");
    }
}
