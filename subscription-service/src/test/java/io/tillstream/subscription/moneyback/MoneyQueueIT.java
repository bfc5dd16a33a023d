package io.tillstream.subscription.moneyback;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.subscription.simulated.Subscriber;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What Stripe refuses again and again keeps nothing from whom money is owed since today. */
class MoneyQueueIT extends Subscriber {

    private static final int REFUSED = 45; // more than two batches

    @Autowired
    private InvoiceRefunds refunds;

    @Autowired
    private CreditRecoveryQueue recoveries;

    @BeforeEach
    void nobodyElsesAreDue() {
        for (String table : List.of("invoice_refunds", "credit_recoveries")) {
            execute("update " + table + " set next_attempt_at = now() + interval '1 hour'"
                    + " where next_attempt_at is not null");
        }
    }

    @AfterEach
    void nobodyElseFindsThem() {
        execute("delete from invoice_refunds where reason = '" + user + "'");
        execute(
                "delete from credit_recoveries where subscription_id in (select id from subscriptions where user_id like '"
                        + user + "-%')");
        execute("delete from subscriptions where user_id like '" + user + "-%'");
    }

    @Autowired
    private RefundSweep sweep;

    @Autowired
    private MeterRegistry meters;

    private void refunds(int count, int tries, String since) {
        execute("""
                insert into invoice_refunds (id, stripe_invoice_id, purpose, amount, currency, reason, status, tries,
                    next_attempt_at, created_at, updated_at)
                select gen_random_uuid(), '%s', 'requested', 1, 'usd', '%s', 'asked', %d, now() - interval '%s', now(), now()
                from generate_series(1, %d)""".formatted(invoices().get(0).path("id").asString(), user, tries, since, count));
    }

    @Test
    void aRefundThatIsOwedAnewWaitsForNoneThatWasRefusedOften() {
        subscribes("starter-monthly", 1);
        refunds(REFUSED, 30, "3 hours");
        refunds(1, 0, "1 minute");

        var unused = refunds.claimDue().collectList().block(WAIT);

        assertThat(texts("select tries from invoice_refunds where reason = '" + user + "' and tries < 30"))
                .containsExactly("1");
        assertThat(texts("select count(*) between 1 and 10 from invoice_refunds where reason = '" + user
                        + "' and tries = 31"))
                .containsExactly("t");
    }

    /** What Stripe refused rests on: asked for again at once, it would be refused again. */
    @Test
    void whatHasNoAnswerIsDueAtOnceWhenStripeIsBackButNotWhatItRefused() {
        subscribes("starter-monthly", 1);
        refunds(1, 0, "-1 day"); // its own request is under way
        refunds(1, 8, "-1 day");
        refunds(1, 9, "-1 day");
        execute("update invoice_refunds set why = 'charge_disputed' where tries = 9 and reason = '" + user + "'");

        var unused = refunds.makeDue().repeat().takeUntil(more -> more == 0).blockLast(WAIT);

        assertThat(texts(
                        "select tries from invoice_refunds where reason = '" + user + "' and next_attempt_at <= now()"))
                .containsExactly("8");
    }

    @Test
    void creditWhoseMoveHasNoAnswerIsDueAtOnceWhenStripeIsBack() {
        recoveries("asked", 1, 30, "-1 day");
        recoveries("used", 1, 30, "-1 day");
        execute(
                "update credit_recoveries set move = 1 where subscription_id = (select id from subscriptions where user_id = '"
                        + user + "-asked-1')");

        var unused = recoveries.makeDue().repeat().takeUntil(more -> more == 0).blockLast(WAIT);

        assertThat(texts("select s.user_id from credit_recoveries r join subscriptions s on s.id = r.subscription_id"
                        + " where s.user_id like '" + user + "-%' and r.next_attempt_at <= now()"))
                .containsExactly(user + "-asked-1");
    }

    private void recoveries(String name, int count, int tries, String since) {
        execute("""
                insert into subscriptions (id, user_id, stripe_customer_id, plan_id, currency, status, request, created_at,
                    updated_at)
                select gen_random_uuid(), '%1$s-%2$s-' || n, 'cus_gone', 'starter-monthly', 'usd', 'canceled', '{}', now(),
                    now()
                from generate_series(1, %3$d) n""".formatted(user, name, count));
        execute("""
                insert into credit_recoveries (subscription_id, target, tries, next_attempt_at)
                select id, 1, %d, now() - interval '%s' from subscriptions where user_id like '%s-%s-%%'""".formatted(tries, since, user, name));
    }

    @Test
    void creditThatWentBackTodayWaitsForNoneThatWasTriedOften() {
        recoveries("often", REFUSED, 30, "3 hours");
        recoveries("new", 1, 0, "1 minute");

        var unused = recoveries.claimDue().collectList().block(WAIT);

        assertThat(texts("select r.tries from credit_recoveries r join subscriptions s on s.id = r.subscription_id"
                        + " where s.user_id like '" + user + "-new-%'"))
                .containsExactly("1");
    }

    /** Nobody would look into the table for it. */
    @Test
    void creditThatWasGivenUpIsShownToOperatorsAndCounted() {
        recoveries("gone", 1, 72, "1 minute");
        String gone = texts("select id from subscriptions where user_id = '" + user + "-gone-1'")
                .get(0);
        sweep.round().block(WAIT); // the last try

        JsonNode owed = json(as("operator")
                        .get()
                        .uri("/api/admin/invoices/owed-refunds?attention=true&limit=100")
                        .exchange()
                        .expectStatus()
                        .isOk())
                .path("data")
                .valueStream()
                .filter(one -> one.path("subscriptionId").asString().equals(gone))
                .findFirst()
                .orElseThrow();

        assertThat(owed.path("kind").asString()).isEqualTo("credit");
        assertThat(owed.path("attention").asString()).isEqualTo("given_up");
        assertThat(owed.at("/amount/amount").asLong()).isOne();
        assertThat(texts("select user_id from subscriptions where id = '"
                        + owed.path("subscriptionId").asString() + "'"))
                .containsExactly(user + "-gone-1");
        double now = shown("given_up");
        double today = shown("given_up_today");
        assertThat(now).isPositive();
        assertThat(today).isPositive();
        execute("update credit_recoveries set updated_at = updated_at - interval '2 days' where subscription_id = '"
                + owed.path("subscriptionId").asString() + "'");
        sweep.round().block(WAIT);
        assertThat(shown("given_up")).isEqualTo(now);
        assertThat(shown("given_up_today")).isEqualTo(today - 1);
    }

    private double shown(String state) {
        return meters.get("tillstream.credit.recoveries")
                .tag("state", state)
                .gauge()
                .value();
    }
}
