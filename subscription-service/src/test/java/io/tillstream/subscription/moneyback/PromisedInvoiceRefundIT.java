package io.tillstream.subscription.moneyback;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

/** An operator was told that their refund is under way: what Stripe refuses after that is not lost without a word. */
class PromisedInvoiceRefundIT extends RefundPromise {

    /** A dispute came meanwhile: once it is won, the buyer has what they were promised. */
    @Test
    void whatStripeRefusesForNowIsMadeOnceItPasses() {
        String charge = STRIPE.get("/v1/payment_intents/" + intent)
                .path("latest_charge")
                .asString();
        STRIPE.control("/_simulator/charges/" + charge + "/dispute", "{}");
        deliverAll();

        sweeps();
        sweeps();

        assertThatStatuses().containsExactly("asked");
        assertThat(listed(false)).singleElement().asString().endsWith("disputed 400");
        assertThat(listed(true)).isEmpty();
        assertThat(failuresTold()).as("once").isEqualTo(1);
        assertThat(timeline()).singleElement().asString().startsWith("delayed ");

        String dispute =
                STRIPE.get("/v1/disputes?charge=" + charge).at("/data/0/id").asString();
        STRIPE.control("/_simulator/disputes/" + dispute + "/close", "{\"won\":true}");
        deliverAll();
        sweep.round().block(WAIT);

        assertThatStatuses().containsExactly("done");
        assertThat(listed(false)).isEmpty();
    }

    @Test
    void whatStripeRefusesForGoodIsToldAndListedUntilAsMuchIsGivenBack() {
        isAskedFor(400, 40000);
        sweeps();

        assertThatStatuses().containsExactly("flagged");
        assertThat(listed(true)).singleElement().asString().endsWith(" 400");
        assertThat(failuresTold()).isEqualTo(1);
        assertThat(timeline()).singleElement().asString().startsWith("refused ");

        expect(refunds("{'amount':100}"), 201);
        assertThat(listed(true)).as("a part").hasSize(1);
        expect(refunds("{'amount':300}"), 201);

        assertThat(listed(true)).isEmpty();
        assertThatStatuses().containsOnly("done");
    }

    /** One refund makes good one promise: the other is still waited for. */
    @Test
    void twoThatFailedAreMadeGoodByAsMuchAsBoth() {
        isAskedFor(400, 40000);
        sweeps();
        isUnderWay(400);
        isAskedFor(400, 40000);
        sweeps();
        assertThat(listed(true)).hasSize(2);

        expect(refunds("{'amount':400}"), 201);
        assertThat(listed(true)).hasSize(1);
        deliverAll();
        assertThat(listed(true)).as("told once more").hasSize(1);
        STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=400");
        deliverAll();

        assertThat(listed(true)).isEmpty();
    }

    /** Else the buyer has it twice, a day later. */
    @Test
    void whatAPersonGaveBackWhileItWasDelayedIsNotGivenBackAgain() {
        areRefused(1);
        areRefused(1);
        assertThat(listed(false)).containsExactly("balance_insufficient 400");

        STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=400");
        deliverAll();

        assertThat(listed(false)).isEmpty();
        sweeps();
        assertThatStatuses().containsExactly("done");
        assertThat(refundedAtStripe()).containsExactly(400L);
    }

    /** What went back before it was refused was of something else. */
    @Test
    void whatWentBackBeforeDoesNotMakeItGood() {
        STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=400");
        deliverAll();
        areRefused(1);

        sweeps();

        assertThatStatuses().containsExactly("done");
        assertThat(refundedAtStripe()).containsExactly(400L, 400L);
    }

    /** Each buyer's promise is money of its own, also where its event is here before Stripe's answer. */
    @Test
    void oneOfTwoThatIsMadeDoesNotMakeTheOtherGood() {
        isUnderWay(400);
        areRefused(2);
        assertThat(listed(false)).hasSize(2);
        onlyOneIsDue("id desc");

        ON_THE_WAY.next("POST", "/v1/refunds", intent, form -> form, this::deliverAll);
        sweep.round().block(WAIT);

        assertThatStatuses().containsExactlyInAnyOrder("asked", "done");
        assertThat(listed(false)).hasSize(1);
        sweeps();
        assertThatStatuses().containsExactly("done", "done");
        assertThat(refundedAtStripe()).containsExactly(400L, 400L);
    }

    /** One refund of a person's makes good one promise: else a buyer never has what they were promised. */
    @Test
    void whatStripeRefusesAfterItWasMadeGoodLeavesTheOtherOwed() {
        isUnderWay(400);
        areRefused(2);
        onlyOneIsDue("failed_at, id"); // which is the first to be settled

        ON_THE_WAY.refuses("POST", "/v1/refunds", intent, NO_BALANCE, () -> aPersonGivesBack(400));
        sweep.round().block(WAIT);

        assertThatStatuses().containsExactlyInAnyOrder("asked", "done");
        assertThat(listed(false)).containsExactly("balance_insufficient 400");
        sweeps();
        assertThatStatuses().containsExactly("done", "done");
        assertThat(refundedAtStripe()).containsExactly(400L, 400L);
    }

    /** The same of a no that is for good: nobody is told of a failure of what the buyer has. */
    @Test
    void whatStripeRefusesForGoodAfterItWasMadeGoodIsNotTold() {
        areRefused(1);

        ON_THE_WAY.refuses(
                "POST",
                "/v1/refunds",
                intent,
                NO_BALANCE.replace("balance_insufficient", "amount_too_large"),
                () -> aPersonGivesBack(400));
        sweeps();

        assertThatStatuses().containsExactly("done");
        assertThat(failuresTold()).as("as delayed").isEqualTo(1);
    }

    /** Its money is kept from operators: what they give back of the rest is beside it. */
    @Test
    void theRestThatAnOperatorGivesBackDoesNotMakeGoodWhatIsDelayed() {
        areRefused(1);

        assertThat(expect(refunds("{}"), 201).at("/amount/amount").asLong()).isEqualTo(500);

        assertThatStatuses().containsExactly("asked", "done");
        assertThat(listed(false)).containsExactly("balance_insufficient 400");
        sweeps();
        assertThatStatuses().containsExactly("done", "done");
        assertThat(refundedAtStripe()).containsExactlyInAnyOrder(400L, 500L);
    }

    /** Nor once it is left to a person; as much as it is does. */
    @Test
    void whatAnOperatorGaveBackBeforeItWasLeftToAPersonDoesNotMakeItGood() {
        areRefused(1);
        expect(refunds("{'amount':450}"), 201);
        ON_THE_WAY.refuses(
                "POST",
                "/v1/refunds",
                intent,
                NO_BALANCE.replace("balance_insufficient", "amount_too_large"),
                () -> {});
        sweeps();
        assertThatStatuses().containsExactly("flagged", "done");

        expect(refunds("{'amount':400}"), 201);

        assertThatStatuses().containsOnly("done");
    }

    /** The buyer's account was closed, say: they have nothing of what they were promised. */
    @Test
    void whatGaveItBackAndFailsLaterLeavesItOwed() {
        areRefused(1);
        String refund = aPersonGivesBack(400);
        assertThatStatuses().containsExactly("done");

        STRIPE.control("/_simulator/refunds/" + refund + "/fail", "{}");
        deliverAll();

        assertThatStatuses().containsExactly("flagged");
        assertThat(listed(true)).singleElement().asString().endsWith(" 400");
        expect(refunds("{'amount':400}"), 201);
        assertThat(listed(true)).isEmpty();
        assertThatStatuses().containsOnly("done");
    }

    /** Of two, as much is owed again as does not go back. */
    @Test
    void whatIsStillGivenBackStaysSettledWhereAnotherFails() {
        isUnderWay(400);
        areRefused(2);
        aPersonGivesBack(400);
        String refund = aPersonGivesBack(400);
        assertThatStatuses().containsOnly("done");

        STRIPE.control("/_simulator/refunds/" + refund + "/fail", "{}");
        deliverAll();

        assertThatStatuses().containsExactlyInAnyOrder("flagged", "done");
    }

    /** It was refused by a version that did not keep when. */
    @Test
    void whatWasDelayedBeforeTheMigrationIsNotGivenBackTwice() throws IOException {
        aPersonGivesBack(100);
        execute("update invoice_refunds set keys = 1, why = 'balance_insufficient', created_at = now()"
                + " where stripe_invoice_id = '" + bill + "'");
        String refund = aPersonGivesBack(400);
        execute("update invoice_money_back set since = now() + interval '1 minute' where object_id = '" + refund + "'");

        String migration = new ClassPathResource("db/migration/V324__failed_promises.sql")
                .getContentAsString(StandardCharsets.UTF_8);
        execute(migration.substring(migration.indexOf("update invoice_refunds")));
        sweeps();

        assertThatStatuses().containsExactly("done");
        assertThat(texts("select gone_before from invoice_refunds where stripe_invoice_id = '" + bill + "'"))
                .containsExactly("100");
        assertThat(refundedAtStripe()).containsExactlyInAnyOrder(400L, 100L);
    }

    /** Nothing is left to give back: it would be asked for every day, and listed for ever. */
    @Test
    void whatADisputeTookWhileItWasDelayedIsOwedNoLonger() {
        String charge = STRIPE.get("/v1/payment_intents/" + intent)
                .path("latest_charge")
                .asString();
        STRIPE.control("/_simulator/charges/" + charge + "/dispute", "{}");
        deliverAll();
        sweeps();
        assertThat(listed(false)).hasSize(1);

        String dispute =
                STRIPE.get("/v1/disputes?charge=" + charge).at("/data/0/id").asString();
        STRIPE.control("/_simulator/disputes/" + dispute + "/close", "{\"won\":false}");
        deliverAll();

        assertThatStatuses().containsExactly("done");
        assertThat(listed(false)).isEmpty();
    }

    @Test
    void whatStripeRefusesAsAllIsGoneNeedsNobody() {
        STRIPE.post("/v1/refunds", "payment_intent=" + intent);
        deliverAll();

        sweeps();

        assertThatStatuses().containsExactly("done");
        assertThat(listed(false)).isEmpty();
        assertThat(failuresTold()).as("its own refund was not made").isEqualTo(1);
        assertThat(timeline()).singleElement().asString().startsWith("refused ");
    }

    /** Its bank sent it back: it was never good, so as much again is enough. */
    @Test
    void whatFailedAtTheBankIsMadeGoodByAsMuch() {
        STRIPE.next("POST /v1/refunds", "close_after");
        sweeps();
        deliverAll();
        String refund = STRIPE.get("/v1/refunds?payment_intent=" + intent)
                .at("/data/0/id")
                .asString();
        STRIPE.control("/_simulator/refunds/" + refund + "/fail", "{}");
        sweeps();
        assertThatStatuses().containsExactly("flagged");
        deliverAll();
        assertThat(listed(true)).hasSize(1);

        expect(refunds("{'amount':400}"), 201);

        assertThat(listed(true)).isEmpty();
        assertThatStatuses().containsOnly("done");
    }

    /** Whoever asks hears Stripe's no at once: nothing was promised. */
    @Test
    void whatIsRefusedAtOnceIsNotPromised() {
        sweeps();
        isAskedFor(300, 30000);

        refused(refunds("{'amount':300}"), 409, "refund-refused");

        assertThatStatuses().containsExactly("done", "refused");
        assertThat(listed(false)).isEmpty();
    }
}
