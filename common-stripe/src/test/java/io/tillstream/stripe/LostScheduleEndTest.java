package io.tillstream.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.param.SubscriptionScheduleUpdateParams;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whoever was told that their subscription ends is not billed on; and nobody is ended who was not told so. */
class LostScheduleEndTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static JsonNode schedule(String metadata, String more) {
        return JSON.readTree("""
            {"id":"sub_sched_1","current_phase":{"start_date":1},"metadata":{%s},"end_behavior":"cancel","status":"active",
             "phases":[{"start_date":1,"end_date":2,"items":[{"price":"price_1"}]}%s]}\
            """.formatted(metadata, more));
    }

    private static JsonNode goingOn(String metadata) {
        return schedule(
                metadata,
                ",{\"start_date\":2,\"end_date\":3,\"default_payment_method\":\"pm_2\",\"items\":[{\"price\":\"price_2\"}]}");
    }

    private static JsonNode ended(String metadata) {
        return schedule(metadata, "");
    }

    @Test
    void anEndThatACardHasWrittenOverIsLostForWhoeverSeesIt() {
        JsonNode kept = goingOn("\"canceled_by\":\"user\",\"card_written\":\"true\"");
        JsonNode own = goingOn("\"ended_by\":\"user\",\"card_written\":\"true\"");

        assertThat(LostScheduleEnd.of(kept, kept, null)).isPresent();
        assertThat(LostScheduleEnd.of(own, own, null)).isPresent();
        assertThat(LostScheduleEnd.isByCard(kept)).isTrue();
        assertThat(LostScheduleEnd.isByCard(own)).isTrue();
    }

    @Test
    void whatTheShopPlannedAfterAnEndIsNoLostEnd() {
        JsonNode planned = goingOn("\"canceled_by\":\"user\"");

        assertThat(LostScheduleEnd.of(planned, planned, null)).isEmpty();
        assertThat(LostScheduleEnd.isByCard(planned)).isFalse();
        assertThat(LostScheduleEnd.isByCard(goingOn("\"card_written\":\"true\"")))
                .isFalse();
    }

    @Test
    void aScheduleThatIsReleasedTakesNoEnd() {
        JsonNode released = JSON.readTree(goingOn("\"canceled_by\":\"user\",\"card_written\":\"true\"")
                .toString()
                .replace("active", "released"));

        assertThat(LostScheduleEnd.of(released, released, null)).isEmpty();
        assertThat(LostScheduleEnd.isByCard(released)).isFalse();
    }

    /** The card was before it now: what the shop plans after that is not lost by the card. */
    @Test
    void whatIsPutBackForgetsTheCard() {
        JsonNode kept = goingOn("\"canceled_by\":\"user\",\"card_written\":\"true\"");

        Map<String, Object> sent = LostScheduleEnd.ending(kept, null).toMap();

        assertThat(sent).containsEntry("metadata", Map.of("card_written", "")).containsEntry("end_behavior", "cancel");
        assertThat((List<?>) sent.get("phases")).hasSize(1);
    }

    @Test
    void anEndThatIsTakenBackMeanwhileIsTakenBackAgainWithAllThatWasPlanned() {
        JsonNode read = goingOn("\"canceled_by\":\"user\"");

        Map<String, Object> sent = LostScheduleEnd.takenBack(read, ended(""), "pm_1")
                .map(SubscriptionScheduleUpdateParams::toMap)
                .orElseThrow();

        assertThat(sent).containsEntry("end_behavior", "release");
        JsonNode phases = JSON.valueToTree(sent.get("phases"));
        assertThat(phases).hasSize(2);
        assertThat(phases.at("/0/default_payment_method").asString()).isEqualTo("pm_1");
        assertThat(phases.at("/1/default_payment_method").asString()).isEqualTo("pm_2");
        assertThat(LostScheduleEnd.takenBack(read, ended("\"canceled_by\":\"user\""), null))
                .isEmpty();
    }

    @Test
    void theEndThatTheShopHadPlannedComesBackWithThat() {
        JsonNode read = goingOn("\"canceled_by\":\"user\",\"would_end\":\"true\"");

        assertThat(LostScheduleEnd.takenBack(read, ended(""), null)
                        .map(SubscriptionScheduleUpdateParams::toMap)
                        .orElseThrow())
                .containsEntry("end_behavior", "cancel");
    }
}
