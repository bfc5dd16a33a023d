package io.tillstream.subscription.moneyback;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.Subscriber;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Refunds, disputes and warnings may name a charge and no intent: of no bill, features stay though their money went back. */
class ChargeOnlyEventsIT extends Subscriber {

    private StripeEvent told(String type, String status, String charge) {
        ObjectNode object = JSON.createObjectNode()
                .put("id", "obj_" + UUID.randomUUID())
                .put("object", "dispute")
                .put("status", status)
                .put("amount", 900)
                .put("currency", "usd")
                .put("reason", "fraudulent")
                .put("fraud_type", "misc")
                .put("charge", charge)
                .putNull("payment_intent");
        ObjectNode event = JSON.createObjectNode()
                .put("id", "evt_" + UUID.randomUUID())
                .put("type", type)
                .put("created", Instant.now().getEpochSecond());
        event.putObject("data").set("object", object);
        return StripeEvent.read(event);
    }

    private String charge() {
        return STRIPE.get("/v1/charges?customer=" + customer).at("/data/0/id").asString();
    }

    @ParameterizedTest
    @CsvSource({
        "refund.created, succeeded, invoice.refunded",
        "charge.dispute.created, needs_response, invoice.disputed",
        "radar.early_fraud_warning.created, , invoice.fraud_warning"
    })
    void whatNamesItsChargeAloneIsOfTheInvoiceThatTheChargePaid(String type, String status, String told) {
        subscribes("starter-monthly", 1);

        EventOutcome outcome = deliver(told(type, status, charge()));

        assertThat(outcome).isInstanceOf(EventOutcome.Applied.class);
        assertThat(told()).contains(told);
    }

    @Test
    void aChargeThatStripeDoesNotKnowIsOfNoBill() {
        subscribes("starter-monthly", 1);

        assertThat(deliver(told("refund.created", "succeeded", "ch_none"))).isInstanceOf(EventOutcome.Ignored.class);

        assertThat(told()).doesNotContain("invoice.refunded");
    }
}
