package io.tillstream.order.order;

import io.tillstream.events.Money;
import io.tillstream.events.OrderEvent;
import java.util.List;

/**
 * What was bought, as it was on that day.
 *
 * @param unitAmount in the smallest unit of the order's currency
 */
public record OrderLine(String productId, String name, int quantity, long unitAmount) {

    /** An order's lines as other systems are told of them. */
    public static List<OrderEvent.Line> told(Order order) {
        return order.lines().stream()
                .map(line -> new OrderEvent.Line(
                        line.productId(), line.name(), line.quantity(), new Money(line.unitAmount(), order.currency())))
                .toList();
    }
}
