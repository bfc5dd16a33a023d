package io.tillstream.order.settlement;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.order.order.Order;
import io.tillstream.order.order.Orders;
import io.tillstream.web.settlement.StatusWatcher;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/** Browsers that wait for an order to settle. */
@Component
class OrderStatusWatcher extends StatusWatcher<Order> {

    private final Orders orders;

    OrderStatusWatcher(Orders orders, MeterRegistry meters) {
        super(meters);
        this.orders = orders;
    }

    @Override
    protected Flux<Order> all(List<UUID> ids) {
        return orders.all(ids);
    }

    @Override
    protected UUID id(Order order) {
        return order.id();
    }
}
