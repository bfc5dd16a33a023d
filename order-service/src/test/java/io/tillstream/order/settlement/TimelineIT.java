package io.tillstream.order.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.order.RunningService;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Why an order is in its state can be seen, however often somebody asked for it. */
class TimelineIT extends RunningService {

    private String orderWith(String card) {
        JsonNode made = json(post("alice", "/api/orders", orderPaidBy(card)));
        return made.path("id").asString(made.path("orderId").asString());
    }

    private static List<String> linesOf(String id) {
        return query("select what || ' ' || outcome from order_timeline where order_id = '" + id + "' order by id");
    }

    private JsonNode settlement(String id) {
        return json(as("alice")
                .get()
                .uri("/api/orders/" + id + "/settlement?wait=1ms")
                .exchange()
                .expectStatus()
                .isOk());
    }

    /** A page that waits for a bank transfer asks for days; each line of it would stay for ever. */
    @Test
    void whoWaitsAndLearnsNothingWritesNothing() {
        for (String id : List.of(placed("alice"), orderWith("pm_card_3ds"), orderWith("pm_card_unknown"))) {
            settlement(id); // may be the first to see what Stripe has
            List<String> before = linesOf(id);
            for (int i = 0; i < 3; i++) {
                settlement(id);
            }
            assertThat(linesOf(id)).isEqualTo(before);
        }
    }

    @Test
    void whatAQuestionTellsIsWrittenDown() {
        String id = orderWith("pm_card_3ds");
        PAYMENTS.stripeSays(id, "succeeded");

        assertThat(settlement(id).path("state").asString()).isEqualTo("paid");

        assertThat(linesOf(id)).contains("GET /internal/payables applied");
    }

    /** A try whose answer was lost turns out never to have begun. */
    @Test
    void whatAQuestionTellsOfATryIsWrittenDownToo() {
        String id = placed("alice");
        execute("""
                insert into order_payments (id, order_id, method, state, asks, created_at, updated_at)
                values (gen_random_uuid(), '%s', 'card', 'ASKED', 1, now(), now())""".formatted(id));
        settlement(id);
        assertThat(query("select why from order_timeline where order_id = '" + id + "'"))
                .contains("no payment was begun");
        assertThat(query("select state from order_payments where order_id = '" + id + "'"))
                .containsExactly("NOT_STARTED");
    }

    /** Whoever is looked into must not be able to wipe what an operator sees. */
    @Test
    void noNumberOfLinesHidesAMove() {
        String id = orderWith("pm_card_visa");
        execute("""
                insert into order_timeline (order_id, at, kind, what, ref, outcome)
                select '%s', now() + interval '1 second', 'call', 'noise', 'n', 'refused' from generate_series(1, 600)""".formatted(id));
        execute("analyze order_timeline"); // most lines are one order's: still only its own are read
        JsonNode lines = json(as("operator")
                        .get()
                        .uri("/api/orders/" + id + "/timeline")
                        .exchange()
                        .expectStatus()
                        .isOk())
                .path("data");
        assertThat(lines.valueStream()
                        .filter(line -> line.path("kind").asString().equals("move"))
                        .map(line -> line.path("outcome").asString())
                        .toList())
                .containsExactly("AWAITING_PAYMENT", "PAID");
        assertThat(lines.size()).isLessThanOrEqualTo(502);
        assertThat(lines.get(lines.size() - 1).path("what").asString()).isEqualTo("noise");
    }
}
