package io.tillstream.chaos.client;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Plain HTTP of clients that take what comes: a broken connection is an answer, too. */
public final class Http {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private static final Duration LONGEST = Duration.ofSeconds(25); // above the gateway's limit of 15 s

    private Http() {}

    public static Answer send(String method, URI address, Map<String, String> headers, @Nullable String body) {
        HttpRequest.BodyPublisher content =
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address).timeout(LONGEST).method(method, content);
        headers.forEach(request::header);
        try {
            HttpResponse<String> answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException broken) {
            return new Answer(0, "");
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            return new Answer(0, "");
        }
    }

    /** Sends a request whole and goes away after so long, whether there is an answer or not. */
    public static void hangUp(URI address, Map<String, String> headers, String body, Duration after) {
        String lines = headers.entrySet().stream()
                .map(header -> header.getKey() + ": " + header.getValue() + "\r\n")
                .collect(Collectors.joining());
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String head = "POST " + address.getPath() + " HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\n" + lines
                + "Content-Length: " + content.length + "\r\n\r\n";
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoLinger(true, 0); // a reset, as when the client's process dies
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(content);
            socket.getOutputStream().flush();
            Thread.sleep(after.toMillis());
        } catch (IOException refused) {
            // the same request comes again
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
        }
    }
}
