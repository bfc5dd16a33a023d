package io.tillstream.payment.refund;

import static io.tillstream.payment.fake.FakeStripe.Fault.FAILURE_KEPT;
import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.events.Money;
import io.tillstream.payment.fake.RealPayments;
import io.tillstream.payment.fake.StripeObjects;
import io.tillstream.payment.payable.Method;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentOptions;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.Payments;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.node.ObjectNode;

/** A payable that is paid, of which money may go back. */
abstract class PaidPayable extends RealPayments {

    @Autowired
    protected RefundFlow flow;

    @Autowired
    protected Refunds refunds;

    @Autowired
    protected Payables payables;

    @Autowired
    protected Payments payments;

    protected final UUID payment = UUID.randomUUID();
    protected ObjectNode intent = STRIPE.objects.object("pi", "payment_intent", Map.of());

    @BeforeEach
    protected void aPaidPayable() {
        Payment attempt = new Payment(
                payment,
                reference,
                user,
                Method.PAYMENT_ELEMENT,
                PaymentStatus.INITIATED,
                true,
                new Money(1000, "usd"),
                new PaymentOptions("Books", List.of(), null, null, null, false, false, false, null),
                "cus_1",
                null,
                Payment.Known.NOTHING,
                null,
                null,
                0,
                Instant.now());
        payables.openAndLock(reference, user, attempt.money(), null)
                .then(payments.insert(attempt))
                .block(WAIT);
        intent = STRIPE.objects
                .object(
                        "pi",
                        "payment_intent",
                        Map.of("metadata[attempt_id]", payment.toString(), "metadata[env]", "local"))
                .put("amount", 1000)
                .put("currency", "usd")
                .put("customer", "cus_1");
        STRIPE.objects.all.put(StripeObjects.id(intent), intent);
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, 1000);
        STRIPE.objects.events.subList(before, before + 2).forEach(this::deliver);
    }

    protected RefundFlow.RefundCommand wish(UUID id, @Nullable Long amount) {
        return new RefundFlow.RefundCommand(id, reference, amount, null, "requested_by_customer", null);
    }

    protected Refund refund(@Nullable Long amount) {
        return flow.refund(wish(UUID.randomUUID(), amount)).block(WAIT);
    }

    protected List<ObjectNode> atStripe() {
        return STRIPE.objects.ofAttempt("refund", payment);
    }

    /** As its operator was told; Stripe has not said anything. */
    protected Refund underWay(long amount) {
        Refund begun = Refund.begun(
                UUID.randomUUID(),
                payments.find(payment).block(WAIT),
                new Money(amount, "usd"),
                Refund.Purpose.REQUESTED,
                null,
                Instant.now());
        refunds.insert(begun, null)
                .then(refunds.update(begun.becoming(RefundStatus.UNKNOWN, null, null)))
                .block(WAIT);
        return begun;
    }

    protected void failedPromise(long amount) {
        Refund begun = Refund.begun(
                UUID.randomUUID(),
                payments.find(payment).block(WAIT),
                new Money(amount, "usd"),
                Refund.Purpose.REQUESTED,
                null,
                Instant.now());
        String why = "charge_not_refundable";
        refunds.insert(begun, null)
                .then(refunds.update(
                        begun.becoming(RefundStatus.REFUSED, null, why).forPerson(why)))
                .block(WAIT);
    }

    /** Stripe failed and keeps that for the key, also for the three tries of a sweep; then there is a next key. */
    protected Refund promised() {
        STRIPE.next(FAILURE_KEPT);
        Refund told = refund(400L);
        assertThat(told.status().shown()).isEqualTo("pending");
        return told;
    }

    protected void seenTo(Refund refund, RefundStatus status) {
        flow.seeTo(refunds.find(refund.id()).block(WAIT)).block(WAIT);
        assertThat(refunds.find(refund.id()).block(WAIT).status()).isEqualTo(status);
    }

    protected List<String> flags() {
        return texts("select attention from refunds where reference = :reference and attention is not null");
    }
}
