package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WelcomeTest {
    @TempDir
    Path folder;

    @Test
    void everyPlaceThatAPersonOpensIsNamed() {
        try (LocalTillstream local =
                new LocalTillstream(LocalSettings.standard().withData(folder))) {
            assertThat(Welcome.text(local, 12.3))
                    .contains(
                            "ready after 12 s",
                            "Shop               http://localhost:8080",
                            "4242 4242 4242 4242",
                            "http://localhost:8080/console",
                            "http://localhost:8080/docs",
                            "http://127.0.0.1:12111/_simulator/dashboard",
                            "http://127.0.0.1:8081",
                            "http://127.0.0.1:8082",
                            "http://127.0.0.1:8083",
                            "http://127.0.0.1:8084",
                            "http://127.0.0.1:9000",
                            folder.resolve("logs").toString(),
                            "pm_card_visa");
        }
    }
}
