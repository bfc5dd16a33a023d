package io.tillstream.simulator;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.net.RequestOptions;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.surface.CheckedAnswers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The simulator on a free port, one for all tests, with the ways to talk to it. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "simulator.balance-delay=20ms",
            "simulator.settle-delay=50ms",
            "simulator.deliveries.timeout=60s",
            // So long that no attempt comes by itself while a test looks at the one before.
            "simulator.deliveries.retries=1h,2h,4h,8h,12h,12h,12h,12h,12h,12h,12h,12h,12h,12h,12h"
        })
public abstract class RunningSimulator {
    protected static final String SECRET_KEY = "sk_test_tillstream";
    protected static final String PUBLISHABLE_KEY = "pk_test_tillstream";
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final CheckedAnswers ANSWERS = new CheckedAnswers();

    static {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60)); // a machine may be busy with other things
    }

    @LocalServerPort
    private int port;

    protected StripeClient stripe;

    @BeforeEach
    void connect() {
        stripe = client(SECRET_KEY);
    }

    /** Whatever a test sends: a parameter without any effect would make a shop believe that it works. */
    @AfterEach
    void nothingWasTakenSilently() {
        Assertions.assertThat(control("GET", "journal?limit=1", "").path("ignored"))
                .isEmpty();
    }

    /** Whatever a test was answered and told: a shop that reads what Stripe does not send fails on the day it switches. */
    @AfterEach
    void allIsAsStripePublishesIt() {
        ANSWERS.check(200, raw(SECRET_KEY, "GET", "/v1/events?limit=100", "").body());
        Assertions.assertThat(ANSWERS.taken()).isEmpty();
    }

    protected String base() {
        return "http://127.0.0.1:" + port;
    }

    protected StripeClient client(String key) {
        return StripeClient.builder()
                .setApiKey(key)
                .setApiBase(base())
                .setHttpClient(ANSWERS)
                .build();
    }

    protected static RequestOptions key(String idempotencyKey) {
        return RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
    }

    /** A request as it stands, for what the client library would not send or hides. */
    protected HttpResponse<String> raw(String key, String method, String path, String form, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base() + path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .method(method, HttpRequest.BodyPublishers.ofString(form));
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> response = send(request.build());
        if (key.equals(SECRET_KEY) && headers.length == 0) {
            ANSWERS.check(response.statusCode(), response.body());
        }
        return response;
    }

    protected ObjectNode json(HttpResponse<String> response) {
        return Json.parse(response.body().getBytes(StandardCharsets.UTF_8));
    }

    protected ObjectNode control(String method, String path, String body) {
        HttpResponse<String> response = send(HttpRequest.newBuilder(URI.create(base() + "/_simulator/" + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                .build());
        Assertions.assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    protected static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    protected static <E extends StripeException> E refused(Class<E> type, Asking asking) {
        E refusal = Assertions.catchThrowableOfType(type, asking::ask);
        Assertions.assertThat(refusal).as("it was taken").isNotNull();
        return refusal;
    }

    /** Something asked of Stripe. */
    @FunctionalInterface
    protected interface Asking {
        void ask() throws StripeException;
    }

    /** Types of the events that were made for one object, oldest first. */
    protected List<String> eventsOf(String objectId) {
        ObjectNode events = control("GET", "events?object=" + objectId, "");
        return StreamSupport.stream(events.path("events").spliterator(), false)
                .map(event -> Json.textOf(event, "type"))
                .toList();
    }

    protected JsonNode lastEvent(String objectId, String type) {
        ObjectNode events = control("GET", "events?object=" + objectId, "");
        return StreamSupport.stream(events.path("events").spliterator(), false)
                .filter(event -> Json.is(event, "type", type))
                .reduce((first, second) -> second)
                .orElseThrow();
    }
}
