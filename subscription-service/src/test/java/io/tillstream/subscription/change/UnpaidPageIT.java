package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A page on which nobody paid stands in nobody's way. */
class UnpaidPageIT extends Subscriber {

    private String opensPage(String plan) {
        return json(post(
                                "/api/checkout/sessions",
                                "{'mode':'subscription','planId':'" + plan + "','trial':false,"
                                        + "'successUrl':'http://localhost:8080/welcome',"
                                        + "'cancelUrl':'http://localhost:8080/plans'}")
                        .expectStatus()
                        .isCreated())
                .path("subscriptionId")
                .asString();
    }

    private JsonNode openPages() {
        return STRIPE.get("/v1/checkout/sessions?status=open&customer=" + customer)
                .path("data");
    }

    private List<String> state(String start) {
        return texts("select status || ' ' || failure_code from subscriptions where id = '" + start + "'");
    }

    @Test
    void aChangeToThePlanOfAnOpenPageIsMadeAndNobodyPaysOnThatPageAnyMore() {
        subscribes("starter-monthly", 1);
        String page = opensPage("pro-monthly");

        JsonNode quote = quoted("{'planId':'pro-monthly'}");
        assertThat(openPages()).as("a quote changes nothing").hasSize(1);
        assertThat(ok(changes(quote)).path("planId").asString()).isEqualTo("pro-monthly");

        assertThat(openPages()).isEmpty();
        assertThat(state(page)).containsExactly("failed replaced");
    }

    @Test
    void aChangeAtThePeriodsEndClosesThePageToo() {
        subscribes("starter-monthly", 1);
        String page = opensPage("pro-monthly");

        ok(act("change", "{'planId':'pro-monthly','when':'period_end'}"));

        assertThat(openPages()).isEmpty();
        assertThat(state(page)).containsExactly("failed replaced");
    }

    private static final String NOW = "{'planId':'pro-monthly','when':'now'}";

    private void mayStillBePaid(String page) {
        assertThat(openPages()).hasSize(1);
        assertThat(texts("select status from subscriptions where id = '" + page + "'"))
                .containsExactly("starting");
    }

    /** What is refused has changed nothing: its user would have neither. */
    @Test
    void aChangeThatWasTriedTooOftenLeavesThePageToBePaid() {
        subscribes("starter-monthly", 1);
        String page = opensPage("pro-monthly");
        JsonNode quote = quoted("{'planId':'pro-monthly'}");
        execute("insert into payment_tries (request_id, subscription_id, created_at)" + " select gen_random_uuid(), '"
                + id + "', now() from generate_series(1, 15)");

        refused(act("change", NOW), 429, "too-many-payment-tries");
        refused(changes(quote), 429, "too-many-payment-tries");

        mayStillBePaid(page);
    }

    @Test
    void aChangeBesideOneThatIsPlannedLeavesThePageToBePaid() {
        subscribes("starter-monthly", 1);
        ok(act("change", "{'planId':'pro-yearly','when':'period_end'}"));
        String page = opensPage("pro-monthly");

        refused(act("change", NOW), 409, "change-scheduled");

        mayStillBePaid(page);
    }

    @Test
    void aChangeBesideWhatTheShopPlannedLeavesThePageToBePaid() {
        subscribes("starter-monthly", 1);
        JsonNode schedule = STRIPE.post("/v1/subscription_schedules", "from_subscription=" + stripeId);
        JsonNode planned = STRIPE.post(
                "/v1/subscription_schedules/" + schedule.path("id").asString(),
                "phases[0][start_date]=" + schedule.at("/phases/0/start_date").asLong() + "&phases[0][end_date]="
                        + schedule.at("/phases/0/end_date").asLong() + "&phases[0][items][0][price]="
                        + priceOf("starter-monthly") + "&phases[1][items][0][price]=" + priceOf("pro-yearly"));
        assertThat(planned.has("error")).as(planned.toString()).isFalse();
        String page = opensPage("pro-monthly");

        refused(act("change", NOW), 409, "scheduled-by-operator");
        refused(act("change", "{'planId':'pro-monthly','when':'period_end'}"), 409, "scheduled-by-operator");

        mayStillBePaid(page);
    }

    @Test
    void aPageIsNoSubscription() {
        subscribes("starter-monthly", 1);
        String page = opensPage("pro-monthly");

        assertThat(get("/api/subscriptions").path("data").valueStream().map(one -> one.path("id")
                        .asString()))
                .containsExactly(id);
        assertThat(get("/api/subscriptions/" + page).path("status").asString()).isEqualTo("starting");
    }

    @Test
    void whoIsDeletedLeavesNoOpenPageBehind() {
        subscribes("starter-monthly", 1);
        String page = opensPage("pro-monthly");
        STRIPE.delete("/v1/customers/" + customer);
        deliverAll();
        assertThat(state(page)).containsExactly("failed customer-deleted");
        assertThat(column("status")).isEqualTo("canceled");
    }
}
