package io.tillstream.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.simulator.RunningSimulator;
import io.tillstream.simulator.state.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class JournalTest extends RunningSimulator {
    private static final int DELAY_MILLIS = 30_000; // the client is gone before, on a machine with other work too
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @Test
    void aCallWhoseClientWentAwayBeforeTheAnswerIsInTheJournalWithWhatCameOfIt() {
        control(
                "POST",
                "faults",
                "{'operation':'POST /v1/customers','kind':'latency','delay_millis':" + DELAY_MILLIS + ",'times':1}");
        String key = UUID.randomUUID().toString();
        HttpRequest request = HttpRequest.newBuilder(URI.create(base() + "/v1/customers"))
                .header("Authorization", "Bearer " + SECRET_KEY)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString("name=Alice"))
                .build();

        CompletableFuture<HttpResponse<String>> sent =
                HttpClient.newHttpClient().sendAsync(request, HttpResponse.BodyHandlers.ofString());
        await("it has arrived")
                .until(() -> control("GET", "faults", "").path("faults").isEmpty());
        assertThat(sent.cancel(true)).as("nothing was answered yet").isTrue();

        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode entry = entryOf(key);
            assertThat(entry.path("client_gone").asBoolean()).isTrue();
            assertThat(entry.path("status").asInt()).isEqualTo(200);
            assertThat(entry.path("fault").asString()).isEqualTo("latency");
            assertThat(stripe.v1()
                            .customers()
                            .retrieve(Json.textOf(entry, "object_id"))
                            .getName())
                    .isEqualTo("Alice");
        });
    }

    private JsonNode entryOf(String key) {
        return StreamSupport.stream(
                        control("GET", "journal?limit=10000", "")
                                .path("requests")
                                .spliterator(),
                        false)
                .filter(entry -> Json.is(entry, "idempotency_key", key))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the call is not in the journal"));
    }
}
