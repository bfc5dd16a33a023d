package io.tillstream.order.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.order.RunningService;
import io.tillstream.order.payment.PaymentAttempts;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Stripe's event of a refund or dispute never came, and payment-service found it by comparing itself with Stripe: the order
 * follows. Goods would be sent for money that went back.
 */
class LostMoneyBackIT extends RunningService {

    private static final Duration SOON = Duration.ofSeconds(60);

    @Autowired
    private PaymentAttempts attempts;

    private String order = "";
    private final String refund = "re_" + UUID.randomUUID().toString().replace("-", "");
    private final String dispute = "dp_" + UUID.randomUUID().toString().replace("-", "");

    @BeforeEach
    void anOrderIsPaid() {
        order = json(post("alice", "/api/orders", orderPaidBy("pm_card_visa")))
                .path("id")
                .asString();
        isSeen("paid");
    }

    private void isSeen(String status) {
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        order("alice", order).path("status").asString())
                .isEqualTo(status));
    }

    private void tells(String type, String more) {
        paymentServiceTells(UUID.randomUUID(), type, order, """
                {"reference":"%s","userId":"alice","paymentId":"%s","amount":{"amount":2000,"currency":"usd"},%s}\
                """.formatted(order, UUID.randomUUID(), more));
    }

    private void tellsOfRefund() {
        tells(
                "payment.refunded",
                "\"refundId\":\"" + refund + "\",\"refunded\":{\"amount\":2000,\"currency\":\"usd\"}");
    }

    private List<String> due() {
        return query("select id from order_payments where order_id = '" + order + "' and next_ask_at is not null");
    }

    @Test
    void anOrderFollowsARefundThatOnlyPaymentServiceKnows() {
        PAYMENTS.hasRefund(order, refund, 2000, "succeeded");
        tellsOfRefund();

        isSeen("refunded");
        await().atMost(SOON).until(() -> due().isEmpty());

        PAYMENTS.hasRefund(order, refund, 2000, "failed");
        tells("payment.refund_failed", "\"refundId\":\"" + refund + "\"");
        isSeen("paid");
    }

    @Test
    void anOrderFollowsADisputeAndItsEndThatOnlyPaymentServiceKnows() {
        String intent = query("select payment_intent from order_payments where order_id = '" + order + "'")
                .get(0);
        PAYMENTS.hasDispute(order, dispute, intent, "needs_response");
        tells("payment.disputed", "\"disputeId\":\"" + dispute + "\"");
        isSeen("disputed");

        PAYMENTS.hasDispute(order, dispute, intent, "won");
        tells("payment.dispute_closed", "\"disputeId\":\"" + dispute + "\",\"outcome\":\"won\"");
        isSeen("paid");
    }

    /** An inquiry takes no money; the dispute that it becomes does, and its goods must not be sent. */
    @Test
    void anOrderFollowsAnInquiryThatBecomesADispute() {
        String intent = query("select payment_intent from order_payments where order_id = '" + order + "'")
                .get(0);
        PAYMENTS.hasDispute(order, dispute, intent, "warning_needs_response");
        tells("payment.disputed", "\"disputeId\":\"" + dispute + "\"");
        isKnownAs("warning_needs_response");
        await().atMost(SOON).until(() -> due().isEmpty());

        PAYMENTS.hasDispute(order, dispute, intent, "needs_response");
        tells("payment.disputed", "\"disputeId\":\"" + dispute + "\"");

        isKnownAs("needs_response");
        isSeen("disputed");
    }

    private void isKnownAs(String status) {
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        query("select fact->>'status' from order_facts where object_id = '" + dispute + "'"))
                .containsExactly(status));
    }

    /** As nearly each time: Stripe's own event was here before. */
    @Test
    void whatTheOrderKnowsIsNotAskedAbout() {
        PAYMENTS.hasRefund(order, refund, 2000, "succeeded");
        tellsOfRefund();
        isSeen("refunded");
        await().atMost(SOON).until(() -> due().isEmpty());
        String asks = "select asks from order_payments where order_id = '" + order + "'";
        List<String> before = query(asks);

        attempts.askSoon(UUID.fromString(order), refund, Set.of("succeeded", "failed"))
                .block(SOON);

        assertThat(due()).isEmpty();
        assertThat(query(asks)).isEqualTo(before);
    }
}
