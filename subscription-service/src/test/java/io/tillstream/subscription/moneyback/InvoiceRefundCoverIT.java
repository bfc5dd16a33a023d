package io.tillstream.subscription.moneyback;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.testing.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Several refunds of one invoice were promised: whose money is whose, in whatever order it is heard of. */
class InvoiceRefundCoverIT extends RefundPromise {

    /** Left to a person, and made good by their refund; another one is still tried. */
    private String oneIsMadeGoodAndOneDelayed() {
        isAskedFor(400, 40000);
        sweeps();
        isUnderWay(400);
        areRefused(1);
        assertThatStatuses().containsExactly("flagged", "asked");
        expect(refunds("{'amount':400}"), 201);
        deliverAll();
        assertThatStatuses().containsExactly("done", "asked", "done");
        return texts("select stripe_refund_id from invoice_refunds where stripe_invoice_id = '" + bill
                        + "' order by created_at desc limit 1")
                .get(0);
    }

    private List<String> refundIds() {
        return STRIPE.get("/v1/refunds?payment_intent=" + intent)
                .path("data")
                .valueStream()
                .map(one -> one.path("id").asString())
                .toList();
    }

    private String givenBackAtTheDashboard(long amount) {
        return STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=" + amount)
                .path("id")
                .asString();
    }

    private void fails(String refund) {
        STRIPE.control("/_simulator/refunds/" + refund + "/fail", "{}");
        deliverAll();
    }

    /** Which money made good which promise, the oldest promise first. */
    private List<String> covers() {
        return texts("select c.money_id from invoice_refund_covers c join invoice_refunds r on r.id = c.promise_id"
                + " where r.stripe_invoice_id = '" + bill + "' order by r.created_at, c.money_id");
    }

    /** Asked for again, its buyer has it twice: the first one's money is not the second's. */
    @Test
    void moneyForTheDelayedOneSettlesItThoughAnotherWasMadeGoodBefore() {
        String operators = oneIsMadeGoodAndOneDelayed();

        String dashboard = aPersonGivesBack(400);

        assertThatStatuses().containsExactly("done", "done", "done");
        assertThat(covers()).containsExactly(operators, dashboard);
        sweeps();
        assertThat(refundIds()).containsExactlyInAnyOrder(operators, dashboard);
        assertThat(listed(false)).isEmpty();
    }

    /** Only whose money came back is owed again: else one buyer has nothing, or the other twice. */
    @Test
    void whoseMoneyComesBackIsOwedAgainAndNoOther() {
        String operators = oneIsMadeGoodAndOneDelayed();
        String dashboard = aPersonGivesBack(400);

        fails(dashboard);

        assertThatStatuses().containsExactly("done", "flagged", "done");
        assertThat(covers()).containsExactly(operators);
        sweeps();
        assertThat(refundIds()).as("its bank does not take it").hasSize(2);
        String anew = aPersonGivesBack(400);
        assertThatStatuses().containsExactly("done", "done", "done");

        fails(operators);

        assertThatStatuses().containsExactly("flagged", "done", "done");
        assertThat(covers()).containsExactly(anew);
    }

    /** Seen by nobody yet, it is asked for beside it. */
    @Test
    void whatWasGivenBackAtTheDashboardIsNotAskedForThoughItsEventIsLate() {
        areRefused(1);
        String dashboard = givenBackAtTheDashboard(400);

        sweeps();

        assertThatStatuses().containsExactly("done");
        assertThat(refundIds()).containsExactly(dashboard);
        List<StripeEvent> late = news();
        Stream.concat(late.stream(), late.stream()).forEach(this::deliver);
        assertThatStatuses().containsExactly("done");
        assertThat(told().stream().filter("invoice.refunded"::equals)).hasSize(1);
    }

    /** It was of something else: the buyer would never have what they were promised. */
    @Test
    void whatWasGivenBackBeforeTheRefusalDoesNotMakeItGoodThoughItsEventIsLate() {
        givenBackAtTheDashboard(400);
        areRefused(1);

        deliverAll();

        assertThatStatuses().containsExactly("asked");
        sweeps();
        assertThatStatuses().containsExactly("done");
        assertThat(refundedAtStripe()).containsExactly(400L, 400L);
    }

    /** A person gave it back while Stripe was making it: that money is free for the other, who is not given a third. */
    @Test
    void moneyThatIsNotNeededAfterAllMakesTheOtherGood() {
        isUnderWay(400);
        areRefused(2);
        onlyOneIsDue("failed_at, id");

        ON_THE_WAY.next("POST", "/v1/refunds", intent, form -> form, () -> aPersonGivesBack(400));
        sweep.round().block(WAIT);

        assertThatStatuses().containsExactly("done", "done");
        deliverAll();
        sweeps();
        assertThat(refundedAtStripe()).containsExactly(400L, 400L);
        assertThat(covers()).hasSize(1);
    }

    /** The process is gone before it has the answer; the events tell what came of it, in any order and again. */
    @RepeatedTest(4)
    void anAnswerThatIsLostIsLearnedFromItsEvent(RepetitionInfo repetition) {
        isUnderWay(400);
        areRefused(2);
        onlyOneIsDue("failed_at, id");
        STRIPE.control("/_simulator/faults", """
                {"operation":"POST /v1/refunds","kind":"close_after","times":1,"params":{"payment_intent":"%s"}}
                """.formatted(intent));
        sweep.round().block(WAIT);
        givenBackAtTheDashboard(400);

        List<StripeEvent> events = new ArrayList<>(news());
        events.addAll(events);
        Collections.shuffle(events, Seed.random("lost answer " + repetition.getCurrentRepetition()));
        events.forEach(this::deliver);
        sweeps();

        assertThatStatuses().containsExactly("done", "done");
        assertThat(refundedAtStripe()).containsExactly(400L, 400L);
        assertThat(listed(false)).isEmpty();
    }

    /** Told first that it failed, and then that it was made: it gave nothing back. */
    @Test
    void moneyThatWasHeardToFailBeforeItWasMadeMakesNothingGood() {
        areRefused(1);
        String dashboard = givenBackAtTheDashboard(400);
        STRIPE.control("/_simulator/refunds/" + dashboard + "/fail", "{}");
        List<StripeEvent> events = new ArrayList<>(news());
        Collections.reverse(events);

        events.forEach(this::deliver);

        assertThatStatuses().containsExactly("asked");
        sweeps();
        assertThatStatuses().containsExactly("done");
    }

    /** Two instances ask, and two hear of the refund, at the same moment. */
    @RepeatedTest(3)
    void atTheSameMomentItIsGivenBackOnce() {
        isUnderWay(400);
        areRefused(2);
        givenBackAtTheDashboard(400);
        List<StripeEvent> events = news();
        execute("update invoice_refunds set next_attempt_at = now() - interval '1 day'"
                + " where status = 'asked' and stripe_invoice_id = '" + bill + "'");

        List<Runnable> all = new ArrayList<>(
                List.of(() -> sweep.round().block(WAIT), () -> sweep.round().block(WAIT)));
        events.forEach(event -> all.addAll(List.of(() -> deliver(event), () -> deliver(event))));
        Flux.fromIterable(all)
                .parallel(all.size())
                .runOn(Schedulers.boundedElastic())
                .doOnNext(Runnable::run)
                .sequential()
                .blockLast(WAIT);
        sweeps();
        deliverAll();

        assertThatStatuses().containsExactly("done", "done");
        assertThat(refundedAtStripe()).containsExactly(400L, 400L);
        assertThat(covers()).hasSize(1);
    }

    /** What an older instance settled by its sums names no money: it is found, and not given to another too. */
    @Test
    void whatWasMadeGoodBeforeTheMigrationKeepsItsMoney() {
        String operators = oneIsMadeGoodAndOneDelayed();
        execute("delete from invoice_refund_covers where promise_id in (select id from invoice_refunds"
                + " where stripe_invoice_id = '" + bill + "')");

        String dashboard = aPersonGivesBack(400);

        assertThat(covers()).containsExactly(operators, dashboard);
        assertThatStatuses().containsOnly("done");
    }
}
