package io.tillstream.subscription.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeEvent;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Whatever stands beside, around or instead of the bill of a period that is not paid: it would be had for nothing. */
class UnpaidBillsIT extends DebitPayer {

    private static final String HALF_A_MONTH = """
            [{"amount": 1, "quantity": 1, "proration": true, "periodStart": "2026-01-10T00:00:00Z",
              "periodEnd": "2100-01-01T00:00:00Z"}]""";

    private static final String A_MONTH = HALF_A_MONTH.replace("true", "false");

    /** On Stripe's portal a trial is over with a change, and a month becomes a year. */
    @Test
    void aPeriodThatBeganWithAChangeIsNoLongerGivenThanATrialWhileADebitIsOnItsWay() {
        beginsAPeriodByAChange();

        passes(LONGER_THAN_A_CARD);

        assertThat(features()).isEmpty();
        assertThat(told()).containsOnlyOnce("entitlement.revoked");
    }

    /** What they have is not what they asked for: that begins when it is paid. */
    @Test
    void aChangeThatWaitsForItsDebitTakesNothing() {
        beginsAPeriodByAChange();
        execute(
                "update subscriptions set pending_quantity = 2, latest_invoice_id = (select stripe_invoice_id from invoices"
                        + " where status = 'open' and subscription_id = subscriptions.id) where id = '" + id + "'");

        passes(LONGER_THAN_A_CARD);

        assertThat(features()).containsExactly(FULL);
    }

    private void beginsAPeriodByAChange() {
        subscribes("starter-monthly", 1, TRIAL);
        pays(NEVER_PAYS);
        STRIPE.advance("PT2S"); // a trial that ends in its first second is none
        STRIPE.post("/v1/subscriptions/" + stripeId, "trial_end=now");
        deliverAll();
        isOnItsWay();
        assertThat(invoices().get(0).path("billing_reason").asString()).isEqualTo("subscription_update");
    }

    /** A seat more is paid since then: for that they would have the year. */
    @Test
    void aYearThatBeganWithAChangeAndWentBackIsNotHadForASeatThatIsPaid() {
        subscribes("pro-monthly", 1);
        changes("[price]=" + priceOf("pro-yearly"));
        String year = STRIPE.get("/v1/invoice_payments?invoice="
                        + invoices().get(0).path("id").asString())
                .at("/data/0/payment/payment_intent")
                .asString();
        changes("[quantity]=2");
        assertThat(features()).isNotEmpty();

        STRIPE.post("/v1/refunds", "payment_intent=" + year);
        deliverAll();

        assertThat(features()).isEmpty();
    }

    private void changes(String item) {
        STRIPE.post(
                "/v1/subscriptions/" + stripeId,
                "proration_behavior=always_invoice&items[0][id]="
                        + shownAtStripe().at("/items/data/0/id").asString() + "&items[0]" + item);
        deliverAll();
        assertThat(invoices().get(0).path("billing_reason").asString()).isEqualTo("subscription_update");
        assertThat(invoices().get(0).path("status").asString()).isEqualTo("paid");
    }

    /** A set-up fee that comes with an upgrade is no period: the month of the plan is had for nothing anyway. */
    @ParameterizedTest
    @ValueSource(strings = {"2100-01-01T00:00:00Z", "2026-01-10T00:00:00Z"})
    void aChangeWithAFeeThatIsNotPaidTakesNothingOfTheMonth(String until) {
        tried();
        String fee = A_MONTH.replace("2026-01-10T00:00:00Z", until).replace("2100-01-01T00:00:00Z", until);
        String upgrade = "[" + HALF_A_MONTH.replaceAll("[\\[\\]]", "") + "," + fee.replaceAll("[\\[\\]]", "") + "]";
        execute("update invoices set billing_reason = 'subscription_update', lines = '" + upgrade
                + "' where status = 'open' and subscription_id = '" + id + "'");

        passes(LONGER_THAN_A_CARD);

        assertThat(features()).containsExactly(FULL);
    }

    /** A dollar for something else would buy days of the plan. */
    @Test
    void anUnrelatedBillThatIsPaidBuysNothingOfThePlan() {
        tried();
        alsoHas(1, 1, "manual", 100, HALF_A_MONTH);

        passes(LONGER_THAN_A_CARD);

        assertThat(features()).isEmpty();
    }

    /** Their user makes them, on Stripe's portal: one seat less, and one more. */
    @Test
    void aBillBehindManyChangesIsUnpaidAllTheSame() {
        tried();
        alsoHas(1, 30, "subscription_update", -1, HALF_A_MONTH);

        passes(LONGER_THAN_A_CARD);

        assertThat(features()).isEmpty();
    }

    /** It was written off, say: what the shop gave for nothing since is not taken for it. */
    @Test
    void anUnpaidBillOfAPeriodThatIsOverTakesNothingHoweverManyChangesCame() {
        tried();
        alsoHas(1, 1, "subscription_cycle", 0, A_MONTH);
        alsoHas(2, 30, "subscription_update", -1, HALF_A_MONTH);

        passes(LONGER_THAN_A_CARD);

        assertThat(features()).containsExactly(FULL);
    }

    /** Newer than the one that is open by so many seconds, and settled, as each that asks for nothing is at once. */
    private void alsoHas(int first, int last, String reason, long total, String lines) {
        execute("""
                insert into invoices (stripe_invoice_id, subscription_id, user_id, status, ever_paid, billing_reason, currency,
                    subtotal, total, amount_due, amount_paid, amount_remaining, period_start, lines, issued_at, as_of,
                    fingerprint, updated_at)
                select stripe_invoice_id || '_' || n, subscription_id, user_id, 'paid', true, '%s', currency,
                    %d, %d, 0, 0, 0, issued_at, '%s', issued_at + n * interval '1 second', as_of, fingerprint, updated_at
                from invoices, generate_series(%d, %d) n where subscription_id = '%s' and status = 'open'
                """.formatted(reason, total, total, lines, first, last, id));
    }

    /** Its address cannot be taxed, say: Stripe collects nothing, and calls it active month after month. */
    @Test
    void aBillThatStripeCannotFinalizeIsNoLongerGivenThanATrial() {
        subscribes("starter-monthly", 1, TRIAL);
        STRIPE.advance("P14DT10M");
        deliverAll();
        assertThat(invoices().get(0).path("status").asString()).isEqualTo("draft");
        passes(LONGER_THAN_A_CARD);
        assertThat(features()).as("Stripe finalizes it in an hour").containsExactly(FULL);

        deliver(aboutTheNewest("finalization_failed", bill -> bill.putObject("last_finalization_error")
                .put("type", "invalid_request_error")
                .put("code", "customer_tax_location_invalid")));
        passes("26 hours");
        assertThat(features()).as("its address may be put right").containsExactly(FULL);
        passes("61 minutes");
        assertThat(features()).isEmpty();

        STRIPE.advance("PT2H");
        deliverAll();
        assertThat(invoices().get(0).path("status").asString()).isEqualTo("paid");
        assertThat(features()).containsExactly(FULL);
    }

    /** Of a row of the release before, each change that is told of it would give as long anew. */
    @ParameterizedTest
    @ValueSource(strings = {"open", "uncollectible"})
    void whatIsToldOfABillOfWhichIsNotKnownSinceWhenItIsOpenGivesNoMoreTime(String status) {
        tried();
        execute("update invoices set open_since = null, status = '" + status + "', updated_at = now() - interval '"
                + LONGER_THAN_A_CARD + "' where subscription_id = '" + id + "' and status = 'open'");

        deliver(aboutTheNewest("updated", bill -> bill.put("status", status).put("attempt_count", 7)));
        passes("0 hours");

        assertThat(texts("select attempt_count from invoices where subscription_id = '" + id + "' and status = '"
                        + status + "'"))
                .containsExactly("7");
        assertThat(features()).isEmpty();
    }

    @Test
    void aBillThatWasWrittenOffBeforeAnybodyHeardOfItIsUnpaidSinceThen() {
        tried();
        execute("delete from invoices where status = 'open' and subscription_id = '" + id + "'");

        deliver(aboutTheNewest("marked_uncollectible", bill -> bill.put("status", "uncollectible")));

        assertThat(texts(
                        "select open_since is not null from invoices where status = 'uncollectible' and subscription_id = '"
                                + id + "'"))
                .containsExactly("t");
    }

    private StripeEvent aboutTheNewest(String what, Consumer<ObjectNode> change) {
        ObjectNode bill = (ObjectNode) invoices().get(0);
        change.accept(bill);
        execute("update invoices set ahead = false where subscription_id = '" + id + "'"); // or Stripe is read
        long newer = 1
                + Long.parseLong(texts("select max(as_of) from invoices where subscription_id = '" + id + "'")
                        .get(0));
        ObjectNode event = JSON.createObjectNode()
                .put("id", "evt_" + UUID.randomUUID())
                .put("type", "invoice." + what)
                .put("created", newer);
        event.putObject("data").set("object", bill);
        return StripeEvent.read(event);
    }
}
