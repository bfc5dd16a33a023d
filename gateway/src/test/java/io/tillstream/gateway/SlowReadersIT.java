package io.tillstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.testing.TestTokens;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;

/** Who opens a stream and does not read it keeps neither memory nor a place. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "STRIPE_PUBLISHABLE_KEY=pk_test_1",
            "WRITE_TIMEOUT=1s",
            "tillstream.web.shutdown-delay=0s",
            "tillstream.gateway.streams.per-user=1",
            "tillstream.gateway.streams.longest=10m"
        })
class SlowReadersIT {

    private static final Backend ORDER = new Backend("order");
    private static final TestTokens TOKENS = TestTokens.shared();
    private static final String EVENT = "data: " + "x".repeat(16_000) + "\n\n";
    private static final long MEMORY = 64L << 20; // what kernels keep for three connections, and more

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
    }

    @BeforeEach
    void stream() {
        ORDER.answer = (request, response) -> {
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
            await().until(() -> sent.get() > 0);
            assertThat(open.get()).isEqualTo(1);
            await().until(() -> open.get() == 0);
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
                .block(Duration.ofSeconds(30));
        return count == null ? 0 : count;
    }
}
