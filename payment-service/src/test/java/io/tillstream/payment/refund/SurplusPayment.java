package io.tillstream.payment.refund;

import io.tillstream.payment.fake.StripeObjects;
import io.tillstream.payment.payable.Payment;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.node.ObjectNode;

/** A payment of 1000 that came late: all of it has to go back. Nothing is tried but what the test has tried. */
abstract class SurplusPayment extends PaidPayable {

    @Autowired
    private RefundSweep sweep;

    @BeforeEach
    void cameLate() {
        sweep.stop();
        database.sql("update payments set surplus = 'late' where id = :id")
                .bind("id", payment)
                .fetch()
                .rowsUpdated()
                .block(WAIT);
    }

    @AfterEach
    void sweepsAgain() {
        sweep.start();
    }

    /** The order to give it back; Stripe has not been asked. */
    protected Refund owed() {
        Payment late = payments.find(payment).block(WAIT);
        Refund owed = Refund.begun(
                UUID.randomUUID(), late, late.held(), Refund.Purpose.LATE, "requested_by_customer", Instant.now());
        refunds.insert(owed, null).block(WAIT);
        return owed;
    }

    protected ObjectNode disputed(long amount) {
        ObjectNode dispute = STRIPE.objects
                .object("dp", "dispute", Map.of())
                .put("amount", amount)
                .put("currency", "usd")
                .put("payment_intent", StripeObjects.id(intent))
                .put("status", "needs_response");
        deliver(STRIPE.objects.tell("charge.dispute.created", dispute));
        return dispute;
    }

    protected void closed(ObjectNode dispute, String how) {
        deliver(STRIPE.objects.tell("charge.dispute.closed", dispute.put("status", how)));
    }
}
