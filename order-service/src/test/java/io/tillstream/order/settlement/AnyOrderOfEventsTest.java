package io.tillstream.order.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.events.DomainEvent;
import io.tillstream.events.OrderEvent;
import io.tillstream.order.order.Order;
import io.tillstream.order.order.OrderStatus;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.testing.Seed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Any sequence of the same events, with repeats, ends in the same state, and that is Stripe's. */
class AnyOrderOfEventsTest {

    private static final int SEQUENCES = 300; // most lives have fewer without repeats
    private static final int ANY_LIVES = 5000;

    @ParameterizedTest
    @EnumSource
    void everySequenceComesToTheSameEnd(StripeLives lives) {
        Set<OrderStatusResult> ends = new HashSet<>();
        for (int seed = 0; seed < SEQUENCES; seed++) {
            Run run = run(lives, Seed.random(seed));
            assertThat(run.settled.status()).as("%s, seed %d", lives, seed).isEqualTo(lives.end);
            ends.add(run.settled);
        }
        OrderStatusResult end = ends.iterator().next();
        assertThat(ends).hasSize(1);
        assertThat(end.paid()).isEqualTo(lives.paid);
        assertThat(end.refunded()).isEqualTo(lives.refunded);
    }

    @ParameterizedTest
    @EnumSource
    void everyMoveIsAllowedAndTold(StripeLives lives) {
        for (int seed = 0; seed < SEQUENCES; seed++) {
            Run run = run(lives, Seed.random(seed));
            assertThat(run.forbidden).as("%s, seed %d", lives, seed).isEmpty();
            assertThat(run.untold).as("%s, seed %d", lives, seed).isEmpty();
        }
    }

    /** Who sends goods for {@code order.paid} would send them once more. */
    @ParameterizedTest
    @EnumSource
    void anOrderIsToldPaidOnceHoweverManyPaymentsCame(StripeLives lives) {
        for (int seed = 0; seed < SEQUENCES; seed++) {
            Run run = run(lives, Seed.random(seed));
            assertThat(run.timesPaid()).as("%s, seed %d", lives, seed).isEqualTo(lives.end.isPaidFor() ? 1 : 0);
        }
    }

    @Test
    void thatHoldsForAnyLifeAndEveryMoveOfItIsTold() {
        for (int seed = 0; seed < ANY_LIVES; seed++) {
            Random random = Seed.random(seed);
            RandomStripeLife.Told some = RandomStripeLife.of(random);
            Run run = run(some.life(), false, random);
            assertThat(run.timesPaid()).as("seed %d", seed).isEqualTo(some.paid() ? 1 : 0);
            assertThat(run.forbidden).as("seed %d", seed).isEmpty();
            assertThat(run.untold).as("seed %d", seed).isEmpty();
        }
    }

    /** The one that came last is how it ended. */
    @Test
    void aDisputeThatIsDecidedOtherwiseLaterIsToldAgain() {
        StripeLife life = StripeLives.DISPUTE_LOST_THEN_WON.life();
        Run run = inOrder(life);
        assertThat(run.told)
                .extracting(DomainEvent::type)
                .extracting(type -> type.replace("io.tillstream.order.", ""))
                .containsExactly("paid.v1", "disputed.v1", "dispute_closed.v1", "dispute_closed.v1");
        assertThat(((OrderEvent.DisputeClosed) run.told.get(3)).outcome()).isEqualTo("won");
    }

    /** Who heard that all of it went back learns that the shop holds money for it again, and that nothing is to be sent. */
    @Test
    void anotherPaymentThatCountsNowIsToldAsThat() {
        Run run = inOrder(StripeLives.SURPLUS_AFTER_A_REFUND.life());
        assertThat(run.told)
                .extracting(DomainEvent::type)
                .extracting(type -> type.replace("io.tillstream.order.", ""))
                .containsExactly("paid.v1", "refunded.v1", "payment_replaced.v1", "refunded.v1");
    }

    private static final class Run {
        OrderStatusResult settled = new OrderStatusResult(OrderStatus.AWAITING_PAYMENT, null, 0, null, 0);
        final List<String> forbidden = new ArrayList<>();
        final List<String> untold = new ArrayList<>();
        final List<OrderEvent> told = new ArrayList<>();

        long timesPaid() {
            return told.stream().filter(OrderEvent.Paid.class::isInstance).count();
        }
    }

    private static Run run(StripeLives lives, Random random) {
        return run(lives.life(), lives.canceled(), random);
    }

    private static Run run(StripeLife life, boolean canceled, Random random) {
        List<StripeEvent> events = new ArrayList<>(life.events());
        for (StripeEvent event : life.events()) {
            if (random.nextInt(3) == 0) {
                events.add(event);
            }
        }
        Collections.shuffle(events, random);
        return run(life, events, canceled);
    }

    private static Run inOrder(StripeLife life) {
        return run(life, life.events(), false);
    }

    private static Run run(StripeLife life, List<StripeEvent> events, boolean canceled) {
        var terms = new OrderStatusCalculator.Terms(2000, "usd", canceled, false);
        var run = new Run();
        Order order = order(canceled);
        OrderStripeState known = OrderStripeState.NONE;
        for (StripeEvent event : events) {
            OrderStripeState before = known;
            known = known.after(event, Optional.empty())
                    .or(() -> before.after(event, Optional.of(life.refetch(event))))
                    .orElseThrow();
            OrderStatusResult settled = OrderStatusCalculator.settle(terms, known);
            List<OrderEvent> told = OrderEventFactory.of(order, terms, before, known, settled, List.of());
            if (settled.status() != order.status()) {
                check(order.status(), settled.status(), told, run);
            }
            run.told.addAll(told);
            run.settled = settled;
            order = moved(order, settled);
        }
        return run;
    }

    private static void check(OrderStatus from, OrderStatus to, List<OrderEvent> told, Run run) {
        if (!from.canBecome(to)) {
            run.forbidden.add(from + " -> " + to);
        }
        if (told.isEmpty()) {
            run.untold.add(from + " -> " + to);
        }
    }

    private static Order order(boolean canceled) {
        Order order = Order.placed(UUID.randomUUID(), "alice", 2000, "usd", List.of(), null, Instant.EPOCH);
        OrderStatus status = canceled ? OrderStatus.CANCELED : order.status();
        return moved(order, new OrderStatusResult(status, null, 0, null, 0));
    }

    private static Order moved(Order order, OrderStatusResult settled) {
        return new Order(
                order.id(),
                order.userId(),
                settled.status(),
                order.version() + 1,
                order.amount(),
                order.currency(),
                order.lines(),
                null,
                null,
                null,
                null,
                settled.intentId(),
                settled.paid(),
                settled.paidCurrency(),
                settled.refunded(),
                order.createdAt(),
                order.updatedAt());
    }
}
