package io.tillstream.chaos.check;

import static io.tillstream.chaos.check.observation.Service.ORDERS;
import static io.tillstream.chaos.check.observation.Service.PAYMENTS;
import static io.tillstream.chaos.check.observation.Service.SUBSCRIPTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** M1 to M6: each breach is named that is planted. */
class MoneyInvariantsIT {
    private static final String ORDER = "00000000-0000-0000-0000-000000000001";
    private static final String PAYMENT = "00000000-0000-0000-0000-00000000000a";
    private static final String INTENTS = "/v1/payment_intents";
    private static final String REFUNDS = "/v1/refunds";
    private static final String CANCELED = "00000000-0000-0000-0000-000000000002";

    private final World world = new World();

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void moneyWithoutAPaymentIsABreach() {
        world.sql(PAYMENTS, "update payments set stripe_intent_id = null where id = '" + PAYMENT + "'")
                .hasBreach("M1", "pi_1", "0 payments");
    }

    @Test
    void moneyOfAnIntentThatWeAskedForIsOursWhateverItsMetadataSays() {
        world.stripe.add(
                INTENTS,
                "{'id': 'pi_bare', 'status': 'succeeded', 'amount_received': 7, 'currency': 'usd', 'metadata': {}}");
        world.stripe.add(
                "/_simulator/journal",
                "{'number': 4, 'method': 'POST', 'path': '/v1/payment_intents', 'object_id': 'pi_bare',"
                        + " 'idempotency_key': 'v1:local:payment_intent.create:z'}");
        world.hasBreach("M1", "pi_bare", "0 payments");
    }

    @Test
    void moneyOfAnotherAmountThanThePaymentsIsABreach() {
        world.stripe.get(INTENTS, "pi_1").put("amount_received", 998);
        world.hasBreach("M1", "pi_1", "another amount");
    }

    @Test
    void moneyOfAPaymentThatIsNotSucceededIsABreach() {
        world.sql(PAYMENTS, "update payments set status = 'failed' where id = '" + PAYMENT + "'")
                .hasBreach("M1", "pi_1", "failed");
    }

    @Test
    void moneyForAnOrderThatIsNotPaidIsABreach() {
        world.sql(ORDERS, "update orders set status = 'CANCELED' where id = '" + ORDER + "'")
                .hasBreach("M1", "pi_1", "CANCELED");
    }

    @Test
    void moneyForAnOrderThatNobodyKnowsIsABreach() {
        world.stripe.add(
                INTENTS,
                "{'id': 'pi_x', 'status': 'succeeded', 'amount_received': 999, 'currency': 'usd', 'customer': 'cus_1',"
                        + " 'metadata': {'order_id': 'gone', 'attempt_id': 'x'}}");
        world.hasBreach("M1", "pi_x", "order gone is unknown");
    }

    @Test
    void moneyForACanceledOrderThatDidNotGoBackIsABreach() {
        world.stripe.get(REFUNDS, "re_2").put("status", "failed");
        world.hasBreach("M1", "pi_2", "CANCELED");
    }

    @Test
    void aPaidInvoiceThatIsNotPaidHereIsABreach() {
        world.sql(SUBSCRIPTIONS, "update invoices set ever_paid = false").hasBreach("M1", "pi_9", "in_1");
    }

    @Test
    void aPaidOrderWithoutMoneyIsABreach() {
        world.stripe.get(INTENTS, "pi_1").put("status", "canceled").put("amount_received", 0);
        world.hasBreach("M2", ORDER, "without its money");
    }

    @Test
    void aPaidOrderWithMoneyOfAnotherCurrencyIsABreach() {
        world.stripe.get(INTENTS, "pi_1").put("currency", "eur");
        world.hasBreach("M2", ORDER, "without its money");
    }

    @Test
    void aPaidOrderWhoseMoneyWentBackIsABreach() {
        world.stripe.add(REFUNDS, "{'id': 're_1', 'payment_intent': 'pi_1', 'amount': 999, 'status': 'succeeded'}");
        world.hasBreach("M2", ORDER, "without its money");
    }

    @Test
    void aRefundedOrderThatHoldsMoneyIsABreach() {
        world.sql(ORDERS, "update orders set status = 'REFUNDED' where id = '" + ORDER + "'")
                .hasBreach("M2", ORDER, "pi_1 holds money");
    }

    /** A bank takes what was refunded before: its order is disputed, and holds nothing. */
    @Test
    void aDisputedOrderWhoseMoneyWentBackIsNoBreach() {
        world.stripe.add(REFUNDS, "{'id': 're_1', 'payment_intent': 'pi_1', 'amount': 999, 'status': 'succeeded'}");
        world.sql(ORDERS, "update orders set status = 'DISPUTE_LOST' where id = '" + ORDER + "'");
        hasNoBreachOf("M2");
    }

    @Test
    void aDisputedOrderThatNeverHadItsMoneyIsABreach() {
        world.stripe.get(INTENTS, "pi_1").put("status", "canceled").put("amount_received", 0);
        world.sql(ORDERS, "update orders set status = 'DISPUTED' where id = '" + ORDER + "'")
                .hasBreach("M2", ORDER, "without its money");
    }

    /** Stripe refuses to refund a charge that is disputed. */
    @Test
    void aSecondChargeThatIsDisputedIsNoBreach() {
        world.stripe.add(
                INTENTS,
                "{'id': 'pi_x', 'status': 'succeeded', 'amount_received': 999, 'currency': 'usd', 'customer': 'cus_1',"
                        + " 'metadata': {'order_id': '" + ORDER + "', 'attempt_id': 'x'}}");
        dispute("pi_x", "lost");
        hasNoBreachOf("M3");
    }

    @Test
    void aSecondChargeWhoseDisputeWasWonIsABreach() {
        world.stripe.add(
                INTENTS,
                "{'id': 'pi_x', 'status': 'succeeded', 'amount_received': 999, 'currency': 'usd', 'customer': 'cus_1',"
                        + " 'metadata': {'order_id': '" + ORDER + "', 'attempt_id': 'x'}}");
        dispute("pi_x", "won");
        world.hasBreach("M3", ORDER, "2 times");
    }

    @Test
    void disputedMoneyOfACanceledOrderIsNoBreach() {
        world.stripe.get(REFUNDS, "re_2").put("status", "failed");
        dispute("pi_2", "needs_response");
        hasNoBreachOf("M1");
    }

    @Test
    void disputedMoneyOfAnOrderThatWaitsForItIsABreach() {
        world.sql(ORDERS, "update orders set status = 'PAYMENT_PROCESSING' where id = '" + ORDER + "'");
        dispute("pi_1", "needs_response");
        world.hasBreach("M1", ORDER, "is PAYMENT_PROCESSING");
    }

    @Test
    void aRefundedOrderWhoseOtherChargeIsDisputedIsNoBreach() {
        world.sql(ORDERS, "update orders set status = 'REFUNDED' where id = '" + ORDER + "'");
        dispute("pi_1", "under_review");
        hasNoBreachOf("M2");
    }

    private void dispute(String intent, String status) {
        world.stripe.add(
                "/v1/disputes",
                "{'id': 'du_" + intent + "', 'payment_intent': '" + intent + "', 'status': '" + status + "'}");
    }

    private void hasNoBreachOf(String invariant) {
        assertThat(world.check().breaches())
                .noneMatch(breach -> breach.invariant().equals(invariant));
    }

    @Test
    void aSucceededPaymentWithoutMoneyIsABreach() {
        world.stripe.get(INTENTS, "pi_1").put("status", "requires_action");
        world.hasBreach("M2", "payment " + PAYMENT, "requires_action");
    }

    @Test
    void aDoubleChargeIsABreach() {
        world.stripe.add(
                INTENTS,
                "{'id': 'pi_x', 'status': 'succeeded', 'amount_received': 999, 'currency': 'usd', 'customer': 'cus_1',"
                        + " 'metadata': {'order_id': '" + ORDER + "', 'attempt_id': 'x'}}");
        world.hasBreach("M3", ORDER, "2 times");
    }

    @Test
    void anInvoiceThatWasPaidTwiceIsABreach() {
        world.stripe.add(
                "/v1/invoice_payments",
                "{'id': 'inpay_2', 'invoice': 'in_1', 'status': 'paid', 'payment': {'payment_intent': 'pi_8'}}");
        world.hasBreach("M3", "in_1", "2 times");
    }

    @Test
    void aRefundThatNobodyKnowsHereIsABreach() {
        world.stripe.add(REFUNDS, "{'id': 're_1', 'payment_intent': 'pi_1', 'amount': 100, 'status': 'succeeded'}");
        world.hasBreach("M4", "re_1", "here 0 times");
    }

    @Test
    void aRefundOfAnInvoiceThatNobodyKnowsHereIsABreach() {
        world.stripe.add(REFUNDS, "{'id': 're_8', 'payment_intent': 'pi_9', 'amount': 100, 'status': 'succeeded'}");
        world.hasBreach("M4", "re_8", "here 0 times");
    }

    @Test
    void aRefundThatIsNotAtStripeIsABreach() {
        world.stripe.remove(REFUNDS, "re_3");
        world.hasBreach("M4", "re_3", "not at Stripe");
    }

    @Test
    void aRefundOfAnotherAmountThanStripesIsABreach() {
        world.stripe.get(REFUNDS, "re_3").put("amount", 499);
        world.hasBreach("M4", "re_3", "500 succeeded here, 499 succeeded at Stripe");
    }

    @Test
    void aRefundOfAnInvoiceInAnotherStateThanStripesIsABreach() {
        world.stripe.get(REFUNDS, "re_9").put("status", "failed");
        world.hasBreach("M4", "re_9", "100 failed at Stripe");
    }

    @Test
    void givingBackMoreThanWasTakenIsABreach() {
        world.stripe.add(REFUNDS, "{'id': 're_1', 'payment_intent': 'pi_3', 'amount': 1501, 'status': 'pending'}");
        world.hasBreach("M4", "pi_3", "more than it took");
    }

    @Test
    void anOrderThatSaysMoreWentBackThanDidIsABreach() {
        world.sql(ORDERS, "update orders set amount_refunded = 600 where amount_refunded = 500")
                .hasBreach("M4", "600 went back, Stripe 500");
    }

    @Test
    void twoIntentsOfOneAttemptAreABreach() {
        world.stripe.add(
                INTENTS,
                "{'id': 'pi_x', 'status': 'canceled', 'amount_received': 0, 'currency': 'usd', 'customer': 'cus_1',"
                        + " 'metadata': {'order_id': '" + ORDER + "', 'attempt_id': '" + PAYMENT + "'}}");
        world.hasBreach("M5", "attempt " + PAYMENT, "2 intents");
    }

    @Test
    void aRefundThatStripeMadeTwiceIsABreach() {
        world.stripe.add(
                REFUNDS,
                "{'id': 're_x', 'payment_intent': 'pi_3', 'amount': 500, 'status': 'succeeded',"
                        + " 'metadata': {'refund_id': '20000000-0000-0000-0000-000000000003'}}");
        world.hasBreach("M5", "20000000-0000-0000-0000-000000000003", "2 refunds at Stripe");
    }

    @Test
    void aSubscriptionThatStripeMadeTwiceIsABreach() {
        world.stripe.add(
                "/v1/subscriptions",
                "{'id': 'sub_x', 'customer': 'cus_1', 'status': 'canceled',"
                        + " 'metadata': {'subscription_id': '30000000-0000-0000-0000-000000000001'}}");
        world.hasBreach("M5", "30000000-0000-0000-0000-000000000001", "2 subscriptions at Stripe");
    }

    @Test
    void twoEffectsOfOneKeyAreABreach() {
        world.stripe.add(
                "/_simulator/journal",
                "{'number': 4, 'method': 'POST', 'path': '/v1/refunds', 'object_id': 're_2',"
                        + " 'idempotency_key': 'v1:local:payment_intent.create:a'}");
        world.hasBreach("M5", "key v1:local:payment_intent.create:a", "pi_1", "re_2");
    }

    @Test
    void anEventThatWasAppliedTwiceIsABreach() {
        world.sql(
                        ORDERS,
                        "insert into order_timeline (order_id, at, kind, what, ref, outcome)" + " values ('" + ORDER
                                + "', now(), 'event', 'payment_intent.succeeded', 'evt_1', 'applied')")
                .hasBreach("M5", "evt_1", "applied", "2 times");
    }

    @Test
    void twoMovesByOneEventAreABreach() {
        world.sql(
                        ORDERS,
                        "insert into order_history (order_id, version, from_status, to_status, cause_kind, cause_id, at)"
                                + " values ('" + ORDER + "', 2, 'PAID', 'DISPUTED', 'stripe_event', 'evt_1', now())")
                .hasBreach("M5", "evt_1", "moved", "2 times");
    }

    @Test
    void aPaymentThatAnswersTwoAttemptsIsABreach() {
        world.sql(
                        ORDERS,
                        "insert into order_payments (id, order_id, method, state, payment_id, created_at, updated_at)"
                                + " values ('00000000-0000-0000-0000-00000000000d', '" + ORDER
                                + "', 'card', 'FAILED', '" + PAYMENT
                                + "', now(), now())")
                .hasBreach("M5", PAYMENT, "2 attempts");
    }

    @ParameterizedTest
    @ValueSource(strings = {"requires_payment_method", "requires_action", "requires_capture", "processing"})
    void aCanceledOrderWhoseIntentIsOpenIsABreach(String status) {
        world.stripe.get(INTENTS, "pi_4").put("status", status);
        world.hasBreach("M6", CANCELED, "can still be paid", "pi_4 is " + status);
    }

    @Test
    void aCanceledOrderWhosePageIsOpenIsABreach() {
        world.stripe.get("/v1/checkout/sessions", "cs_1").put("status", "open");
        world.hasBreach("M6", CANCELED, "can still be paid", "cs_1 is open");
    }

    @Test
    void anOrderThatIsNotCanceledMayBePaid() {
        world.stripe.get(INTENTS, "pi_4").put("status", "requires_action");
        world.stripe.get("/v1/checkout/sessions", "cs_1").put("status", "open");
        world.sql(ORDERS, "update orders set status = 'ACTION_REQUIRED' where id = '" + CANCELED + "'")
                .hasNoBreach("M6");
    }
}
