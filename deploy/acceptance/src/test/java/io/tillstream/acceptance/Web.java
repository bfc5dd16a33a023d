package io.tillstream.acceptance;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Plain HTTP. */
final class Web {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build();
    private static final Duration LONGEST = Duration.ofSeconds(120); // above the gateway's own: it has to answer

    /** What the gateway answers when a service has no time, or takes too long. */
    static final Set<Integer> UNAVAILABLE = Set.of(503, 504);

    private Web() {}

    /** As a client does: what is not available, or not answered in time, is asked again, the same in all. */
    static Answer untilAvailable(Callable<Answer> asking) {
        AtomicBoolean goesOn = new AtomicBoolean();
        return await("an answer other than 503 and 504")
                .atMost(User.PATIENCE)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(500))
                .until(asking, answer -> !isToAskAgain(answer, goesOn));
    }

    /** What was answered 504 goes on behind the gateway, and has its key until it ends. */
    private static boolean isToAskAgain(Answer answer, AtomicBoolean goesOn) {
        if (answer.status() == 504) {
            goesOn.set(true);
        }
        return UNAVAILABLE.contains(answer.status())
                || goesOn.get()
                        && answer.status() == 409
                        && answer.text("/code").equals("idempotency-key-in-use");
    }

    static Answer send(String method, URI address, Map<String, String> headers, @Nullable String body) {
        HttpRequest.BodyPublisher content =
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        return send(method, address, headers, content);
    }

    static Answer send(String method, URI address, Map<String, String> headers, HttpRequest.BodyPublisher content) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address).timeout(LONGEST).method(method, content);
        headers.forEach(request::header);
        try {
            Answer answer = Answer.of(CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString()));
            hold(method, address, answer);
            return answer;
        } catch (IOException cause) {
            throw new UncheckedIOException(method + " " + address, cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }

    /** Whatever a test asks the gateway for: what it gets is what the API document says. */
    private static void hold(String method, URI address, Answer answer) {
        String path = address.getRawPath();
        boolean api = path.startsWith("/api/") || path.startsWith("/webhooks/");
        if (api && address.getPort() == Stack.gateway().getPort()) {
            List<String> breaches = ApiContract.ofGateway().breaches(method, path, answer);
            if (!breaches.isEmpty()) {
                throw new AssertionError("not as the API document says: " + String.join("\n", breaches));
            }
        }
    }
}
