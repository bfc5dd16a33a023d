package io.tillstream.order.settlement;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Any sequence of the same events, with repeats, ends in the same state, and that is Stripe's. */
class AnyOrderOfEventsTest {

    private static final int SEQUENCES = 300; // most lives have fewer without repeats

    @ParameterizedTest
    @EnumSource
    void everySequenceComesToTheSameEnd(StripeLives lives) {
        Set<CalculatedOrderStatus> ends = new HashSet<>();
        for (int seed = 0; seed < SEQUENCES; seed++) {
            Run run = run(lives, Seed.random(seed));
            assertThat(run.settled.status()).as("%s, seed %d", lives, seed).isEqualTo(lives.end);
            ends.add(run.settled);
        }
        CalculatedOrderStatus end = ends.iterator().next();
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

    @ParameterizedTest
    @EnumSource
    void aPaidOrderIsToldOncePerPayment(StripeLives lives) {
        for (int seed = 0; seed < SEQUENCES; seed++) {
            Run run = run(lives, Seed.random(seed));
            List<String> told = run.told.stream()
                    .filter(OrderEvent.Paid.class::isInstance)
                    .map(event -> ((OrderEvent.Paid) event).stripePaymentIntentId())
                    .toList();
            assertThat(told).as("%s, seed %d", lives, seed).doesNotHaveDuplicates();
            assertThat(told.isEmpty()).as("%s, seed %d", lives, seed).isEqualTo(!lives.end.isPaidFor());
        }
    }

    private static final class Run {
        CalculatedOrderStatus settled = new CalculatedOrderStatus(OrderStatus.AWAITING_PAYMENT, null, 0, null, 0);
        final List<String> forbidden = new ArrayList<>();
        final List<String> untold = new ArrayList<>();
        final List<OrderEvent> told = new ArrayList<>();
    }

    private static Run run(StripeLives lives, Random random) {
        StripeLife life = lives.life();
        List<StripeEvent> events = new ArrayList<>(life.events());
        for (StripeEvent event : life.events()) {
            if (random.nextInt(3) == 0) {
                events.add(event);
            }
        }
        Collections.shuffle(events, random);
        var terms = new OrderStatusCalculator.Terms(2000, "usd", lives.canceled(), false);
        var run = new Run();
        Order order = order(lives.canceled());
        OrderStripeState known = OrderStripeState.NONE;
        for (StripeEvent event : events) {
            OrderStripeState before = known;
            known = known.after(event, Optional.empty())
                    .or(() -> before.after(event, Optional.of(life.refetch(event))))
                    .orElseThrow();
            CalculatedOrderStatus settled = OrderStatusCalculator.settle(terms, known);
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
        return moved(order, new CalculatedOrderStatus(status, null, 0, null, 0));
    }

    private static Order moved(Order order, CalculatedOrderStatus settled) {
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
                settled.intentId(),
                settled.paid(),
                settled.paidCurrency(),
                settled.refunded(),
                order.createdAt(),
                order.updatedAt());
    }
}
