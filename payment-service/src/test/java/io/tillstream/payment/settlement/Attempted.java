package io.tillstream.payment.settlement;

import io.tillstream.events.Money;
import io.tillstream.payment.fake.RealPayments;
import io.tillstream.payment.fake.StripeObjects;
import io.tillstream.payment.payable.Method;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentOptions;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.Payments;
import io.tillstream.payment.refund.Refunds;
import io.tillstream.stripeevents.StripeEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.node.ObjectNode;

/** Attempts that were begun here, and their intents at Stripe. */
abstract class Attempted extends RealPayments {

    @Autowired
    protected Payables payables;

    @Autowired
    protected Payments payments;

    @Autowired
    protected Refunds refunds;

    protected Payment attempt() {
        var terms = new PaymentOptions("Books", List.of(), null, null, null, false, false, false, null);
        Payment payment = new Payment(
                UUID.randomUUID(),
                reference,
                user,
                Method.PAYMENT_ELEMENT,
                PaymentStatus.INITIATED,
                true,
                new Money(1999, "usd"),
                terms,
                "cus_1",
                null,
                Payment.Known.NOTHING,
                null,
                null,
                0,
                Instant.now());
        database.sql("update payments set active = false where reference = :reference")
                .bind("reference", reference)
                .fetch()
                .rowsUpdated()
                .block(WAIT);
        payables.openAndLock(reference, user, payment.money(), null)
                .then(payments.insert(payment))
                .block(WAIT);
        return payment;
    }

    protected ObjectNode intent(Payment payment) {
        ObjectNode intent = STRIPE.objects
                .object(
                        "pi",
                        "payment_intent",
                        Map.of("metadata[attempt_id]", payment.id().toString(), "metadata[env]", "local"))
                .put("amount", 1999)
                .put("amount_received", 0)
                .put("currency", "usd")
                .put("customer", payment.stripeCustomerId())
                .put("status", "requires_payment_method");
        STRIPE.objects.all.put(StripeObjects.id(intent), intent);
        return intent;
    }

    protected List<StripeEvent> since(int before) {
        return new ArrayList<>(STRIPE.objects.events.subList(before, STRIPE.objects.events.size()));
    }

    protected PaymentStatus status(Payment payment) {
        return payments.find(payment.id()).block(WAIT).status();
    }
}
