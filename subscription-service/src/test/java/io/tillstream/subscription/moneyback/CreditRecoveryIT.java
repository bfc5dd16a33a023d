package io.tillstream.subscription.moneyback;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Credit that a change gave does not outlive the money it came from: nobody has both. */
class CreditRecoveryIT extends Subscriber {

    private static final long PAID = 10 * 2900;
    private static final long CREDIT = 9 * 2900;

    @Autowired
    private RefundSweep sweep;

    private String bill = "";
    private String intent = "";

    @AfterEach
    void stripeIsWell() {
        STRIPE.delete("/_simulator/faults");
    }

    /** Ten seats are paid for, nine of them given up at once. */
    private void hasCredit() {
        subscribes("pro-monthly", 10);
        bill = invoices().get(0).path("id").asString();
        intent = STRIPE.get("/v1/invoice_payments?invoice=" + bill)
                .at("/data/0/payment/payment_intent")
                .asString();
        ok(act("change", "{'quantity':1,'when':'now'}"));
        deliverAll();
        assertThat(credit()).isBetween(CREDIT - 10, CREDIT);
    }

    private long credit() {
        return -STRIPE.get("/v1/customers/" + customer).path("balance").asLong();
    }

    private String charge() {
        return STRIPE.get("/v1/payment_intents/" + intent).path("latest_charge").asString();
    }

    private void isDisputed() {
        STRIPE.control("/_simulator/charges/" + charge() + "/dispute", "{}");
        deliverAll();
    }

    private void isClosed(boolean won) {
        String dispute =
                STRIPE.get("/v1/disputes?charge=" + charge()).at("/data/0/id").asString();
        STRIPE.control("/_simulator/disputes/" + dispute + "/close", "{\"won\":" + won + "}");
        deliverAll();
    }

    private void sweeps() {
        execute(
                "update credit_recoveries set next_attempt_at = now() - interval '1 day' where next_attempt_at is not null"
                        + " and subscription_id = '" + id + "'");
        sweep.round().block(WAIT);
    }

    private WebTestClient.ResponseSpec refunds(String body) {
        return post(
                "operator",
                "/api/admin/invoices/" + bill + "/refunds",
                body,
                UUID.randomUUID().toString());
    }

    /** Else the bank gives back what was paid, and the credit of it pays other plans for months. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDisputeTakesItAndOneThatIsWonGivesItAgain(boolean won) {
        hasCredit();
        long before = credit();
        isDisputed();
        sweeps();
        assertThat(credit()).isZero();
        sweeps();
        assertThat(credit()).as("taken once").isZero();

        isClosed(won);
        sweeps();
        sweeps();

        assertThat(credit()).isEqualTo(won ? before : 0);
    }

    @Test
    void whatIsUsedIsNotTakenAndWhatComesBackOfItIs() {
        hasCredit();
        JsonNode other = STRIPE.post(
                "/v1/subscriptions", "customer=" + customer + "&items[0][price]=" + priceOf("starter-monthly"));
        deliverAll();
        isDisputed();
        sweeps();
        assertThat(credit()).as("nobody is made to owe").isZero();

        STRIPE.post("/v1/customers/" + customer + "/balance_transactions", "amount=-900&currency=usd");
        assertThat(other.path("status").asString()).isEqualTo("active");
        sweeps();

        assertThat(credit()).as("the credit of what the credit had paid").isZero();
    }

    @Test
    void anAnswerThatIsLostTakesItOnce() {
        hasCredit();
        isDisputed();
        STRIPE.next("POST /v1/customers/*/balance_transactions", "close_after");
        sweeps();
        STRIPE.advance("P2D"); // Stripe has forgotten the key
        STRIPE.post("/v1/customers/" + customer + "/balance_transactions", "amount=-500&currency=usd");

        sweeps();

        assertThat(credit()).isEqualTo(500);
    }

    @Test
    void aFailureThatStripeKeepsForTheKeyOfAMoveIsNotTheEndOfIt() {
        hasCredit();
        isDisputed();
        STRIPE.next("POST /v1/customers/*/balance_transactions", "error_before");
        sweeps();

        sweeps();

        assertThat(credit()).isZero();
    }

    @Test
    void allThatIsLeftOfAPaymentIsWithoutItsCredit() {
        hasCredit();
        long before = credit();
        refused(refunds("{'amount':" + PAID + "}"), 409, "refund-exceeds-paid");

        JsonNode refund = expect(refunds("{}"), 201);

        assertThat(refund.at("/amount/amount").asLong()).isEqualTo(PAID - before);
        deliverAll();
        sweeps();
        assertThat(credit()).isEqualTo(before);
        refused(refunds("{'amount':1}"), 409, "refund-exceeds-paid");
    }

    @Test
    void whatTheDashboardGivesBackAboveThatTakesIt() {
        hasCredit();
        STRIPE.post("/v1/refunds", "payment_intent=" + intent);
        deliverAll();

        sweeps();

        assertThat(credit()).isZero();
    }

    /** A small refund leaves more than the credit. */
    @Test
    void whatIsCoveredByTheRestOfThePaymentTakesNothing() {
        hasCredit();
        long before = credit();
        STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=" + (PAID - before));
        deliverAll();

        sweeps();

        assertThat(credit()).isEqualTo(before);
    }

    /** A period that credit has paid is paid: what a change of it gives is the customer's, as no money went back. */
    @Test
    void theCreditOfAPeriodThatCreditHasPaidIsLeftToItsOwner() {
        customer = customer();
        STRIPE.post("/v1/customers/" + customer + "/balance_transactions", "amount=-" + PAID + "&currency=usd");
        subscribes("pro-monthly", 10);
        assertThat(credit()).isZero();
        ok(act("change", "{'quantity':1,'when':'now'}"));
        deliverAll();
        long before = credit();
        assertThat(before).isPositive();

        sweeps();

        assertThat(credit()).isEqualTo(before);
    }

    /** Its invoice used the credit, and gives it back when it is voided. */
    @Test
    void aChangeThatIsTakenBackHidesNoCredit() {
        hasCredit();
        pays(EMPTY_CARD);
        refused(act("change", "{'quantity':100,'when':'now'}"), 402, "card-declined");
        deliverAll();
        ok(act("change/revoke", "{}"));
        deliverAll();
        assertThat(credit()).isPositive();
        isDisputed();

        sweeps();

        assertThat(credit()).isZero();
    }
}
