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
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Plain HTTP. */
final class Web {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build();
    private static final Duration LONGEST = Duration.ofSeconds(40); // above the gateway's own limit: it has to answer

    private Web() {}

    /** As a client does: what is not available for a moment is asked again, the same in all. */
    static Answer untilAvailable(Callable<Answer> asking) {
        return await("an answer other than 503")
                .atMost(Duration.ofSeconds(60))
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(500))
                .until(asking, answer -> answer.status() != 503);
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
