package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {
    @TempDir
    Path folder;

    private String endOf(String log) throws IOException {
        Folders folders = new Folders(folder);
        Files.writeString(folders.log(Part.GATEWAY), log);
        return folders.endOfLog(Part.GATEWAY);
    }

    @Test
    void theEndOfALogIsItsLastLineThatIsNoPartOfAStackTrace() throws IOException {
        assertThat(endOf("""
                first
                java.io.IOException: disk full
                    at java.base/java.lang.Thread.run(Thread.java:840)

                """)).endsWith("gateway.log, which ends with: java.io.IOException: disk full");
    }

    @Test
    void ofASpringApplicationItIsWhatItDescribes() throws IOException {
        assertThat(endOf("""
                APPLICATION FAILED TO START

                Description:

                Property: tillstream.quotes.secret
                Reason: is too short

                Action:

                Update your application's configuration
                """)).endsWith("which ends with: Property: tillstream.quotes.secret Reason: is too short");
    }

    @Test
    void aLogThatIsEmptyOrGoneIsNamedAllTheSame() throws IOException {
        assertThat(endOf("")).endsWith("gateway.log");
        assertThat(new Folders(folder).endOfLog(Part.KAFKA)).endsWith("kafka.log");
    }

    @Test
    void aSecondInstanceHasALogAndAnIdOfItsOwnAndSharesTheRest() {
        Folders first = new Folders(folder);
        Folders second = first.ofSecondInstances();

        assertThat(second.log(Part.ORDER_SERVICE)).isEqualTo(folder.resolve("logs/order-service-2.log"));
        assertThat(second.pidFile(Part.ORDER_SERVICE)).isNotEqualTo(first.pidFile(Part.ORDER_SERVICE));
        assertThat(second.work(Part.ORDER_SERVICE)).isEqualTo(first.work(Part.ORDER_SERVICE));
    }
}
