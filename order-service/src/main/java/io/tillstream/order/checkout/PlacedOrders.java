package io.tillstream.order.checkout;

import io.tillstream.delivery.Outbox;
import io.tillstream.delivery.ParkedEvents;
import io.tillstream.delivery.Transactions;
import io.tillstream.events.Money;
import io.tillstream.events.OrderEvent;
import io.tillstream.order.catalog.Product;
import io.tillstream.order.catalog.Products;
import io.tillstream.order.order.Cause;
import io.tillstream.order.order.Order;
import io.tillstream.order.order.OrderLine;
import io.tillstream.order.order.Orders;
import io.tillstream.order.order.Timeline;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** How an order comes to be: priced from the catalog, stored once. */
@Component
class PlacedOrders {

    private static final Logger LOG = LoggerFactory.getLogger(PlacedOrders.class);

    private final Products products;
    private final Orders orders;
    private final Timeline timeline;
    private final ParkedEvents parked;
    private final Outbox outbox;
    private final Transactions transactions;
    private final Clock clock;

    PlacedOrders(
            Products products,
            Orders orders,
            Timeline timeline,
            ParkedEvents parked,
            Outbox outbox,
            Transactions transactions,
            Clock clock) {
        this.products = products;
        this.orders = orders;
        this.timeline = timeline;
        this.parked = parked;
        this.outbox = outbox;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** The order with this id, as it was stored or as it is stored now. */
    Mono<Order> place(UUID id, String userId, OrderRequests.PlaceOrder request) {
        return orders.find(id, userId).switchIfEmpty(Mono.defer(() -> price(id, userId, request)
                .flatMap(order -> transactions.run(store(order)))
                .then(orders.find(id, userId))));
    }

    private Mono<Order> price(UUID id, String userId, OrderRequests.PlaceOrder request) {
        var ids = request.items().stream()
                .map(OrderRequests.Item::productId)
                .distinct()
                .toList();
        return products.all(ids)
                .collectMap(Product::id)
                .map(catalog -> Pricing.price(request.items(), catalog))
                .map(priced -> Order.placed(
                        id,
                        userId,
                        priced.amount(),
                        priced.currency(),
                        priced.lines(),
                        request.shippingAddress(),
                        clock.instant().truncatedTo(ChronoUnit.MICROS))); // as precise as the table
    }

    private Mono<Boolean> store(Order order) {
        Cause cause = Cause.request("POST /api/orders", order.id());
        return orders.insert(order)
                .flatMap(isNew -> isNew
                        ? timeline.moved(order.id(), order.version(), null, order.status(), cause)
                                .then(timeline.called(
                                        order.id(), cause.what(), order.id().toString(), "placed", null))
                                .then(outbox.append(placed(order)))
                                .then(parked.release(order.id().toString()))
                                .doOnSuccess(released -> LOG.info("Order {} placed", order.id()))
                                .thenReturn(true)
                        : Mono.just(false));
    }

    private static OrderEvent placed(Order order) {
        return new OrderEvent.Placed(
                order.id().toString(),
                order.userId(),
                new Money(order.amount(), order.currency()),
                OrderLine.told(order),
                order.shippingAddress() == null ? null : order.shippingAddress().told());
    }
}
