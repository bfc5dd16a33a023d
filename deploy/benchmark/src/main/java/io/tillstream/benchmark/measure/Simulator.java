package io.tillstream.benchmark.measure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tillstream.benchmark.load.HttpConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;

/** What the stand-in for Stripe still has to send. */
public record Simulator(URI address) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Events whose delivery is not over. */
    public long undelivered() {
        try (HttpConnection connection = new HttpConnection(address)) {
            JsonNode state = JSON.readTree(connection
                    .send("GET", "/_simulator/deliveries/state", "", "")
                    .body());
            long left = 0;
            for (JsonNode count : state) {
                left += count.asLong();
            }
            return left;
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }
}
