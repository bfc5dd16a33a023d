package io.tillstream.order.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.order.order.OrderStatus;
import io.tillstream.order.payment.Payable;
import io.tillstream.order.payment.PaymentAnswer;
import io.tillstream.stripeevents.DisputeFact;
import io.tillstream.stripeevents.IntentFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettlementRulesTest {

    private static final SettlementRules.Terms TERMS = new SettlementRules.Terms(2000, "usd", false, false);

    @Test
    void anUnknownOutcomeIsProcessing() {
        var terms = new SettlementRules.Terms(2000, "usd", false, true);
        assertThat(SettlementRules.settle(terms, OrderFacts.NONE).status()).isEqualTo(OrderStatus.PAYMENT_PROCESSING);
    }

    @Test
    void anAnswerWithoutStripesOwnNumberIsNoMoney() {
        OrderFacts facts = AnswerFacts.after("card", OrderFacts.NONE, answer("succeeded", null));
        assertThat(SettlementRules.settle(TERMS, facts).status()).isEqualTo(OrderStatus.PAYMENT_PROCESSING);
    }

    @Test
    void anAnswerWithTheWholeAmountPays() {
        OrderFacts facts = AnswerFacts.after("card", OrderFacts.NONE, answer("succeeded", 2000L));
        assertThat(SettlementRules.settle(TERMS, facts))
                .isEqualTo(new Settled(OrderStatus.PAID, "pi_1", 2000, "usd", 0));
    }

    @Test
    void aPageThatWaitsForTheBuyersCardIsNoAction() {
        OrderFacts facts = AnswerFacts.after("payment_element", OrderFacts.NONE, answer("action_required", null));
        assertThat(SettlementRules.settle(TERMS, facts).status()).isEqualTo(OrderStatus.AWAITING_PAYMENT);
    }

    @Test
    void anAnswerDoesNotUndoAnEventThatWasFaster() {
        IntentFact event = new IntentFact("pi_1", "succeeded", 2000, 2000, "usd", 7, null, "ch_1", null, null, null);
        OrderFacts facts = AnswerFacts.after("card", OrderFacts.NONE.with(event), answer("processing", null));
        assertThat(facts.intents().get("pi_1")).isEqualTo(event);
    }

    @Test
    void stripesOwnWordOnTheIntentCountsMoreThanTheAnswersStatus() {
        var mismatched = new PaymentAnswer(
                "p1",
                "failed",
                2000L,
                "usd",
                "pi_1",
                null,
                null,
                null,
                null,
                new PaymentAnswer.Failure("amount_mismatch", null, "Stripe holds another amount.", false),
                new Payable.Intent("pi_1", "succeeded", 1999, 1999L, "usd"));
        OrderFacts facts = AnswerFacts.after("card", OrderFacts.NONE, mismatched);
        assertThat(SettlementRules.settle(TERMS, facts).status()).isEqualTo(OrderStatus.MISMATCH);
    }

    @Test
    void aBankThatWantsToSeeTheBuyerIsNoFailure() {
        OrderFacts facts = OrderFacts.NONE.with(new IntentFact(
                "pi_1", "requires_payment_method", 2000, 0, "usd", 7, null, null, "authentication_required", null, ""));
        assertThat(SettlementRules.settle(TERMS, facts).status()).isEqualTo(OrderStatus.ACTION_REQUIRED);
    }

    @Test
    void askingBringsRefundsAndDisputesOfTheOnlyPayment() {
        var payable = new Payable(
                "o1",
                "settled",
                List.of(seen("succeeded", new Payable.Intent("pi_1", "succeeded", 2000, 2000L, "usd"))),
                List.of(new Payable.Refund("re_1", null, "succeeded", 300, "usd")),
                List.of(new DisputeFact("dp_1", "won", 2000, "usd", "pi_1", "ch_1", "fraudulent", true, true)),
                true);
        OrderFacts facts = AnswerFacts.after(OrderFacts.NONE, payable, true);
        assertThat(SettlementRules.settle(TERMS, facts))
                .isEqualTo(new Settled(OrderStatus.PARTIALLY_REFUNDED, "pi_1", 2000, "usd", 300));
    }

    @Test
    void whatPaymentServiceKnewBeforeIsNoNewerThanAnEvent() {
        IntentFact failed = new IntentFact(
                "pi_1", "requires_payment_method", 2000, 0, "usd", 7, null, null, "card_declined", null, "");
        var payable = new Payable(
                "o1",
                "open",
                List.of(seen("processing", new Payable.Intent("pi_1", "processing", 2000, 0L, "usd"))),
                null,
                null,
                false);
        OrderFacts facts = AnswerFacts.after(OrderFacts.NONE.with(failed), payable, true);
        assertThat(facts.intents().get("pi_1")).isEqualTo(failed);
    }

    @Test
    void aWrongAmountIsNeverPaidEvenIfPartlyRight() {
        OrderFacts facts = OrderFacts.NONE.with(
                new IntentFact("pi_1", "succeeded", 2000, 1000, "usd", 7, null, null, null, null, null));
        assertThat(SettlementRules.settle(TERMS, facts).status()).isEqualTo(OrderStatus.MISMATCH);
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

    private static PaymentAnswer answer(String status, Long received) {
        return new PaymentAnswer("p1", status, 2000L, "usd", "pi_1", null, received, "secret", null, null, null);
    }

    private static PaymentAnswer seen(String status, Payable.Intent intent) {
        return new PaymentAnswer("p1", status, 2000L, "usd", "pi_1", null, null, null, null, null, intent);
    }
}
