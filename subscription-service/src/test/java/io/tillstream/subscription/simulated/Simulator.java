package io.tillstream.subscription.simulated;

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

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration START = Duration.ofMinutes(5); // on a busy machine

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;
    private volatile boolean ahead;

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

    public JsonNode delete(String path) {
        return send(HttpRequest.newBuilder(URI.create(url + path)).DELETE());
    }

    /** The next request of an operation, as {@code POST /v1/customers}, goes wrong once. */
    public void next(String operation, String kind) {
        plant(operation, kind, "");
    }

    /** The next that brings this parameter. */
    public void next(String operation, String kind, String parameter, String value) {
        plant(operation, kind, ",\"params\":{\"" + parameter + "\":\"" + value + "\"}");
    }

    private void plant(String operation, String kind, String more) {
        JsonNode planted = control("/_simulator/faults", """
            {"operation":"%s","kind":"%s","times":1%s}\
            """.formatted(operation, kind, more));
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
        ahead = true;
        clock("{\"advance\":\"" + duration + "\"}");
    }

    /** It is now there again. */
    public void presentTime() {
        clock("{\"reset\":true}");
        ahead = false;
    }

    boolean isAhead() {
        return ahead;
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
}
