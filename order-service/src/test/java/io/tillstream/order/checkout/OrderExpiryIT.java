package io.tillstream.order.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.delivery.Transactions;
import io.tillstream.order.FakePaymentService;
import io.tillstream.order.RunningService;
import io.tillstream.order.order.CancellationQueue;
import io.tillstream.order.payment.SweepSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** A price is not owed for ever: an order that nobody paid in time is closed, one that is being paid is not. */
class OrderExpiryIT extends RunningService {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final String USER = "expiry";
    private static final String PAY = "{\"method\":\"token\",\"token\":\"tok_visa\"}";

    @Autowired
    private CancellationSweep sweep;

    @Autowired
    private OrderFlow flow;

    @Autowired
    private Transactions transactions;

    @Autowired
    private ApplicationContext context;

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

    /** Who has bank details or a voucher in hand may pay by them for days: payment-service is told why it closes. */
    @Test
    void anOrderWhoseBuyerHasBankDetailsInHandStaysOpenAndIsAskedForAgainAfterAnHour() {
        String order = json(post(USER, "/api/orders", orderPaidBy("pm_card_threeDSecure")))
                .path("id")
                .asString();
        PAYMENTS.closesWith(order, "processing");
        isAWeekOld(order);
        await().atMost(SOON).until(() -> PAYMENTS.closeRequests(order) > 0);
        isOpen(order);

        sweep.round().block(SOON);
        assertThat(PAYMENTS.closeReasons(order)).containsExactly("expired");
        assertThat(order(USER, order).path("status").asString()).isEqualTo("action_required");

        PAYMENTS.closesWith(order, "closed");
        post(USER, "/api/orders/" + order + "/cancel", "{}").expectStatus().isOk();
        assertThat(PAYMENTS.closeReasons(order)).containsExactly("expired", "");
    }

    private static void isOpen(String order) {
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        query("select id::text from orders where cancel_requested_at is null and id = '" + order + "'"))
                .hasSize(1));
    }

    /** Else a debit that fails keeps the old price for an hour, and one that is tried each hour for ever. */
    @Test
    void aPaymentThatFailsKeepsNoPriceBeyondItsTime() {
        String order = json(post(USER, "/api/orders", orderPaidBy("pm_card_threeDSecure")))
                .path("id")
                .asString();
        PAYMENTS.closesWith(order, "processing");
        isAWeekOld(order);
        await().atMost(SOON).until(() -> PAYMENTS.closeRequests(order) > 0);
        isOpen(order);
        PAYMENTS.closesWith(order, "closed");

        PAYMENTS.stripeSays(order, "failed");
        execute("update order_payments set next_ask_at = now(), asks = 1 where order_id = '" + order + "'");

        becomes(order, "canceled");
    }

    /** All of them at once, on the day this begins, are in the way of who pays meanwhile. */
    @Test
    void aRoundClosesNoMoreOldOrdersThanItCanWithoutKeepingBuyersWaiting() {
        String many = "expiry-many";
        execute("""
                insert into orders (id, user_id, status, version, amount, currency, lines, created_at, updated_at)
                select gen_random_uuid(), '%s', 'AWAITING_PAYMENT', 1, 1, 'usd', '[]', now() - interval '100 hours', now()
                from generate_series(1, 60)""".formatted(many));
        query("select id from orders where user_id = '" + many + "'")
                .forEach(id -> PAYMENTS.closesWith(id, FakePaymentService.CLOSES_NEVER));
        sweep.stop();
        var anew = new CancellationSweep(
                context.getAutowireCapableBeanFactory().createBean(CancellationQueue.class),
                flow,
                new SweepSettings(NEVER, NEVER, NEVER, NEVER),
                transactions);
        try {
            anew.start();
            execute("update orders set created_at = now() - interval '169 hours' where user_id = '" + many + "'");

            anew.round().block(SOON);

            assertThat(query(
                            "select id from orders where cancel_requested_at is not null and user_id = '" + many + "'"))
                    .hasSizeBetween(1, 20);
        } finally {
            anew.stop();
            execute("delete from order_timeline where order_id in (select id from orders where user_id = '" + many
                    + "')");
            execute("delete from orders where user_id = '" + many + "'");
            sweep.start();
        }
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
