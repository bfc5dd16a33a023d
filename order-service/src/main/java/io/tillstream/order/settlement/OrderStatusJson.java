package io.tillstream.order.settlement;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.events.Money;
import io.tillstream.order.order.Order;
import io.tillstream.order.order.OrderStatus;
import io.tillstream.web.docs.AllowableValues;
import io.tillstream.web.settlement.SettlementStatus;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far an order is, for the page that waits for it.
 *
 * @param version grows with each move of the order
 */
@Schema(name = "OrderSettlement")
record OrderStatusJson(
        UUID orderId,

        @Schema(
                example = "paid",
                allowableValues = {"settling", "paid", "failed", "action_required", "canceled"})
        String state,

        @AllowableValues(OrderStatus.class) String status,
        @Schema(example = "3") int version,
        @Nullable Money paid)
        implements SettlementStatus {

    static OrderStatusJson of(Order order) {
        Money paid = order.amountPaid() == 0
                ? null
                : new Money(order.amountPaid(), Objects.requireNonNull(order.paidCurrency()));
        return new OrderStatusJson(
                order.id(),
                state(order.status()),
                order.status().name().toLowerCase(Locale.ROOT),
                order.version(),
                paid);
    }

    /** A wrong amount needs a person: for the buyer it is as if it had failed. */
    private static String state(OrderStatus status) {
        return switch (status) {
            case AWAITING_PAYMENT, PAYMENT_PROCESSING -> "settling";
            case ACTION_REQUIRED -> "action_required";
            case PAYMENT_FAILED, MISMATCH -> "failed";
            case PAID, PARTIALLY_REFUNDED, REFUNDED, DISPUTED, DISPUTE_LOST -> "paid";
            case CANCELED -> "canceled";
        };
    }

    /** Whether something is still to come, from Stripe or after the buyer has done what their bank asks for. */
    boolean isOpen() {
        return state.equals("settling") || state.equals("action_required");
    }

    /**
     * Whoever comes back from the bank's page knows that something was to be done, and waits for what came of it: only
     * to those who say what they know is {@code action_required} news.
     */
    boolean isNews(@Nullable Integer since) {
        if (isOpen() && (since == null || state.equals("settling"))) {
            return false;
        }
        return version > (since == null ? 0 : since);
    }
}
