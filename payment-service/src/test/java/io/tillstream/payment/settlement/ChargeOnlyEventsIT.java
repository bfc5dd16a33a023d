package io.tillstream.payment.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.payment.fake.StripeObjects;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Refunds, disputes and warnings may name a charge and no intent: taken for another system's, money goes that nobody hears of. */
class ChargeOnlyEventsIT extends Attempted {

    private ObjectNode chargeOf(ObjectNode intent) {
        ObjectNode charge = STRIPE.objects.object("ch", "charge", Map.of());
        charge.put("id", "ch_" + StripeObjects.id(intent)).put("payment_intent", StripeObjects.id(intent));
        STRIPE.objects.all.put(StripeObjects.id(charge), charge);
        return charge;
    }

    private ObjectNode chargeOfAPaidOrder() {
        ObjectNode intent = intent(attempt());
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, 1999);
        since(before).forEach(this::deliver);
        return chargeOf(intent);
    }

    private ObjectNode about(ObjectNode charge, String kind, String status) {
        return STRIPE.objects
                .object(kind, kind, Map.of())
                .put("amount", 500)
                .put("currency", "usd")
                .put("status", status)
                .put("fraud_type", "misc")
                .put("actionable", true)
                .put("charge", StripeObjects.id(charge))
                .putNull("payment_intent");
    }

    @ParameterizedTest
    @CsvSource({
        "refund.created, refund, succeeded, payment.refunded",
        "charge.dispute.created, dispute, needs_response, payment.disputed",
        "radar.early_fraud_warning.created, radar.early_fraud_warning, , payment.fraud_warning"
    })
    void whatNamesItsChargeAloneIsOfThePaymentThatTheChargePaid(String type, String kind, String status, String told) {
        ObjectNode charge = chargeOfAPaidOrder();

        EventOutcome outcome = deliver(STRIPE.objects.tell(type, about(charge, kind, status)));

        assertThat(outcome).isInstanceOf(EventOutcome.Applied.class);
        assertThat(told()).endsWith("io.tillstream." + told + ".v1");
    }

    @Test
    void aChargeThatNoIntentMadeIsAnotherSystems() {
        ObjectNode charge = chargeOfAPaidOrder().putNull("payment_intent");
        int before = told().size();

        EventOutcome outcome = deliver(STRIPE.objects.tell("refund.created", about(charge, "refund", "succeeded")));

        assertThat(outcome).isInstanceOf(EventOutcome.Ignored.class);
        assertThat(told()).hasSize(before);
    }
}
