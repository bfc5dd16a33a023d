package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What Stripe has and no event told of, through the gateway. */
class DriftReportsIT {
    private static final User DUNYA = new User("dunya"); // only here

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

            DriftReport report = DriftReport.ofPayments();

            JsonNode found = report.differences().stream()
                    .filter(one -> one.path("stripeId").asString().equals(intent)
                            && one.path("field").asString().equals("status"))
                    .findFirst()
                    .orElseThrow();
            assertThat(found.path("kind").asString()).isEqualTo("payments");
            assertThat(found.path("ours").asString()).isEqualTo("requires_action");
            assertThat(found.path("stripes").asString()).isEqualTo("succeeded");
            assertThat(found.path("status").asString()).isEqualTo("confirmed");
            assertThat(DUNYA.status(order)).isEqualTo("action_required");

            report.repair();
            DUNYA.seesStatus(order, "paid");
            String payment = found.path("ourId").asString();
            assertThat(OPERATOR.get("/api/admin/payments/" + payment)
                            .expect(200)
                            .body())
                    .contains("event:drift_" + report.id());
        }
    }

    @Test
    void subscriptionsAreComparedUnderTheSamePath() {
        String report = OPERATOR.post(DriftReport.PATH + "?service=subscriptions", "{}")
                .expect(202)
                .id();

        JsonNode listed = OPERATOR.get(DriftReport.PATH + "?service=subscriptions&limit=100")
                .expect(200)
                .json();

        assertThat(listed.path("data"))
                .filteredOn(one -> one.path("id").asString().equals(report))
                .singleElement()
                .satisfies(
                        own -> assertThat(own.path("kinds").toString()).contains("plans", "subscriptions", "invoices"));
        OPERATOR.get(DriftReport.PATH + "/" + report).expectProblem(404, "not-found");
        OPERATOR.post(DriftReport.PATH + "?service=orders", "{}").expect(422);
    }
}
