package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalkThroughTest {
    @TempDir
    Path folder;

    private WalkThrough.Outcome walk(String markdown) throws Exception {
        Path file = Files.writeString(folder.resolve("README.md"), markdown);
        return WalkThrough.run(WalkThrough.script(WalkThrough.read(file)), folder, Map.of("NAME", "world"));
    }

    @Test
    void blocksRunInOneShellAndTheirOutputIsCompared() throws Exception {
        WalkThrough.Outcome outcome = walk("""
            # Read me
            ```bash
            exit 7
            ```
            ```bash walk
            greeting="it's $NAME"
            echo "$greeting"
            # → it's world
            echo next
            # → next
            ```
            And then
            ```bash walk
            echo "$greeting again"
            # → again
            # → world
            ```
            """);

        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("it's world again");
    }

    @Test
    void outputThatLacksWhatTheTextPromisesIsNamed() throws Exception {
        WalkThrough.Outcome outcome = walk("""
            ```bash walk
            echo one
            # → two
            ```
            """);

        assertThat(outcome.exitCode()).isNotZero();
        assertThat(outcome.output()).contains("NOT FOUND: two");
    }

    @Test
    void theOutputOfAnEarlierCommandIsNotTheOutputOfThisOne() throws Exception {
        WalkThrough.Outcome outcome = walk("""
            ```bash walk
            echo one
            # → one
            echo two
            # → one
            ```
            """);

        assertThat(outcome.exitCode()).isNotZero();
    }

    @Test
    void aCommandThatFailsEndsTheWalkAndShowsWhatItSaid() throws Exception {
        WalkThrough.Outcome outcome = walk("""
            ```bash walk
            echo about to fail
            false
            echo never
            ```
            """);

        assertThat(outcome.exitCode()).isNotZero();
        assertThat(outcome.output()).contains("about to fail").doesNotContain("never");
    }

    /** A machine that is busy shows it a little later, to a reader too. */
    @Test
    void whatIsNotThereYetIsLookedAtAgainAndWhatWasDoneIsNotDoneAgain() throws Exception {
        WalkThrough.Outcome outcome = walk("""
            ```bash walk
            get() { echo look >> looks; [ "$(wc -l < looks)" -lt 3 ] || echo "$1 is there"; }
            echo made >> made
            get order
            # → order is there
            wc -l < made
            # → 1
            ```
            """);

        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    }

    @Test
    void aRequestThatIsAnsweredToComeAgainIsSentAgainWithItsKey() throws Exception {
        List<String> keys = new CopyOnWriteArrayList<>();
        HttpServer shop = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        shop.createContext("/", exchange -> {
            try (exchange) {
                keys.add(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
                byte[] body = (keys.size() == 1 ? "later" : "bought").getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(keys.size() == 1 ? 503 : 201, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        shop.start();
        try {
            WalkThrough.Outcome outcome =
                    walk("""
                ```bash walk
                curl -s -X POST http://127.0.0.1:PORT/orders -H "Idempotency-Key: $RANDOM$RANDOM" -d '{}'
                # → bought
                ```
                """.replace("PORT", String.valueOf(shop.getAddress().getPort())));

            assertThat(outcome.exitCode()).as(outcome.output()).isZero();
            assertThat(keys).hasSize(2).allMatch(key -> key.equals(keys.get(0)));
        } finally {
            shop.stop(0);
        }
    }
}
