package io.tillstream.payment.payment;

import static io.tillstream.payment.fake.FakeStripe.Fault.ANSWER_LOST;
import static io.tillstream.payment.fake.FakeStripe.Fault.AWAY;
import static io.tillstream.payment.fake.FakeStripe.Fault.FAILED_FOR_GOOD;
import static io.tillstream.payment.fake.FakeStripe.Fault.FAILURE_KEPT;
import static io.tillstream.payment.fake.FakeStripe.Fault.SLOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tillstream.events.Money;
import io.tillstream.payment.customer.CustomerFacade;
import io.tillstream.payment.fake.RealPayments;
import io.tillstream.payment.fake.StripeObjects;
import io.tillstream.payment.payable.Method;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentOptions;
import io.tillstream.payment.payable.PaymentSettings;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.Payments;
import io.tillstream.payment.settlement.PaymentRefetch;
import io.tillstream.stripe.CompensationGuard;
import io.tillstream.web.Problem;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

class PaymentFlowIT extends RealPayments {

    @Autowired
    private PaymentFlow flow;

    @Autowired
    private PaymentClosure closing;

    @Autowired
    private PaymentSweep sweep;

    @Autowired
    private Payments payments;

    @Autowired
    private Payables payables;

    @Autowired
    private PaymentAdmission admission;

    @Autowired
    private PaymentSubmitter submitter;

    @Autowired
    private PaymentRefetch refetch;

    @Autowired
    private CardOwnership cards;

    @Autowired
    private CustomerFacade customers;

    private PaymentCommand order(UUID id, Method method, @Nullable String card) {
        var terms = new PaymentOptions(
                "Books",
                List.of(new PaymentOptions.Line("Emma", 1, 1999)),
                null,
                "https://shop/ok",
                "https://shop",
                false,
                false,
                false,
                null);
        String token = method == Method.TOKEN ? "tok_visa" : null;
        return new PaymentCommand(id, reference, user, new Money(1999, "usd"), method, card, token, terms);
    }

    private PaymentResult pay(UUID id, Method method, @Nullable String card) {
        return flow.pay(order(id, method, card)).block(WAIT);
    }

    private PaymentResult pay(Method method, @Nullable String card) {
        return pay(UUID.randomUUID(), method, card);
    }

    private PaymentStatus stored(PaymentResult asked) {
        return payments.find(asked.payment().id()).block(WAIT).status();
    }

    private List<ObjectNode> intents(UUID attempt) {
        return STRIPE.objects.ofAttempt("payment_intent", attempt);
    }

    @Test
    void aGoodCardPaysAndSettlesThePayable() {
        PaymentResult paid = pay(Method.CARD, "pm_card_visa");
        assertThat(paid.payment().status()).isEqualTo(PaymentStatus.SUCCEEDED);
        assertThat(told()).containsExactly("io.tillstream.payment.succeeded.v1");
        assertThat(history(paid.payment().id())).containsExactly("initiated by api", "succeeded by api");
        assertThatThrownBy(() -> pay(Method.CARD, "pm_card_visa"))
                .isInstanceOfSatisfying(
                        Problem.class, no -> assertThat(no.code()).isEqualTo("payable-settled"));
    }

    @Test
    void theSameKeyIsTheSamePaymentAndOneIntent() {
        UUID id = UUID.randomUUID();
        PaymentResult first = pay(id, Method.PAYMENT_ELEMENT, null);
        PaymentResult second = pay(id, Method.PAYMENT_ELEMENT, null);
        assertThat(first.payment().status()).isEqualTo(PaymentStatus.ACTION_REQUIRED);
        assertThat(second.clientSecret()).isNotNull().isEqualTo(first.clientSecret());
        assertThat(intents(id)).hasSize(1);
    }

    @Test
    void noClientSecretAndNoPageRestsInATable() {
        pay(Method.PAYMENT_ELEMENT, null);
        pay(Method.CHECKOUT, null);
        assertThat(texts("select p::text from payments p where reference = :reference"))
                .noneMatch(row -> row.contains("_secret") || row.contains("checkout.stripe.com"));
    }

    @Test
    void aDeclinedCardLeavesThePayableOpenAndTheNextAttemptClosesTheFirstAtStripe() {
        PaymentResult declined = pay(Method.CARD, "pm_card_Declined_Insufficient");
        assertThat(declined.payment().status()).isEqualTo(PaymentStatus.FAILED);
        assertThat(declined.payment().failure().declineCode()).isEqualTo("insufficient_funds");
        assertThat(declined.payment().failure().retryable()).isTrue();
        PaymentResult paid = pay(Method.CARD, "pm_card_visa");
        assertThat(paid.payment().status()).isEqualTo(PaymentStatus.SUCCEEDED);
        assertThat(intents(declined.payment().id()).get(0).get("status").stringValue())
                .isEqualTo("canceled");
    }

    @Test
    void aTokenIsNotKept() {
        PaymentResult paid = pay(Method.TOKEN, null);
        assertThat(paid.payment().status()).isEqualTo(PaymentStatus.SUCCEEDED);
        assertThat(texts("select p::text from payments p where reference = :reference"))
                .noneMatch(row -> row.contains("tok_"));
    }

    @Test
    void aCardThatWantsItsOwnerSeenGivesTheBrowserASecret() {
        PaymentResult asked = pay(Method.CARD, "pm_card_3ds");
        assertThat(asked.payment().status()).isEqualTo(PaymentStatus.ACTION_REQUIRED);
        assertThat(asked.clientSecret()).isNotNull();
    }

    @Test
    void aNewSessionExpiresTheOlder() {
        PaymentResult first = pay(Method.CHECKOUT, null);
        PaymentResult second = pay(Method.CHECKOUT, null);
        assertThat(first.checkoutUrl()).isNotNull().isNotEqualTo(second.checkoutUrl());
        assertThat(stored(first)).isEqualTo(PaymentStatus.CANCELED);
        assertThat(STRIPE.objects
                        .ofAttempt("checkout.session", first.payment().id())
                        .get(0)
                        .get("status")
                        .stringValue())
                .isEqualTo("expired");
    }

    @Test
    void aLostAnswerIsUnknownAndHoldsThePayableUntilTheSweepFindsTheTruth() {
        STRIPE.next(ANSWER_LOST);
        PaymentResult unknown = pay(Method.CARD, "pm_card_visa");
        assertThat(unknown.payment().status()).isEqualTo(PaymentStatus.UNKNOWN);
        assertThatThrownBy(() -> pay(Method.CARD, "pm_card_visa"))
                .isInstanceOfSatisfying(
                        Problem.class, no -> assertThat(no.code()).isEqualTo("payment-in-progress"));
        sweep.findOut(unknown.payment()).block(WAIT);
        assertThat(stored(unknown)).isEqualTo(PaymentStatus.SUCCEEDED);
        assertThat(intents(unknown.payment().id())).hasSize(1);
    }

    /** Stripe keeps a key for a day: the buyer would pay twice, or have a second page to pay on. */
    @ParameterizedTest
    @EnumSource(names = {"CARD", "CHECKOUT", "PAYMENT_ELEMENT"})
    void whatStripeDidUnderAKeyThatItForgotIsNotDoneOnceMore(Method method) {
        String card = method == Method.CARD ? "pm_card_visa" : null;
        UUID id = UUID.randomUUID();
        STRIPE.next(ANSWER_LOST);
        assertThat(pay(id, method, card).payment().status()).isEqualTo(PaymentStatus.UNKNOWN);
        STRIPE.forgetsKeys();
        database.sql("update payments set created_at = now() - interval '25 hours' where id = :id")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .block(WAIT);

        PaymentResult again = pay(id, method, card);

        assertThat(again.payment().status())
                .isEqualTo(method == Method.CARD ? PaymentStatus.SUCCEEDED : PaymentStatus.ACTION_REQUIRED);
        assertThat(again.checkoutUrl() != null).isEqualTo(method == Method.CHECKOUT);
        assertThat(intents(id)).hasSize(method == Method.CHECKOUT ? 0 : 1);
        assertThat(STRIPE.objects.ofAttempt("checkout.session", id)).hasSize(method == Method.CHECKOUT ? 1 : 0);
    }

    @Test
    void aProcessThatEndedBeforeAskingIsMadeGoodByTheSweepWithTheSameKey() {
        STRIPE.next(AWAY, AWAY, AWAY, AWAY);
        UUID id = UUID.randomUUID();
        assertThatThrownBy(() -> pay(id, Method.CARD, "pm_card_visa"))
                .isInstanceOfSatisfying(
                        Problem.class, no -> assertThat(no.status()).isEqualTo(503));
        assertThat(payments.find(id).block(WAIT)).as("nothing half done").isNull();
        assertThat(pay(id, Method.CARD, "pm_card_visa").payment().status()).isEqualTo(PaymentStatus.SUCCEEDED);
    }

    @Test
    void anAttemptThatWasCommittedAndNeverAskedForIsAskedForBySweep() {
        UUID id = UUID.randomUUID();
        pay(id, Method.CARD, "pm_card_Declined_stolen");
        database.sql("update payments set status = 'initiated', version = 0, active = true, stripe_intent_id ="
                        + " null, intent = null, failure = null where id = :id")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .block(WAIT);
        database.sql("delete from payment_history where payment_id = :id and version > 0")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .block(WAIT);
        sweep.findOut(payments.find(id).block(WAIT)).block(WAIT);
        assertThat(payments.find(id).block(WAIT).status()).isEqualTo(PaymentStatus.FAILED);
        assertThat(intents(id)).hasSize(1);
    }

    /** Without a new key the order would be neither payable nor cancelable for a day. */
    @ParameterizedTest
    @EnumSource(
            value = Method.class,
            names = {"CARD", "PAYMENT_ELEMENT", "CHECKOUT"})
    void aCreationWhoseKeyRepeatsItsFailureIsLookedUpAndMadeOnceUnderTheNextKey(Method method) {
        UUID id = UUID.randomUUID();
        String card = method == Method.CARD ? "pm_card_visa" : null;
        STRIPE.next(FAILURE_KEPT);
        assertThat(pay(id, method, card).payment().status()).isEqualTo(PaymentStatus.UNKNOWN);
        PaymentStatus made = pay(id, method, card).payment().status();
        assertThat(made).isIn(PaymentStatus.SUCCEEDED, PaymentStatus.ACTION_REQUIRED);
        assertThat(pay(id, method, card).payment().status()).isEqualTo(made);
        String type = method == Method.CHECKOUT ? "checkout.session" : "payment_intent";
        assertThat(STRIPE.objects.ofAttempt(type, id)).hasSize(1);
    }

    @Test
    void aTokenWhoseKeyRepeatsItsFailureStillPays() {
        UUID id = UUID.randomUUID();
        PaymentCommand order = order(id, Method.TOKEN, null);
        PaymentCommand token =
                new PaymentCommand(id, reference, user, order.money(), Method.TOKEN, null, "tok_visa", order.terms());
        STRIPE.next(FAILURE_KEPT);
        assertThatThrownBy(() -> flow.pay(token).block(WAIT)).isInstanceOf(Problem.class);
        assertThat(flow.pay(token).block(WAIT).payment().status()).isEqualTo(PaymentStatus.SUCCEEDED);
        assertThat(intents(id)).hasSize(1);
    }

    /** Else the page stays open, and takes the money of an order that its buyer canceled. */
    @ParameterizedTest
    @EnumSource(
            value = Method.class,
            names = {"PAYMENT_ELEMENT", "CHECKOUT"})
    void aCancelThatStripeFailedOnceIsDoneAtTheNextTry(Method method) {
        pay(method, null);
        STRIPE.next(FAILURE_KEPT);
        assertThatThrownBy(() -> closing.close(reference, CloseReason.REQUESTED).block(WAIT))
                .isInstanceOfSatisfying(
                        Problem.class, no -> assertThat(no.status()).isEqualTo(503));
        assertThat(closing.close(reference, CloseReason.REQUESTED).block(WAIT)).isEqualTo("closed");
    }

    @Test
    void whatStripeDidNotMakeFailsOnlyAfterItsListProvesIt() {
        STRIPE.next(FAILED_FOR_GOOD);
        PaymentResult unknown = pay(Method.CARD, "pm_card_visa");
        sweep.findOut(unknown.payment()).block(WAIT);
        assertThat(stored(unknown)).as("too early to tell").isEqualTo(PaymentStatus.UNKNOWN);
        Payment old = payments.find(unknown.payment().id()).block(WAIT);
        database.sql("update payments set created_at = now() - interval '1 hour' where id = :id")
                .bind("id", old.id())
                .fetch()
                .rowsUpdated()
                .block(WAIT);
        sweep.findOut(payments.find(old.id()).block(WAIT)).block(WAIT);
        assertThat(stored(unknown)).isEqualTo(PaymentStatus.FAILED);
        assertThat(pay(Method.CARD, "pm_card_visa").payment().status()).isEqualTo(PaymentStatus.SUCCEEDED);
    }

    @Test
    void aSlowStripeIsAnsweredWithProcessingAndItsAnswerIsKeptAllTheSame() {
        STRIPE.next(SLOW);
        PaymentResult waiting = pay(Method.CARD, "pm_card_visa");
        assertThat(waiting.payment().status().shown()).isEqualTo("processing");
        STRIPE.goOn();
        await().atMost(WAIT).untilAsserted(() -> assertThat(stored(waiting)).isEqualTo(PaymentStatus.SUCCEEDED));
    }

    /** Else its page says processing for a day, of a payment that was never there. */
    @Test
    void aPaymentThatWasToldToGoOnEndsWithAReasonWhereStripeCouldNotBeAskedThen() {
        var held = new CountDownLatch(1);
        STRIPE.next(AWAY, AWAY, AWAY, AWAY);
        STRIPE.beforeAnswer(() -> passes(held));
        UUID id = UUID.randomUUID();
        PaymentResult told =
                impatient().pay(order(id, Method.CARD, "pm_card_visa")).block(WAIT);
        assertThat(told.payment().status().shown()).isEqualTo("processing");
        held.countDown();
        await().atMost(WAIT).untilAsserted(() -> assertThat(payments.find(id).block(WAIT))
                .isNotNull()
                .returns(PaymentStatus.FAILED, Payment::status)
                .returns("not_taken", payment -> payment.failure().code()));
        assertThat(history(id)).containsExactly("initiated by api", "failed by api");
        assertThat(told()).containsExactly("io.tillstream.payment.failed.v1");
        assertThat(pay(Method.CARD, "pm_card_visa").payment().status()).isEqualTo(PaymentStatus.SUCCEEDED);
    }

    /** The other one may have come through: only the sweep can tell. */
    @Test
    void aPaymentThatSomeoneElseAsksForTooIsNotGivenUp() {
        UUID id = UUID.randomUUID();
        Payment begun = admission
                .begin(
                        order(id, Method.CARD, "pm_card_visa"),
                        "cus_1",
                        payables.standing(reference, id, user).block(WAIT))
                .block(WAIT);
        var word = new CompensationGuard();
        assertThat(word.told()).isTrue();
        admission.share(begun).block(WAIT);
        STRIPE.next(AWAY, AWAY, AWAY, AWAY);

        submitter.ask(begun, null, word).block(WAIT);

        assertThat(payments.find(id).block(WAIT).status()).isEqualTo(PaymentStatus.INITIATED);
    }

    /** Else it takes money after its failure was told, beside the next try, which that made possible. */
    @Test
    void aPaymentThatEndsWhileItsRequestIsRepeatedIsNotAskedForAgain() throws Exception {
        UUID id = UUID.randomUUID();
        PaymentCommand wish = order(id, Method.CARD, "pm_card_visa");
        admission
                .begin(wish, "cus_1", payables.standing(reference, id, user).block(WAIT))
                .block(WAIT);
        CompletableFuture<PaymentResult> repeated;
        DATABASE.execute("begin; select 1 from payables where reference = '" + reference + "' for update");
        try {
            repeated = flow.pay(wish).toFuture();
            await().pollInterval(Duration.ofMillis(10)).atMost(WAIT).until(() -> !DATABASE.texts(
                            "select pid from pg_locks where not granted"
                                    + " and pg_backend_pid() = any(pg_blocking_pids(pid))")
                    .isEmpty());
            DATABASE.execute("update payments set status = 'failed' where id = '" + id + "'");
        } finally {
            DATABASE.execute("commit");
        }

        assertThat(repeated.get(WAIT.toSeconds(), TimeUnit.SECONDS).payment().status())
                .isEqualTo(PaymentStatus.FAILED);
        assertThat(intents(id)).isEmpty();
    }

    private static void passes(CountDownLatch held) {
        try {
            assertThat(held.await(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As the service's, but it does not wait for what is held anyway; the customer is there before. */
    private PaymentFlow impatient() {
        customers.stripeCustomerOf(user).block(WAIT);
        return answersWithin(Duration.ofMillis(500));
    }

    /** As the service's, but many at once have their answers on a busy machine too. */
    private PaymentFlow patient() {
        return answersWithin(WAIT);
    }

    private PaymentFlow answersWithin(Duration longest) {
        var soon = new PaymentSettings(WAIT, WAIT, longest, WAIT);
        return new PaymentFlow(payables, payments, admission, customers, cards, closing, submitter, refetch, soon);
    }

    @Test
    void aClientThatGoesAwayDoesNotLoseThePayment() {
        UUID id = UUID.randomUUID();
        flow.pay(order(id, Method.CARD, "pm_card_visa")).subscribe().dispose();
        pay(id, Method.CARD, "pm_card_visa");
        assertThat(intents(id)).hasSize(1);
    }

    @Test
    void ofManySimultaneousAttemptsOneTakesTheMoney() {
        PaymentFlow patient = patient();
        List<Object> ends = Flux.range(0, 10)
                .flatMap(i -> patient.pay(order(UUID.randomUUID(), Method.CARD, "pm_card_visa"))
                        .<Object>map(asked -> asked.payment().status())
                        .onErrorResume(Problem.class, no -> Mono.just(no.code())))
                .collectList()
                .block(WAIT);
        assertThat(ends).filteredOn(PaymentStatus.SUCCEEDED::equals).hasSize(1);
        assertThat(STRIPE.objects.all.values().stream()
                        .filter(object -> reference.equals(
                                object.path("metadata").path("order_id").asString(""))))
                .hasSize(1);
    }

    @Test
    void theSameRequestManyTimesAtOnceIsOnePayment() {
        UUID id = UUID.randomUUID();
        PaymentFlow patient = patient();
        List<PaymentStatus> ends = Flux.range(0, 10)
                .flatMap(i -> patient.pay(order(id, Method.CARD, "pm_card_visa")))
                .map(asked -> asked.payment().status())
                .collectList()
                .block(WAIT);
        assertThat(ends).hasSize(10).containsOnly(PaymentStatus.SUCCEEDED);
        assertThat(intents(id)).hasSize(1);
    }

    @Test
    void anAttemptThatSomeoneElseAsksForTooIsNotTakenBack() {
        UUID id = UUID.randomUUID();
        STRIPE.next(ANSWER_LOST, AWAY, AWAY, AWAY, AWAY);
        pay(id, Method.CARD, "pm_card_visa");
        assertThat(pay(id, Method.CARD, "pm_card_visa").payment().status().shown())
                .isEqualTo("processing");
        assertThat(pay(id, Method.CARD, "pm_card_visa").payment().status()).isEqualTo(PaymentStatus.SUCCEEDED);
    }

    @Test
    void twentyFirstPaymentsOfAUserMakeOneCustomer() {
        PaymentFlow patient = patient();
        Flux.range(0, 20)
                .flatMap(i -> {
                    PaymentCommand one = order(UUID.randomUUID(), Method.PAYMENT_ELEMENT, null);
                    return patient.pay(new PaymentCommand(
                            one.id(), reference + i, user, one.money(), one.method(), null, null, one.terms()));
                })
                .collectList()
                .block(WAIT);
        assertThat(STRIPE.objects.all.values().stream()
                        .filter(object -> user.equals(
                                object.path("metadata").path("user_id").asString("")))
                        .filter(object -> object.get("object").stringValue().equals("customer")))
                .hasSize(1);
    }

    @Test
    void anotherAmountOrUserIsRefused() {
        pay(Method.PAYMENT_ELEMENT, null);
        PaymentCommand one = order(UUID.randomUUID(), Method.CARD, "pm_card_visa");
        var dearer = new PaymentCommand(
                one.id(), reference, user, new Money(2999, "usd"), one.method(), "pm_card_visa", null, one.terms());
        assertThatThrownBy(() -> flow.pay(dearer).block(WAIT))
                .isInstanceOfSatisfying(
                        Problem.class, no -> assertThat(no.code()).isEqualTo("payable-differs"));
    }

    @Test
    void closingEndsTheWaysToPayAtStripeFirst() {
        PaymentResult open = pay(Method.PAYMENT_ELEMENT, null);
        assertThat(closing.close(reference, CloseReason.REQUESTED).block(WAIT)).isEqualTo("closed");
        assertThat(intents(open.payment().id()).get(0).get("status").stringValue())
                .isEqualTo("canceled");
        assertThatThrownBy(() -> pay(Method.CARD, "pm_card_visa"))
                .isInstanceOfSatisfying(
                        Problem.class, no -> assertThat(no.code()).isEqualTo("payable-closed"));
    }

    @Test
    void aPayableNobodyOpenedIsClosedAllTheSame() {
        assertThat(closing.close(reference, CloseReason.REQUESTED).block(WAIT)).isEqualTo("closed");
        assertThatThrownBy(() -> pay(Method.CARD, "pm_card_visa")).isInstanceOf(Problem.class);
    }

    @Test
    void closingLosesAgainstMoneyThatHasCome() {
        PaymentResult open = pay(Method.PAYMENT_ELEMENT, null);
        STRIPE.objects.succeed(intents(open.payment().id()).get(0), 1999);
        assertThat(closing.close(reference, CloseReason.REQUESTED).block(WAIT)).isEqualTo("settled");
        assertThat(stored(open)).isEqualTo(PaymentStatus.SUCCEEDED);
    }

    @Test
    void closingWaitsForMoneyThatIsOnItsWay() {
        pay(Method.CARD, "pm_card_slow");
        assertThat(closing.close(reference, CloseReason.REQUESTED).block(WAIT)).isEqualTo("processing");
    }

    @Test
    void theSessionThatWasPaidBeforeANewOneSettlesThePayable() {
        PaymentResult first = pay(Method.CHECKOUT, null);
        ObjectNode session = STRIPE.objects
                .ofAttempt("checkout.session", first.payment().id())
                .get(0);
        ObjectNode intent = STRIPE.objects.paySession(session);
        assertThatThrownBy(() -> pay(Method.CHECKOUT, null))
                .isInstanceOfSatisfying(
                        Problem.class, no -> assertThat(no.code()).isEqualTo("payable-settled"));
        assertThat(payments.findByIntent(StripeObjects.id(intent)).block(WAIT).status())
                .isEqualTo(PaymentStatus.SUCCEEDED);
    }

    /** A secret for a card that was declined: the buyer's page would wait for ever, and the key repeats it. */
    @Test
    void aSlowDeclineIsNotOutrankedByTheEventOfItsOwnCreation() {
        UUID id = UUID.randomUUID();
        STRIPE.beforeAnswer(() -> {
            ObjectNode intent = intents(id).get(0).deepCopy();
            intent.remove("last_payment_error");
            deliver(STRIPE.objects.tell("payment_intent.created", intent));
        });
        PaymentResult declined = pay(id, Method.CARD, "pm_card_Declined_stolen");
        assertThat(declined.payment().status()).isEqualTo(PaymentStatus.FAILED);
        assertThat(declined.clientSecret()).isNull();
        assertThat(pay(id, Method.CARD, "pm_card_Declined_stolen").payment().status())
                .isEqualTo(PaymentStatus.FAILED);
    }

    /** The page was closed by this very request; what is left of it cannot be confirmed any more. */
    @ParameterizedTest
    @ValueSource(strings = {"requires_payment_method", "requires_action"})
    void afterADeclineOrALeftCheckOnAPageTheNextWayPays(String status) {
        PaymentResult page = pay(Method.CHECKOUT, null);
        ObjectNode intent = STRIPE.objects
                .object(
                        "pi",
                        "payment_intent",
                        Map.of("metadata[attempt_id]", page.payment().id().toString(), "metadata[env]", "local"))
                .put("amount", 1999)
                .put("customer", page.payment().stripeCustomerId())
                .put("currency", "usd")
                .put("status", status);
        STRIPE.objects.all.put(StripeObjects.id(intent), intent);
        deliver(STRIPE.objects.tell(
                status.equals("requires_action") ? "payment_intent.requires_action" : "payment_intent.payment_failed",
                intent));
        assertThat(pay(Method.CARD, "pm_card_visa").payment().status()).isEqualTo(PaymentStatus.SUCCEEDED);
        assertThat(STRIPE.objects
                        .ofAttempt("checkout.session", page.payment().id())
                        .get(0)
                        .get("status")
                        .stringValue())
                .isEqualTo("expired");
    }
}
