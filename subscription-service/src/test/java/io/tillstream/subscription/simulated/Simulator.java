package io.tillstream.subscription.simulated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Stripe simulator, started from its jar on the class path; ends with this JVM. */
public final class Simulator {

    public static final String KEY = "sk_test_tillstream";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration START = Duration.ofSeconds(120); // on a busy machine

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;

    private Simulator(String url) {
        this.url = url;
    }

    public static Simulator start() {
        int port = freePort();
        ProcessBuilder command = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-jar",
                jar(),
                "--server.port=" + port,
                "--simulator.balance-delay=20ms",
                "--simulator.settle-delay=50ms");
        command.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        try {
            Process process = command.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Simulator simulator = new Simulator("http://127.0.0.1:" + port);
        Awaitility.await()
                .atMost(START)
                .pollInterval(Duration.ofMillis(300))
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .until(() -> simulator.get("/_simulator/clock").has("now"));
        return simulator;
    }

    public String url() {
        return url;
    }

    public JsonNode get(String path) {
        return send(HttpRequest.newBuilder(URI.create(url + path)).GET());
    }

    public JsonNode post(String path, String form) {
        return send(HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    public JsonNode delete(String path) {
        return send(HttpRequest.newBuilder(URI.create(url + path)).DELETE());
    }

    /** The next request of an operation, as {@code POST /v1/customers}, goes wrong once. */
    public void next(String operation, String kind) {
        JsonNode planted = control(
                "/_simulator/faults", "{\"operation\":\"" + operation + "\",\"kind\":\"" + kind + "\",\"times\":1}");
        if (!planted.has("id")) {
            throw new IllegalStateException(planted.toString());
        }
    }

    public JsonNode control(String path, String json) {
        return send(HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    /** Lets time pass there, with all that falls due on the way; as ISO 8601, P32D say. */
    public void advance(String duration) {
        clock("{\"advance\":\"" + duration + "\"}");
    }

    /** It is now there again. */
    public void presentTime() {
        clock("{\"reset\":true}");
    }

    private void clock(String json) {
        JsonNode clock = send(HttpRequest.newBuilder(URI.create(url + "/_simulator/clock"))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(json)));
        if (!clock.has("now")) {
            throw new IllegalStateException(clock.toString());
        }
    }

    private JsonNode send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer = http.send(
                    request.header("Authorization", "Bearer " + KEY).build(), HttpResponse.BodyHandlers.ofString());
            return JSON.readTree(answer.body());
        } catch (ConnectException e) {
            throw new UncheckedIOException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String jar() {
        try {
            for (URL manifest :
                    Collections.list(Simulator.class.getClassLoader().getResources("META-INF/MANIFEST.MF"))) {
                String path = manifest.toString();
                int end = path.indexOf(".jar!");
                if (path.contains("/stripe-simulator") && end > 0) {
                    return path.substring("jar:file:".length(), end + ".jar".length());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("The simulator's jar is not on the class path: build it to the phase package");
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
