package io.tillstream.subscription.moneyback;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** A refund of an invoice that was left to a person is paid another way: Stripe must not give it back too. */
class InvoiceRefundDismissalIT extends RefundPromise {

    private static final String PAID = "{'reason':'paid_outside_of_stripe'}";

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private InvoiceRefunds refunds;

    @Autowired
    private RefundFlow flow;

    private String refund() {
        return texts("select id from invoice_refunds where stripe_invoice_id = '" + bill + "' order by created_at")
                .get(0);
    }

    private WebTestClient.ResponseSpec dismisses(String who, String body) {
        return post(who, "/api/admin/invoices/owed-refunds/" + refund() + "/dismissal", body);
    }

    private void isFlagged() {
        isAskedFor(400, 40000);
        sweeps();
        assertThatStatuses().containsExactly("flagged");
    }

    private double needPerson() {
        return shown("attention");
    }

    private double shown(String gauge) {
        sweep.round().block(WAIT);
        return meters.get("tillstream.invoices.refunds." + gauge).gauge().value();
    }

    @Test
    void whatIsOwedOfInvoicesIsShownUntilItIsDismissed() {
        isFlagged();
        double owed = shown("owed");
        assertThat(String.valueOf((long) owed))
                .isEqualTo(texts(
                                "select count(*) + (select count(*) from start_refunds where dismissed_at is null and given_back_at is null)"
                                        + " from invoice_refunds"
                                        + " where status in ('asked', 'flagged')")
                        .get(0));
        expect(dismisses("operator", PAID), 200);

        assertThat(shown("owed")).isEqualTo(owed - 1);
    }

    private List<String> dismissals() {
        return texts("select ref || ' ' || outcome || ' ' || why from subscription_timeline where subscription_id = '"
                + id + "' and what like '%/dismissal'");
    }

    private long refundsTold() {
        return told().stream().filter("invoice.refunded"::equals).count();
    }

    @Test
    void whatWasPaidOutsideOfStripeIsNotGivenBackByItToo() {
        isFlagged();
        double before = needPerson();

        JsonNode dismissed = expect(dismisses("operator", PAID), 200);

        assertThat(dismissed.path("reason").asString()).isEqualTo("paid_outside_of_stripe");
        assertThat(dismissed.path("by").asString()).isEqualTo("operator");
        assertThat(listed(false)).isEmpty();
        assertThat(needPerson()).isEqualTo(before - 1);
        assertThat(dismissals()).containsExactly(refund() + " dismissed paid_outside_of_stripe");
        sweeps();
        assertThat(refundedAtStripe()).isEmpty();
        assertThat(refundsTold()).isZero();
    }

    /** The first word counts, and is one line of the timeline. */
    @Test
    void saidAgainItIsTheSame() {
        isFlagged();
        JsonNode first = expect(dismisses("operator", PAID), 200);

        assertThat(expect(dismisses("operator", "{'reason':'not_owed'}"), 200)).isEqualTo(first);

        assertThat(dismissals()).hasSize(1);
    }

    /** It is still tried, and may pass at any moment: whoever pays it by hand as well pays twice. */
    @Test
    void whatIsStillTriedIsNotDismissed() {
        areRefused(1);

        refused(dismisses("operator", PAID), 409, "refund-needs-nobody");

        assertThatStatuses().containsExactly("asked");
        sweeps();
        assertThatStatuses().containsExactly("done");
        refused(dismisses("operator", PAID), 409, "refund-needs-nobody");
    }

    @Test
    void onlyOperatorsDismiss() {
        isFlagged();
        dismisses(user, PAID).expectStatus().isForbidden();
        refused(dismisses("operator", "{'reason':'because'}"), 422, "validation-failed");
        refused(dismisses("operator", "{}"), 422, "validation-failed");
        assertThatStatuses().containsExactly("flagged");
    }

    /** An instance that claimed it before asks after it was dismissed: the buyer has it twice. */
    @Test
    void whoClaimedItBeforeDoesNotAskAfterIt() {
        areRefused(1);
        InvoiceRefund claimed = refunds.find(UUID.fromString(refund())).block(WAIT);
        isFlaggedByAnother();
        expect(dismisses("operator", PAID), 200);

        flow.askAgain(claimed).block(WAIT);

        assertThatStatuses().containsExactly("dismissed");
        assertThat(refundedAtStripe()).isEmpty();
    }

    private void isFlaggedByAnother() {
        execute("update invoice_refunds set status = 'flagged', next_attempt_at = null, flagged_at = now()"
                + " where stripe_invoice_id = '" + bill + "'");
    }

    /** Stripe's no comes after it: another try would give back what was paid already. */
    @Test
    void aNoToATryThatIsUnderWayDoesNotOpenItAgain() {
        areRefused(1);
        long told = failuresTold();
        ON_THE_WAY.refuses("POST", "/v1/refunds", intent, NO_BALANCE, () -> {
            isFlaggedByAnother();
            expect(dismisses("operator", PAID), 200);
        });

        sweeps();
        sweeps();

        assertThatStatuses().containsExactly("dismissed");
        assertThat(refundedAtStripe()).isEmpty();
        assertThat(failuresTold()).isEqualTo(told);
    }

    /** Stripe makes what was under way: the money is gone, and the books say so, whichever is heard first. */
    @Test
    void whatStripeMakesOfATryThatIsUnderWayCounts() {
        areRefused(1);
        ON_THE_WAY.next("POST", "/v1/refunds", intent, form -> form, () -> {
            isFlaggedByAnother();
            expect(dismisses("operator", PAID), 200);
        });

        sweeps();
        deliverAll();

        assertThatStatuses().containsExactly("done");
        assertThat(refundsTold()).as("it is true").isEqualTo(1);
        sweeps();
        assertThat(refundedAtStripe()).containsExactly(400L);
    }

    /** Money that goes back otherwise makes good the others: a dismissed one takes none of it. */
    @Test
    void whatIsDismissedTakesNoMoneyOfAnother() {
        isFlagged();
        isUnderWay(400);
        areRefused(1);
        expect(dismisses("operator", PAID), 200);

        aPersonGivesBack(400);

        assertThatStatuses().containsExactly("dismissed", "done");
        sweeps();
        assertThat(refundedAtStripe()).containsExactly(400L);
    }
}
