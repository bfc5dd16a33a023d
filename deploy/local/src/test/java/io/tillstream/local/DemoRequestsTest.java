package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The demo goes on where a busy machine has no time for an answer, and buys nothing twice by that. */
class DemoRequestsTest {

    private final Queue<DemoRequests.Answer> answers = new ConcurrentLinkedQueue<>();
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final Queue<String> keys = new ConcurrentLinkedQueue<>();
    private HttpServer gateway;
    private DemoRequests requests;

    @BeforeEach
    void open() throws IOException {
        gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.createContext("/", this::answer);
        gateway.start();
        URI address = URI.create("http://127.0.0.1:" + gateway.getAddress().getPort());
        requests = new DemoRequests(address, user -> "token-of-" + user);
    }

    @AfterEach
    void close() {
        gateway.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            keys.addAll(exchange.getRequestHeaders().getOrDefault("Idempotency-Key", List.of()));
            DemoRequests.Answer next = answers.remove();
            byte[] body = next.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(next.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private void answers(int status, String body) {
        answers.add(new DemoRequests.Answer(status, body));
    }

    @Test
    void anOrderThatNobodyHadTimeForIsSentAgainWithItsKey() {
        answers(503, "{\"code\":\"unavailable\"}");
        answers(504, "{\"code\":\"timeout\"}");
        answers(409, "{\"code\":\"idempotency-key-in-use\"}");
        answers(201, "{\"id\":\"1\"}");

        DemoRequests.Answer answer = requests.send("alice", "POST", "/api/orders", "{}");

        assertThat(answer).isEqualTo(new DemoRequests.Answer(201, "{\"id\":\"1\"}"));
        assertThat(keys).hasSize(4).allMatch(key -> key.equals(keys.peek()));
    }

    @Test
    void aRefusalIsAnAnswer() {
        answers(402, "{\"code\":\"card-declined\"}");

        assertThat(requests.send("alice", "POST", "/api/orders", "{}").status()).isEqualTo(402);
        assertThat(asked).hasSize(1);
    }

    @Test
    void anOrderIsLookedAtUntilItIsDecided() {
        answers(200, "{\"state\":\"settling\"}");
        answers(503, "{\"code\":\"unavailable\"}");
        answers(200, "{\"state\":\"paid\"}");

        assertThat(requests.settled("alice", "/api/orders/1")).isEqualTo("paid");
        assertThat(asked).hasSize(3).allMatch(one -> one.equals("GET /api/orders/1/settlement?wait=20s"));
    }
}
