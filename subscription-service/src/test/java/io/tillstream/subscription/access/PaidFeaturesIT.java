package io.tillstream.subscription.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.Subscriber;
import io.tillstream.subscription.subscription.Subscriptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** A changed plan gives what was paid for: no more, and no less. */
class PaidFeaturesIT extends Subscriber {

    private static final String[] STARTER = {"reading-room full"};
    private static final String[] PRO = {"annotations full", "exports full", "reading-room full"};

    @Autowired
    private PaidFeatures paid;

    @Autowired
    private AccessSweep sweep;

    @Autowired
    private Subscriptions subscriptions;

    /** Else the dearest plan is had for three weeks at the price of a minute of it. */
    @Test
    void aMinuteOfTheDearPlanPaysForNoMoreThanThat() {
        subscribes("starter-monthly", 1);
        beforeThePeriodsEnd(Duration.ofMinutes(5));
        ok(act("change", "{'planId':'pro-monthly','when':'now'}"));
        deliverAll();
        assertThat(invoices().get(0).path("total").asLong()).isZero();
        pays(EMPTY_CARD);

        STRIPE.advance("PT2H");
        deliverAll();

        assertThat(column("status || ' ' || plan_id")).isEqualTo("past_due pro-monthly");
        assertThat(features()).containsExactly(STARTER);
        pays(GOOD_CARD);
        STRIPE.post("/v1/invoices/" + invoices().get(0).path("id").asString() + "/pay", "");
        deliverAll();
        assertThat(features()).containsExactly(PRO);
    }

    @Test
    void whoPaidForTheRestOfAPeriodLosesNothingWhileTheNextBillIsADraft() {
        subscribes("starter-monthly", 1);
        STRIPE.advance("P10D");
        deliverAll();
        ok(act("change", "{'planId':'pro-monthly','when':'now'}"));
        deliverAll();
        beforeThePeriodsEnd(Duration.ofDays(10).plusMinutes(10));

        STRIPE.advance("PT20M");
        deliverAll();

        assertThat(invoices().get(0).path("status").asString()).isEqualTo("draft");
        assertThat(features()).containsExactly(PRO);
    }

    /** The plan's own bill: a part of the running period, which its holder has and does not pay. */
    @Test
    void anUpgradeWhoseBillFailedGivesWhatBothPlansHave() {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);

        changesAtStripe("pro-monthly");

        assertThat(column("plan_id")).isEqualTo("pro-monthly");
        assertThat(invoices().get(0).path("status").asString()).isEqualTo("open");
        assertThat(features()).containsExactly(STARTER);
    }

    private void changesAtStripe(String plan) {
        STRIPE.post(
                "/v1/subscriptions/" + stripeId,
                "proration_behavior=always_invoice&payment_behavior=allow_incomplete&items[0][id]="
                        + shownAtStripe().at("/items/data/0/id").asString() + "&items[0][price]=" + priceOf(plan));
        deliverAll();
    }

    /** All would be taken, told of, and given anew for the hour of a draft. */
    @Test
    void aSwitchTakesNothingBeforeItsBillIsPaid() {
        String first = plan("['rooms']");
        String second = plan("['desks','lamps']");
        subscribes(first, 1);
        ok(act("change", "{'planId':'" + second + "','when':'period_end'}"));

        beforeThePeriodsEnd(Duration.ofMinutes(-10));
        assertThat(column("status || ' ' || plan_id")).isEqualTo("active " + second);
        assertThat(features()).containsExactly("rooms full");
        assertThat(told()).doesNotContain("entitlement.revoked");

        STRIPE.advance("PT2H");
        deliverAll();
        assertThat(features()).containsExactly("desks full", "lamps full");
    }

    /** Stripe tells of the phase that began, and then of the period: a second may lie between them. */
    @Test
    void aSwitchThatIsToldBeforeItsPeriodTakesNothing() {
        subscribes(plan("['rooms']"), 1);
        String second = plan("['desks','lamps']");
        ok(act("change", "{'planId':'" + second + "','when':'period_end'}"));
        deliverAll();
        execute("update subscriptions set ahead = false where id = '" + id
                + "'"); // so events are taken as they tell it
        pastThePeriodsEnd();

        for (StripeEvent event : news()) {
            deliver(event);
            assertThat(features()).as(event.type()).containsExactly("rooms full");
        }
        assertThat(column("plan_id")).isEqualTo(second);
        assertThat(told()).doesNotContain("entitlement.revoked");
    }

    @Test
    void whatIsAddedToThePlanPaidLastIsGivenWhereItGivesStill() {
        String first = plan("['rooms']");
        subscribes(first, 1);
        ok(act("change", "{'planId':'" + plan("['desks']") + "','when':'period_end'}"));
        beforeThePeriodsEnd(Duration.ofMinutes(-10));
        assertThat(features()).containsExactly("rooms full");

        put("operator", "/api/plans/" + first, definition(first.replace("-monthly", ""), "['rooms','windows']"))
                .expectStatus()
                .is2xxSuccessful();
        sweep.round().block(WAIT);

        assertThat(features()).containsExactly("rooms full", "windows full");
    }

    /** Of a product of its own. */
    private String plan(String features) {
        String product = "p" + UUID.randomUUID().toString().substring(0, 8);
        return json(post("operator", "/api/plans", definition(product, features))
                        .expectStatus()
                        .isCreated())
                .path("id")
                .asString();
    }

    private static String definition(String product, String features) {
        return "{'name':'Team','product':'" + product
                + "','interval':'month','prices':[{'amount':2000,'currency':'usd'}],'features':" + features + "}";
    }

    @Test
    void aTrialsBillOfNothingPaysForNoPlan() {
        subscribes("starter-monthly", 1, "&trial_period_days=14");
        ok(act("change", "{'planId':'pro-monthly','when':'period_end'}"));

        beforeThePeriodsEnd(Duration.ofMinutes(-10));

        assertThat(column("status || ' ' || plan_id")).isEqualTo("active pro-monthly");
        assertThat(features()).containsExactly(PRO);
    }

    /** Stripe tells ten lines with an invoice, and those of changes stand first: it is paid whole, whatever they name. */
    @Test
    void aPaidBillOfManyLinesPaysForThePeriodThatItBegan() {
        subscribes("starter-monthly", 1);
        ok(act("change", "{'planId':'pro-monthly','when':'period_end'}"));
        beforeThePeriodsEnd(Duration.ofHours(-2));
        JsonNode newest = invoices().get(0);
        assertThat(newest.path("status").asString()).isEqualTo("paid");

        execute("""
                update invoices set lines = jsonb_build_array(jsonb_build_object('amount', 3, 'quantity', 1, 'proration', true,
                    'priceId', '%s', 'periodEnd', (select current_period_start from subscriptions where id = '%s')))
                where stripe_invoice_id = '%s'""".formatted(priceOf("starter-monthly"), id, newest.path("id").asString()));

        var known =
                Objects.requireNonNull(subscriptions.find(UUID.fromString(id)).block(WAIT));
        assertThat(paid.of(known).block(WAIT)).containsExactlyInAnyOrder("annotations", "exports", "reading-room");
    }

    /** The clock at Stripe is ahead by as much as the test let pass: {@code before} counts that too. */
    private void beforeThePeriodsEnd(Duration before) {
        advances(before);
        deliverAll();
    }

    private void pastThePeriodsEnd() {
        advances(Duration.ofMinutes(-10));
    }

    private void advances(Duration before) {
        Instant end = Instant.ofEpochSecond(
                shownAtStripe().at("/items/data/0/current_period_end").asLong());
        STRIPE.advance(Duration.between(Instant.now(), end).minus(before).toString());
    }

    private List<String> features() {
        return texts("select feature || ' ' || grade from entitlements where user_id = '" + user
                + "' and grade <> 'none' order by 1");
    }
}
