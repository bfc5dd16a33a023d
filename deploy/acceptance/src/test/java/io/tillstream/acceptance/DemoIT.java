package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.local.Demo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What {@code ./run --demo} leaves is a shop as it is after some time, with every kind of trouble. */
class DemoIT {
    private static final User MABEL = new User("mabel"); // only here
    private static final User MONA = new User("mona");
    private static final User MILO = new User("milo"); // only here

    @Test
    void aFullShopHasEveryKindOfOrderAndSubscription() {
        List<String> told = new ArrayList<>();
        Demo.Progress progress = (step, all, words) -> told.add(step + "/" + all + " " + words);

        MONA.post("/api/subscriptions", "{\"planId\": \"pro-monthly\", \"paymentMethodId\": \"pm_card_visa\"}")
                .expect(201); // a trial with the card that everybody tries things with
        new Demo(Stack.gateway(), Tokens::of).run("mabel", "milo", progress);

        int steps = told.size();
        assertThat(told).first().isEqualTo("1/" + steps + " mabel registers");
        assertThat(told).last().asString().startsWith(steps + "/" + steps + " milo");
        await("what Stripe tells of it")
                .atMost(User.PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> {
                    assertThat(statuses(MABEL))
                            .containsEntry("awaiting_payment", 1)
                            .containsEntry("canceled", 1)
                            .containsEntry("partially_refunded", 1)
                            .containsEntry("disputed", 1)
                            .containsEntry("paid", 4);
                    assertThat(statuses(MILO))
                            .containsEntry("payment_failed", 1)
                            .containsEntry("action_required", 1)
                            .containsEntry("refunded", 1)
                            .containsEntry("paid", 3);
                });
        assertThat(list(MABEL, "/api/subscriptions"))
                .extracting(one -> one.path("status").asString())
                .containsExactly("trialing");
        assertThat(list(MILO, "/api/subscriptions"))
                .extracting(one -> one.path("cancelAtPeriodEnd").asBoolean())
                .containsExactlyInAnyOrder(true, false);
    }

    private static Map<String, Integer> statuses(User user) {
        Map<String, Integer> counts = new HashMap<>();
        list(user, "/api/orders")
                .forEach(order -> counts.merge(order.path("status").asString(), 1, Integer::sum));
        return counts;
    }

    private static List<JsonNode> list(User user, String path) {
        return user.get(path + "?limit=100")
                .expect(200)
                .json()
                .path("data")
                .valueStream()
                .toList();
    }
}
