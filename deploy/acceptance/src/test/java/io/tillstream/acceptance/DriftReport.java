package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A comparison of what is known here with what Stripe has, as operators ask for it.
 *
 * @param service {@code payments} or {@code subscriptions}; empty where none is named, which means payments
 */
record DriftReport(String service, String id) {
    static final String PATH = "/api/admin/drift-reports";
    private static final Duration PATIENCE = Duration.ofMinutes(8); // reports are made one after the other

    /** One of payments that is done. */
    static DriftReport ofPayments() {
        return made("", "{}");
    }

    /** One that is done, of what was made within a time. */
    static DriftReport of(String service, Instant from, Instant until) {
        return made(service, """
            {"from": "%s", "until": "%s"}\
            """.formatted(from, until));
    }

    private static DriftReport made(String service, String request) {
        String id = OPERATOR.post(PATH + named(service), request).expect(202).id();
        DriftReport report = new DriftReport(service, id);
        report.seesDone();
        return report;
    }

    private static String named(String service) {
        return service.isEmpty() ? "" : "?service=" + service;
    }

    void seesDone() {
        await("report " + id).atMost(PATIENCE).until(() -> List.of("done", "failed")
                .contains(status()));
        assertThat(status()).isEqualTo("done");
    }

    private String status() {
        return page("").at("/report/status").asString();
    }

    private JsonNode page(String place) {
        String query = service.isEmpty() ? "?limit=100" : named(service) + "&limit=100";
        return OPERATOR.get(PATH + "/" + id + query + place).expect(200).json();
    }

    void repair() {
        OPERATOR.post(PATH + "/" + id + "/repair" + named(service), "{}").expect(202);
        seesDone();
    }

    /** What other tests left at Stripe may fill pages. */
    List<JsonNode> differences() {
        List<JsonNode> all = new ArrayList<>();
        String place = "";
        do {
            JsonNode page = page(place);
            page.path("data").forEach(all::add);
            place = page.path("nextCursor").asString("");
            place = place.isEmpty() ? "" : "&cursor=" + place;
        } while (!place.isEmpty());
        return all;
    }

    /** What was still different when it was looked at again. */
    List<JsonNode> confirmed() {
        return differences().stream()
                .filter(one -> one.path("status").asString().equals("confirmed"))
                .toList();
    }
}
