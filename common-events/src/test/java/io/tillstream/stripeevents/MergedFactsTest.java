package io.tillstream.stripeevents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MergedFactsTest {

    @Test
    void aRefundThatFailedAfterItSucceededHasFailedWhicheverNewsCameFirst() {
        var succeeded = refund("succeeded");
        var failed = refund("failed");
        assertThat(succeeded.merge(failed)).isEqualTo(failed);
        assertThat(failed.merge(succeeded)).isEqualTo(failed);
        assertThat(failed.givesBack()).isFalse();
    }

    @Test
    void aRefundKeepsTheChargeThatOnlyItsEventNames() {
        var answer = new RefundState("re_1", "succeeded", 5, "usd", "pi_1", null, null, null);
        var event = new RefundState("re_1", "succeeded", 5, "usd", null, "ch_1", "duplicate", null);
        assertThat(answer.merge(event)).isEqualTo(event.merge(answer));
        assertThat(answer.merge(event).chargeId()).isEqualTo("ch_1");
        assertThat(answer.merge(event).intentId()).isEqualTo("pi_1");
    }

    @Test
    void aDisputeIsClosedWhicheverNewsCameFirst() {
        for (String end : List.of("won", "lost", "warning_closed")) {
            var open = dispute("needs_response", "charge.dispute.funds_withdrawn");
            var closed = dispute(end, "charge.dispute.closed");
            assertThat(open.merge(closed)).isEqualTo(closed.merge(open));
            assertThat(open.merge(closed).status()).isEqualTo(end);
            assertThat(open.merge(closed).fundsWithdrawn()).isTrue();
        }
    }

    /** Statuses of 2026-10-28.endive: the bank's no is appealed. */
    @Test
    void anAppealIsUnderWayUntilItsEndWhicheverNewsCameFirst() {
        for (String appeal : List.of("appeal_needs_response", "appeal_under_review")) {
            var appealed = dispute(appeal, "charge.dispute.updated");
            assertThat(appealed.isClosed()).isFalse();
            for (String before : List.of("needs_response", "under_review")) {
                var reviewed = dispute(before, "charge.dispute.updated");
                assertThat(reviewed.merge(appealed).status()).isEqualTo(appeal);
                assertThat(appealed.merge(reviewed).status()).isEqualTo(appeal);
            }
            for (String end : List.of("won", "lost")) {
                var closed = dispute(end, "charge.dispute.closed");
                assertThat(appealed.merge(closed).status()).isEqualTo(end);
                assertThat(closed.merge(appealed).status()).isEqualTo(end);
            }
        }
    }

    @Test
    void aSessionThatWasPaidStaysPaidWhicheverNewsCameFirst() {
        var completed = session("complete", "unpaid", "checkout.session.completed");
        var paid = session("complete", "paid", "checkout.session.async_payment_succeeded");
        assertThat(completed.merge(paid)).isEqualTo(paid.merge(completed));
        assertThat(completed.merge(paid).paymentStatus()).isEqualTo("paid");
    }

    @Test
    void aReferenceIsReadAsIdAndAsObject() {
        assertThat(StripeJson.id(json("{\"customer\":\"cus_1\"}"), "customer")).isEqualTo("cus_1");
        assertThat(StripeJson.id(json("{\"customer\":{\"id\":\"cus_1\"}}"), "customer"))
                .isEqualTo("cus_1");
        assertThat(StripeJson.id(json("{\"customer\":null}"), "customer")).isNull();
    }

    @Test
    void aStoredEventHoldsNoSecretAndNoAddress() {
        var event = StripeEvent.read("""
                {"id":"evt_1","type":"payment_intent.succeeded","created":1,"livemode":false,"data":{"object":{
                "id":"pi_1","client_secret":"pi_1_secret_x","receipt_email":"a@example.com",
                "charges":{"data":[{"billing_details":{"email":"a@example.com"}}]}}}}
                """.getBytes(StandardCharsets.UTF_8));
        String stored = new String(event.storable(), StandardCharsets.UTF_8);
        assertThat(stored).contains("pi_1").doesNotContain("_secret_").doesNotContain("a@example.com");
        assertThat(StripeEvent.read(event.storable()).id()).isEqualTo("evt_1");
    }

    private static RefundState refund(String status) {
        return RefundState.read(JsonMapper.shared()
                .valueToTree(Map.of("id", "re_1", "status", status, "amount", 5, "currency", "usd")));
    }

    private static DisputeState dispute(String status, String type) {
        return DisputeState.read(
                JsonMapper.shared().valueToTree(Map.of("id", "dp_1", "status", status, "amount", 5, "currency", "usd")),
                type);
    }

    private static CheckoutSessionState session(String status, String paymentStatus, String type) {
        return CheckoutSessionState.read(
                JsonMapper.shared()
                        .valueToTree(Map.of(
                                "id", "cs_1", "mode", "payment", "status", status, "payment_status", paymentStatus)),
                type);
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
