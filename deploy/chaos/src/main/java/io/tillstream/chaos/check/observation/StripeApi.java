package io.tillstream.chaos.check.observation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Stripe's side of a run: its API's lists, as its owner may read them, and the simulator's journals. */
public final class StripeApi {

    private static final int PAGE = 100; // the most that Stripe gives at once
    private static final int JOURNAL_PAGE = 5_000; // small entries, without their answers
    private static final Duration LONGEST = Duration.ofMinutes(2); // for one page of a busy simulator

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final URI address;
    private final String key;

    public StripeApi(URI address, String key) {
        this.address = address;
        this.key = key;
    }

    /** All objects of a list such as {@code /v1/refunds}, the newest first. */
    public <T> List<T> list(String path, Function<JsonNode, T> read) {
        List<T> found = new ArrayList<>();
        String join = path.contains("?") ? "&" : "?";
        @Nullable String last = "";
        while (last != null) {
            String after = last.isEmpty() ? "" : "&starting_after=" + last;
            JsonNode page = get(path + join + "limit=" + PAGE + after);
            last = null;
            for (JsonNode each : page.path("data")) {
                found.add(read.apply(each));
                last = page.path("has_more").asBoolean() ? each.path("id").asText() : null;
            }
        }
        return found;
    }

    /** All entries of a journal of the simulator, oldest first. */
    public <T> List<T> journal(String path, String field, Function<JsonNode, T> read) {
        List<T> found = new ArrayList<>();
        long after = 0;
        boolean more = true;
        while (more) {
            JsonNode page = get("/_simulator" + path + "?limit=" + JOURNAL_PAGE + "&after=" + after)
                    .path(field);
            for (JsonNode entry : page) {
                found.add(read.apply(entry));
                after = entry.path("number").asLong();
            }
            more = !page.isEmpty();
        }
        return found;
    }

    /** One answer. */
    public JsonNode get(String path) {
        HttpRequest request = HttpRequest.newBuilder(address.resolve(path))
                .header("Authorization", "Bearer " + key)
                .timeout(LONGEST)
                .build();
        try {
            HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("Stripe answers " + answer.statusCode() + " to GET " + path);
            }
            return json.readTree(answer.body());
        } catch (IOException cause) {
            throw new IllegalStateException("Stripe cannot be read: GET " + path, cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Stopped while Stripe was read", cause);
        }
    }
}
