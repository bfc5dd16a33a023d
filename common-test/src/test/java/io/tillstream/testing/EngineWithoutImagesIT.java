package io.tillstream.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Docker engine that answers but has no images and cannot fetch any, as on a machine without the registry. */
class EngineWithoutImagesIT {

    private static final int START_SECONDS = 90;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer engine;

    @BeforeEach
    void startEngine() throws IOException {
        engine = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        engine.createContext("/", this::answer);
        engine.start();
    }

    @AfterEach
    void stopEngine() {
        engine.stop(0);
    }

    @Test
    void whoHasAnEngineWithoutImagesHasADatabaseAndABrokerAllTheSame() throws Exception {
        ProcessBuilder command = JavaProcess.of(BothServers.class, List.of("-Xmx256m"));
        command.environment().keySet().removeIf(name -> name.startsWith("TEST_") || name.startsWith("DOCKER_"));
        command.environment()
                .put("DOCKER_HOST", "tcp://127.0.0.1:" + engine.getAddress().getPort());
        Process both = command.start();
        String said = new String(both.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(both.waitFor(START_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(both.exitValue()).as(said).isZero();
        assertThat(said.lines()).contains("the database counts to 3", "the broker has 1 node");
        assertThat(said.lines().filter(line -> line.contains("the embedded one is used instead")))
                .as("one line for each server, of: %s", said)
                .hasSize(2)
                .anyMatch(line -> line.contains("postgres:18"))
                .anyMatch(line -> line.contains("apache/kafka"));
        assertThat(asked).anyMatch(path -> path.contains("/images/create"));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        exchange.getRequestBody().readAllBytes(); // else the connection is closed, which no engine does
        asked.add(path);
        if (path.endsWith("/_ping")) {
            send(exchange, 200, "OK");
        } else if (path.endsWith("/version")) {
            send(exchange, 200, "{\"Version\":\"28.2.2\",\"ApiVersion\":\"1.44\",\"MinAPIVersion\":\"1.24\"}");
        } else if (path.endsWith("/info")) {
            send(exchange, 200, "{\"OSType\":\"linux\",\"ServerVersion\":\"28.2.2\",\"MemTotal\":8000000000}");
        } else if (path.endsWith("/images/create")) {
            send(exchange, 500, "{\"message\":\"no route to the registry\"}");
        } else {
            send(exchange, 404, "{\"message\":\"No such image\"}");
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", body.startsWith("{") ? "application/json" : "text/plain");
        exchange.getResponseHeaders().set("Api-Version", "1.44");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
