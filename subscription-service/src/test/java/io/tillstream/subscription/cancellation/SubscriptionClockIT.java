package io.tillstream.subscription.cancellation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tillstream.subscription.simulated.Subscriber;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.stripe.SubscriptionClock;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/**
 * Who tries a shop with one of Stripe's test clocks sees it reckon by that clock, though the events have the time of the world.
 *
 * @see <a href="https://docs.stripe.com/billing/testing/test-clocks">Stripe: test clocks</a>
 */
class SubscriptionClockIT extends Subscriber {

    private static final String CLOCKS = "/v1/test_helpers/test_clocks";

    @Autowired
    private SubscriptionActionTemplate act;

    @Autowired
    private StripeSubscriptions stripe;

    @Autowired
    private PauseRequestRepository requests;

    @Autowired
    private SubscriptionClock present;

    private String clock = "";

    private void livesBy(Instant time) {
        clock = STRIPE.post(CLOCKS, "frozen_time=" + time.getEpochSecond())
                .path("id")
                .asString();
        isMade(
                user,
                STRIPE.post("/v1/customers", "test_clock=" + clock).path("id").asString());
    }

    private void advances(Instant to) {
        STRIPE.post(CLOCKS + "/" + clock + "/advance", "frozen_time=" + to.getEpochSecond());
        await().atMost(WAIT)
                .until(() -> STRIPE.get(CLOCKS + "/" + clock).path("status").asString(), "ready"::equals);
        deliverAll();
    }

    /** A subscription of 40 days, in its second month; gives its own present. */
    private Instant fortyDaysAhead() {
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        livesBy(start);
        subscribes("starter-monthly", 1);
        Instant now = start.plus(40, ChronoUnit.DAYS);
        advances(now);
        assertThat(shownAtStripe().at("/items/data/0/current_period_start").asLong())
                .as("it was renewed")
                .isGreaterThan(Instant.now().getEpochSecond());
        return now;
    }

    private long total(long second) {
        JsonNode preview = STRIPE.post(
                "/v1/invoices/create_preview",
                "subscription=" + stripeId + "&subscription_details[items][0][id]="
                        + shownAtStripe().at("/items/data/0/id").asString()
                        + "&subscription_details[items][0][price]=" + priceOf("pro-monthly")
                        + "&subscription_details[items][0][quantity]=1&subscription_details[proration_behavior]=always_invoice&subscription_details[proration_date]="
                        + second);
        assertThat(preview.has("total")).as(preview.toString()).isTrue();
        return preview.path("total").asLong();
    }

    @Test
    void aChangeCostsWhatIsLeftOfThePeriodByItsOwnClock() {
        Instant now = fortyDaysAhead();
        long rest = total(now.getEpochSecond());
        long whole =
                total(shownAtStripe().at("/items/data/0/current_period_start").asLong());
        assertThat(rest).isLessThan(whole);

        JsonNode quote = quoted("{'planId':'pro-monthly'}");

        assertThat(quote.at("/total/amount").asLong())
                .as("the part of the month that is over is not billed")
                .isEqualTo(rest);
        ok(changes(quote));
        assertThat(priceAtStripe()).isEqualTo(priceOf("pro-monthly"));
        assertThat(invoices().get(0).path("total").asLong()).isEqualTo(rest);
    }

    @Test
    void aPauseIsAsLongAsIsAllowedByItsOwnClock() {
        Instant now = fortyDaysAhead();
        Instant over = now.minus(5, ChronoUnit.DAYS); // to come, by ours
        refused(
                post(
                        "operator",
                        "/api/admin/subscriptions/" + id + "/pause",
                        "{'behavior':'void','until':'" + over + "'}",
                        UUID.randomUUID().toString()),
                422,
                "validation-failed");
        var flow = new PauseFlow(
                act,
                stripe,
                requests,
                new PauseSettings(true, Duration.ofDays(31), 1, PauseSettings.Behavior.KEEP_AS_DRAFT),
                present);
        assertRefused(flow, over);
        assertRefused(flow, now.plus(32, ChronoUnit.DAYS));
        Instant until = now.plus(30, ChronoUnit.DAYS);

        flow.byUser(wish(), until).block(WAIT);

        assertThat(shownAtStripe().at("/pause_collection/resumes_at").asLong()).isEqualTo(until.getEpochSecond());
    }

    private SubscriptionActionTemplate.ActionCommand wish() {
        return new SubscriptionActionTemplate.ActionCommand(user, UUID.fromString(id), UUID.randomUUID());
    }

    private void assertRefused(PauseFlow flow, Instant until) {
        assertThatThrownBy(() -> flow.byUser(wish(), until).block(WAIT))
                .isInstanceOfSatisfying(
                        Problem.class, no -> assertThat(no.code()).isEqualTo("validation-failed"));
    }

    /** By ours its end is farther away than any trial of the other plan would be. */
    @Test
    void aTrialGoesOverToAPlanWithAsLongAOneByItsOwnClock() {
        String product = "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
        for (String interval : List.of("month", "year")) {
            post(
                            "operator",
                            "/api/plans",
                            "{'name':'Clocked','product':'" + product + "','interval':'" + interval
                                    + "','trialDays':14,'prices':[{'amount':2000,'currency':'usd'}],'features':['"
                                    + product + "']}")
                    .expectStatus()
                    .is2xxSuccessful();
        }
        livesBy(Instant.now().plus(40, ChronoUnit.DAYS));
        JsonNode started = json(ask("/api/subscriptions", "{'planId':'" + product + "-monthly'}")
                .expectStatus()
                .isCreated());
        id = started.path("id").asString();
        deliverAll();
        assertThat(column("status")).isEqualTo("trialing");

        JsonNode changed = ok(act("change", "{'planId':'" + product + "-yearly','when':'now'}"));

        assertThat(changed.path("planId").asString()).isEqualTo(product + "-yearly");
    }
}
