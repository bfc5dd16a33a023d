package io.tillstream.payment.refund;

import static io.tillstream.payment.fake.FakeStripe.Fault.ANSWER_LOST;
import static io.tillstream.payment.fake.FakeStripe.Fault.AWAY;
import static io.tillstream.payment.fake.FakeStripe.Fault.FAILURE_KEPT;
import static io.tillstream.payment.fake.FakeStripe.Fault.NONE;
import static io.tillstream.payment.fake.FakeStripe.Fault.NOT_REFUNDABLE;
import static io.tillstream.payment.fake.FakeStripe.Fault.NO_BALANCE;
import static io.tillstream.payment.fake.FakeStripe.Fault.SLOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tillstream.delivery.Transactions;
import io.tillstream.events.Money;
import io.tillstream.payment.fake.StripeObjects;
import io.tillstream.payment.payable.PaymentSettings;
import io.tillstream.stripe.CompensationGuard;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

class RefundFlowIT extends PaidPayable {

    @Autowired
    private StripeRefunds stripe;

    @Autowired
    private RefundSweep sweep;

    @Autowired
    private RefundReservation reservation;

    @Autowired
    private RefundSubmitter submitter;

    @Autowired
    private OwedRefundRetryPolicy owed;

    @Autowired
    private Transactions transactions;

    private void refusedWith(String code, @Nullable Long amount) {
        assertThatThrownBy(() -> refund(amount)).isInstanceOfSatisfying(Problem.class, no -> assertThat(no.code())
                .isEqualTo(code));
    }

    @Test
    void partsAndThenTheRestGoBackAndNoMore() {
        assertThat(refund(300L).status()).isEqualTo(RefundStatus.SUCCEEDED);
        assertThat(refund(null).money()).isEqualTo(new Money(700, "usd"));
        refusedWith("refund-exceeds-paid", 1L);
        assertThat(told())
                .filteredOn(type -> type.endsWith("payment.refunded.v1"))
                .hasSize(2);
    }

    @Test
    void ofTenSimultaneousRefundsOfHalfTwoSucceed() {
        RefundFlow patient = patient();
        List<Object> ends = Flux.range(0, 10)
                .flatMap(i -> patient.refund(wish(UUID.randomUUID(), 500L))
                        .<Object>map(Refund::status)
                        .onErrorResume(Problem.class, no -> Mono.just(no.code())))
                .collectList()
                .block(WAIT);
        assertThat(ends).filteredOn(RefundStatus.SUCCEEDED::equals).hasSize(2);
        assertThat(ends).filteredOn("refund-exceeds-paid"::equals).hasSize(8);
        assertThat(atStripe()).hasSize(2);
    }

    @Test
    void theSameKeyIsTheSameRefund() {
        UUID id = UUID.randomUUID();
        flow.refund(wish(id, 500L)).block(WAIT);
        flow.refund(wish(id, 500L)).block(WAIT);
        assertThat(atStripe()).hasSize(1);
    }

    @Test
    void aLostAnswerIsFoundOutWithoutASecondRefund() {
        STRIPE.next(ANSWER_LOST);
        Refund unknown = refund(400L);
        assertThat(unknown.status()).isEqualTo(RefundStatus.UNKNOWN);
        assertThat(unknown.status().shown()).isEqualTo("pending");
        refusedWith("refund-exceeds-paid", 700L);
        sweepNow(unknown.id());
        await().atMost(WAIT).untilAsserted(() -> assertThat(
                        refunds.find(unknown.id()).block(WAIT).status())
                .isEqualTo(RefundStatus.SUCCEEDED));
        assertThat(atStripe()).hasSize(1);
    }

    /** Stripe keeps a key for a day: a part would go back twice. */
    @Test
    void whatWentBackUnderAKeyThatStripeForgotDoesNotGoBackAgainForWhoRepeatsIt() {
        UUID id = UUID.randomUUID();
        madeAndForgotten(id);

        Refund again = flow.refund(wish(id, 400L)).block(WAIT);

        assertThat(atStripe()).hasSize(1);
        assertThat(again.status()).isEqualTo(RefundStatus.SUCCEEDED);
    }

    /** The process went between asking and keeping the answer, and came back a day later. */
    @Test
    void whatWentBackUnderAKeyThatStripeForgotDoesNotGoBackAgainByTheSweep() {
        UUID id = UUID.randomUUID();
        madeAndForgotten(id);
        database.sql("update refunds set status = 'initiated' where id = :id")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .block(WAIT);

        seenTo(refunds.find(id).block(WAIT), RefundStatus.SUCCEEDED);

        assertThat(atStripe()).hasSize(1);
    }

    private void madeAndForgotten(UUID id) {
        STRIPE.next(ANSWER_LOST);
        assertThat(flow.refund(wish(id, 400L)).block(WAIT).status()).isEqualTo(RefundStatus.UNKNOWN);
        STRIPE.forgetsKeys();
        database.sql("update refunds set created_at = now() - interval '25 hours' where id = :id")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .block(WAIT);
    }

    @Test
    void aRefundWhoseKeyRepeatsItsFailureIsLookedUpAndMadeOnceUnderTheNextKey() {
        UUID id = UUID.randomUUID();
        STRIPE.next(FAILURE_KEPT);
        assertThat(flow.refund(wish(id, 400L)).block(WAIT).status()).isEqualTo(RefundStatus.UNKNOWN);
        assertThat(flow.refund(wish(id, 400L)).block(WAIT).status()).isEqualTo(RefundStatus.SUCCEEDED);
        assertThat(flow.refund(wish(id, 400L)).block(WAIT).status()).isEqualTo(RefundStatus.SUCCEEDED);
        assertThat(atStripe()).hasSize(1);
    }

    /** Stripe keeps a key for a day; asked with it after that, it would give back as much again. */
    @ParameterizedTest
    @CsvSource({
        "INITIATED, true, true",
        "INITIATED, true, false",
        "UNKNOWN, true, true",
        "UNKNOWN, true, false",
        "INITIATED, false, true",
        "INITIATED, false, false",
    })
    void aRefundWhoseKeyStripeHasForgottenIsMadeOnce(RefundStatus left, boolean made, boolean bySweep) {
        UUID id = UUID.randomUUID();
        Refund reserved = reservation.reserve(wish(id, 400L)).block(WAIT);
        if (made) { // and the process ends before its answer is kept
            stripe.create(payments.find(payment).block(WAIT), reserved, false).block(WAIT);
        }
        if (left == RefundStatus.UNKNOWN) {
            refunds.update(reserved.becoming(left, null, null)).block(WAIT);
        }
        STRIPE.forgetsKeys();
        database.sql("update refunds set created_at = now() - interval '25 hours' where id = :id")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .block(WAIT);

        if (bySweep) {
            sweepNow(id);
        } else {
            flow.refund(wish(id, 400L)).block(WAIT);
        }

        await().atMost(WAIT)
                .untilAsserted(
                        () -> assertThat(refunds.find(id).block(WAIT).status()).isEqualTo(RefundStatus.SUCCEEDED));
        assertThat(atStripe()).hasSize(1);
        assertThat(refunds.of(reference).collectList().block(WAIT)).hasSize(1);
    }

    /** It says nothing about the refund: asked for under the next key, as much would go back a second time. */
    @Test
    void aListThatStripeRefusesIsNoProofThatARefundWasNotMade() {
        UUID id = UUID.randomUUID();
        STRIPE.next(FAILURE_KEPT);
        assertThat(flow.refund(wish(id, 400L)).block(WAIT).status()).isEqualTo(RefundStatus.UNKNOWN);
        ObjectNode made = STRIPE.objects
                .object(
                        "re",
                        "refund",
                        Map.of("metadata[refund_id]", id.toString(), "metadata[attempt_id]", payment.toString()))
                .put("amount", 400)
                .put("currency", "usd")
                .put("payment_intent", StripeObjects.id(intent))
                .put("status", "succeeded");
        STRIPE.objects.all.put(StripeObjects.id(made), made);
        STRIPE.refuseLists(2);

        assertThat(flow.refund(wish(id, 400L)).block(WAIT).status().shown()).isEqualTo("pending");

        STRIPE.refuseLists(0);
        assertThat(atStripe()).hasSize(1);
        sweepNow(id);
        await().atMost(WAIT)
                .untilAsserted(
                        () -> assertThat(refunds.find(id).block(WAIT).status()).isEqualTo(RefundStatus.SUCCEEDED));
        assertThat(atStripe()).hasSize(1);
    }

    @Test
    void withoutStripeNothingIsHalfDone() {
        STRIPE.next(AWAY, AWAY, AWAY, AWAY);
        refusedWith("unavailable", 400L);
        assertThat(refunds.of(reference).collectList().block(WAIT)).isEmpty();
        assertThat(refund(1000L).status()).isEqualTo(RefundStatus.SUCCEEDED);
    }

    /** Told as "nothing was done", its operator would take a new key, and as much would go back twice. */
    @ParameterizedTest
    @CsvSource({
        "trigger lost before update, '', 1",
        "constraint trigger lost after insert, deferrable initially deferred, 0",
    })
    void aRefundThatTheDatabaseMayHaveLostIsUnknownToItsOperator(String before, String when, int made) {
        UUID id = UUID.randomUUID();
        DATABASE.execute("create function lost() returns trigger language plpgsql as"
                + " $$ begin raise exception 'lost' using errcode = '08006'; end $$");
        DATABASE.execute("create " + before + " on refunds " + when + " for each row when (new.id = '" + id
                + "') execute function lost()");
        try {
            assertThatThrownBy(() -> flow.refund(wish(id, 500L)).block(WAIT))
                    .isInstanceOfSatisfying(Problem.class, no -> assertThat(no)
                            .returns(504, Problem::status)
                            .returns("refund-outcome-unknown", Problem::code));
            assertThat(atStripe()).hasSize(made);
        } finally {
            DATABASE.execute("drop function lost cascade");
        }

        assertThat(flow.refund(wish(id, 500L)).block(WAIT).status()).isEqualTo(RefundStatus.SUCCEEDED);
        assertThat(atStripe()).hasSize(1);
    }

    /** Nobody would miss it: the operator was told that it is under way, and the key repeats that. */
    @Test
    void aRefundThatWasToldToGoOnIsMadeAlthoughStripeCouldNotBeAskedThen() {
        var held = new CountDownLatch(1);
        STRIPE.next(AWAY, AWAY, AWAY, AWAY);
        STRIPE.beforeAnswer(() -> passes(held));
        Refund told = impatient().refund(wish(UUID.randomUUID(), 400L)).block(WAIT);
        assertThat(told.status().shown()).isEqualTo("pending");
        held.countDown();
        await().atMost(WAIT).untilAsserted(() -> assertThat(askedFor()).isEqualTo(4));

        await().atMost(WAIT).untilAsserted(() -> {
            sweepNow(told.id());
            assertThat(refunds.find(told.id()).block(WAIT)).isNotNull().returns(RefundStatus.SUCCEEDED, Refund::status);
        });
        assertThat(atStripe()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRefundThatStripeCouldNotBeAskedForIsForgottenOnlyIfNobodyWasToldOfIt(boolean told) {
        Refund reserved = reservation.reserve(wish(UUID.randomUUID(), 400L)).block(WAIT);
        var word = new CompensationGuard();
        assertThat(told ? word.told() : true).isTrue();
        STRIPE.next(AWAY, AWAY, AWAY, AWAY);

        submitter.ask(reserved, word).onErrorComplete().block(WAIT);

        assertThat(refunds.of(reference).map(Refund::status).collectList().block(WAIT))
                .isEqualTo(told ? List.of(RefundStatus.INITIATED) : List.of());
    }

    @Test
    void whoAsksForTheSameRefundMeanwhileDoesNotTakeItBack() throws Exception {
        UUID id = UUID.randomUUID();
        STRIPE.next(SLOW);
        CompletableFuture<Refund> first = patient().refund(wish(id, 400L)).toFuture();
        await().atMost(WAIT).untilAsserted(() -> assertThat(askedFor()).isEqualTo(1));
        STRIPE.next(AWAY, AWAY, AWAY, AWAY);
        assertThat(flow.refund(wish(id, 400L)).block(WAIT).status().shown()).isEqualTo("pending");
        STRIPE.goOn();
        assertThat(first.get(WAIT.toSeconds(), TimeUnit.SECONDS).status()).isEqualTo(RefundStatus.SUCCEEDED);
        assertThat(refunds.of(reference).map(Refund::id).collectList().block(WAIT))
                .containsExactly(id);
    }

    /** The first hears the no; the second would wait for ever for what they were told is under way. */
    @Test
    void aNoToTheFirstCallerIsKeptForTheSecondWhoWasToldThatItIsUnderWay() {
        UUID id = UUID.randomUUID();
        var held = new CountDownLatch(1);
        STRIPE.next(NOT_REFUNDABLE);
        STRIPE.beforeAnswer(() -> passes(held));
        CompletableFuture<Refund> first = patient().refund(wish(id, 400L)).toFuture();
        await().atMost(WAIT).untilAsserted(() -> assertThat(askedFor()).isEqualTo(1));
        STRIPE.next(SLOW);
        assertThat(impatient().refund(wish(id, 400L)).block(WAIT).status().shown())
                .isEqualTo("pending");

        held.countDown();

        assertThat(first).failsWithin(WAIT);
        STRIPE.goOn();
        await().atMost(WAIT).untilAsserted(() -> assertThat(flags()).containsExactly("charge_not_refundable"));
        assertThat(told()).endsWith("io.tillstream.payment.refund_failed.v1");
    }

    @Test
    void theSameRequestManyTimesAtOnceIsOneRefund() {
        UUID id = UUID.randomUUID();
        RefundFlow patient = patient();
        List<RefundStatus> ends = Flux.range(0, 10)
                .flatMap(i -> patient.refund(wish(id, null)))
                .map(Refund::status)
                .collectList()
                .block(WAIT);
        assertThat(ends).hasSize(10).containsOnly(RefundStatus.SUCCEEDED);
        assertThat(atStripe()).hasSize(1);
    }

    /** The operator was told that it is under way, so it is not over with the first no. */
    @Test
    void aPromisedRefundThatCannotBeMadeYetIsMadeLaterAndItsAmountIsKeptForIt() {
        Refund promised = promised();
        STRIPE.next(NONE, NONE, NONE, NO_BALANCE);
        seenTo(promised, RefundStatus.DELAYED);
        assertThat(told()).endsWith("io.tillstream.payment.refund_delayed.v1");
        refusedWith("refund-exceeds-paid", 700L);

        seenTo(promised, RefundStatus.SUCCEEDED);

        assertThat(atStripe()).hasSize(1);
        assertThat(refunds.find(promised.id()).block(WAIT).money()).isEqualTo(new Money(400, "usd"));
    }

    /** Else nobody learns that the buyer, who was promised it, does not get it. */
    @Test
    void aPromisedRefundThatStripeWillNotMakeIsToldAndFlaggedUntilAsMuchIsGivenBackAnew() {
        Refund promised = promised();
        STRIPE.next(NONE, NONE, NONE, NOT_REFUNDABLE);
        seenTo(promised, RefundStatus.REFUSED);

        assertThat(told()).endsWith("io.tillstream.payment.refund_failed.v1");
        assertThat(texts("select payload::json ->> 'refundId' from outbox where aggregate_id = :reference"
                        + " and type like '%refund_failed%'"))
                .containsExactly(promised.id().toString());
        assertThat(flags()).containsExactly("charge_not_refundable");
        refund(300L);
        assertThat(flags()).as("less than was promised").hasSize(1);
        refund(100L);
        assertThat(flags()).isEmpty();
    }

    /** The second buyer's promise would be forgotten with the first's. */
    @Test
    void oneRefundMakesGoodOnePromiseOfTwo() {
        failedPromise(400);
        failedPromise(400);
        assertThat(flags()).hasSize(2);

        refund(400L);
        assertThat(flags()).hasSize(1);
        refund(1L);
        assertThat(flags()).as("it counts once").hasSize(1);

        refund(399L);
        assertThat(flags()).isEmpty();
    }

    /** The flag that stays would name what was given back by then, and the other buyer's would be forgotten. */
    @Test
    void aRefundMakesGoodThePromiseOfItsOwnAmountFirst() {
        failedPromise(300);
        failedPromise(400);

        refund(400L);
        assertThat(flaggedAmounts()).containsExactly("300");

        refund(300L);
        assertThat(flags()).isEmpty();
    }

    private List<String> flaggedAmounts() {
        return texts("select amount::text from refunds where reference = :reference and attention is not null");
    }

    @Test
    void aRefundThatWasGivenBeforeThePromisedOneFailedDoesNotMakeItGood() {
        refund(500L);
        Refund promised = promised();
        STRIPE.next(NONE, NONE, NONE, NOT_REFUNDABLE);
        seenTo(promised, RefundStatus.REFUSED);
        refund(1L);
        assertThat(flags()).hasSize(1);
    }

    /** Nobody has to see to it, but the order would say for ever that it is under way. */
    @Test
    void aPromisedRefundOfWhatWentBackOtherwiseIsToldAndNotFlagged() {
        Refund promised = promised();
        STRIPE.next(NONE, NONE, NONE, NO_BALANCE);
        seenTo(promised, RefundStatus.DELAYED);
        ObjectNode whole = STRIPE.objects
                .object("re", "refund", Map.of())
                .put("amount", 1000)
                .put("currency", "usd")
                .put("payment_intent", StripeObjects.id(intent))
                .put("status", "succeeded");
        deliver(STRIPE.objects.tell("refund.created", whole));

        seenTo(promised, RefundStatus.REFUSED);

        assertThat(told()).endsWith("io.tillstream.payment.refund_failed.v1");
        assertThat(flags()).isEmpty();
        assertThat(atStripe()).isEmpty();
    }

    /** Who heard the no themselves need not be told of it. */
    @Test
    void aRefundThatIsRefusedAtOnceIsForNobodyElse() {
        STRIPE.next(NOT_REFUNDABLE);
        refusedWith("refund-refused", 400L);
        assertThat(flags()).isEmpty();
        assertThat(told()).noneMatch(type -> type.contains("refund_failed"));
    }

    private long askedFor() {
        return STRIPE.requests.stream()
                .filter(request -> request.path().equals("/v1/refunds")
                        && request.method().equals("POST")
                        && StripeObjects.id(intent).equals(request.form().get("payment_intent")))
                .count();
    }

    private static void passes(CountDownLatch held) {
        try {
            assertThat(held.await(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As the service's, but it does not wait for what is held anyway. */
    private RefundFlow impatient() {
        return answersWithin(Duration.ofMillis(200));
    }

    /** As the service's, but on a busy machine its caller has an answer too. */
    private RefundFlow patient() {
        return answersWithin(WAIT);
    }

    private RefundFlow answersWithin(Duration longest) {
        var soon = new PaymentSettings(WAIT, WAIT, longest, WAIT);
        return new RefundFlow(payments, refunds, reservation, submitter, owed, soon, Clock.systemUTC());
    }

    private void sweepNow(UUID id) {
        database.sql("update refunds set next_ask_at = now() - interval '1 day' where id = :id")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .block(WAIT);
        sweep.round().block(WAIT);
    }

    @ParameterizedTest
    @CsvSource({"0, 60", "1, 120", "2, 240", "3, 300", "5, 300", "6, 3600", "7, 86400"})
    void theRestsBeforeARefundIsAskedForAgainBeginWithTheFirstAndDouble(int asks, long seconds) {
        UUID id = UUID.randomUUID();
        var unused = reservation.reserve(wish(id, 250L)).block(WAIT);
        Long rest = transactions
                .run(database.sql(
                                "update refunds set asks = :asks, next_ask_at = now() - interval '1 day' where id = :id")
                        .bind("asks", asks)
                        .bind("id", id)
                        .fetch()
                        .rowsUpdated()
                        .thenMany(refunds.claimOverdue()) // in one transaction: the sweep does not see it
                        .then(database.sql("select extract(epoch from next_ask_at - now())::bigint as rest from refunds"
                                        + " where id = :id")
                                .bind("id", id)
                                .map(row -> row.get("rest", Long.class))
                                .one()))
                .block(WAIT);
        assertThat(rest).isEqualTo(seconds);
    }

    @Test
    void ourOwnRefundsEventAndAnswerAreOneRefund() {
        int before = STRIPE.objects.events.size();
        refund(250L);
        StripeEvent created = STRIPE.objects.events.get(before);
        deliver(created);
        deliver(created);
        assertThat(refunds.of(reference).collectList().block(WAIT)).hasSize(1);
        assertThat(told())
                .filteredOn(type -> type.endsWith("payment.refunded.v1"))
                .hasSize(1);
    }

    @Test
    void aDisputedPaymentIsNotRefunded() {
        ObjectNode dispute = STRIPE.objects
                .object("dp", "dispute", Map.of())
                .put("amount", 1000)
                .put("currency", "usd")
                .put("payment_intent", StripeObjects.id(intent))
                .put("status", "needs_response");
        deliver(STRIPE.objects.tell("charge.dispute.created", dispute));
        refusedWith("payment-disputed", 100L);
        dispute.put("status", "won");
        deliver(STRIPE.objects.tell("charge.dispute.closed", dispute));
        assertThat(refund(100L).status()).isEqualTo(RefundStatus.SUCCEEDED);
    }

    @Test
    void moneyOfARefundThatFailedLaterCanBeRefundedAgain() {
        refund(null);
        ObjectNode refund = atStripe().get(0).put("status", "failed").put("failure_reason", "lost_or_stolen_card");
        deliver(STRIPE.objects.tell("refund.failed", refund));
        assertThat(told()).endsWith("io.tillstream.payment.refund_failed.v1");
        assertThat(refund(1000L).status()).isEqualTo(RefundStatus.SUCCEEDED);
    }

    @Test
    void aChargeThatSaysMoreWentBackThanWeKnowIsLookedUp() {
        ObjectNode refund = STRIPE.objects
                .object("re", "refund", Map.of())
                .put("amount", 150)
                .put("currency", "usd")
                .put("payment_intent", StripeObjects.id(intent))
                .put("status", "succeeded");
        STRIPE.objects.all.put(StripeObjects.id(refund), refund);
        ObjectNode charge = STRIPE.objects
                .object("ch", "charge", Map.of())
                .put("amount_refunded", 150)
                .put("payment_intent", StripeObjects.id(intent));
        deliver(STRIPE.objects.tell("charge.refunded", charge));
        assertThat(refunds.of(reference).blockFirst(WAIT).money()).isEqualTo(new Money(150, "usd"));
    }

    /** Metadata is anybody's to write: a refund of another sum is not the one that was asked for, and does not stand for it. */
    @Test
    void aRefundAtStripeThatCopiesTheMetadataOfOursIsOneOfItsOwn() {
        Refund ours = refund(400L);
        ObjectNode copy = STRIPE.objects
                .object("re", "refund", Map.of("metadata[refund_id]", ours.id().toString()))
                .put("amount", 100)
                .put("currency", "usd")
                .put("payment_intent", StripeObjects.id(intent))
                .put("status", "failed");
        deliver(STRIPE.objects.tell("refund.failed", copy));
        assertThat(refunds.find(ours.id()).block(WAIT).status()).isEqualTo(RefundStatus.SUCCEEDED);
        assertThat(refunds.of(reference).map(Refund::money).collectList().block(WAIT))
                .containsExactlyInAnyOrder(new Money(400, "usd"), new Money(100, "usd"));
    }

    @Test
    void whatWasNotPaidCannotBeRefunded() {
        assertThatThrownBy(() -> flow.refund(
                                new RefundFlow.RefundCommand(UUID.randomUUID(), "ord_none", null, null, null, null))
                        .block(WAIT))
                .isInstanceOfSatisfying(
                        Problem.class, no -> assertThat(no.code()).isEqualTo("not-paid"));
    }

    /** Each has a rest of a day; one that Stripe's no asked for is none that its absence did. */
    @ParameterizedTest
    @CsvSource({
        "unknown, 9, 60, true",
        "initiated, 1, 60, true",
        "initiated, 0, 60, false", // its own request is under way
        "pending, 3, -1, false", // its bank is at it
        "delayed, 3, 60, false", // refused since it was asked for
        "delayed, 3, -60, true" // asked for since it was refused, and Stripe was away
    })
    void whatHasNoAnswerIsDueAtOnceWhenStripeIsBack(String status, int asks, int answeredAfter, boolean due) {
        UUID refund = UUID.randomUUID();
        Boolean isDue = transactions
                .run(database.sql("""
                                insert into refunds (id, payment_id, reference, amount, asked_amount, currency, purpose, status,
                                    asks, next_ask_at, claimed_at, updated_at)
                                values (:id, :payment, :reference, 100, 100, 'usd', 'late', :status, :asks,
                                    now() + interval '1 day', now(), now() + make_interval(secs => :answeredAfter))
                                """)
                        .bind("id", refund)
                        .bind("payment", payment)
                        .bind("reference", reference)
                        .bind("status", status)
                        .bind("asks", asks)
                        .bind("answeredAfter", (double) answeredAfter)
                        .fetch()
                        .rowsUpdated()
                        .then(Mono.defer(refunds::makeDue)
                                .repeat()
                                .takeUntil(more -> more == 0)
                                .then())
                        .then(database.sql("select next_ask_at <= now() as due from refunds where id = :id")
                                .bind("id", refund)
                                .map(row -> row.get("due", Boolean.class))
                                .one()))
                .block(WAIT);
        assertThat(isDue).isEqualTo(due);
    }
}
