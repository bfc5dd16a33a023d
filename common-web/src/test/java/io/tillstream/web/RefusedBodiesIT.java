package io.tillstream.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;

/**
 * A request that is refused before its body was read: the answer comes at once, and what is asked next on the same
 * connection is answered too, whenever the rest of the body arrives.
 */
class RefusedBodiesIT extends RunningTestService {

    private static final int PATIENCE = 60_000;

    @ParameterizedTest
    @CsvSource({"100,0", "100,50", "100,100", "60000,0", "60000,30000", "300000,0", "300000,150000"})
    void theSameConnectionServesOn(int size, int first) throws Exception {
        String token = TOKENS.user("alice");
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(PATIENCE);
            OutputStream out = socket.getOutputStream();
            for (int round = 0; round < 5; round++) {
                out.write(head("POST /api/admin/orders", token, size));
                out.write(new byte[first]);
                out.flush();
                String refused = answer(socket.getInputStream());
                assertThat(refused).startsWith("HTTP/1.1 403 ");
                out.write(new byte[size - first]);
                out.flush();
                if (refused.toLowerCase(java.util.Locale.ROOT).contains("connection: close")) {
                    return; // said before: nobody asks on it again
                }
                out.write(head("GET /api/me", token, 0));
                out.flush();
                assertThat(answer(socket.getInputStream())).startsWith("HTTP/1.1 200 ");
            }
        }
    }

    @Test
    void manyRefusalsSideBySideLeaveNobodyWaiting() {
        String token = TOKENS.user("alice");
        WebClient web = WebClient.create("http://127.0.0.1:" + port);
        Long refused = Flux.range(0, 2_000)
                .flatMap(
                        i -> web.post()
                                .uri("/api/admin/orders")
                                .header("Authorization", "Bearer " + token)
                                .contentType(MediaType.APPLICATION_JSON)
                                .bodyValue("x".repeat(i % 7 == 0 ? 60_000 : i % 5 == 0 ? 3_000 : 80))
                                .exchangeToMono(answer -> answer.toBodilessEntity())
                                .timeout(Duration.ofMillis(PATIENCE)),
                        32)
                .filter(answer -> answer.getStatusCode().value() == 403)
                .count()
                .block(Duration.ofMinutes(5));
        assertThat(refused).isEqualTo(2_000);
    }

    private static byte[] head(String what, String token, int size) {
        String length = size == 0 ? "" : "Content-Type: application/json\r\nContent-Length: " + size + "\r\n";
        return (what + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n" + length + "\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Up to the end of a body whose length is told, or that is in chunks. */
    private static String answer(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            text.append((char) next(in));
        }
        String head = text.toString().toLowerCase(java.util.Locale.ROOT);
        int at = head.indexOf("content-length: ");
        if (at >= 0) {
            int length = Integer.parseInt(
                    head.substring(at + 16, head.indexOf('\r', at)).strip());
            for (int i = 0; i < length; i++) {
                text.append((char) next(in));
            }
        } else {
            while (!text.toString().endsWith("0\r\n\r\n")) {
                text.append((char) next(in));
            }
        }
        return text.toString();
    }

    private static int next(InputStream in) throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new IOException("the connection was closed");
        }
        return next;
    }
}
