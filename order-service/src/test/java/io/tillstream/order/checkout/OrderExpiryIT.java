package io.tillstream.order.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.order.FakePaymentService;
import io.tillstream.order.RunningService;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** A price is not owed for ever: an order that nobody paid in time is closed, one that is being paid is not. */
class OrderExpiryIT extends RunningService {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String USER = "expiry";
    private static final String PAY = "{\"method\":\"token\",\"token\":\"tok_visa\"}";

    @Autowired
    private CancellationSweep sweep;

    private static void isAWeekOld(String order) {
        execute("update orders set created_at = now() - interval '169 hours' where id = '" + order + "'");
    }

    private void isRefused(String order) {
        post(USER, "/api/orders/" + order + "/payments", PAY)
                .expectStatus()
                .isEqualTo(409)
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("order-expired");
    }

    private void becomes(String order, String status) {
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(order(USER, order).path("status").asString()).isEqualTo(status));
    }

    @Test
    void anOldPriceIsNotTakenAndEveryPageThatAsksForItIsClosed() {
        String order = placed(USER);
        isAWeekOld(order);

        isRefused(order);
        becomes(order, "canceled");

        isRefused(order);
        assertThat(PAYMENTS.askedFor(order)).isEmpty();
        assertThat(PAYMENTS.closeRequests(order)).isPositive();
        assertThat(query("select payload::jsonb->>'reason' from outbox where aggregate_id = '" + order
                        + "' and type like '%order.canceled%'"))
                .containsExactly("expired");
    }

    @Test
    void itIsRefusedWhileItsPagesCannotBeClosedToo() {
        String order = placed(USER);
        PAYMENTS.closesWith(order, FakePaymentService.CLOSES_NEVER);
        isAWeekOld(order);
        await().atMost(SOON).until(() -> PAYMENTS.closeRequests(order) > 0);

        isRefused(order);

        PAYMENTS.closesWith(order, "closed");
        execute("update orders set cancel_tried_at = null where id = '" + order + "'");
        becomes(order, "canceled");
    }

    @Test
    void moneyThatIsUnderWayOrCameIsNotSentAwayForItsOrdersAge() {
        String unknown = json(post(USER, "/api/orders", orderPaidBy("pm_card_unknown")))
                .path("id")
                .asString();
        String paid = json(post(USER, "/api/orders", orderPaidBy("pm_card_visa")))
                .path("id")
                .asString();
        isAWeekOld(unknown);
        isAWeekOld(paid);

        sweep.round().block(SOON);

        assertThat(PAYMENTS.closeRequests(unknown)).isZero();
        assertThat(PAYMENTS.closeRequests(paid)).isZero();
        assertThat(order(USER, unknown).path("status").asString()).isEqualTo("payment_processing");
        assertThat(order(USER, paid).path("status").asString()).isEqualTo("paid");
    }

    @Test
    void anOrderWhoseMoneyCameFirstIsPaidAndNotExpired() {
        String order = json(post(USER, "/api/orders", orderPaidBy("pm_card_threeDSecure")))
                .path("id")
                .asString();
        PAYMENTS.closesWith(order, "settled");
        PAYMENTS.stripeSays(order, "succeeded");
        isAWeekOld(order);

        becomes(order, "paid");
    }

    @Test
    void aYoungOrderStaysOpen() {
        String order = placed(USER);
        execute("update orders set created_at = now() - interval '167 hours' where id = '" + order + "'");

        sweep.round().block(SOON);

        post(USER, "/api/orders/" + order + "/payments", PAY).expectStatus().isCreated();
        assertThat(PAYMENTS.closeRequests(order)).isZero();
    }
}
