package io.tillstream.payment.simulated;

import io.tillstream.testing.SimulatorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Stripe simulator, a process of its own; ends with this JVM. */
public final class Simulator {

    public static final String KEY = "sk_test_tillstream";
    private static final String PUBLISHABLE_KEY = "pk_test_tillstream";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration START = Duration.ofMinutes(5); // on a busy machine

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;

    private Simulator(String url) {
        this.url = url;
    }

    public static Simulator start() {
        Simulator simulator = new Simulator(
                SimulatorProcess.start("--simulator.balance-delay=20ms", "--simulator.settle-delay=50ms"));
        Awaitility.await()
                .atMost(START)
                .pollInterval(Duration.ofMillis(100))
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

    /** What a browser sends, with the key that it has. */
    public JsonNode fromBrowser(String path, String form) {
        return send(
                HttpRequest.newBuilder(URI.create(url + path))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form)),
                PUBLISHABLE_KEY);
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

    private JsonNode send(HttpRequest.Builder request) {
        return send(request, KEY);
    }

    private JsonNode send(HttpRequest.Builder request, String key) {
        try {
            HttpResponse<String> answer = http.send(
                    request.header("Authorization", "Bearer " + key).build(), HttpResponse.BodyHandlers.ofString());
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
}
