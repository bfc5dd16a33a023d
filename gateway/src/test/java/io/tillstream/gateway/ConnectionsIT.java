package io.tillstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.testing.TestTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;

/** What becomes of connections: of who opens a stream and does not read it, and of who goes on at once. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "STRIPE_PUBLISHABLE_KEY=pk_test_1",
            "WRITE_TIMEOUT=1s",
            "tillstream.web.shutdown-delay=0s",
            "tillstream.gateway.streams.per-user=1",
            "tillstream.gateway.streams.longest=10m"
        })
class ConnectionsIT {

    private static final Backend ORDER = new Backend("order");
    private static final TestTokens TOKENS = TestTokens.shared();
    private static final String EVENT = "data: " + "x".repeat(16_000) + "\n\n";
    private static final long MEMORY = 64L << 20; // what kernels keep for three connections, and more

    private static final String FILE = "export const answer = 42;\n".repeat(50);

    @TempDir
    static Path folder;

    private static final Duration WAIT = Duration.ofSeconds(60);

    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();

    @LocalServerPort
    int port;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("ORDER_SERVICE_URL", ORDER::url);
        registry.add("PAYMENT_SERVICE_URL", ORDER::url);
        registry.add("WEBHOOK_INGEST_URL", ORDER::url);
        registry.add("OIDC_ISSUER", TOKENS::issuer);
        registry.add("STOREFRONT_FILES", ConnectionsIT::packed);
    }

    @BeforeAll
    static void theServiceHasTheKeys(@LocalServerPort int port) {
        TOKENS.awaitKeysAt("http://127.0.0.1:" + port + "/api/admin/event-flow");
    }

    @BeforeEach
    void stream() {
        ORDER.answer = (request, response) -> {
            opened.incrementAndGet();
            open.incrementAndGet();
            response.withConnection(connection -> connection.onDispose(open::decrementAndGet));
            Flux<String> events = request.uri().contains("quiet")
                    ? Flux.interval(Duration.ofMillis(500)).map(tick -> "data: " + tick + "\n\n")
                    : Flux.generate(next -> {
                        sent.addAndGet(EVENT.length());
                        next.next(EVENT);
                    });
            return response.sse().sendString(events);
        };
    }

    @AfterAll
    static void end() {
        ORDER.close();
    }

    @Test
    void whoDoesNotReadIsClosedAndItsPlaceIsFree() throws IOException {
        try (Socket reader = new Socket()) {
            reader.setReceiveBufferSize(4096);
            reader.connect(new InetSocketAddress("127.0.0.1", port));
            reader.getOutputStream()
                    .write(("""
                    GET /api/orders/endless/settlement HTTP/1.1
                    Host: 127.0.0.1
                    Accept: text/event-stream
                    Authorization: Bearer %s

                    """.formatted(TOKENS.user("slow")).replace("\n", "\r\n"))
                            .getBytes(StandardCharsets.US_ASCII));
            await().atMost(WAIT).until(() -> sent.get() > 0);
            assertThat(opened.get()).isEqualTo(1);
            await().atMost(WAIT).until(() -> open.get() == 0);
            assertThat(sent.get()).isLessThan(MEMORY);
            assertThat(events("quiet", "slow", 1)).isEqualTo(1);
        }
    }

    @Test
    void whoReadsKeepsItsStreamThoughLittleComes() {
        assertThat(events("quiet", "patient", 6)).isEqualTo(6);
    }

    private long events(String order, String user, int most) {
        Long count = WebClient.create("http://127.0.0.1:" + port)
                .get()
                .uri("/api/orders/{order}/settlement", order)
                .header("Authorization", "Bearer " + TOKENS.user(user))
                .accept(MediaType.TEXT_EVENT_STREAM)
                .retrieve()
                .bodyToFlux(String.class)
                .take(most)
                .count()
                .block(WAIT);
        return count == null ? 0 : count;
    }

    /** One file in a jar, as the pages are where the gateway runs. */
    private static String packed() {
        Path jar = folder.resolve("pages.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (String name : List.of("index.html", "one.js")) {
                out.putNextEntry(new JarEntry("pages/" + name));
                out.write(FILE.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        return "jar:" + jar.toUri() + "!/pages/";
    }

    /** A browser asks whether a file has changed, and goes on at once on the same connection: its page would wait for ever. */
    @Test
    void noRequestThatFollowsOneWithoutABodyAtOnceIsLeftUnanswered() throws IOException {
        String file = "GET /shop/one.js HTTP/1.1\r\nHost: 127.0.0.1\r\n";
        byte[] changed = (file + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] unchanged = (file + "If-Modified-Since: "
                        + DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)) + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        int size = FILE.length();
        try (Socket browser = new Socket("127.0.0.1", port)) {
            browser.setSoTimeout((int) WAIT.toMillis());
            for (int turn = 0; turn < 100; turn++) {
                browser.getOutputStream().write(changed);
                assertThat(status(browser, size)).isEqualTo("HTTP/1.1 200 OK");
                browser.getOutputStream().write(unchanged);
                assertThat(status(browser, 0)).isEqualTo("HTTP/1.1 304 Not Modified");
            }
        }
    }

    /** Reads all of an answer. */
    private static String status(Socket from, int body) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) from.getInputStream().read());
        }
        assertThat(from.getInputStream().readNBytes(body)).hasSize(body);
        return head.substring(0, head.indexOf("\r\n"));
    }
}
