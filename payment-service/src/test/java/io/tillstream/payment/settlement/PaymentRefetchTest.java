package io.tillstream.payment.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.events.Money;
import io.tillstream.payment.payable.Method;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.Payment.Known;
import io.tillstream.payment.payable.PaymentOptions;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.stripeevents.PaymentIntentState;
import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PaymentRefetchTest {
    private static final Payment SEEN = new Payment(
            UUID.randomUUID(),
            "ord_1",
            "alice",
            Method.CARD,
            PaymentStatus.INITIATED,
            true,
            new Money(1999, "usd"),
            new PaymentOptions("Books", List.of(), null, null, null, false, false, false, null),
            "cus_1",
            "pm_1",
            Known.NOTHING,
            null,
            null,
            0,
            Instant.EPOCH);

    private static JsonNode intent(String status, String error) {
        return StripeJson.read("""
                {"id": "pi_1", "object": "payment_intent", "status": "%s", "amount": 1999, "amount_received": 0,
                 "currency": "usd", "last_payment_error": %s}\
                """.formatted(status, error).getBytes(StandardCharsets.UTF_8));
    }

    private static Known toldMeanwhile(String status, String error) {
        return Known.NOTHING.with(PaymentIntentState.read(intent(status, error), 1));
    }

    /** The buyer would be asked to confirm a payment whose card was refused. */
    @Test
    void aDeclineIsToldToWhoPaysThoughTheIntentsMakingWasToldFirst() {
        Known known = PaymentRefetch.withIntent(
                SEEN,
                toldMeanwhile("requires_payment_method", "null"),
                intent("requires_payment_method", "{\"code\": \"card_declined\"}"));

        assertThat(known.intent()).isNotNull().satisfies(now -> assertThat(now.failureCode())
                .isEqualTo("card_declined"));
    }

    @Test
    void whatAnEventToldMeanwhileStaysWhenTheAnswerIsOfAnEarlierStatus() {
        Known known = PaymentRefetch.withIntent(
                SEEN, toldMeanwhile("processing", "null"), intent("requires_payment_method", "null"));

        assertThat(known.intent()).isNotNull().satisfies(now -> assertThat(now.status())
                .isEqualTo("processing"));
    }
}
