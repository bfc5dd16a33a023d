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
import io.tillstream.order.payment.PaymentAttempts;
import io.tillstream.sql.Write;
import io.tillstream.sql.Writes;
import io.tillstream.web.Problem;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** How an order comes to be: priced from the catalog, stored once. */
@Component
class OrderPlacement {

    private static final Logger LOG = LoggerFactory.getLogger(OrderPlacement.class);

    private final Products products;
    private final Orders orders;
    private final PaymentAttempts payments;
    private final Timeline timeline;
    private final ParkedEvents parked;
    private final Outbox outbox;
    private final Writes writes;
    private final Transactions transactions;
    private final Clock clock;

    OrderPlacement(
            Products products,
            Orders orders,
            PaymentAttempts payments,
            Timeline timeline,
            ParkedEvents parked,
            Outbox outbox,
            Writes writes,
            Transactions transactions,
            Clock clock) {
        this.products = products;
        this.orders = orders;
        this.payments = payments;
        this.timeline = timeline;
        this.parked = parked;
        this.outbox = outbox;
        this.writes = writes;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** An order, and whether its first try to pay was stored with it just now. */
    record Placed(Order order, boolean begun) {}

    /**
     * The order with this id, as it was stored or as it is stored now; with its first try to pay, where it is paid at once.
     * A repeat is the exception: it is noticed when its order is there already, or cannot be priced any more.
     */
    Mono<Placed> place(UUID id, String userId, OrderRequests.PlaceOrder request) {
        OrderRequests.Payment payment = request.payment();
        return price(id, userId, request)
                .flatMap(order -> transactions
                        .statement(writes.send(store(order, payment)))
                        .then(Mono.fromSupplier(() -> {
                            LOG.info("Order {} placed", order.id());
                            return new Placed(order, payment != null);
                        })))
                .onErrorResume(DuplicateKeyException.class, twice -> stored(id, userId))
                .onErrorMap(
                        Orders::isDeparted,
                        gone -> Problem.conflict(
                                "customer-deleted",
                                "You were deleted while this order was on its way; nothing was ordered."))
                .onErrorResume(Problem.class, no -> stored(id, userId).switchIfEmpty(Mono.error(no)));
    }

    private Mono<Placed> stored(UUID id, String userId) {
        return orders.find(id, userId).map(order -> new Placed(order, false));
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

    private List<Write> store(Order order, OrderRequests.@Nullable Payment payment) {
        Cause cause = Cause.request("POST /api/orders", order.id());
        String id = order.id().toString();
        List<Write> all = new ArrayList<>(List.of(
                orders.insert(order),
                timeline.moved(order.id(), order.version(), null, order.status(), cause),
                timeline.called(order.id(), cause.what(), id, "placed", null),
                outbox.write(List.of(placed(order))),
                parked.releasing(List.of(id))));
        if (payment != null) {
            UUID attempt = PaymentApiMapper.firstAttempt(order.id());
            all.add(timeline.called(order.id(), "payment by " + payment.method(), attempt.toString(), "asked", null));
            all.add(payments.begin(attempt, order.id(), payment.method()));
        }
        return all;
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
