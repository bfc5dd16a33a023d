package io.tillstream.subscription.moneyback;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.Subscriber;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A refund of an invoice that a bank has for longer than banks take: nobody would know that its buyer waits. */
class PendingInvoiceRefundIT extends Subscriber {

    private static final int TRIES_OF_A_CALL = 4; // of one that Stripe refuses as there are too many

    @Autowired
    private RefundSweep sweep;

    @Autowired
    private MeterRegistry meters;

    private String refund = "";

    /** At Stripe it is made meanwhile, of which no event is delivered. */
    private void isAtItsBank(String status, int days) {
        subscribes("starter-monthly", 1);
        String intent = STRIPE.get("/v1/payment_intents?customer=" + customer)
                .at("/data/0/id")
                .asString();
        JsonNode made = STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=400");
        refund = made.path("id").asString();
        ObjectNode event = JSON.createObjectNode()
                .put("id", "evt_" + UUID.randomUUID())
                .put("type", "refund.created")
                .put("created", Instant.now().getEpochSecond());
        event.putObject("data").set("object", ((ObjectNode) made).put("status", status));
        deliver(StripeEvent.read(event));
        execute("update invoice_money_back set since = now() - interval '" + days + " days' where object_id = '"
                + refund + "'");
    }

    private void isDue() {
        execute("update invoice_money_back set next_look_at = now() - interval '1 day' where object_id = '" + refund
                + "'");
        sweep.round().block(WAIT);
    }

    private List<JsonNode> listed() {
        return json(as("operator")
                        .get()
                        .uri("/api/admin/invoices/owed-refunds?limit=100")
                        .exchange()
                        .expectStatus()
                        .isOk())
                .path("data")
                .valueStream()
                .filter(one -> one.path("subscriptionId").asString().equals(id))
                .toList();
    }

    private double pendingLong() {
        sweep.round().block(WAIT);
        return meters.get("tillstream.invoices.refunds.pending.long").gauge().value();
    }

    private String status() {
        return texts("select status from invoice_money_back where object_id = '" + refund + "'")
                .get(0);
    }

    @ParameterizedTest
    @CsvSource({"pending, 5, 1", "requires_action, 61, 7", "pending, 400, 30"})
    void itIsLookedAtForAsLongAsItCanChange(String status, int days, int rest) {
        isAtItsBank(status, days);
        ON_THE_WAY.refuses("GET", "/v1/refunds/" + refund, "{\"error\":{\"type\":\"invalid_request_error\"}}");

        isDue();

        assertThat(status()).isEqualTo(status);
        assertThat(texts("select round(extract(epoch from next_look_at - now()) / 86400)::text from invoice_money_back"
                        + " where object_id = '" + refund + "'"))
                .containsExactly(String.valueOf(rest));
        isDue();
        assertThat(status()).isEqualTo("succeeded");
    }

    /** Else each hour that Stripe is away may cost a month in which nobody notices that its buyer has nothing. */
    @ParameterizedTest
    @ValueSource(ints = {5, 61, 400})
    void whileStripeIsAwayItIsLookedAtSoonAgainAndNotAfterItsLongRest(int days) {
        isAtItsBank("pending", days);
        for (int tries = 0; tries < TRIES_OF_A_CALL; tries++) {
            ON_THE_WAY.refuses("GET", "/v1/refunds/" + refund, 429, "{\"error\":{\"type\":\"rate_limit_error\"}}");
        }

        isDue();

        assertThat(status()).isEqualTo("pending");
        assertThat(texts("select case when next_look_at <= now() + interval '10 minutes' then 'soon' else 'late' end"
                        + " from invoice_money_back where object_id = '" + refund + "'"))
                .containsExactly("soon");
        var unused = sweep.makeDue().repeat().takeUntil(more -> more == 0).blockLast(WAIT);
        sweep.round().block(WAIT);
        assertThat(status()).isEqualTo("succeeded");
    }

    @Test
    void operatorsSeeItUntilItsBankTellsWhatBecameOfIt() {
        double before = pendingLong();
        isAtItsBank("pending", 59);
        assertThat(listed()).as("banks take long").isEmpty();
        assertThat(pendingLong()).isEqualTo(before);

        execute("update invoice_money_back set since = now() - interval '61 days' where object_id = '" + refund + "'");

        assertThat(listed())
                .singleElement()
                .returns("refund", one -> one.path("kind").asString())
                .returns("pending", one -> one.path("reason").asString())
                .returns(400L, one -> one.at("/amount/amount").asLong())
                .returns(false, one -> one.has("attention"));
        assertThat(pendingLong()).isEqualTo(before + 1);

        isDue();
        assertThat(listed()).isEmpty();
        assertThat(pendingLong()).isEqualTo(before);
    }
}
