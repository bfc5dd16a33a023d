package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Changes without a quote: now, or at the end of the period. */
class PeriodEndChangeIT extends Subscriber {

    private static final String LATER = "{'planId':'starter-monthly','when':'period_end'}";

    @Test
    void nowIsBilledAtOnce() {
        subscribes("starter-monthly", 1);

        JsonNode changed = ok(act("change", "{'planId':'pro-monthly','when':'now'}"));

        assertThat(changed.path("planId").asString()).isEqualTo("pro-monthly");
        assertThat(invoices()).hasSize(2);
        assertThat(invoices().get(0).path("total").asLong()).isEqualTo(2000);
    }

    @Test
    void theSameKeyChangesOnce() {
        subscribes("pro-monthly", 1);
        ok(act("change", "{'quantity':2,'when':'now'}", "same-key-" + user));
        ok(act("change", "{'quantity':2,'when':'now'}", "same-key-" + user));
        refused(act("change", "{'quantity':2,'when':'now'}"), 422, "nothing-to-change");
        assertThat(invoices()).hasSize(2);
    }

    @Test
    void atThePeriodsEndNothingIsBilledBefore() {
        subscribes("pro-monthly", 2);
        Instant end = Instant.ofEpochSecond(
                shownAtStripe().at("/items/data/0/current_period_end").asLong());

        JsonNode changed = ok(act("change", LATER));

        assertThat(changed.path("planId").asString()).isEqualTo("pro-monthly");
        assertThat(changed.at("/scheduledChange/planId").asString()).isEqualTo("starter-monthly");
        assertThat(changed.at("/scheduledChange/quantity").asInt()).isEqualTo(1);
        assertThat(Instant.parse(changed.at("/scheduledChange/at").asString())).isEqualTo(end);
        assertThat(invoices()).hasSize(1);
        deliverAll();
        assertThat(column("scheduled_plan_id")).isEqualTo("starter-monthly");
        refused(act("quote", "{'planId':'pro-yearly'}"), 409, "change-scheduled");
        refused(act("change", "{'planId':'pro-yearly','when':'now'}"), 409, "change-scheduled");
    }

    @Test
    void whenThePeriodEndsItIsInForceAndBilledOnce() {
        subscribes("pro-monthly", 2);
        ok(act("change", LATER));

        STRIPE.advance("P33D");
        deliverAll();

        assertThat(column("plan_id")).isEqualTo("starter-monthly");
        assertThat(column("quantity")).isEqualTo("1");
        assertThat(column("scheduled_plan_id")).isNull();
        assertThat(column("status")).isEqualTo("active");
        assertThat(invoices()).hasSize(2);
        assertThat(invoices().get(0).path("total").asLong()).isEqualTo(900);
    }

    /** Else the dearest plan is had for the price of the cheapest, as long as the days of who owes last, and again. */
    @Test
    void whatWasChosenForLaterIsNotGivenBeforeItIsPaid() {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);
        ok(act("change", "{'planId':'pro-monthly','when':'period_end'}"));

        tenMinutesIntoTheNextPeriod();
        assertThat(column("status || ' ' || plan_id")).isEqualTo("active pro-monthly");
        assertThat(features()).containsExactly("reading-room full");

        STRIPE.advance("PT2H");
        deliverAll();
        assertThat(column("status || ' ' || plan_id")).isEqualTo("past_due pro-monthly");
        assertThat(features()).containsExactly("reading-room full");

        pays(GOOD_CARD);
        STRIPE.post("/v1/invoices/" + invoices().get(0).path("id").asString() + "/pay", "");
        deliverAll();
        assertThat(features()).containsExactly("annotations full", "exports full", "reading-room full");
    }

    @Test
    void whatALesserPlanLacksEndsWithThePeriodThatWasPaid() {
        subscribes("pro-monthly", 2);
        ok(act("change", LATER));
        assertThat(features()).containsExactly("annotations full", "exports full", "reading-room full");

        tenMinutesIntoTheNextPeriod();

        assertThat(column("status || ' ' || plan_id")).isEqualTo("active starter-monthly");
        assertThat(features()).containsExactly("reading-room full");
    }

    @Test
    void aPlanOfASubscriptionThatIsOverIsNotToldAsTakenBack() {
        subscribes("pro-monthly", 2);
        ok(act("change", LATER));
        ok(act("cancel", "{'when':'now'}"));

        refused(act("change/revoke", ""), 409, "subscription-ended");
    }

    /** Neither with a bill nor with a new period: a present, or what the shop's portal is set to. */
    @Test
    void whatTheShopGivesWithinAPaidPeriodIsGivenToItsEnd() {
        subscribes("starter-monthly", 1);
        STRIPE.post(
                "/v1/subscriptions/" + stripeId,
                "proration_behavior=none&items[0][id]="
                        + shownAtStripe().at("/items/data/0/id").asString() + "&items[0][price]="
                        + priceOf("pro-monthly"));
        deliverAll();
        assertThat(features()).containsExactly("annotations full", "exports full", "reading-room full");

        pays(EMPTY_CARD);
        tenMinutesIntoTheNextPeriod();
        assertThat(features()).containsExactly("reading-room full");
    }

    private void tenMinutesIntoTheNextPeriod() {
        Instant end = Instant.ofEpochSecond(
                shownAtStripe().at("/items/data/0/current_period_end").asLong());
        STRIPE.advance(Duration.between(Instant.now(), end).plusMinutes(10).toString());
        deliverAll();
        assertThat(invoices().get(0).path("status").asString()).isEqualTo("draft");
    }

    private List<String> features() {
        return texts("select feature || ' ' || grade from entitlements where user_id = '" + user + "' order by 1");
    }

    /** A phase sets the card of the day it was planned: the stolen one would be charged, or the renewal fail. */
    @Test
    void whoPaysWithAnotherCardPaysWhatIsPlannedWithItToo() {
        subscribes("pro-monthly", 2);
        paysWith(savedCard(GOOD_CARD));
        ok(act("change", LATER));
        String other = savedCard("pm_card_mastercard");

        paysWith(other);
        STRIPE.advance("P33D");
        deliverAll();

        assertThat(column("plan_id")).isEqualTo("starter-monthly");
        assertThat(shownAtStripe().path("default_payment_method").asString()).isEqualTo(other);
        assertThat(STRIPE.get("/v1/payment_intents?customer=" + customer)
                        .at("/data/0/payment_method")
                        .asString())
                .isEqualTo(other);
        assertThat(column("default_payment_method")).isEqualTo(other);
    }

    private void paysWith(String card) {
        ok(put(user, "/api/subscriptions/" + id + "/payment-method", "{'paymentMethodId':'" + card + "'}"));
    }

    @Test
    void anotherChoiceReplacesTheFirst() {
        subscribes("pro-monthly", 2);
        ok(act("change", LATER));

        JsonNode changed = ok(act("change", "{'planId':'pro-yearly','quantity':3,'when':'period_end'}"));

        assertThat(changed.at("/scheduledChange/planId").asString()).isEqualTo("pro-yearly");
        assertThat(changed.at("/scheduledChange/quantity").asInt()).isEqualTo(3);
        JsonNode schedule = STRIPE.get(
                "/v1/subscription_schedules/" + shownAtStripe().path("schedule").asString());
        assertThat(schedule.path("phases").size()).isEqualTo(2);
        assertThat(schedule.path("end_behavior").asString()).isEqualTo("release");
    }

    @Test
    void aPriceThatTheShopScheduledIsNotUndoneByWhomItIsFor() {
        subscribes("starter-monthly", 1);
        JsonNode schedule = STRIPE.post("/v1/subscription_schedules", "from_subscription=" + stripeId);
        long start = schedule.at("/current_phase/start_date").asLong();
        long end = schedule.at("/current_phase/end_date").asLong();
        JsonNode planned = STRIPE.post(
                "/v1/subscription_schedules/" + schedule.path("id").asString(),
                "end_behavior=release&phases[0][start_date]=" + start + "&phases[0][end_date]=" + end
                        + "&phases[0][items][0][price]=" + priceOf("starter-monthly")
                        + "&phases[1][items][0][price]=" + priceOf("pro-monthly"));
        assertThat(planned.path("phases").size()).as(planned.toString()).isEqualTo(2);
        deliverAll();

        refused(act("change/revoke", ""), 409, "scheduled-by-operator");
        refused(act("change", "{'planId':'starter-yearly','when':'period_end'}"), 409, "scheduled-by-operator");

        assertThat(shownAtStripe().path("schedule").asString())
                .isEqualTo(schedule.path("id").asString());
    }

    /** A set-up fee that is not taken any more is the shop's loss. */
    @Test
    void whatTheShopPlannedComesBackWholeWhenAnotherCardIsChosen() {
        subscribes("starter-monthly", 1);
        paysWith(savedCard(GOOD_CARD));
        String planned = plansForThePeriodsEnd("&phases[1][description]=Winter&phases[1][add_invoice_items][0][price]="
                + STRIPE.post("/v1/prices", "currency=usd&unit_amount=777&product_data[name]=Setup")
                        .path("id")
                        .asString()
                + "&phases[1][default_payment_method]="
                + shownAtStripe().path("default_payment_method").asString());
        JsonNode before = STRIPE.get("/v1/subscription_schedules/" + planned).at("/phases/1");
        String other = savedCard("pm_card_mastercard");

        paysWith(other);

        JsonNode after = STRIPE.get("/v1/subscription_schedules/" + planned).at("/phases/1");
        assertThat(after.at("/add_invoice_items/0")).isEqualTo(before.at("/add_invoice_items/0"));
        assertThat(after.path("description").asString()).isEqualTo("Winter");
        assertThat(after.path("default_payment_method").asString()).isEqualTo(other);
    }

    /** Our row has not heard of it: Stripe tells of a plan later than the next request comes. */
    @Test
    void whatIsPlannedIsNotLostByAChangeThatComesBeforeItIsTold() {
        subscribes("starter-monthly", 1);
        String planned = plansForThePeriodsEnd();
        news();

        refused(act("change", "{'planId':'starter-yearly','when':'now'}"), 409, "scheduled-by-operator");

        assertThat(shownAtStripe().path("schedule").asString()).isEqualTo(planned);
        assertThat(STRIPE.get("/v1/subscription_schedules/" + planned).path("phases"))
                .hasSize(2);
        assertThat(priceAtStripe()).isEqualTo(priceOf("starter-monthly"));
    }

    /** The shop raises the price with the next period. */
    private String plansForThePeriodsEnd() {
        return plansForThePeriodsEnd("");
    }

    private String plansForThePeriodsEnd(String more) {
        JsonNode schedule = STRIPE.post("/v1/subscription_schedules", "from_subscription=" + stripeId);
        String planned = schedule.path("id").asString();
        JsonNode two = STRIPE.post(
                "/v1/subscription_schedules/" + planned,
                "end_behavior=release&phases[0][start_date]="
                        + schedule.at("/current_phase/start_date").asLong() + "&phases[0][end_date]="
                        + schedule.at("/current_phase/end_date").asLong() + "&phases[0][items][0][price]="
                        + priceOf("starter-monthly") + "&phases[1][items][0][price]=" + priceOf("pro-monthly") + more);
        assertThat(two.path("phases").size()).as(two.toString()).isEqualTo(2);
        return planned;
    }

    @Test
    void whatWasChosenForLaterCanBeRevoked() {
        subscribes("pro-monthly", 2);
        ok(act("change", LATER));

        JsonNode revoked = ok(act("change/revoke", ""));

        assertThat(revoked.has("scheduledChange")).isFalse();
        assertThat(shownAtStripe().path("schedule").isNull()).isTrue();
        deliverAll();
        assertThat(column("scheduled_plan_id")).isNull();
        assertThat(column("plan_id")).isEqualTo("pro-monthly");
        refused(act("change/revoke", ""), 409, "nothing-to-revoke");
    }

    @Test
    void aSecondSubscriptionToTheSamePlanIsNotMadeByAChange() {
        subscribes("starter-monthly", 1);
        String first = id;
        String firstAtStripe = stripeId;
        STRIPE.post("/v1/subscriptions", "customer=" + customer + "&items[0][price]=" + priceOf("pro-monthly"));
        deliverAll();

        refused(act("quote", "{'planId':'pro-monthly'}"), 409, "subscription-already-live");
        refused(act("change", "{'planId':'pro-monthly','when':'now'}"), 409, "subscription-already-live");
        refused(act("change", "{'planId':'pro-monthly','when':'period_end'}"), 409, "subscription-already-live");

        assertThat(id).isEqualTo(first);
        assertThat(stripeId).isEqualTo(firstAtStripe);
        assertThat(priceAtStripe()).isEqualTo(priceOf("starter-monthly"));
    }

    @Test
    void whatIsMissingIsSaid() {
        subscribes("starter-monthly", 1);
        refused(act("change", "{}"), 422, "validation-failed");
        refused(act("change", "{'planId':'pro-monthly'}"), 422, "validation-failed");
        refused(act("change", "{'when':'now'}"), 422, "validation-failed");
        refused(act("change", "{'planId':'pro-monthly','when':'tomorrow'}"), 422, "validation-failed");
    }
}
