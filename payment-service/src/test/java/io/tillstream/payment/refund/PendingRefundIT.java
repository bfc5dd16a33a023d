package io.tillstream.payment.refund;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.payment.fake.StripeObjects;
import io.tillstream.testing.TestTokens;
import io.tillstream.testing.TestWebClient;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A refund that a bank has for longer than banks take: nobody would know that its buyer waits. */
class PendingRefundIT extends PaidPayable {

    private static final int ROUNDS_A_GAUGE = 8;

    @Autowired
    private RefundSweep sweep;

    @Autowired
    private MeterRegistry meters;

    @LocalServerPort
    private int port;

    /** A round of its own would show what it counted before. */
    @BeforeEach
    void sweepsInItsTestsOnly() {
        sweep.stop();
    }

    @AfterEach
    void sweepsAgain() {
        sweep.start();
    }

    private ObjectNode isUnderWayAtItsBank(String status) {
        ObjectNode refund = STRIPE.objects
                .object("re", "refund", Map.of())
                .put("amount", 400)
                .put("currency", "usd")
                .put("payment_intent", StripeObjects.id(intent))
                .put("status", status);
        STRIPE.objects.all.put(StripeObjects.id(refund), refund);
        deliver(STRIPE.objects.tell("refund.created", refund));
        return refund;
    }

    private void wasAskedFor(int days, int asks) {
        change("created_at = now() - interval '" + days + " days', asks = " + asks);
    }

    private void change(String set) {
        DATABASE.execute("update refunds set " + set + " where reference = '" + reference + "'");
    }

    private void isDue() {
        change("next_ask_at = now() - interval '1 day'");
        sweep.round().block(WAIT);
    }

    private List<JsonNode> listed() {
        JsonNode page = TestWebClient.to("http://127.0.0.1:" + port)
                .responseTimeout(WAIT)
                .build()
                .get()
                .uri("/api/admin/payments/owed-refunds?limit=100")
                .header("Authorization", "Bearer " + TestTokens.shared().operator())
                .exchange()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody();
        return page.path("data")
                .valueStream()
                .filter(one -> one.path("orderId").asString().equals(reference))
                .toList();
    }

    private double pendingLong() {
        for (int round = 0; round < ROUNDS_A_GAUGE; round++) {
            sweep.round().block(WAIT);
        }
        return meters.get("tillstream.refunds.pending.long").gauge().value();
    }

    @ParameterizedTest
    @CsvSource({"pending, 61, 67, 7", "requires_action, 90, 71, 7", "pending, 400, 100, 30"})
    void itIsLookedAtForAsLongAsItCanChange(String status, int days, int asks, int rest) {
        ObjectNode refund = isUnderWayAtItsBank(status);
        wasAskedFor(days, asks);

        isDue();

        assertThat(texts("select round(extract(epoch from next_ask_at - now()) / 86400)::text from refunds"
                        + " where reference = :reference"))
                .containsExactly(String.valueOf(rest));
        refund.put("status", "succeeded"); // and no event tells of it
        isDue();
        assertThat(texts("select status from refunds where reference = :reference"))
                .containsExactly("succeeded");
        assertThat(told()).endsWith("io.tillstream.payment.refunded.v1");
    }

    /** Else each hour that Stripe is away may cost a month in which nobody notices that its buyer has nothing. */
    @ParameterizedTest
    @CsvSource({"pending, 5, 20, 1", "requires_action, 90, 71, 7", "pending, 400, 100, 30"})
    void whileStripeIsAwayItIsLookedAtSoonAgainAndNotAfterItsLongRest(String status, int days, int asks, int rest) {
        isUnderWayAtItsBank(status);
        wasAskedFor(days, asks);
        STRIPE.refuseLists(1);

        isDue();

        assertThat(looks()).containsExactly(asks + " answers, 1 in vain, soon again");
        var unused = sweep.makeDue().repeat().takeUntil(more -> more == 0).blockLast(WAIT);
        assertThat(looks()).as("it is due").containsExactly(asks + " answers, 1 in vain, soon again");
        sweep.round().block(WAIT);
        assertThat(looks()).containsExactly(asks + 1 + " answers, 0 in vain, again after days: " + rest);
    }

    private List<String> looks() {
        return texts("select asks || ' answers, ' || unanswered || ' in vain, ' || case"
                + " when next_ask_at <= now() + interval '5 minutes' then 'soon again'"
                + " else 'again after days: ' || round(extract(epoch from next_ask_at - now()) / 86400) end"
                + " from refunds where reference = :reference");
    }

    @Test
    void operatorsSeeItUntilItsBankTellsWhatBecameOfIt() {
        double before = pendingLong();
        ObjectNode refund = isUnderWayAtItsBank("pending");
        wasAskedFor(59, 66);
        assertThat(listed()).as("banks take long").isEmpty();
        assertThat(pendingLong()).isEqualTo(before);

        wasAskedFor(61, 67);

        assertThat(listed())
                .singleElement()
                .returns("pending", one -> one.path("reason").asString())
                .returns(400L, one -> one.at("/amount/amount").asLong())
                .returns(false, one -> one.has("attention"));
        assertThat(pendingLong()).isEqualTo(before + 1);

        refund.put("status", "succeeded");
        isDue();
        assertThat(listed()).isEmpty();
        assertThat(pendingLong()).isEqualTo(before);
    }
}
