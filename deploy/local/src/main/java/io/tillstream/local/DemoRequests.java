package io.tillstream.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Requests to the public API, as somebody who asks again, the same with the same key, where there was no time for an answer. */
final class DemoRequests {

    private static final Duration LONGEST = Duration.ofSeconds(60); // of one request: the gateway answers sooner
    private static final Duration PATIENCE = Duration.ofMinutes(4); // a machine may be busy with other things
    private static final long REST_MILLIS = 500;

    private static final Set<Integer> BUSY = Set.of(503, 504);
    private static final String IN_USE = "idempotency-key-in-use"; // what was answered 504 goes on behind the gateway
    private static final String SETTLING = "settling";
    private static final Pattern STATE = Pattern.compile("\"state\":\"([^\"]+)\"");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();
    private final URI gateway;
    private final UnaryOperator<String> tokens;

    /** @param tokens gives a user's access token */
    DemoRequests(URI gateway, UnaryOperator<String> tokens) {
        this.gateway = gateway;
        this.tokens = tokens;
    }

    /** What came back in the end. */
    record Answer(int status, String body) {}

    /** Fails with {@link LocalFailure} where nothing is answered. A request with a body has a key of its own. */
    Answer send(String who, String method, String path, @Nullable String body) {
        HttpRequest request = request(who, method, path, body);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Answer answer = once(request);
            boolean again = BUSY.contains(answer.status()) || answer.body().contains(IN_USE);
            if (!again || System.nanoTime() - end > 0) {
                return answer;
            }
            rest();
        }
    }

    /**
     * The state of an order or a subscription when it is decided.
     *
     * @param path of the order or the subscription
     */
    String settled(String who, String path) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Answer answer = send(who, "GET", path + "/settlement?wait=20s", null);
            Matcher state = STATE.matcher(answer.body());
            if (answer.status() != 200 || !state.find()) {
                throw new LocalFailure(path + " is not known: " + answer.status() + " " + answer.body());
            }
            if (!state.group(1).equals(SETTLING) || System.nanoTime() - end > 0) {
                return state.group(1);
            }
        }
    }

    private HttpRequest request(String who, String method, String path, @Nullable String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.resolve(path))
                .timeout(LONGEST)
                .header("Authorization", "Bearer " + tokens.apply(who))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Idempotency-Key", UUID.randomUUID().toString());
        }
        return request.build();
    }

    private Answer once(HttpRequest request) {
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException cause) {
            throw new LocalFailure(request.method() + " " + request.uri().getPath() + " was not answered", cause);
        } catch (InterruptedException cause) {
            throw interrupted(cause);
        }
    }

    private static void rest() {
        try {
            Thread.sleep(REST_MILLIS);
        } catch (InterruptedException cause) {
            throw interrupted(cause);
        }
    }

    private static LocalFailure interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new LocalFailure("the demo was interrupted", cause);
    }
}
