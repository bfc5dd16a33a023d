package io.tillstream.payment.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.Transactions;
import io.tillstream.delivery.TransientFault;
import io.tillstream.events.Money;
import io.tillstream.payment.fake.StripeObjects;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.refund.Refund;
import io.tillstream.payment.refund.RefundStatus;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.testing.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class SettlementIT extends Attempted {

    @Autowired
    private MetadataClaimVerifier claims;

    @RepeatedTest(20)
    void anyOrderOfTheEventsOfALifeWithRepeatsEndsInStripesState(RepetitionInfo repetition) {
        int before = STRIPE.objects.events.size();
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        STRIPE.objects.tell("payment_intent.created", intent);
        intent.put("status", "requires_action");
        STRIPE.objects.tell("payment_intent.requires_action", intent);
        intent.put("status", "requires_payment_method")
                .putObject("last_payment_error")
                .put("code", "card_declined");
        STRIPE.objects.tell("payment_intent.payment_failed", intent);
        intent.put("status", "processing");
        STRIPE.objects.tell("payment_intent.processing", intent);
        STRIPE.objects.succeed(intent, 1999);
        List<StripeEvent> life = since(before);
        List<StripeEvent> shuffled = new ArrayList<>(life);
        shuffled.addAll(life);
        Collections.shuffle(shuffled, Seed.random(repetition.getCurrentRepetition()));
        shuffled.forEach(this::deliver);
        assertThat(status(payment)).isEqualTo(PaymentStatus.SUCCEEDED);
        assertThat(told())
                .filteredOn(type -> type.endsWith("payment.succeeded.v1"))
                .hasSize(1);
    }

    @RepeatedTest(10)
    void anyOrderThatEndsWithoutMoneyEndsInStripesStateToo(RepetitionInfo repetition) {
        int before = STRIPE.objects.events.size();
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        STRIPE.objects.tell("payment_intent.created", intent);
        intent.putObject("last_payment_error").put("code", "card_declined");
        STRIPE.objects.tell("payment_intent.payment_failed", intent);
        intent.put("status", "processing");
        STRIPE.objects.tell("payment_intent.processing", intent);
        List<StripeEvent> life = since(before);
        Collections.shuffle(life, Seed.random(repetition.getCurrentRepetition()));
        life.forEach(this::deliver);
        assertThat(status(payment)).isEqualTo(PaymentStatus.PROCESSING);
    }

    @Autowired
    private StripeEventRouter events;

    @Autowired
    private PaymentRefetch answers;

    @Autowired
    private Transactions transactions;

    /** Who pays would be sent to their bank with a card that was declined. */
    @Test
    void whatWasReadBeforeAnAnswerDoesNotTakeItsPlace() {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        int before = STRIPE.objects.events.size();
        STRIPE.objects.tell("payment_intent.created", intent);
        intent.put("status", "requires_action");
        STRIPE.objects.tell("payment_intent.requires_action", intent);
        deliver(since(before).get(1));
        intent.put("status", "requires_confirmation");
        STRIPE.objects.tell("payment_intent.processing", intent);
        StripeEvent unclear = since(before).get(2);
        intent.put("status", "requires_action");
        assertThat(transactions.run(events.apply(unclear, Optional.empty())).block(WAIT))
                .isEqualTo(new EventOutcome.NeedsRefetch());
        JsonNode read = events.refetch(unclear).block(WAIT);
        intent.put("status", "requires_payment_method")
                .putObject("last_payment_error")
                .put("code", "card_declined");
        answers.learn(payments.find(payment.id()).block(WAIT), intent, "call").block(WAIT);

        assertThatThrownBy(() -> transactions
                        .run(events.apply(unclear, Optional.of(read)))
                        .block(WAIT))
                .isInstanceOf(TransientFault.class);

        assertThat(status(payment)).isEqualTo(PaymentStatus.FAILED);
    }

    @Test
    void aSecondSuccessIsRefundedAndTheFirstStays() {
        Payment first = attempt();
        Payment second = attempt();
        ObjectNode firstIntent = intent(first);
        ObjectNode secondIntent = intent(second);
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(firstIntent, 1999);
        STRIPE.objects.succeed(secondIntent, 1999);
        since(before).forEach(this::deliver);
        await().atMost(WAIT).untilAsserted(() -> assertThat(told())
                .containsExactly("io.tillstream.payment.succeeded.v1", "io.tillstream.payment.duplicate_refunded.v1"));
        Refund back = refunds.ofPayment(second.id()).blockFirst(WAIT);
        assertThat(back.status()).isEqualTo(RefundStatus.SUCCEEDED);
        assertThat(back.money()).isEqualTo(new Money(1999, "usd"));
        assertThat(refunds.ofPayment(first.id()).collectList().block(WAIT)).isEmpty();
    }

    @Test
    void moneyThatComesAfterTheCloseIsRefunded() {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        payables.lock(reference).flatMap(payables::close).block(WAIT);
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, 1999);
        since(before).forEach(this::deliver);
        await().atMost(WAIT)
                .untilAsserted(() -> assertThat(told()).containsExactly("io.tillstream.payment.late_refunded.v1"));
    }

    @Test
    void theWrongAmountIsNeverCalledPaid() {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, 999);
        since(before).forEach(this::deliver);
        assertThat(status(payment)).isEqualTo(PaymentStatus.MISMATCHED);
        assertThat(payables.find(reference).block(WAIT).isOpen()).isTrue();
        assertThat(told()).containsExactly("io.tillstream.payment.failed.v1");
    }

    @Test
    void anotherSystemsIntentIsIgnored() {
        ObjectNode intent = STRIPE.objects
                .object("pi", "payment_intent", Map.of())
                .put("amount", 1)
                .put("currency", "usd")
                .put("status", "requires_payment_method");
        assertThat(deliver(STRIPE.objects.tell("payment_intent.created", intent)))
                .isInstanceOf(EventOutcome.Ignored.class);
    }

    @Test
    void aCopyOfOurMetadataAtAnotherCustomersIntentPaysNothing() {
        Payment payment = attempt();
        ObjectNode copy = intent(payment).put("customer", "cus_of_another_system");
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(copy, 1999);

        assertThat(since(before).stream()
                        .filter(event -> event.type().startsWith("payment_intent."))
                        .map(this::deliver)
                        .toList())
                .isNotEmpty()
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(EventOutcome.Ignored.class));

        assertThat(status(payment)).isEqualTo(PaymentStatus.INITIATED);
    }

    @Test
    void anIntentOfNobodyWithACopyOfOurMetadataPaysNothing() {
        Payment payment = attempt();
        ObjectNode copy = intent(payment);
        copy.putNull("customer");
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(copy, 1999);

        since(before).forEach(this::deliver);

        assertThat(status(payment)).isEqualTo(PaymentStatus.INITIATED);
        assertThat(told()).isEmpty();
        assertThat(claim(StripeObjects.id(copy), payment.id().toString(), null)).isFalse();
        assertThat(claim(StripeObjects.id(copy), payment.id().toString(), payment.stripeCustomerId()))
                .as("asked for a customer that is the payment's")
                .isTrue();
    }

    /** One that was not made by page has no page; a second page of one that was is somebody else's. */
    @Test
    void aPageThatWeDidNotMakePaysNothing() {
        Payment payment = attempt();
        ObjectNode page = STRIPE.objects
                .object(
                        "cs",
                        "checkout.session",
                        Map.of(
                                "metadata[attempt_id]",
                                payment.id().toString(),
                                "metadata[env]",
                                "local",
                                "metadata[order_id]",
                                reference))
                .put("mode", "payment")
                .put("status", "complete")
                .put("payment_status", "paid")
                .put("amount_total", 1999)
                .put("currency", "usd")
                .put("customer", payment.stripeCustomerId())
                .put("payment_intent", "pi_of_somebody");
        assertThat(deliver(STRIPE.objects.tell("checkout.session.completed", page)))
                .isInstanceOf(EventOutcome.Ignored.class);
        assertThat(status(payment)).isEqualTo(PaymentStatus.INITIATED);
        assertThat(claim(StripeObjects.id(page), payment.id().toString(), payment.stripeCustomerId()))
                .isFalse();
    }

    @Test
    void anIntentIsThePayablesByLinkOrByAttemptAndCustomer() {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        String id = StripeObjects.id(intent);
        String attempt = payment.id().toString();
        assertThat(claim(id, attempt, payment.stripeCustomerId())).isTrue();
        assertThat(claim(id, attempt, "cus_other")).isFalse();
        assertThat(claim(id, UUID.randomUUID().toString(), payment.stripeCustomerId()))
                .isFalse();
        assertThat(claim(id, "no-uuid", payment.stripeCustomerId())).isFalse();
        assertThat(claim(id, null, null)).isFalse();
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, 1999);
        since(before).forEach(this::deliver);
        assertThat(claim(id, null, null)).as("it is linked").isTrue();
        assertThat(claims.areOurs("another-order", id, attempt, payment.stripeCustomerId())
                        .block(WAIT))
                .isFalse();
    }

    private boolean claim(String objectId, @Nullable String attempt, @Nullable String customer) {
        return Boolean.TRUE.equals(
                claims.areOurs(reference, objectId, attempt, customer).block(WAIT));
    }

    @Test
    void anIntentOfAnAttemptThatIsNotHereYetWaits() {
        ObjectNode intent = STRIPE.objects
                .object(
                        "pi",
                        "payment_intent",
                        Map.of("metadata[attempt_id]", UUID.randomUUID().toString(), "metadata[env]", "local"))
                .put("amount", 1)
                .put("currency", "usd")
                .put("status", "requires_payment_method");
        assertThat(deliver(STRIPE.objects.tell("payment_intent.created", intent)))
                .isInstanceOf(EventOutcome.Parked.class);
    }

    @Test
    void aRefundAtTheDashboardIsToldAndItsLaterFailureToo() {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, 1999);
        since(before).forEach(this::deliver);
        ObjectNode refund = STRIPE.objects
                .object("re", "refund", Map.of())
                .put("amount", 500)
                .put("currency", "usd")
                .put("payment_intent", StripeObjects.id(intent))
                .put("status", "succeeded");
        StripeEvent created = STRIPE.objects.tell("refund.created", refund);
        refund.put("status", "failed").put("failure_reason", "expired_or_canceled_card");
        StripeEvent failed = STRIPE.objects.tell("refund.failed", refund);
        deliver(created);
        deliver(failed);
        deliver(created);
        assertThat(told())
                .containsExactly(
                        "io.tillstream.payment.succeeded.v1",
                        "io.tillstream.payment.refunded.v1",
                        "io.tillstream.payment.refund_failed.v1");
    }

    @Test
    void aDisputeIsToldOnceAndItsEndOnce() {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, 1999);
        since(before).forEach(this::deliver);
        ObjectNode dispute = STRIPE.objects
                .object("dp", "dispute", Map.of())
                .put("amount", 1999)
                .put("currency", "usd")
                .put("payment_intent", StripeObjects.id(intent))
                .put("status", "needs_response")
                .put("reason", "fraudulent");
        StripeEvent created = STRIPE.objects.tell("charge.dispute.created", dispute);
        dispute.put("status", "lost");
        StripeEvent closed = STRIPE.objects.tell("charge.dispute.closed", dispute);
        deliver(closed);
        deliver(created);
        deliver(closed);
        assertThat(told())
                .containsExactly(
                        "io.tillstream.payment.succeeded.v1",
                        "io.tillstream.payment.disputed.v1",
                        "io.tillstream.payment.dispute_closed.v1");
    }

    /** A customer can take a dispute back at their bank after it was decided: who heard "lost" has to hear "won". */
    @Test
    void aDisputeThatIsWonAfterItWasLostIsToldAgain() {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, 1999);
        since(before).forEach(this::deliver);
        ObjectNode dispute = STRIPE.objects
                .object("dp", "dispute", Map.of())
                .put("amount", 1999)
                .put("currency", "usd")
                .put("payment_intent", StripeObjects.id(intent))
                .put("status", "lost")
                .put("reason", "fraudulent");
        deliver(STRIPE.objects.tell("charge.dispute.closed", dispute));
        dispute.put("status", "won");
        deliver(STRIPE.objects.tell("charge.dispute.funds_reinstated", dispute));
        deliver(STRIPE.objects.tell("charge.dispute.closed", dispute));
        assertThat(told())
                .containsExactly(
                        "io.tillstream.payment.succeeded.v1",
                        "io.tillstream.payment.disputed.v1",
                        "io.tillstream.payment.dispute_closed.v1",
                        "io.tillstream.payment.dispute_closed.v1");
    }

    /** An inquiry takes no money, a dispute does: who heard of the one has to hear of the other. */
    @Test
    void anInquiryThatBecomesADisputeIsToldAgain() {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, 1999);
        since(before).forEach(this::deliver);
        ObjectNode dispute = STRIPE.objects
                .object("dp", "dispute", Map.of())
                .put("amount", 1999)
                .put("currency", "usd")
                .put("payment_intent", StripeObjects.id(intent))
                .put("status", "warning_needs_response")
                .put("reason", "fraudulent");
        StripeEvent inquiry = STRIPE.objects.tell("charge.dispute.created", dispute);
        deliver(inquiry);
        dispute.put("status", "warning_under_review");
        deliver(STRIPE.objects.tell("charge.dispute.updated", dispute));
        dispute.put("status", "needs_response");
        StripeEvent disputed = STRIPE.objects.tell("charge.dispute.updated", dispute);
        deliver(disputed);
        deliver(inquiry);
        deliver(disputed);
        dispute.put("status", "under_review");
        deliver(STRIPE.objects.tell("charge.dispute.updated", dispute));
        assertThat(told())
                .containsExactly(
                        "io.tillstream.payment.succeeded.v1",
                        "io.tillstream.payment.disputed.v1",
                        "io.tillstream.payment.disputed.v1");
    }

    /** The bank settles it before it takes the money: who hears of a dispute holds back what was bought. */
    @ParameterizedTest
    @CsvSource({"prevented, false", "won, false", "lost, true"})
    void anInquiryThatEndsIsToldAsADisputeOnlyWhereItTookTheMoney(String end, boolean took) {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, 1999);
        since(before).forEach(this::deliver);
        ObjectNode dispute = STRIPE.objects
                .object("dp", "dispute", Map.of())
                .put("amount", 1999)
                .put("currency", "usd")
                .put("payment_intent", StripeObjects.id(intent))
                .put("status", "warning_needs_response")
                .put("reason", "fraudulent");
        deliver(STRIPE.objects.tell("charge.dispute.created", dispute));
        int told = told().size();

        deliver(STRIPE.objects.tell("charge.dispute.closed", dispute.put("status", end)));

        String disputed = "io.tillstream.payment.disputed.v1";
        String closed = "io.tillstream.payment.dispute_closed.v1";
        assertThat(told().subList(told, told().size())).isEqualTo(took ? List.of(disputed, closed) : List.of(closed));
    }

    @Test
    void anEarlyFraudWarningIsToldOnce() {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, 1999);
        since(before).forEach(this::deliver);
        ObjectNode warning = STRIPE.objects
                .object("issfr", "radar.early_fraud_warning", Map.of())
                .put("payment_intent", StripeObjects.id(intent))
                .put("fraud_type", "misc")
                .put("actionable", true);
        StripeEvent told = STRIPE.objects.tell("radar.early_fraud_warning.created", warning);
        deliver(told);
        deliver(told);
        assertThat(told())
                .filteredOn(type -> type.endsWith("payment.fraud_warning.v1"))
                .hasSize(1);
    }

    @Test
    void aSuccessThatDoesNotSayHowMuchIsReadAgain() {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        STRIPE.objects.succeed(intent, 1999);
        ObjectNode bare = intent.deepCopy();
        bare.remove("amount_received");
        deliver(STRIPE.objects.tell("payment_intent.succeeded", bare));
        assertThat(status(payment)).isEqualTo(PaymentStatus.SUCCEEDED);
    }
}
