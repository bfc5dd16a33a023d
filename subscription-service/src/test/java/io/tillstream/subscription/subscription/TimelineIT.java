package io.tillstream.subscription.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class TimelineIT extends Subscriber {

    /** Whoever is looked into must not be able to wipe what an operator sees. */
    @Test
    void noNumberOfLinesHidesAMove() {
        subscribes("starter-monthly", 1);
        execute("""
                insert into subscription_timeline (subscription_id, at, kind, what, ref, outcome)
                select '%s', now() + interval '1 second', 'call', 'noise', 'n', 'refused' from generate_series(1, 600)""".formatted(id));
        execute("analyze subscription_timeline"); // most lines are one subscription's: still only its own are read

        JsonNode lines = json(as("operator")
                        .get()
                        .uri("/api/subscriptions/" + id + "/timeline")
                        .exchange()
                        .expectStatus()
                        .isOk())
                .path("data");

        assertThat(lines.valueStream()
                        .filter(line -> line.path("kind").asString().equals("move"))
                        .map(line -> line.path("outcome").asString()))
                .containsExactlyElementsOf(texts("select to_status from subscription_history where subscription_id = '"
                        + id + "' order by version"))
                .contains("active");
        assertThat(lines.get(lines.size() - 1).path("what").asString()).isEqualTo("noise");
    }
}
