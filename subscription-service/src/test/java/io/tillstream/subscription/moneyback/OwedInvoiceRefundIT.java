package io.tillstream.subscription.moneyback;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.Subscriber;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Money that was paid after the end is owed until it is gone, and whoever has to see to it sees it. */
class OwedInvoiceRefundIT extends Subscriber {

    @Autowired
    private RefundSweep sweep;

    private String bill = "";
    private String intent = "";

    @AfterEach
    void stripeIsWell() {
        STRIPE.delete("/_simulator/faults");
        execute("update invoice_refunds set next_attempt_at = null where status = 'asked'"); // another test's round
        // makes none of it
    }

    /** The last invoice was open when the subscription ended, and is paid an hour later. */
    private void paysAfterTheEnd() {
        paysAfterTheEnd("");
    }

    private void paysAfterTheEnd(String how) {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);
        STRIPE.advance("P20D");
        deliverAll();
        STRIPE.advance("P11DT2H");
        deliverAll();
        bill = invoices().get(0).path("id").asString();
        STRIPE.delete("/v1/subscriptions/" + stripeId);
        deliverAll();
        pays(GOOD_CARD);
        STRIPE.advance("PT1H");
        STRIPE.post("/v1/invoices/" + bill + "/pay", how);
        deliverAll();
        intent = STRIPE.get("/v1/invoice_payments?invoice=" + bill)
                .at("/data/0/payment/payment_intent")
                .asString();
        assertThat(status()).isEqualTo("asked");
    }

    private void endsInTheSecondOfThePayment() {
        String paid = STRIPE.get("/v1/invoices/" + bill)
                .at("/status_transitions/paid_at")
                .asString();
        execute("update subscriptions set ended_at = to_timestamp(" + paid + ") where id = '" + id + "'");
    }

    private List<String> owedLate() {
        return texts("select amount from invoice_refunds r join invoices i using (stripe_invoice_id)"
                + " where purpose = 'late_payment' and i.subscription_id = '" + id + "'");
    }

    /** Stripe's times are whole seconds: a payment beside the end would be kept for nothing. */
    @Test
    void whatIsPaidInTheSecondAfterTheEndIsOwed() {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);
        STRIPE.advance("P20D");
        deliverAll();
        STRIPE.advance("P11DT2H");
        deliverAll();
        bill = invoices().get(0).path("id").asString();
        STRIPE.delete("/v1/subscriptions/" + stripeId);
        deliverAll();
        pays(GOOD_CARD);
        STRIPE.post("/v1/invoices/" + bill + "/pay", "");
        endsInTheSecondOfThePayment();

        deliverAll();

        assertThat(owedLate()).containsExactly("900");
    }

    /** The answer to the payment comes before the one to the end, of one second: Stripe never called it active. */
    @Test
    void whatIsPaidForOneThatIsOverdueAsItEndsInThatSecondIsOwed() {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);
        STRIPE.advance("P20D");
        deliverAll();
        STRIPE.advance("P11DT2H");
        deliverAll();
        bill = invoices().get(0).path("id").asString();
        assertThat(column("status")).isEqualTo("past_due");
        STRIPE.delete("/v1/subscriptions/" + stripeId);
        String ended = shownAtStripe().path("ended_at").asString();
        execute("update invoices set status = 'paid', ever_paid = true, amount_paid = 900, paid_at = to_timestamp("
                + ended + ") where stripe_invoice_id = '" + bill + "'");

        deliverAll();

        assertThat(owedLate()).containsExactly("900");
    }

    /** A debit that was begun and withdrawn at once; what bought a second of it was known to be paid. */
    @Test
    void aDebitOfAStartThatEndsInItsSecondIsOwedAndAPaidStartIsNot() {
        subscribes("starter-monthly", 1);
        bill = invoices().get(0).path("id").asString();
        STRIPE.delete("/v1/subscriptions/" + stripeId);
        String ended = shownAtStripe().path("ended_at").asString();
        execute("update invoices set issued_at = to_timestamp(" + ended + "), paid_at = to_timestamp(" + ended
                + ") where stripe_invoice_id = '" + bill + "'");
        deliverAll();
        assertThat(owedLate()).isEmpty();

        execute("update invoices set status = 'open', ever_paid = false, amount_paid = 0, paid_at = null, as_of = 0"
                + " where stripe_invoice_id = '" + bill + "'");
        endsInTheSecondOfThePayment();
        execute("update subscriptions set status = 'incomplete_expired' where id = '" + id + "'");
        deliver(paidEvent());

        assertThat(owedLate()).containsExactly("900");
    }

    private StripeEvent paidEvent() {
        return StripeEvent.read(STRIPE.get("/v1/events?type=invoice.paid&limit=100")
                .path("data")
                .valueStream()
                .filter(event -> event.at("/data/object/id").asString().equals(bill))
                .findFirst()
                .orElseThrow());
    }

    private String status() {
        return texts("select status from invoice_refunds where purpose = 'late_payment' and stripe_invoice_id = '"
                        + bill + "'")
                .get(0);
    }

    private void sweeps() {
        execute(
                "update invoice_refunds set next_attempt_at = now() - interval '1 day' where status = 'asked' and stripe_invoice_id = '"
                        + bill + "'");
        sweep.round().block(WAIT);
        deliverAll();
    }

    private JsonNode owed() {
        return allOwed().findFirst().orElseThrow();
    }

    private Stream<JsonNode> allOwed() {
        return json(as("operator")
                        .get()
                        .uri("/api/admin/invoices/owed-refunds?attention=true&limit=100")
                        .exchange()
                        .expectStatus()
                        .isOk())
                .path("data")
                .valueStream()
                .filter(one -> one.path("invoiceId").asString().equals(bill));
    }

    /** Why a person has to see to it, as operators are shown; empty: nobody has to. */
    private List<String> attention() {
        return allOwed()
                .map(one -> one.path("attention").asString() + " "
                        + one.at("/amount/amount").asLong())
                .toList();
    }

    private WebTestClient.ResponseSpec refunds(String body) {
        return post(
                "operator",
                "/api/admin/invoices/" + bill + "/refunds",
                body,
                UUID.randomUUID().toString());
    }

    private String charge() {
        return STRIPE.get("/v1/payment_intents/" + intent).path("latest_charge").asString();
    }

    /** The buyer's account was closed, say: their money would be kept for nothing, for ever. */
    @Test
    void aRefundThatFailsLaterIsStillOwedUntilAPersonGaveItBack() {
        paysAfterTheEnd();
        sweeps();
        assertThat(status()).isEqualTo("done");
        failsAtTheBank();
        deliverAll();

        assertThat(status()).isEqualTo("flagged");
        assertThat(attention()).singleElement().asString().endsWith(" 900");

        expect(refunds("{}"), 201);
        assertThat(status()).isEqualTo("done");
        assertThat(attention()).isEmpty();
    }

    /** The answer is lost, and by the time it is looked for the bank has sent the money back. */
    @Test
    void aRefundThatStripeAnswersAsFailedIsNotDone() {
        paysAfterTheEnd();
        STRIPE.next("POST /v1/refunds", "close_after");
        execute("update invoice_refunds set next_attempt_at = now() - interval '1 day' where stripe_invoice_id = '"
                + bill + "'");
        sweep.round().block(WAIT);
        assertThat(status()).isEqualTo("asked");
        failsAtTheBank();

        sweeps();

        assertThat(status()).isEqualTo("flagged");
        assertThat(attention()).hasSize(1);
    }

    private void failsAtTheBank() {
        String refund = STRIPE.get("/v1/refunds?payment_intent=" + intent)
                .at("/data/0/id")
                .asString();
        STRIPE.control("/_simulator/refunds/" + refund + "/fail", "{}");
    }

    /** Left to a person, who gives it back on the dashboard: else the alarm stands for ever, and hides the next. */
    @Test
    void whatAPersonGaveBackIsOwedNoLonger() {
        paysAfterTheEnd();
        execute("update invoice_refunds set status = 'flagged', next_attempt_at = null where stripe_invoice_id = '"
                + bill + "'");
        assertThat(attention()).containsExactly("late_payment 900");
        STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=400");
        deliverAll();
        assertThat(attention()).as("a part").containsExactly("late_payment 500");

        STRIPE.post("/v1/refunds", "payment_intent=" + intent);
        deliverAll();

        assertThat(status()).isEqualTo("done");
        assertThat(attention()).isEmpty();
    }

    /** Asked for whole, Stripe refuses it for ever, and its buyer never has the rest. */
    @Test
    void whatIsStillThereIsGivenBackWhereAPartIsGone() {
        paysAfterTheEnd();
        STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=400");
        deliverAll();

        sweeps();

        assertThat(status()).isEqualTo("done");
        assertThat(refundedAtStripe()).containsExactlyInAnyOrder(400L, 500L);
    }

    @Test
    void anOperatorGivesBackWhatTheSweepHasNotYet() {
        paysAfterTheEnd();
        STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=400");
        deliverAll();

        JsonNode refund = expect(refunds("{}"), 201);

        assertThat(refund.at("/amount/amount").asLong()).isEqualTo(500);
        assertThat(status()).isEqualTo("done");
        sweeps();
        assertThat(refundedAtStripe()).containsExactlyInAnyOrder(400L, 500L);
    }

    /** Nobody would ever look: it would be asked for once a day, and refused. */
    @Test
    void whatNoOtherTryCanGiveBackIsLeftToAPerson() {
        paysAfterTheEnd();
        ON_THE_WAY.next("POST", "/v1/refunds", form -> form.replace("amount=900", "amount=90000"));
        sweeps();
        assertThat(status())
                .as("what Stripe knows may not have been heard of yet")
                .isEqualTo("asked");
        ON_THE_WAY.next("POST", "/v1/refunds", form -> form.replace("amount=900", "amount=90000"));

        sweeps();

        assertThat(status()).isEqualTo("flagged");
        assertThat(attention()).hasSize(1);
    }

    /** Others were told that it goes back; unless they hear that it does not, its payer is told so, and waits for it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatNoSinglePaymentPaidIsLeftToAPersonAndTold(boolean isPaidByHand) {
        paysAfterTheEnd(isPaidByHand ? "paid_out_of_band=true" : "");
        if (!isPaidByHand) {
            ON_THE_WAY.alters("GET", "/v1/invoice_payments", OwedInvoiceRefundIT::inTwoHalves);
        }
        assertThat(told()).contains("invoice.late_payment").doesNotContain("invoice.refund_failed");

        sweeps();
        sweeps();

        assertThat(status()).isEqualTo("flagged");
        assertThat(attention()).containsExactly("no_single_payment 900");
        assertThat(told()).containsOnlyOnce("invoice.refund_failed").doesNotContain("invoice.refunded");
        assertThat(texts("select outcome || ' ' || why from subscription_timeline where subscription_id = '" + id
                        + "' and what = 'POST /v1/refunds'"))
                .containsExactly("refused no_single_payment");
    }

    private static String inTwoHalves(String answer) {
        JsonNode page = JSON.readTree(answer);
        ArrayNode payments = (ArrayNode) page.path("data");
        ObjectNode half = (ObjectNode) payments.get(0);
        half.put("amount_paid", half.path("amount_paid").asLong() / 2);
        payments.add(half.deepCopy());
        return page.toString();
    }

    /** Its event is late: the rest would be kept for ever, though Stripe gives it back. */
    @Test
    void whatIsLeftIsGivenBackWhereStripeRefusedTheWholeBeforeWeHeardOfAPart() {
        paysAfterTheEnd();
        STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=400");
        for (int refusal = 0; refusal < 2; refusal++) {
            execute("update invoice_refunds set next_attempt_at = now() - interval '1 day' where stripe_invoice_id = '"
                    + bill + "'");
            sweep.round().block(WAIT);
        }
        assertThat(status()).isEqualTo("flagged");

        deliverAll();
        sweeps();

        assertThat(status()).isEqualTo("done");
        assertThat(refundedAtStripe()).containsExactlyInAnyOrder(400L, 500L);
    }

    private String dismissal() {
        String id = texts("select id from invoice_refunds where stripe_invoice_id = '" + bill
                        + "' and purpose = 'late_payment'")
                .get(0);
        return "/api/admin/invoices/owed-refunds/" + id + "/dismissal";
    }

    private WebTestClient.ResponseSpec dismisses(String reason) {
        return post("operator", dismissal(), "{'reason':'" + reason + "'}");
    }

    private void isLeftToAPerson() {
        paysAfterTheEnd();
        execute("update invoice_refunds set status = 'flagged', next_attempt_at = null where stripe_invoice_id = '"
                + bill + "'");
    }

    private void isGivenBackAndReturned(long amount) {
        String part = STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=" + amount)
                .path("id")
                .asString();
        deliverAll();
        STRIPE.control("/_simulator/refunds/" + part + "/fail", "{}");
        deliverAll();
    }

    /** Only the rest was waived: the part that its bank sends back would be kept, and nobody would see it. */
    @Test
    void whatComesBackAfterTheRestWasDismissedIsOwed() {
        isLeftToAPerson();
        STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=400");
        deliverAll();
        assertThat(attention()).singleElement().asString().endsWith(" 500");
        expect(dismisses("paid_outside_of_stripe"), 200);
        assertThat(attention()).isEmpty();

        failsAtTheBank();
        deliverAll();

        assertThat(attention()).singleElement().asString().endsWith(" 400");
        assertThat(expect(dismisses("not_owed"), 200).path("reason").asString()).isEqualTo("not_owed");
        assertThat(attention()).isEmpty();
        deliverAll();
        assertThat(status()).isEqualTo("dismissed");
    }

    /** Two people waived two sums of one refund: whose word the first was would be known by nobody. */
    @Test
    void eachWordOfAnOperatorIsKept() {
        isLeftToAPerson();
        STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=400");
        deliverAll();
        expect(dismisses("paid_outside_of_stripe"), 200);
        failsAtTheBank();
        deliverAll();
        assertThat(owed().path("dismissals")
                        .valueStream()
                        .map(one -> one.path("reason").asString() + " "
                                + one.path("by").asString()))
                .containsExactly("paid_outside_of_stripe operator");

        expect(dismisses("not_owed"), 200);

        assertThat(texts("select d.reason || ' ' || d.by || ' ' || d.amount from invoice_refund_dismissals d"
                        + " join invoice_refunds r on r.id = d.refund_id where r.stripe_invoice_id = '" + bill
                        + "' order by d.at"))
                .containsExactly("paid_outside_of_stripe operator 500", "not_owed operator 400");
        assertThat(texts("select dismissed_reason from invoice_refunds where stripe_invoice_id = '" + bill + "'"))
                .containsExactly("not_owed");
    }

    /** The answer to the first was lost, and what has come back since was seen by nobody. */
    @Test
    void aRepeatedDismissalIsNotOfWhatCameBackSince() {
        isLeftToAPerson();
        STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=400");
        deliverAll();
        expect(dismisses("paid_outside_of_stripe"), 200);
        failsAtTheBank();
        deliverAll();

        refused(dismisses("paid_outside_of_stripe"), 409, "refund-owed-again");

        assertThat(attention()).singleElement().asString().endsWith(" 400");
        expect(
                post(
                        "operator",
                        dismissal(),
                        "{'reason':'paid_outside_of_stripe'}",
                        UUID.randomUUID().toString()),
                200);
        assertThat(attention()).isEmpty();
    }

    /** Whoever repeats a request does not waive money that came back after it: nobody saw it. */
    @Test
    void aDismissalSentAgainLongAfterItsAnswerWasForgottenIsNotOfWhatCameBackSince() {
        isLeftToAPerson();
        STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=400");
        deliverAll();
        String key = UUID.randomUUID().toString();
        JsonNode first = expect(post("operator", dismissal(), "{'reason':'waived_by_buyer'}", key), 200);
        failsAtTheBank();
        deliverAll();
        assertThat(attention()).singleElement().asString().endsWith(" 400");
        execute("update idempotency_keys set expires_at = now() - interval '1 day', answer = null");

        assertThat(expect(post("operator", dismissal(), "{'reason':'waived_by_buyer'}", key), 200))
                .isEqualTo(first);

        assertThat(attention())
                .as("nobody waived it")
                .singleElement()
                .asString()
                .endsWith(" 400");
        refused(post("operator", dismissal(), "{'reason':'not_owed'}", key), 422, "idempotency-key-reused");
    }

    /** Stripe made it all the same, by a try that was under way: the buyer has what was waived, whatever becomes of it. */
    @Test
    void whatWasDismissedIsNotOwedAgainByATryThatWasUnderWay() {
        isLeftToAPerson();
        expect(dismisses("waived_by_buyer"), 200);
        execute("update invoice_refunds set status = 'done' where status = 'dismissed' and stripe_invoice_id = '" + bill
                + "'");

        isGivenBackAndReturned(900);

        assertThat(attention()).isEmpty();
    }

    @Test
    void whatCameBackAndWasGivenBackIsOwedAgainWhenThatComesBackToo() {
        isLeftToAPerson();
        STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=400");
        deliverAll();
        expect(dismisses("paid_outside_of_stripe"), 200);
        failsAtTheBank();
        deliverAll();

        isGivenBackAndReturned(400);

        assertThat(attention()).singleElement().asString().endsWith(" 400");
    }

    @Test
    void whatWasDismissedWholeIsNotOwedAgainByWhatItsBankReturns() {
        isLeftToAPerson();
        expect(dismisses("paid_outside_of_stripe"), 200);

        isGivenBackAndReturned(400);

        assertThat(attention()).isEmpty();
        assertThat(status()).isEqualTo("dismissed");
    }

    /** Of a payment in dinars Stripe gives back hundredths only. */
    @Test
    void aPartThatStripeDoesNotGiveBackIsNotAskedFor() {
        paysAfterTheEnd();
        execute("update invoices set currency = 'kwd' where stripe_invoice_id = '" + bill + "'");

        refused(refunds("{'amount':123}"), 422, "validation-failed");
    }

    private List<Long> refundedAtStripe() {
        return StreamSupport.stream(
                        STRIPE.get("/v1/refunds?payment_intent=" + intent)
                                .path("data")
                                .spliterator(),
                        false)
                .map(one -> one.path("amount").asLong())
                .toList();
    }

    @Test
    void aDisputeThatIsLostGivesItBack() {
        paysAfterTheEnd();
        STRIPE.control("/_simulator/charges/" + charge() + "/dispute", "{}");
        deliverAll();
        assertThat(status()).isEqualTo("asked");
        String dispute =
                STRIPE.get("/v1/disputes?charge=" + charge()).at("/data/0/id").asString();

        STRIPE.control("/_simulator/disputes/" + dispute + "/close", "{\"won\":false}");
        deliverAll();

        assertThat(status()).isEqualTo("done");
        sweeps();
        assertThat(STRIPE.get("/v1/refunds?payment_intent=" + intent).path("data"))
                .isEmpty();
    }

    @Test
    void aDisputeThatIsWonHasItTriedAgainAtOnce() {
        paysAfterTheEnd();
        STRIPE.control("/_simulator/charges/" + charge() + "/dispute", "{}");
        deliverAll();
        sweep.round().block(WAIT);
        assertThat(status()).as("Stripe refuses while it is disputed").isEqualTo("asked");
        String dispute =
                STRIPE.get("/v1/disputes?charge=" + charge()).at("/data/0/id").asString();

        STRIPE.control("/_simulator/disputes/" + dispute + "/close", "{\"won\":true}");
        deliverAll();
        sweep.round().block(WAIT);

        assertThat(STRIPE.get("/v1/refunds?payment_intent=" + intent).path("data"))
                .hasSize(1);
        assertThat(status()).isEqualTo("done");
    }

    @Test
    void onlyOperatorsSeeWhatIsOwed() {
        as(user).get()
                .uri("/api/admin/invoices/owed-refunds")
                .exchange()
                .expectStatus()
                .isForbidden();
    }
}
