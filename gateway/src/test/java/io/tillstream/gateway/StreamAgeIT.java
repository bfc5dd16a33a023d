package io.tillstream.gateway;

import static org.awaitility.Awaitility.await;

import io.tillstream.testing.TestTokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** Nobody keeps a place for ever. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "STRIPE_PUBLISHABLE_KEY=pk_test_1",
            "tillstream.web.shutdown-delay=0s",
            "tillstream.gateway.streams.longest=2s"
        })
class StreamAgeIT {

    private static final Backend ORDER = new Backend("order");
    private static final TestTokens TOKENS = TestTokens.shared();
    private static final Duration WAIT = Duration.ofSeconds(60);

    private final List<Disposable> clients = new ArrayList<>();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    @LocalServerPort
    int port;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("ORDER_SERVICE_URL", ORDER::url);
        registry.add("PAYMENT_SERVICE_URL", ORDER::url);
        registry.add("WEBHOOK_INGEST_URL", ORDER::url);
        registry.add("OIDC_ISSUER", TOKENS::issuer);
    }

    @BeforeAll
    static void theServiceHasTheKeys(@LocalServerPort int port) {
        TOKENS.awaitKeysAt("http://127.0.0.1:" + port + "/api/admin/event-flow");
    }

    @AfterAll
    static void end() {
        ORDER.close();
    }

    @Test
    void aStreamEndsWhenItHasLivedLongEnough() {
        ORDER.answer = (request, response) -> {
            opened.incrementAndGet();
            open.incrementAndGet();
            response.withConnection(connection -> connection.onDispose(open::decrementAndGet));
            return response.sse().sendString(Flux.concat(Flux.just("data: settling\n\n"), Flux.<String>never()));
        };
        await().atMost(WAIT).until(() -> {
            if (ended.get() == clients.size()) { // a busy machine may take longer than a stream lives to open it
                clients.add(stream());
            }
            return opened.get() > 0;
        });
        await().atMost(WAIT).until(() -> open.get() == 0 && ended.get() == clients.size());
        clients.forEach(Disposable::dispose);
    }

    private Disposable stream() {
        return WebClient.create("http://127.0.0.1:" + port)
                .get()
                .uri("/api/orders/1/settlement")
                .header("Authorization", "Bearer " + TOKENS.user("dora"))
                .accept(MediaType.TEXT_EVENT_STREAM)
                .retrieve()
                .bodyToFlux(String.class)
                .doOnTerminate(ended::incrementAndGet)
                .subscribe(state -> {}, fault -> {});
    }
}
