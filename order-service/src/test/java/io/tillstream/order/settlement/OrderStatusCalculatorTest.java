package io.tillstream.order.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.order.order.OrderStatus;
import io.tillstream.order.payment.OrderPaymentsResponse;
import io.tillstream.order.payment.PaymentResponse;
import io.tillstream.stripeevents.DisputeState;
import io.tillstream.stripeevents.PaymentIntentState;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderStatusCalculatorTest {

    private static final OrderStatusCalculator.Terms TERMS = new OrderStatusCalculator.Terms(2000, "usd", false, false);

    @Test
    void anUnknownOutcomeIsProcessing() {
        var terms = new OrderStatusCalculator.Terms(2000, "usd", false, true);
        assertThat(OrderStatusCalculator.settle(terms, OrderStripeState.NONE).status())
                .isEqualTo(OrderStatus.PAYMENT_PROCESSING);
    }

    @Test
    void anAnswerWithoutStripesOwnNumberIsNoMoney() {
        OrderStripeState facts = PaymentResponseStates.after("card", OrderStripeState.NONE, answer("succeeded", null));
        assertThat(OrderStatusCalculator.settle(TERMS, facts).status()).isEqualTo(OrderStatus.PAYMENT_PROCESSING);
    }

    @Test
    void anAnswerWithTheWholeAmountPays() {
        OrderStripeState facts = PaymentResponseStates.after("card", OrderStripeState.NONE, answer("succeeded", 2000L));
        assertThat(OrderStatusCalculator.settle(TERMS, facts))
                .isEqualTo(new OrderStatusResult(OrderStatus.PAID, "pi_1", 2000, "usd", 0));
    }

    @Test
    void aPageThatWaitsForTheBuyersCardIsNoAction() {
        OrderStripeState facts =
                PaymentResponseStates.after("payment_element", OrderStripeState.NONE, answer("action_required", null));
        assertThat(OrderStatusCalculator.settle(TERMS, facts).status()).isEqualTo(OrderStatus.AWAITING_PAYMENT);
    }

    @Test
    void anAnswerDoesNotUndoAnEventThatWasFaster() {
        PaymentIntentState event =
                new PaymentIntentState("pi_1", "succeeded", 2000, 2000, "usd", 7, null, "ch_1", null, null, null);
        OrderStripeState facts =
                PaymentResponseStates.after("card", OrderStripeState.NONE.with(event), answer("processing", null));
        assertThat(facts.intents().get("pi_1")).isEqualTo(event);
    }

    @Test
    void stripesOwnWordOnTheIntentCountsMoreThanTheAnswersStatus() {
        var mismatched = new PaymentResponse(
                "p1",
                "failed",
                2000L,
                "usd",
                "pi_1",
                null,
                null,
                null,
                null,
                new PaymentResponse.Failure("amount_mismatch", null, "Stripe holds another amount.", false, null),
                new OrderPaymentsResponse.Intent("pi_1", "succeeded", 1999, 1999L, "usd"));
        OrderStripeState facts = PaymentResponseStates.after("card", OrderStripeState.NONE, mismatched);
        assertThat(OrderStatusCalculator.settle(TERMS, facts).status()).isEqualTo(OrderStatus.MISMATCH);
    }

    @Test
    void aBankThatWantsToSeeTheBuyerIsNoFailure() {
        OrderStripeState facts = OrderStripeState.NONE.with(new PaymentIntentState(
                "pi_1", "requires_payment_method", 2000, 0, "usd", 7, null, null, "authentication_required", null, ""));
        assertThat(OrderStatusCalculator.settle(TERMS, facts).status()).isEqualTo(OrderStatus.ACTION_REQUIRED);
    }

    @Test
    void askingBringsRefundsAndDisputesOfTheOnlyPayment() {
        var payable = new OrderPaymentsResponse(
                "o1",
                "settled",
                List.of(seen("succeeded", new OrderPaymentsResponse.Intent("pi_1", "succeeded", 2000, 2000L, "usd"))),
                List.of(new OrderPaymentsResponse.Refund("re_1", null, "succeeded", 300, "usd")),
                List.of(new DisputeState("dp_1", "won", 2000, "usd", "pi_1", "ch_1", "fraudulent", true, true)),
                true);
        OrderStripeState facts = PaymentResponseStates.after(OrderStripeState.NONE, payable, true);
        assertThat(OrderStatusCalculator.settle(TERMS, facts))
                .isEqualTo(new OrderStatusResult(OrderStatus.PARTIALLY_REFUNDED, "pi_1", 2000, "usd", 300));
    }

    @Test
    void whatPaymentServiceKnewBeforeIsNoNewerThanAnEvent() {
        PaymentIntentState failed = new PaymentIntentState(
                "pi_1", "requires_payment_method", 2000, 0, "usd", 7, null, null, "card_declined", null, "");
        var payable = new OrderPaymentsResponse(
                "o1",
                "open",
                List.of(seen("processing", new OrderPaymentsResponse.Intent("pi_1", "processing", 2000, 0L, "usd"))),
                null,
                null,
                false);
        OrderStripeState facts = PaymentResponseStates.after(OrderStripeState.NONE.with(failed), payable, true);
        assertThat(facts.intents().get("pi_1")).isEqualTo(failed);
    }

    @Test
    void aWrongAmountIsNeverPaidEvenIfPartlyRight() {
        OrderStripeState facts = OrderStripeState.NONE.with(
                new PaymentIntentState("pi_1", "succeeded", 2000, 1000, "usd", 7, null, null, null, null, null));
        assertThat(OrderStatusCalculator.settle(TERMS, facts).status()).isEqualTo(OrderStatus.MISMATCH);
    }

    @Test
    void statusesThatHoldMoneyNeverBecomeOpenAgain() {
        for (OrderStatus from : OrderStatus.values()) {
            for (OrderStatus to : OrderStatus.values()) {
                if (!from.isOpen() && to.isOpen()) {
                    assertThat(from.canBecome(to)).as("%s -> %s", from, to).isFalse();
                }
            }
        }
    }

    private static PaymentResponse answer(String status, Long received) {
        return new PaymentResponse("p1", status, 2000L, "usd", "pi_1", null, received, "secret", null, null, null);
    }

    private static PaymentResponse seen(String status, OrderPaymentsResponse.Intent intent) {
        return new PaymentResponse("p1", status, 2000L, "usd", "pi_1", null, null, null, null, null, intent);
    }
}
