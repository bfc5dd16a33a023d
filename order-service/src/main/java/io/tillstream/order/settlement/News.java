package io.tillstream.order.settlement;

import io.tillstream.order.order.Order;
import io.tillstream.order.payment.OrderPayment;
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
 */
record News(
        BiFunction<Order, OrderFacts, OrderFacts> facts,
        Function<List<OrderPayment>, Tries> tries,
        List<Write> toldBefore,
        Function<Boolean, List<Write>> toldAfter) {

    /** Tries as they are now, and what makes the table say so. */
    record Tries(List<OrderPayment> now, List<Write> writes) {

        /** One try changes, the others stay. */
        static Tries replacing(
                List<OrderPayment> before, OrderPayment one, UnaryOperator<OrderPayment> change, Write write) {
            return new Tries(
                    before.stream()
                            .map(each -> each.id().equals(one.id()) ? change.apply(each) : each)
                            .toList(),
                    List.of(write));
        }
    }

    static News of(BiFunction<Order, OrderFacts, OrderFacts> facts) {
        return new News(facts, tries -> new Tries(tries, List.of()), List.of(), newFacts -> List.of());
    }

    News withTries(Function<List<OrderPayment>, Tries> change) {
        return new News(facts, change, toldBefore, toldAfter);
    }

    News toldBefore(Write line) {
        return new News(facts, tries, List.of(line), toldAfter);
    }

    News toldAfter(Function<Boolean, Write> line) {
        return new News(facts, tries, toldBefore, newFacts -> List.of(line.apply(newFacts)));
    }
}
