package io.tillstream.subscription.moneyback;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Stripe has made an operator's refund, and its bank sends the money back: the buyer has nothing of what they were promised. */
class ReturnedInvoiceRefundIT extends RefundPromise {

    private void returns(String refund) {
        STRIPE.control("/_simulator/refunds/" + refund + "/fail", "{}");
        deliverAll();
    }

    private String newestRefund() {
        return STRIPE.get("/v1/refunds?payment_intent=" + intent)
                .at("/data/0/id")
                .asString();
    }

    private void isOwedUntilItIsGivenBack() {
        assertThatStatuses().containsExactly("flagged");
        assertThat(listed(true)).singleElement().asString().endsWith(" 400");

        expect(refunds("{'amount':400}"), 201);

        assertThat(listed(true)).isEmpty();
        assertThatStatuses().containsOnly("done");
    }

    @Test
    void whatWasDelayedAndThenMadeIsOwedAgainOnceItsBankReturnsIt() {
        areRefused(1);
        sweeps();
        deliverAll();
        assertThatStatuses().containsExactly("done");

        returns(newestRefund());

        isOwedUntilItIsGivenBack();
    }

    @Test
    void whatWasMadeAtOnceIsOwedOnceItsBankReturnsIt() {
        sweeps();
        deliverAll();
        assertThatStatuses().containsExactly("done");

        returns(newestRefund());

        isOwedUntilItIsGivenBack();
    }

    /** Both its events are here before Stripe's answer, which knows of no failure yet. */
    @Test
    void whatItsBankReturnedBeforeStripesAnswerIsOwed() {
        ON_THE_WAY.next("POST", "/v1/refunds", intent, form -> form, () -> returns(newestRefund()));

        sweeps();

        isOwedUntilItIsGivenBack();
    }

    /** It was for something else: the promise was kept at the time. */
    @Test
    void whatAPersonGaveBackBesideItDoesNotMakeGoodWhatItsBankReturns() {
        areRefused(1);
        sweeps();
        deliverAll();
        String made = newestRefund();
        aPersonGivesBack(400);

        returns(made);

        assertThatStatuses().containsExactly("flagged");
    }

    /** Else who gave it back by hand, and said so, sees it once more with each event of it. */
    @Test
    void whatAPersonHasSeenToIsNotOwedAgainByTheSameEvents() {
        sweeps();
        deliverAll();
        String made = newestRefund();
        returns(made);
        aPersonGivesBack(400);
        assertThatStatuses().containsExactly("done");

        STRIPE.post("/v1/refunds/" + made, "metadata[seen]=yes");
        deliverAll();

        assertThatStatuses().containsExactly("done");
        assertThat(listed(false)).isEmpty();
    }
}
