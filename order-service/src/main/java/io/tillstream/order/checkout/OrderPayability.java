package io.tillstream.order.checkout;

import io.tillstream.order.order.CancelReason;
import io.tillstream.order.order.Order;
import io.tillstream.order.order.OrderExpirySettings;
import io.tillstream.order.order.OrderStatus;
import io.tillstream.web.Problem;
import java.time.Clock;
import org.springframework.stereotype.Component;

/** Whether an order can be paid, and what is told where it cannot. */
@Component
class OrderPayability {

    private static final String UNDECIDED = "order-being-canceled";

    private final OrderExpirySettings expiry;
    private final Clock clock;

    OrderPayability(OrderExpirySettings expiry, Clock clock) {
        this.expiry = expiry;
        this.clock = clock;
    }

    /**
     * Under the lock of the order's row: a cancel that began shuts the door.
     *
     * @throws Problem 409 where it cannot be paid
     */
    void check(Order order) {
        if (order.isCanceled()) {
            throw canceled(order);
        }
        if (order.status() == OrderStatus.MISMATCH) {
            throw waits();
        }
        if (!order.status().isOpen()) {
            throw alreadyPaid();
        }
        boolean isCanceling = order.cancelRequestedAt() != null;
        if (isCanceling ? order.cancelReason() == CancelReason.EXPIRED : expiry.isOver(order, clock.instant())) {
            throw expired();
        }
        if (isCanceling) {
            throw beingCanceled();
        }
    }

    /** Whether it is a no of a cancel that is under way, which money that was faster would end otherwise. */
    static boolean isUndecided(Problem no) {
        return no.code().equals(UNDECIDED);
    }

    /** The same no, or what the order came to by now. */
    static Problem decided(Order now, Problem undecided) {
        if (now.isCanceled()) {
            return canceled(now);
        }
        if (now.status() == OrderStatus.MISMATCH) {
            return waits();
        }
        return now.status().isOpen() ? undecided : alreadyPaid();
    }

    private static Problem waits() {
        return Problem.conflict("order-not-payable", "The order waits for our staff.");
    }

    static Problem alreadyPaid() {
        return Problem.conflict("order-already-paid", "The order is paid.");
    }

    static Problem beingCanceled() {
        return Problem.conflict(UNDECIDED, "The order is being canceled; money that came before decides.");
    }

    private static Problem canceled(Order order) {
        return order.cancelReason() == CancelReason.EXPIRED
                ? expired()
                : Problem.conflict("order-canceled", "The order is canceled.");
    }

    private static Problem expired() {
        return Problem.conflict("order-expired", "The order was not paid in time; place a new one, at today's prices.");
    }
}
