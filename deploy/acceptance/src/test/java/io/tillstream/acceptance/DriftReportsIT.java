package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What Stripe has and no event told of, through the gateway. */
class DriftReportsIT {
    private static final User DUNYA = new User("dunya"); // only here
    private static final String REPORTS = "/api/admin/drift-reports";
    private static final Duration PATIENCE = Duration.ofMinutes(8); // reports are made one after the other

    /** A report of payments that is done; gives its id. */
    static String compared() {
        String report = OPERATOR.post(REPORTS, "{}").expect(202).id();
        over(report);
        return report;
    }

    private static void over(String report) {
        await("report " + report).atMost(PATIENCE).until(() -> List.of("done", "failed")
                .contains(details(report).at("/report/status").asString()));
        assertThat(details(report).at("/report/status").asString()).isEqualTo("done");
    }

    private static JsonNode details(String report) {
        return page(report, "");
    }

    private static JsonNode page(String report, String place) {
        return OPERATOR.get(REPORTS + "/" + report + "?limit=100" + place)
                .expect(200)
                .json();
    }

    /** What other tests left at Stripe may fill pages. */
    private static List<JsonNode> allDifferences(String report) {
        List<JsonNode> all = new ArrayList<>();
        String place = "";
        do {
            JsonNode page = page(report, place);
            page.path("data").forEach(all::add);
            place = page.path("nextCursor").asString("");
            place = place.isEmpty() ? "" : "&cursor=" + place;
        } while (!place.isEmpty());
        return all;
    }

    @Test
    void whatStripeHasAndNoEventToldIsFoundAndTakenIn() {
        String order = DUNYA.orders();
        DUNYA.pays(order, User.card("pm_card_threeDSecure2Required")).expect(201, 202);
        DUNYA.seesStatus(order, "action_required");
        String intent = Simulator.intentOf(order).path("id").asString();
        try (Deliveries.Fault lost = Deliveries.plant(DUNYA, "drop", "\"times\": null")) {
            assertThat(lost.id()).isNotEmpty();
            Simulator.control("POST", "/payment_intents/" + intent + "/authenticate", "{\"success\": true}")
                    .expect(200);

            String report = compared();

            JsonNode found = allDifferences(report).stream()
                    .filter(one -> one.path("stripeId").asString().equals(intent)
                            && one.path("field").asString().equals("status"))
                    .findFirst()
                    .orElseThrow();
            assertThat(found.path("kind").asString()).isEqualTo("payments");
            assertThat(found.path("ours").asString()).isEqualTo("requires_action");
            assertThat(found.path("stripes").asString()).isEqualTo("succeeded");
            assertThat(found.path("status").asString()).isEqualTo("confirmed");
            assertThat(DUNYA.status(order)).isEqualTo("action_required");

            OPERATOR.post(REPORTS + "/" + report + "/repair", "{}").expect(202);
            over(report);
            DUNYA.seesStatus(order, "paid");
            String payment = found.path("ourId").asString();
            assertThat(OPERATOR.get("/api/admin/payments/" + payment)
                            .expect(200)
                            .body())
                    .contains("event:drift_" + report);
        }
    }

    @Test
    void subscriptionsAreComparedUnderTheSamePath() {
        String report = OPERATOR.post(REPORTS + "?service=subscriptions", "{}")
                .expect(202)
                .id();

        JsonNode listed = OPERATOR.get(REPORTS + "?service=subscriptions&limit=100")
                .expect(200)
                .json();

        assertThat(listed.path("data"))
                .filteredOn(one -> one.path("id").asString().equals(report))
                .singleElement()
                .satisfies(
                        own -> assertThat(own.path("kinds").toString()).contains("plans", "subscriptions", "invoices"));
        OPERATOR.get(REPORTS + "/" + report).expectProblem(404, "not-found");
        OPERATOR.post(REPORTS + "?service=orders", "{}").expect(422);
    }
}
