package io.tillstream.subscription.moneyback;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/**
 * A bank debit takes its money days after it began, whatever became of its invoice meanwhile: money of a voided one buys nothing, and
 * nobody would owe it. Stripe lets nobody void an invoice by request while its payment is {@code processing}, and voids those of pending
 * updates itself, as they expire or are replaced: docs.stripe.com/billing/subscriptions/pending-updates.
 */
class VoidedInvoicePaymentIT extends Subscriber {

    private static final String EXPIRES = "PT23H1M";
    private static final int TRIES_OF_A_CALL = 4; // of one that Stripe refuses as there are too many

    @Autowired
    private RefundSweep sweep;

    private String intent = "";
    private String invoice = "";

    private void isPaidByADebitThatIsOnItsWay() {
        subscribes("starter-monthly", 1);
        pays("pm_usBankAccount_processing");
        ok(act("change", "{'planId':'pro-monthly','when':'now'}"));
        invoice = invoices().get(0).path("id").asString();
        intent = STRIPE.get("/v1/payment_intents?customer=" + customer)
                .at("/data/0/id")
                .asString();
        assertThat(statusOfIntent()).isEqualTo("processing");
    }

    private void isVoided() {
        STRIPE.advance(EXPIRES);
        assertThat(statusAtStripe()).isEqualTo("void");
        assertThat(statusOfIntent()).isEqualTo("processing");
    }

    private String statusAtStripe() {
        return STRIPE.get("/v1/invoices/" + invoice).path("status").asString();
    }

    private String statusOfIntent() {
        return STRIPE.get("/v1/payment_intents/" + intent).path("status").asString();
    }

    private void theMoney(boolean comes) {
        STRIPE.control("/_simulator/payment_intents/" + intent + "/settle", "{\"success\":" + comes + "}");
    }

    private void sweeps() {
        sweep.round().block(WAIT);
        deliverAll();
    }

    /** As after its rest. */
    private void isLookedAt() {
        execute("update voided_invoice_checks set next_look_at = now() - interval '1 day' where stripe_invoice_id = '"
                + invoice + "'");
        sweeps();
    }

    private List<String> owed() {
        return texts(
                "select purpose || ' ' || status from invoice_refunds where stripe_invoice_id = '" + invoice + "'");
    }

    private List<String> looks() {
        return texts("select stripe_invoice_id from voided_invoice_checks where stripe_invoice_id = '" + invoice + "'");
    }

    private List<String> features() {
        return texts("select feature || ' ' || grade from entitlements where user_id = '" + user
                + "' and grade <> 'none' order by 1");
    }

    private void goesBackOnce() {
        assertThat(owed()).containsExactly("late_payment done");
        JsonNode paid = STRIPE.get("/v1/payment_intents/" + intent);
        assertThat(STRIPE.get("/v1/refunds?payment_intent=" + intent).path("data"))
                .singleElement()
                .returns(paid.path("amount_received").asLong(), refund -> refund.path("amount")
                        .asLong());
        assertThat(told())
                .containsOnlyOnce("invoice.late_payment", "invoice.refunded")
                .doesNotContain("invoice.refund_failed");
        assertThat(looks()).isEmpty();
    }

    @Test
    void whatComesForAChangeThatExpiredGoesBackAndTakesNothingFromThePeriod() {
        isPaidByADebitThatIsOnItsWay();
        isVoided();
        deliverAll();
        sweeps();
        assertThat(owed()).as("nothing came yet").isEmpty();
        List<String> before = features();
        assertThat(before).isNotEmpty();

        theMoney(true);
        deliverAll();
        sweeps();

        goesBackOnce();
        assertThat(features()).isEqualTo(before);
        assertThat(column("plan_id")).isEqualTo("starter-monthly");
        pays(GOOD_CARD);
        assertThat(ok(act("change", "{'planId':'pro-monthly','when':'now'}"))
                        .path("planId")
                        .asString())
                .as("its period is paid")
                .isEqualTo("pro-monthly");
    }

    /** Its event is here before anybody knew that the invoice is void. */
    @Test
    void whatCameBeforeTheVoidWasLookedAtGoesBack() {
        isPaidByADebitThatIsOnItsWay();
        isVoided();
        theMoney(true);
        deliverAll();

        sweeps();

        goesBackOnce();
    }

    @Test
    void whatComesWithoutAnEventGoesBack() {
        isPaidByADebitThatIsOnItsWay();
        isVoided();
        deliverAll();
        sweeps();
        theMoney(true);
        news(); // lost

        isLookedAt();

        goesBackOnce();
    }

    private List<String> nextLook(String sql) {
        return texts("select " + sql + " from voided_invoice_checks where stripe_invoice_id = '" + invoice + "'");
    }

    private void isLookedAtSoon() {
        assertThat(nextLook("case when next_look_at <= now() + interval '10 minutes' then 'soon' else 'late' end"))
                .containsExactly("soon");
        var unused = sweep.makeDue().repeat().takeUntil(more -> more == 0).blockLast(WAIT);
        sweeps();
    }

    private void isVoidSince(int days) {
        execute("update voided_invoice_checks set since = now() - interval '" + days
                + " days' where stripe_invoice_id = '" + invoice + "'");
    }

    /** Its event comes between Stripe's answer and its keeping, and finds nobody who waits for it. */
    @Test
    void whatComesWhileItsVoidIsLookedAtForTheFirstTimeGoesBackSoon() {
        isPaidByADebitThatIsOnItsWay();
        isVoided();
        deliverAll();
        ON_THE_WAY.next("GET", "/v1/invoices/" + invoice, form -> form, () -> {
            theMoney(true);
            deliverAll();
        });

        sweeps();

        assertThat(owed()).as("seen before it came").isEmpty();
        isLookedAtSoon();
        goesBackOnce();
    }

    /** Else each hour that Stripe is away may cost a month in which nobody notices that it came. */
    @ParameterizedTest
    @ValueSource(ints = {5, 61, 400})
    void whatComesWhileStripeIsAwayGoesBackSoonAndNotAfterALongRest(int days) {
        isPaidByADebitThatIsOnItsWay();
        isVoided();
        deliverAll();
        sweeps();
        isVoidSince(days);
        theMoney(true);
        news(); // lost
        for (int tries = 0; tries < TRIES_OF_A_CALL; tries++) {
            ON_THE_WAY.refuses("GET", "/v1/invoices/" + invoice, 429, "{\"error\":{\"type\":\"rate_limit_error\"}}");
        }

        isLookedAt();

        assertThat(owed()).isEmpty();
        isLookedAtSoon();
        goesBackOnce();
    }

    /** Asked every ten minutes for months, it would cost calls that the shop's buyers need. */
    @ParameterizedTest
    @CsvSource({"5, 1", "61, 7", "400, 30"})
    void whatIsOnItsWayRestsOnceStripeHasAnswered(int days, int rest) {
        isPaidByADebitThatIsOnItsWay();
        isVoided();
        deliverAll();
        sweeps();
        isVoidSince(days);

        isLookedAt();

        assertThat(nextLook("round(extract(epoch from next_look_at - now()) / 86400)::text"))
                .containsExactly(String.valueOf(rest));
        ON_THE_WAY.refuses("GET", "/v1/invoices/" + invoice, "{\"error\":{\"type\":\"invalid_request_error\"}}");
        isLookedAt();
        assertThat(nextLook("round(extract(epoch from next_look_at - now()) / 86400)::text"))
                .as("a refusal is an answer")
                .containsExactly(String.valueOf(rest));
    }

    @Test
    void whatComesForAChangeThatTheShopReplacedGoesBack() {
        isPaidByADebitThatIsOnItsWay();
        pays(EMPTY_CARD);
        JsonNode replaced = STRIPE.post(
                "/v1/subscriptions/" + stripeId,
                "payment_behavior=pending_if_incomplete&proration_behavior=always_invoice&items[0][price]="
                        + priceOf("pro-yearly") + "&items[0][id]="
                        + shownAtStripe().at("/items/data/0/id").asString());
        assertThat(replaced.has("error")).as(replaced.toString()).isFalse();
        assertThat(statusAtStripe()).isEqualTo("void");
        deliverAll();
        sweeps();

        theMoney(true);
        deliverAll();
        sweeps();

        goesBackOnce();
    }

    /** What fails takes nothing: a refund of it would be the shop's own money. */
    @Test
    void whatDoesNotComeIsNotOwed() {
        isPaidByADebitThatIsOnItsWay();
        isVoided();
        deliverAll();
        sweeps();

        theMoney(false);
        deliverAll();
        isLookedAt();

        assertThat(owed()).isEmpty();
        assertThat(told()).doesNotContain("invoice.late_payment");
    }

    /** A card paid nothing: Stripe cancels its intent with the invoice, and nobody looks any longer. */
    @Test
    void whatNoDebitPaysIsLookedAtOnce() {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);
        expect(act("change", "{'planId':'pro-monthly','when':'now'}"), 402);
        invoice = invoices().get(0).path("id").asString();
        ok(act("change/revoke", ""));
        assertThat(statusAtStripe()).isEqualTo("void");
        deliverAll();
        assertThat(looks()).hasSize(1);

        sweeps();

        assertThat(looks()).isEmpty();
        assertThat(owed()).isEmpty();
    }

    /** Stripe ends a deleted customer's subscriptions; what their bank is at comes in all the same. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatComesAfterItsUserWasDeletedGoesBack(boolean isVoidedBefore) {
        isPaidByADebitThatIsOnItsWay();
        if (isVoidedBefore) {
            isVoided();
        }
        STRIPE.advance("PT1H"); // Stripe tells time in seconds
        STRIPE.delete("/v1/customers/" + customer);
        deliverAll();
        sweeps();
        assertThat(column("status")).isEqualTo("canceled");
        assertThat(features()).isEmpty();
        STRIPE.advance("PT1H");

        theMoney(true);
        deliverAll();
        sweeps();

        goesBackOnce();
        assertThat(features()).isEmpty();
    }

    /** The bank does not take it back: a person has to give it by another way. */
    @Test
    void whatItsBankSendsBackIsOwedAgain() {
        isPaidByADebitThatIsOnItsWay();
        isVoided();
        theMoney(true);
        deliverAll();
        sweeps();
        goesBackOnce();

        String refund = STRIPE.get("/v1/refunds?payment_intent=" + intent)
                .at("/data/0/id")
                .asString();
        STRIPE.control("/_simulator/refunds/" + refund + "/fail", "{}");
        deliverAll();

        assertThat(owed()).containsExactly("late_payment flagged");
        assertThat(told()).contains("invoice.refund_failed");
    }
}
