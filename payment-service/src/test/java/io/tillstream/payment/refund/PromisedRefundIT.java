package io.tillstream.payment.refund;

import static io.tillstream.payment.fake.FakeStripe.Fault.NOT_REFUNDABLE;
import static io.tillstream.payment.fake.FakeStripe.Fault.NO_BALANCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.payment.fake.FakeStripe.Fault;
import io.tillstream.payment.fake.StripeObjects;
import io.tillstream.stripeevents.StripeEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.node.ObjectNode;

/** Refunds of one payment that operators were promised and that Stripe refused: whose money is whose, whatever is heard when. */
class PromisedRefundIT extends PaidPayable {

    private static final String FAILED = "io.tillstream.payment.refund_failed.v1";

    private Refund promisedAnd(Fault refused, RefundStatus then) {
        Refund promised = underWay(400);
        STRIPE.next(refused);
        seenTo(promised, then);
        return promised;
    }

    private ObjectNode atTheDashboard(long amount) {
        ObjectNode refund = STRIPE.objects
                .object("re", "refund", Map.of())
                .put("amount", amount)
                .put("currency", "usd")
                .put("payment_intent", StripeObjects.id(intent))
                .put("status", "succeeded");
        STRIPE.objects.all.put(StripeObjects.id(refund), refund);
        return refund;
    }

    private StripeEvent created(ObjectNode refund) {
        return STRIPE.objects.tell("refund.created", refund);
    }

    private void fails(ObjectNode refund) {
        refund.put("status", "failed").put("failure_reason", "lost_or_stolen_card");
        deliver(STRIPE.objects.tell("refund.failed", refund));
    }

    private RefundStatus status(Refund refund) {
        return refunds.find(refund.id()).block(WAIT).status();
    }

    private List<String> flagged() {
        return texts("select id::text from refunds where reference = :reference and attention is not null");
    }

    private List<String> covers() {
        return texts("select r.stripe_refund_id from refund_covers c join refunds r on r.id = c.money_id"
                + " where r.reference = :reference order by r.created_at");
    }

    private void isOver(Refund refund) {
        assertThat(status(refund)).isEqualTo(RefundStatus.REFUSED);
        assertThat(refunds.find(refund.id()).block(WAIT).failureReason()).isEqualTo("given_back_otherwise");
        assertThat(flagged()).doesNotContain(refund.id().toString());
    }

    /** Else Stripe is asked again, and the buyer has it twice. */
    @Test
    void whatWasGivenBackAtTheDashboardWhileItWasDelayedIsNotGivenBackAgain() {
        Refund delayed = promisedAnd(NO_BALANCE, RefundStatus.DELAYED);
        StripeEvent dashboard = created(atTheDashboard(400));

        deliver(dashboard);
        deliver(dashboard);

        isOver(delayed);
        assertThat(told().stream().filter(FAILED::equals))
                .as("it is not under way any more")
                .hasSize(1);
        seenTo(delayed, RefundStatus.REFUSED);
        assertThat(atStripe()).isEmpty();
    }

    /** Of which no event told yet. */
    @Test
    void whatWasGivenBackAtTheDashboardIsNotAskedForThoughItsEventIsLate() {
        Refund delayed = promisedAnd(NO_BALANCE, RefundStatus.DELAYED);
        ObjectNode dashboard = atTheDashboard(400);

        seenTo(delayed, RefundStatus.REFUSED);

        isOver(delayed);
        deliver(created(dashboard));
        assertThat(atStripe()).isEmpty();
        assertThat(covers()).containsExactly(StripeObjects.id(dashboard));
    }

    /** It was of something else: the buyer would never have what they were promised. */
    @Test
    void whatWasGivenBackBeforeTheRefusalDoesNotMakeItGoodThoughItsEventIsLate() {
        Refund promised = underWay(400);
        ObjectNode before = atTheDashboard(400);
        STRIPE.next(NO_BALANCE);
        seenTo(promised, RefundStatus.DELAYED);

        deliver(created(before));

        seenTo(promised, RefundStatus.SUCCEEDED);
        assertThat(atStripe()).hasSize(1);
    }

    /** The first one's money is not the second's, nor the other way round. */
    @Test
    void ofOneThatIsFlaggedAndOneThatIsDelayedEachHasItsOwnMoney() {
        Refund flagged = promisedAnd(NOT_REFUNDABLE, RefundStatus.REFUSED);
        Refund delayed = promisedAnd(NO_BALANCE, RefundStatus.DELAYED);
        Refund operators = refund(400L);
        assertThat(flagged()).isEmpty();
        assertThat(status(delayed)).isEqualTo(RefundStatus.DELAYED);

        ObjectNode dashboard = atTheDashboard(400);
        deliver(created(dashboard));

        isOver(flagged);
        isOver(delayed);
        assertThat(covers()).containsExactly(operators.stripeId(), StripeObjects.id(dashboard));
        seenTo(delayed, RefundStatus.REFUSED);
        assertThat(atStripe()).as("the operator's").hasSize(1);
    }

    /** The buyer's account was closed, say: they have nothing of what they were promised, and nobody would know. */
    @Test
    void whatMadeItGoodAndFailsLaterLeavesItOwed() {
        Refund flagged = promisedAnd(NOT_REFUNDABLE, RefundStatus.REFUSED);
        refund(400L);
        isOver(flagged);

        fails(atStripe().get(0));

        assertThat(flagged()).containsExactly(flagged.id().toString());
        assertThat(flags()).containsExactly("lost_or_stolen_card");
        refund(400L);
        isOver(flagged);
    }

    @Test
    void whatMadeADelayedOneGoodAndFailsLaterLeavesItToAPerson() {
        Refund delayed = promisedAnd(NO_BALANCE, RefundStatus.DELAYED);
        ObjectNode dashboard = atTheDashboard(400);
        deliver(created(dashboard));
        isOver(delayed);

        fails(dashboard);

        assertThat(flagged()).containsExactly(delayed.id().toString());
        seenTo(delayed, RefundStatus.REFUSED);
        assertThat(atStripe()).as("its bank does not take it").isEmpty();
    }

    /** Heard of in the other order. */
    @Test
    void whatWasHeardToFailFirstMakesNothingGood() {
        Refund delayed = promisedAnd(NO_BALANCE, RefundStatus.DELAYED);
        ObjectNode dashboard = atTheDashboard(400);
        StripeEvent created = created(dashboard);
        fails(dashboard);

        deliver(created);

        assertThat(status(delayed)).isEqualTo(RefundStatus.DELAYED);
    }

    /** A person gave it back while Stripe was making it: that money is free for the other, who is not given a third. */
    @Test
    void moneyThatIsNotNeededAfterAllMakesTheOtherGood() {
        Refund first = promisedAnd(NO_BALANCE, RefundStatus.DELAYED);
        Refund second = promisedAnd(NO_BALANCE, RefundStatus.DELAYED);
        STRIPE.next();
        STRIPE.beforeAnswer(() -> deliver(created(atTheDashboard(400))));

        seenTo(first, RefundStatus.SUCCEEDED);

        isOver(second);
        seenTo(second, RefundStatus.REFUSED);
        assertThat(atStripe()).hasSize(1);
    }

    /** Two instances ask, and two hear of the refund, at the same moment. */
    @RepeatedTest(3)
    void atTheSameMomentItIsGivenBackOnce() {
        Refund delayed = promisedAnd(NO_BALANCE, RefundStatus.DELAYED);
        StripeEvent dashboard = created(atTheDashboard(400));
        STRIPE.next();
        List<Runnable> all = new ArrayList<>(Collections.nCopies(2, () -> deliver(dashboard)));
        all.addAll(Collections.nCopies(
                2, () -> flow.seeTo(refunds.find(delayed.id()).block(WAIT)).block(WAIT)));

        Flux.fromIterable(all)
                .parallel(all.size())
                .runOn(Schedulers.boundedElastic())
                .doOnNext(Runnable::run)
                .sequential()
                .blockLast(WAIT);

        isOver(delayed);
        assertThat(atStripe()).isEmpty();
        assertThat(told().stream().filter(FAILED::equals)).hasSize(1);
    }
}
