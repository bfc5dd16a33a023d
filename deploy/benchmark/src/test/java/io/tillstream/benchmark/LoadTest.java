package io.tillstream.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.tillstream.benchmark.load.HttpConnection;
import io.tillstream.benchmark.load.Latencies;
import io.tillstream.benchmark.load.Load;
import io.tillstream.benchmark.load.Work;
import io.tillstream.benchmark.load.WrongAnswer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadTest {
    private final AtomicInteger requests = new AtomicInteger();
    private final HttpServer server = start();
    private volatile int failsAt = Integer.MAX_VALUE;

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void asManyAsAskedForAreSentAndTimed() {
        Latencies latencies = Load.run(4, 50, client -> new Client());

        assertThat(requests).hasValue(50);
        assertThat(latencies.count()).isEqualTo(50);
        assertThat(latencies.millis(0.5)).isPositive().isLessThanOrEqualTo(latencies.millis(0.99));
    }

    @Test
    void oneWrongAnswerFailsTheRun() {
        failsAt = 20;

        assertThatThrownBy(() -> Load.run(4, 50, client -> new Client()))
                .hasRootCauseInstanceOf(WrongAnswer.class)
                .hasMessageContaining("503");
    }

    @Test
    void theShareIsOfRequestsNotOfTime() {
        Latencies latencies = new Latencies(List.of(4_000_000L, 1_000_000L, 2_000_000L, 3_000_000L), 2_000_000_000L);

        assertThat(latencies.millis(0.5)).isEqualTo(2);
        assertThat(latencies.millis(1)).isEqualTo(4);
        assertThat(latencies.perSecond()).isEqualTo(2);
    }

    private final class Client implements Work {
        private final HttpConnection connection = new HttpConnection(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()));

        @Override
        public void once() throws IOException {
            HttpConnection.Answer answer = connection.send("POST", "/echo", "", "käse");
            if (answer.status() != 200 || !answer.body().equals("käse")) {
                throw new WrongAnswer("POST /echo", answer);
            }
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }

    /** Answers with a length and in chunks by turns. */
    private HttpServer start() {
        try {
            HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            started.setExecutor(Executors.newCachedThreadPool());
            started.createContext("/echo", exchange -> {
                int number = requests.incrementAndGet();
                byte[] body = exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(number >= failsAt ? 503 : 200, number % 2 == 0 ? 0 : body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            started.start();
            return started;
        } catch (IOException cause) {
            throw new IllegalStateException(cause);
        }
    }
}
