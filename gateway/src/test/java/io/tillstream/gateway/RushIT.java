package io.tillstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.testing.TestTokens;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
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
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** More than a service can do: what it has taken is done, the rest hears at once when to come back. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "STRIPE_PUBLISHABLE_KEY=pk_test_1",
            "tillstream.web.shutdown-delay=0s",
            "spring.cloud.gateway.server.webflux.httpclient.response-timeout=60s",
            "tillstream.gateway.rates.in-flight=5",
            "tillstream.gateway.rates.in-flight-per-user=2"
        })
class RushIT {

    private static final Backend ORDER = new Backend("order");
    private static final Backend OTHERS = new Backend("others");
    private static final TestTokens TOKENS = TestTokens.shared();
    private static final Duration WAIT = Duration.ofSeconds(60);

    private final AtomicInteger taken = new AtomicInteger();

    @LocalServerPort
    int port;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("ORDER_SERVICE_URL", ORDER::url);
        registry.add("PAYMENT_SERVICE_URL", OTHERS::url);
        registry.add("WEBHOOK_INGEST_URL", OTHERS::url);
        registry.add("OIDC_ISSUER", TOKENS::issuer);
    }

    @BeforeAll
    static void theServiceHasTheKeys(@LocalServerPort int port) {
        TOKENS.awaitKeysAt("http://127.0.0.1:" + port + "/api/admin/event-flow");
    }

    @AfterAll
    static void end() {
        List.of(ORDER, OTHERS).forEach(Backend::close);
    }

    private record Answer(int status, String retryAfter) {}

    private Mono<Answer> order() {
        return order("crowd-" + UUID.randomUUID());
    }

    private Mono<Answer> order(String user) {
        return WebClient.create("http://127.0.0.1:" + port)
                .post()
                .uri("/api/orders")
                .header("Authorization", "Bearer " + TOKENS.user(user))
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{}")
                .exchangeToMono(answer -> answer.releaseBody()
                        .thenReturn(new Answer(
                                answer.statusCode().value(),
                                String.valueOf(answer.headers().asHttpHeaders().getFirst("Retry-After")))));
    }

    /** The service answers nobody until told to. */
    private Sinks.Empty<Void> busy() {
        Sinks.Empty<Void> done = Sinks.empty();
        ORDER.answer = (request, response) -> {
            taken.incrementAndGet();
            return done.asMono().then(Mono.from(response.status(201).send()));
        };
        return done;
    }

    private int otherService() {
        return WebClient.create("http://127.0.0.1:" + port)
                .get()
                .uri("/api/payments")
                .header("Authorization", "Bearer " + TOKENS.user("quiet"))
                .exchangeToMono(answer ->
                        answer.releaseBody().thenReturn(answer.statusCode().value()))
                .block(WAIT);
    }

    @Test
    void whatAServiceHasTakenIsDoneAndTheRestHearsAtOnceWhenToComeBack() {
        Sinks.Empty<Void> done = busy();
        Mono<List<Answer>> first =
                Flux.range(0, 5).flatMap(i -> order()).collectList().cache();
        Disposable started = first.subscribe();
        await().atMost(WAIT).until(() -> taken.get() == 5);

        assertThat(Flux.range(0, 10).flatMap(i -> order()).collectList().block(WAIT))
                .hasSize(10)
                .allMatch(answer -> answer.equals(new Answer(503, "1")));
        assertThat(otherService()).isEqualTo(200);

        done.tryEmitEmpty().orThrow();
        assertThat(first.block(WAIT)).hasSize(5).allMatch(answer -> answer.status() == 201);
        assertThat(taken).hasValue(5);
        assertThat(order().block(WAIT)).isEqualTo(new Answer(201, "null"));
        started.dispose();
    }

    @Test
    void oneUserLeavesPlacesForTheOthers() {
        Sinks.Empty<Void> done = busy();
        Mono<List<Answer>> greedy =
                Flux.range(0, 2).flatMap(i -> order("greedy")).collectList().cache();
        Disposable started = greedy.subscribe();
        await().atMost(WAIT).until(() -> taken.get() == 2);

        assertThat(Flux.range(0, 10).flatMap(i -> order("greedy")).collectList().block(WAIT))
                .hasSize(10)
                .allMatch(answer -> answer.equals(new Answer(429, "1")));
        Mono<Answer> another = order("modest").cache();
        Disposable waiting = another.subscribe();
        await().atMost(WAIT).until(() -> taken.get() == 3);

        done.tryEmitEmpty().orThrow();
        assertThat(greedy.block(WAIT)).hasSize(2).allMatch(answer -> answer.status() == 201);
        assertThat(another.block(WAIT)).isEqualTo(new Answer(201, "null"));
        assertThat(order("greedy").block(WAIT)).isEqualTo(new Answer(201, "null"));
        started.dispose();
        waiting.dispose();
    }

    @Test
    void theirPlacesAreFreeWhenClientsGoAway() {
        Sinks.Empty<Void> done = busy();
        List<Disposable> clients =
                Flux.range(0, 5).map(i -> order().subscribe()).collectList().block(WAIT);
        await().atMost(WAIT).until(() -> taken.get() == 5);

        clients.forEach(Disposable::dispose);

        done.tryEmitEmpty().orThrow();
        await().atMost(WAIT).until(() -> order().block(WAIT).status() == 201);
    }
}
