package io.tillstream.order.settlement;

import io.tillstream.order.order.Order;
import io.tillstream.order.payment.PaymentAttempt;
import io.tillstream.sql.Write;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What a message adds to an order. It is told what the order was, under its lock, and all that it changes is written with
 * what follows from it.
 *
 * @param facts what is known now, by what was known
 * @param tries what became of the tries to pay
 * @param toldBefore lines of the timeline, above the order's move
 * @param toldAfter lines of the timeline below it, by whether the facts were new
 * @param toldOfNews lines below it, only where facts or tries were new
 */
record OrderTransitionInput(
        BiFunction<Order, OrderStripeState, OrderStripeState> facts,
        Function<List<PaymentAttempt>, Tries> tries,
        List<Write> toldBefore,
        Function<Boolean, List<Write>> toldAfter,
        List<Write> toldOfNews) {

    /** Tries as they are now, and what makes the table say so. */
    record Tries(List<PaymentAttempt> now, List<Write> writes) {

        /** One try changes, the others stay. */
        static Tries replacing(
                List<PaymentAttempt> before, PaymentAttempt one, UnaryOperator<PaymentAttempt> change, Write write) {
            return new Tries(
                    before.stream()
                            .map(each -> each.id().equals(one.id()) ? change.apply(each) : each)
                            .toList(),
                    List.of(write));
        }
    }

    static OrderTransitionInput of(BiFunction<Order, OrderStripeState, OrderStripeState> facts) {
        return new OrderTransitionInput(
                facts, tries -> new Tries(tries, List.of()), List.of(), newFacts -> List.of(), List.of());
    }

    OrderTransitionInput withTries(Function<List<PaymentAttempt>, Tries> change) {
        return new OrderTransitionInput(facts, change, toldBefore, toldAfter, toldOfNews);
    }

    OrderTransitionInput toldBefore(Write line) {
        return new OrderTransitionInput(facts, tries, List.of(line), toldAfter, toldOfNews);
    }

    OrderTransitionInput toldAfter(Function<Boolean, Write> line) {
        return new OrderTransitionInput(
                facts, tries, toldBefore, newFacts -> List.of(line.apply(newFacts)), toldOfNews);
    }

    /** For questions, which anybody can have asked without end: what tells nothing new leaves no line. */
    OrderTransitionInput toldOfNews(Write line) {
        return new OrderTransitionInput(facts, tries, toldBefore, toldAfter, List.of(line));
    }
}
