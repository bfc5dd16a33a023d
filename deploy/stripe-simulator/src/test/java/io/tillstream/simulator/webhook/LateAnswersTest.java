package io.tillstream.simulator.webhook;

import static org.awaitility.Awaitility.await;

import io.tillstream.simulator.RunningSimulator;
import io.tillstream.simulator.WebhookReceiver;
import io.tillstream.simulator.state.Json;
import java.time.Duration;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** A simulator that hardly waits for what its endpoints answer. */
@TestPropertySource(properties = "simulator.deliveries.timeout=500ms")
class LateAnswersTest extends RunningSimulator {
    @Test
    void anOutcomeThatComesTooLateIsAFailure() {
        try (WebhookReceiver receiver = new WebhookReceiver()) {
            String endpoint = "url=" + receiver.url() + "&enabled_events[]=*";
            receiver.trusting(ask("/v1/webhook_endpoints", endpoint, "secret"));
            receiver.pauseBeforeAnswers(Duration.ofSeconds(30)); // much longer than the simulator waits here
            String customer = ask("/v1/customers", "name=hook", "id");
            await().until(() -> StreamSupport.stream(
                            control("GET", "deliveries?object=" + customer, "")
                                    .path("deliveries")
                                    .spliterator(),
                            false)
                    .anyMatch(attempt -> Json.is(attempt, "outcome", "failed")));
        }
    }

    private String ask(String path, String form, String field) {
        return Json.textOf(json(raw(SECRET_KEY, "POST", path, form)), field);
    }
}
