package io.tillstream.subscription.cancellation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An end that the shop plans in a schedule is the shop's, also where its user had ended that schedule once before. */
class ShopsEndIT extends Subscriber {

    private static final String NEXT =
            "&phases[1][items][0][quantity]=1&phases[1][iterations]=1&phases[1][items][0][price]=";

    private String schedule = "";

    private void wasEndedByItsUser() {
        subscribes("pro-monthly", 1);
        ok(act("change", "{'planId':'starter-monthly','when':'period_end'}"));
        ok(act("cancel", "{'when':'period_end'}"));
        schedule = shownAtStripe().path("schedule").asString();
    }

    private void shopPlans(String rest) {
        JsonNode now = STRIPE.get("/v1/subscription_schedules/" + schedule).path("current_phase");
        JsonNode planned = STRIPE.post(
                "/v1/subscription_schedules/" + schedule,
                "phases[0][start_date]=" + now.path("start_date").asLong() + "&phases[0][end_date]="
                        + now.path("end_date").asLong() + "&phases[0][items][0][price]=" + priceOf("pro-monthly")
                        + "&phases[0][items][0][quantity]=1&phases[0][proration_behavior]=none" + rest);
        assertThat(planned.has("error")).as(planned.toString()).isFalse();
        deliverAll();
    }

    private void isNotUndoneByItsUser() {
        refused(act("resume", ""), 409, "scheduled-by-operator");
        assertThat(shownAtStripe().path("cancel_at").asLong(0)).isPositive();
    }

    @Test
    void theShopsEndAfterAnOperatorsResumeIsNotUndoneByItsUser() {
        wasEndedByItsUser();
        shopPlans("&end_behavior=cancel" + NEXT + priceOf("starter-monthly"));
        ok(post("operator", "/api/admin/subscriptions/" + id + "/resume", "{}", "k-" + id));

        shopPlans("&end_behavior=cancel");

        isNotUndoneByItsUser();
    }

    @Test
    void theShopsEndAfterAnotherChangeOfItsUserIsNotUndoneByThem() {
        wasEndedByItsUser();
        shopPlans("&end_behavior=release");
        ok(act("change", "{'planId':'starter-monthly','when':'period_end'}"));

        shopPlans("&end_behavior=cancel");

        isNotUndoneByItsUser();
    }

    /** To cancel and to come back would be a way out of a price that the shop scheduled. */
    @Test
    void whatTheShopPlansInItComesBackWithItsUser() {
        wasEndedByItsUser();
        shopPlans("&end_behavior=release" + NEXT + priceOf("starter-monthly"));
        ok(act("cancel", "{'when':'period_end'}"));

        JsonNode resumed = ok(act("resume", ""));

        assertThat(resumed.at("/scheduledChange/planId").asString()).isEqualTo("starter-monthly");
        shopPlans("&end_behavior=cancel");
        isNotUndoneByItsUser();
    }
}
