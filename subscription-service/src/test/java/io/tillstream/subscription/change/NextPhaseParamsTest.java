package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.param.SubscriptionScheduleUpdateParams;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.catalog.Interval;
import io.tillstream.subscription.catalog.Plan;
import io.tillstream.subscription.quote.ChangeTarget;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class NextPhaseParamsTest {

    private static final Plan YEARLY = new Plan(
            "starter-yearly",
            "starter",
            "Starter",
            "",
            "usd",
            Map.of("usd", 10_000L),
            Interval.YEAR,
            1,
            0,
            true,
            10,
            List.of(),
            true,
            true,
            false,
            "prod_1",
            "price_new",
            null,
            new Plan.Sync(1, 1, 0, null, null),
            Instant.EPOCH);

    private static final String SCHEDULE = """
            {"id":"sub_sched_1","current_phase":{"start_date":1000,"end_date":2000},"phases":[
              {"start_date":0,"end_date":1000,"items":[{"price":"price_older","quantity":1}]},
              {"start_date":1000,"end_date":2000,"trial_end":1500,"default_payment_method":"pm_1",
               "items":[{"price":{"id":"price_old"},"quantity":3}],"metadata":{"env":"test"},
               "discounts":[{"coupon":null,"promotion_code":null,"discount":"di_1"}]},
              {"start_date":2000,"end_date":3000,"items":[{"price":"price_chosen_before","quantity":9}]}]}
            """;

    @Test
    void whatRunsStaysAsItIsUntilItsEnd() {
        Map<String, Object> running = phases().get(0);

        assertThat(running)
                .containsEntry("start_date", 1000L)
                .containsEntry("end_date", 2000L)
                .containsEntry("trial_end", 1500L)
                .containsEntry("default_payment_method", "pm_now")
                .containsEntry("metadata", Map.of("env", "test"))
                .containsEntry("items", List.of(Map.of("price", "price_old", "quantity", 3L)))
                .containsEntry("discounts", List.of(Map.of("discount", "di_1")));
    }

    @Test
    void afterItComesWhatWasChosenForOneInterval() {
        Map<String, Object> next = phases().get(1);

        assertThat(next)
                .containsEntry("items", List.of(Map.of("price", "price_new", "quantity", 2L)))
                .containsEntry("duration", Map.of("interval", "year", "interval_count", 1L))
                .containsEntry("metadata", Map.of("plan_id", "starter-yearly", "set_by", "user"))
                .containsEntry("discounts", List.of(Map.of("discount", "di_1")))
                .containsEntry("default_payment_method", "pm_now")
                .containsEntry("proration_behavior", "none")
                .doesNotContainKeys("start_date", "trial_end");
    }

    @Test
    void aChoiceOfBeforeIsReplacedAndTheSubscriptionGoesOnByItself() {
        assertThat(phases()).hasSize(2);
        assertThat(params().toMap()).containsEntry("end_behavior", "release");
    }

    private static SubscriptionScheduleUpdateParams params() {
        JsonNode schedule = StripeJson.read(SCHEDULE.getBytes(StandardCharsets.UTF_8));
        return NextPhaseParams.params(schedule, new ChangeTarget(YEARLY, "price_new", 2), "pm_now");
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> phases() {
        return (List<Map<String, Object>>) params().toMap().get("phases");
    }
}
