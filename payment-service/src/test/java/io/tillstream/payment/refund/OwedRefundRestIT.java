package io.tillstream.payment.refund;

import static io.tillstream.payment.fake.FakeStripe.Fault.AWAY;
import static io.tillstream.payment.fake.FakeStripe.Fault.NOT_REFUNDABLE;
import static io.tillstream.payment.fake.FakeStripe.Fault.NO_BALANCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripe.CompensationGuard;
import io.tillstream.web.money.RefundDismissal.Reason;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** What is left of money that must not stay, while others give back parts of it, or only ask for them, and banks take some. */
class OwedRefundRestIT extends SurplusPayment {

    @Autowired
    private RefundReservation reservation;

    @Autowired
    private RefundSubmitter submitter;

    @Autowired
    private RefundDismissals dismissals;

    private Refund refused() {
        Refund owed = owed();
        STRIPE.next(NO_BALANCE);
        seenTo(owed, RefundStatus.DELAYED);
        return owed;
    }

    private Refund onlyAskedFor(long amount) {
        return reservation.reserve(aimed(amount)).block(WAIT);
    }

    private void isRefused(Refund asked) {
        STRIPE.next(NOT_REFUNDABLE);
        var unused = submitter
                .ask(asked, new CompensationGuard())
                .onErrorResume(no -> Mono.empty())
                .block(WAIT);
    }

    private List<String> made() {
        return texts("select amount::text from refunds where reference = :reference and status = 'succeeded'"
                + " order by created_at");
    }

    private List<String> open() {
        return texts("select amount || ' ' || status from refunds where reference = :reference and purpose = 'late'"
                + " order by created_at");
    }

    private List<String> flagged() {
        return texts("select amount || ' ' || attention from refunds where reference = :reference and attention is not"
                + " null order by created_at");
    }

    /** Stripe refuses the operator's: then nobody gives the buyer anything. */
    @Test
    void whatIsOnlyAskedForDoesNotEndWhatIsOwed() {
        Refund owed = refused();
        Refund asked = onlyAskedFor(1000);

        seenTo(owed, RefundStatus.DELAYED);
        assertThat(atStripe()).as("the operator's may be made").isEmpty();
        isRefused(asked);

        seenTo(owed, RefundStatus.SUCCEEDED);
        assertThat(made()).containsExactly("1000");
    }

    @Test
    void whatIsOnlyAskedForDoesNotShrinkWhatIsOwed() {
        Refund owed = refused();
        Refund asked = onlyAskedFor(600);

        seenTo(owed, RefundStatus.DELAYED);
        isRefused(asked);

        seenTo(owed, RefundStatus.SUCCEEDED);
        assertThat(made()).containsExactly("1000");
    }

    /** Its rest was for as long as somebody else was asked. */
    @Test
    void whatWaitedForAnothersRefundIsDueOnceThatIsRefused() {
        Refund owed = refused();
        Refund asked = onlyAskedFor(600);
        hasHadItsTurn(owed);

        isRefused(asked);

        assertThat(due()).containsExactly(owed.id().toString());
    }

    /** Its buyer would wait for as long as for a refusal, of which there was none. */
    @Test
    void whatWaitedForAnothersRefundIsDueOnceThatIsTakenBack() {
        Refund owed = refused();
        Refund asked = onlyAskedFor(600);
        hasHadItsTurn(owed);

        STRIPE.next(AWAY, AWAY, AWAY, AWAY);
        submitter.ask(asked, new CompensationGuard()).onErrorComplete().block(WAIT);

        assertThat(refunds.find(asked.id()).blockOptional(WAIT)).isEmpty();
        assertThat(due()).containsExactly(owed.id().toString());
    }

    /** What is refused and tried again gives back nothing for now. */
    @Test
    void aPromiseThatWaitedForWhatIsOwedIsDueOnceThatIsDelayed() {
        Refund promised = underWay(400);
        STRIPE.next(NO_BALANCE);
        seenTo(promised, RefundStatus.DELAYED);
        Refund owed = owed();
        STRIPE.next();
        seenTo(promised, RefundStatus.DELAYED);
        assertThat(atStripe()).as("all may be given back already").isEmpty();
        hasHadItsTurn(promised);

        STRIPE.next(NO_BALANCE);
        seenTo(owed, RefundStatus.DELAYED);

        assertThat(due()).containsExactly(promised.id().toString());
        STRIPE.next();
        seenTo(promised, RefundStatus.SUCCEEDED);
    }

    private void hasHadItsTurn(Refund waiting) {
        database.sql("update refunds set claimed_at = clock_timestamp(), next_ask_at = now() + interval '1 day'"
                        + " where id = :id")
                .bind("id", waiting.id())
                .fetch()
                .rowsUpdated()
                .block(WAIT);
    }

    private List<String> due() {
        return texts("select id::text from refunds where reference = :reference and next_ask_at <= now()");
    }

    /** While it is asked for, an operator asks too: a no to it is of that moment. */
    @Test
    void aNoWhileAnotherIsAskedForNeitherEndsNorShrinksIt() {
        Refund owed = refused();
        STRIPE.next(NO_BALANCE);
        STRIPE.beforeAnswer(() -> onlyAskedFor(1000));

        seenTo(owed, RefundStatus.DELAYED);

        assertThat(open()).containsExactly("1000 delayed");
    }

    @Test
    void thePartThatADisputeTookIsOwedAgainOnceItIsWon() {
        Refund owed = refused();
        ObjectNode dispute = disputed(600);
        closed(dispute, "lost");
        seenTo(owed, RefundStatus.SUCCEEDED);
        assertThat(made()).containsExactly("400");

        closed(dispute, "won");

        assertThat(flagged()).containsExactly("600 dispute_won");
        closed(dispute, "won");
        assertThat(flagged()).as("once").hasSize(1);
        assertThat(flow.refund(aimed(600)).block(WAIT).status()).isEqualTo(RefundStatus.SUCCEEDED);
        assertThat(flagged()).isEmpty();
    }

    /** It was shrunk to what the dispute left, and not made yet. */
    @Test
    void whatIsStillTriedIsOfAllAgainOnceTheDisputeIsWon() {
        Refund owed = refused();
        ObjectNode dispute = disputed(600);
        closed(dispute, "lost");
        STRIPE.next(NO_BALANCE);
        seenTo(owed, RefundStatus.DELAYED);
        assertThat(open()).containsExactly("400 delayed");

        closed(dispute, "won");

        seenTo(owed, RefundStatus.SUCCEEDED);
        assertThat(made()).containsExactly("1000");
    }

    /** A second time by hand, the shop would pay it twice. */
    @Test
    void whatWasDismissedIsNotOwedAgainByAnotherWordOfItsDispute() {
        Refund owed = refused();
        ObjectNode dispute = disputed(1000);
        closed(dispute, "lost");
        seenTo(owed, RefundStatus.REFUSED);
        closed(dispute, "won");
        assertThat(flagged()).containsExactly("1000 dispute_won");
        var first = dismissals
                .dismiss(owed.id(), Reason.PAID_OUTSIDE_OF_STRIPE, "operator-1")
                .block(WAIT);

        deliver(STRIPE.objects.tell("charge.dispute.funds_reinstated", dispute));

        assertThat(flagged()).isEmpty();
        assertThat(dismissals.dismiss(owed.id(), Reason.NOT_OWED, "operator-2").block(WAIT))
                .isEqualTo(first);
    }

    /** What was paid outside of Stripe is of the part that was left then. */
    @Test
    void aDismissedPartDoesNotHideWhatComesBackLater() {
        Refund owed = refused();
        ObjectNode dispute = disputed(600);
        closed(dispute, "lost");
        STRIPE.next(NOT_REFUNDABLE);
        seenTo(owed, RefundStatus.DELAYED);
        STRIPE.next(NOT_REFUNDABLE);
        seenTo(owed, RefundStatus.DELAYED);
        assertThat(flagged()).containsExactly("400 charge_not_refundable");
        var unused = dismissals
                .dismiss(owed.id(), Reason.PAID_OUTSIDE_OF_STRIPE, "operator-1")
                .block(WAIT);

        closed(dispute, "won");

        assertThat(flagged()).containsExactly("600 dispute_won");
    }

    /** Stripe made it all the same, and its bank sent it back: the operator's word holds, or somebody pays it again. */
    @Test
    void whatWasDismissedIsNotFlaggedWhenItsBankSendsItBack() {
        Refund owed = owed();
        STRIPE.next(NOT_REFUNDABLE);
        seenTo(owed, RefundStatus.DELAYED);
        STRIPE.beforeAnswer(() -> dismissals
                .dismiss(owed.id(), Reason.PAID_OUTSIDE_OF_STRIPE, "operator-1")
                .block(WAIT));
        seenTo(owed, RefundStatus.SUCCEEDED);

        deliver(STRIPE.objects.tell(
                "refund.failed", atStripe().get(0).put("status", "failed").put("failure_reason", "declined")));

        assertThat(flagged()).isEmpty();
    }

    /** Its alarm would stand for ever, and somebody pay it by hand. */
    @Test
    void anothersRefundThatFailedNeedsNobodyOnceAllWentBack() {
        Refund owed = refused();
        var others = flow.refund(aimed(600)).block(WAIT);
        ObjectNode refund = STRIPE.objects.all.get(others.stripeId());
        deliver(STRIPE.objects.tell("refund.failed", refund.put("status", "failed")));
        assertThat(flagged()).hasSize(1);
        seenTo(owed, RefundStatus.SUCCEEDED);
        assertThat(made()).as("the other part is for a person").containsExactly("400");

        assertThat(flow.refund(aimed(600)).block(WAIT).status()).isEqualTo(RefundStatus.SUCCEEDED);

        assertThat(flagged()).isEmpty();
    }

    private RefundFlow.RefundCommand aimed(long amount) {
        return new RefundFlow.RefundCommand(UUID.randomUUID(), reference, amount, payment.toString(), null, null);
    }
}
