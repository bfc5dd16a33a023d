package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The checker names every breach that is planted, and none where there is none. */
class InvariantsTest {
    private final List<Evidence.Intent> intents = new ArrayList<>();
    private final List<Evidence.StripeRefund> stripeRefunds = new ArrayList<>();
    private final List<Evidence.Effect> effects = new ArrayList<>();
    private final Set<String> answered = new HashSet<>();
    private final List<Evidence.Order> orders = new ArrayList<>();
    private final List<Evidence.Payment> payments = new ArrayList<>();
    private final List<Evidence.LocalRefund> refunds = new ArrayList<>();
    private final List<Evidence.Move> moves = new ArrayList<>();
    private final List<Evidence.Outgoing> outbox = new ArrayList<>();
    private final List<Evidence.Told> told = new ArrayList<>();
    private final Set<String> cutOff = new HashSet<>();
    private final Set<String> onTopic = new HashSet<>();
    private final Map<String, Set<String>> handled = new HashMap<>();
    private final Set<String> deadLetters = new HashSet<>();
    private final Set<String> poison = new HashSet<>();

    InvariantsTest() {
        intents.add(new Evidence.Intent("pi_1", "succeeded", 999, "usd", "order-1", "attempt-1"));
        effects.add(new Evidence.Effect("v1:local:pay:attempt-1", "pi_1"));
        answered.add("evt_1");
        orders.add(new Evidence.Order("order-1", "PAID", 999, "usd", 2));
        payments.add(new Evidence.Payment("payment-1", "succeeded", "pi_1", 999, "usd"));
        moves.add(new Evidence.Move("order", "order-1", 1, "", "AWAITING_PAYMENT", "request"));
        moves.add(new Evidence.Move("order", "order-1", 2, "AWAITING_PAYMENT", "PAID", "evt_1"));
        outbox.add(new Evidence.Outgoing("out-1", "io.tillstream.order.placed.v1", "order-1", 1));
        outbox.add(new Evidence.Outgoing("out-2", "io.tillstream.order.paid.v1", "order-1", 2));
        told.add(new Evidence.Told("orders.events", "out-1", "io.tillstream.order.placed.v1", "order-1", 3, 10));
        told.add(new Evidence.Told("orders.events", "out-2", "io.tillstream.order.paid.v1", "order-1", 3, 11));
        onTopic.add("evt_1");
        handled.put("order-service", new HashSet<>(Set.of("evt_1")));
    }

    private List<String> breaches() {
        return Invariants.breachesIn(new Evidence(
                intents,
                stripeRefunds,
                effects,
                Set.of("evt_1"),
                answered,
                orders,
                payments,
                refunds,
                moves,
                outbox,
                told,
                cutOff,
                onTopic,
                handled,
                deadLetters,
                poison));
    }

    private void assertBreach(String invariant, String... words) {
        assertThat(breaches())
                .anySatisfy(breach ->
                        assertThat(breach).startsWith(invariant + ": ").contains(words));
    }

    @Test
    void aRunWhereAllIsRightHasNoBreach() {
        assertThat(breaches()).isEmpty();
    }

    @Test
    void moneyWithoutAPaymentIsABreach() {
        payments.clear();
        assertBreach("M1", "pi_1", "0 payments");
    }

    @Test
    void moneyForAnOrderThatIsNotPaidIsABreach() {
        orders.set(0, new Evidence.Order("order-1", "CANCELED", 999, "usd", 2));
        assertBreach("M1", "pi_1", "CANCELED");
    }

    @Test
    void moneyForACanceledOrderThatWasGivenBackIsNoBreach() {
        orders.set(0, new Evidence.Order("order-1", "CANCELED", 999, "usd", 2));
        moves.set(1, new Evidence.Move("order", "order-1", 2, "AWAITING_PAYMENT", "CANCELED", "request"));
        stripeRefunds.add(new Evidence.StripeRefund("re_1", "pi_1", 999, "succeeded"));
        refunds.add(new Evidence.LocalRefund("re_1", 999, "succeeded"));
        assertThat(breaches()).isEmpty();
    }

    @Test
    void aPaidOrderWithoutMoneyIsABreach() {
        intents.set(0, new Evidence.Intent("pi_1", "canceled", 0, "usd", "order-1", "attempt-1"));
        assertBreach("M2", "order-1");
    }

    @Test
    void aPaidOrderWithTheWrongMoneyIsABreach() {
        intents.set(0, new Evidence.Intent("pi_1", "succeeded", 999, "eur", "order-1", "attempt-1"));
        assertBreach("M2", "order-1");
    }

    @Test
    void aDoubleChargeIsABreach() {
        intents.add(new Evidence.Intent("pi_2", "succeeded", 999, "usd", "order-1", "attempt-2"));
        payments.add(new Evidence.Payment("payment-2", "succeeded", "pi_2", 999, "usd"));
        assertBreach("M3", "order-1");
    }

    @Test
    void aRefundThatNobodyKnowsHereIsABreach() {
        stripeRefunds.add(new Evidence.StripeRefund("re_1", "pi_1", 100, "succeeded"));
        assertBreach("M4", "re_1");
    }

    @Test
    void aRefundThatIsNotAtStripeIsABreach() {
        refunds.add(new Evidence.LocalRefund("re_9", 100, "succeeded"));
        assertBreach("M4", "re_9");
    }

    @Test
    void givingBackMoreThanWasTakenIsABreach() {
        stripeRefunds.add(new Evidence.StripeRefund("re_1", "pi_1", 900, "succeeded"));
        stripeRefunds.add(new Evidence.StripeRefund("re_2", "pi_1", 900, "pending"));
        assertBreach("M4", "more than it took");
    }

    @Test
    void twoIntentsOfOneAttemptAreABreach() {
        intents.add(new Evidence.Intent("pi_2", "canceled", 0, "usd", "order-1", "attempt-1"));
        assertBreach("M5", "attempt-1");
    }

    @Test
    void twoEffectsOfOneKeyAreABreach() {
        effects.add(new Evidence.Effect("v1:local:pay:attempt-1", "pi_2"));
        assertBreach("M5", "v1:local:pay:attempt-1");
    }

    @Test
    void aGapInAHistoryIsABreach() {
        moves.set(1, new Evidence.Move("order", "order-1", 3, "AWAITING_PAYMENT", "PAID", "evt_1"));
        assertBreach("T1", "gap");
    }

    @Test
    void aMoveFromWhereItWasNotIsABreach() {
        moves.set(1, new Evidence.Move("order", "order-1", 2, "CANCELED", "PAID", "evt_1"));
        assertBreach("T1", "CANCELED");
    }

    @Test
    void aMoveByAnEventThatNeverHappenedIsABreach() {
        moves.set(1, new Evidence.Move("order", "order-1", 2, "AWAITING_PAYMENT", "PAID", "evt_7"));
        assertBreach("T1", "evt_7");
    }

    @Test
    void aRowEditedByHandIsABreach() {
        orders.set(0, new Evidence.Order("order-1", "PAID", 999, "usd", 7));
        assertBreach("T1", "history says");
    }

    @Test
    void anEventThatWasNeverToldIsABreach() {
        told.remove(1);
        assertBreach("E1", "out-2", "never told");
    }

    @Test
    void anEventToldTwiceIsABreach() {
        told.add(new Evidence.Told("orders.events", "out-2", "io.tillstream.order.paid.v1", "order-1", 3, 12));
        assertBreach("E1", "out-2", "2 times");
    }

    /** At least once, and consumers drop the repeat by its id. Its first place decides the order. */
    @Test
    void anEventThatWasCutOffMayBeToldAgain() {
        told.add(new Evidence.Told("orders.events", "out-1", "io.tillstream.order.placed.v1", "order-1", 3, 12));
        told.add(new Evidence.Told("orders.events", "out-2", "io.tillstream.order.paid.v1", "order-1", 3, 13));
        cutOff.addAll(Set.of("out-1", "out-2"));
        assertThat(breaches()).isEmpty();
    }

    @Test
    void anOrderThatIsToldPaidByTwoEventsIsABreachInOutagesToo() {
        outbox.add(new Evidence.Outgoing("out-3", "io.tillstream.order.paid.v1", "order-1", 3));
        told.add(new Evidence.Told("orders.events", "out-3", "io.tillstream.order.paid.v1", "order-1", 3, 12));
        cutOff.addAll(Set.of("out-1", "out-2", "out-3"));
        assertBreach("E1", "order-1", "told paid 2 times");
    }

    @Test
    void anEventOutOfNowhereIsABreach() {
        told.add(new Evidence.Told("orders.events", "out-9", "io.tillstream.order.placed.v1", "order-9", 3, 12));
        assertBreach("E1", "out-9", "by nobody");
    }

    @Test
    void eventsOfOneOrderToldInTheWrongOrderAreABreach() {
        told.set(0, new Evidence.Told("orders.events", "out-1", "io.tillstream.order.placed.v1", "order-1", 3, 12));
        assertBreach("E1", "[2, 1]");
    }

    @Test
    void anAnsweredEventThatIsNotOnTheTopicIsABreach() {
        answered.add("evt_2");
        assertBreach("W1", "evt_2");
    }

    @Test
    void anEventThatAServiceNeverHandledIsABreach() {
        handled.put("payment-service", Set.of());
        assertBreach("W1", "evt_1", "payment-service");
    }

    @Test
    void aDeadLetterThatIsNoPoisonIsABreach() {
        deadLetters.add("evt_1");
        assertBreach("W1", "dead letter");
        poison.add("evt_1");
        assertThat(breaches()).isEmpty();
    }
}
