package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** The server-sent events of one order's, or subscription's, settlement, as a page listens to them. */
final class SettlementStream implements AutoCloseable {
    private static final int SILENCE_MILLIS = 120_000; // there is a heartbeat every ten seconds

    private final HttpURLConnection connection;
    private final BufferedReader lines;

    private SettlementStream(HttpURLConnection connection, BufferedReader lines) {
        this.connection = connection;
        this.lines = lines;
    }

    static SettlementStream of(User user, String orderId) throws IOException {
        return at("/api/orders/" + orderId, user);
    }

    static SettlementStream ofSubscription(User user, String id) throws IOException {
        return at("/api/subscriptions/" + id, user);
    }

    private static SettlementStream at(String path, User user) throws IOException {
        URI address = URI.create(Stack.gateway() + path + "/settlement");
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
        connection.setRequestProperty("Authorization", "Bearer " + Tokens.of(String.valueOf(user.name())));
        connection.setRequestProperty("Accept", "text/event-stream");
        connection.setReadTimeout(SILENCE_MILLIS);
        assertThat(connection.getResponseCode()).isEqualTo(200);
        assertThat(connection.getContentType()).startsWith("text/event-stream");
        return new SettlementStream(
                connection,
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8)));
    }

    /** Reads on until the state is told; the silence limit ends a stream that never tells it. */
    void seesState(String state) throws IOException {
        String line = lines.readLine();
        while (line != null) {
            if (line.startsWith("data:")
                    && Answer.JSON
                            .readTree(line.substring(5))
                            .path("state")
                            .asString("")
                            .equals(state)) {
                return;
            }
            line = lines.readLine();
        }
        throw new AssertionError("the stream ended without " + state);
    }

    @Override
    public void close() {
        connection.disconnect();
    }
}
