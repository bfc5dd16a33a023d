package io.tillstream.order.checkout;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.events.Money;
import io.tillstream.order.order.Order;
import io.tillstream.order.order.OrderStatus;
import io.tillstream.order.order.ShippingAddress;
import io.tillstream.order.payment.PaymentResponse;
import io.tillstream.web.docs.AllowableValues;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An order as people see it.
 *
 * @param paid what came, {@code refunded} what went back of it
 * @param payment the answer to the try to pay that was part of the request
 * @param userId and {@code stripePaymentIntentId} for operators
 */
@Schema(name = "Order")
record OrderJson(
        UUID id,
        @AllowableValues(OrderStatus.class) String status,
        @Schema(example = "3") int version,
        Money total,
        List<Line> lines,
        @Nullable ShippingAddress shippingAddress,
        @Nullable Money paid,
        @Nullable Money refunded,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant canceledAt,
        @Nullable PaymentJson payment,
        @Nullable String userId,
        @Nullable String stripePaymentIntentId) {

    @Schema(name = "OrderLine")
    record Line(
            String productId,
            @Schema(example = "Tidal Maps") String name,
            int quantity,
            Money unitPrice) {}

    static OrderJson of(Order order) {
        return of(order, null, false);
    }

    static OrderJson of(Order order, @Nullable PaymentJson payment) {
        return of(order, payment, false);
    }

    static OrderJson forOperators(Order order) {
        return of(order, null, true);
    }

    private static OrderJson of(Order order, @Nullable PaymentJson payment, boolean operator) {
        String paidCurrency = order.paidCurrency();
        return new OrderJson(
                order.id(),
                order.status().name().toLowerCase(Locale.ROOT),
                order.version(),
                new Money(order.amount(), order.currency()),
                order.lines().stream()
                        .map(line -> new Line(
                                line.productId(),
                                line.name(),
                                line.quantity(),
                                new Money(line.unitAmount(), order.currency())))
                        .toList(),
                order.shippingAddress(),
                paidCurrency == null ? null : new Money(order.amountPaid(), paidCurrency),
                paidCurrency == null || order.amountRefunded() == 0
                        ? null
                        : new Money(order.amountRefunded(), paidCurrency),
                order.createdAt(),
                order.updatedAt(),
                order.canceledAt(),
                payment,
                operator ? order.userId() : null,
                operator ? order.paymentIntent() : null);
    }

    /** What became of one try to pay. */
    @Schema(name = "OrderPayment")
    record PaymentJson(
            @Schema(example = "0d6f0b7c-2e11-4d7e-9a55-5c0a3f1e8d1c")
            String id,

            @Schema(allowableValues = {"succeeded", "processing", "action_required", "failed"})
            String status,

            @Nullable UUID orderId,
            @Nullable String clientSecret,
            @Nullable String checkoutUrl,
            PaymentResponse.@Nullable Failure failure) {

        /** Until payment-service has named it, the try goes by its own id. */
        static PaymentJson of(UUID attemptId, UUID orderId, PaymentResponse answer) {
            return new PaymentJson(
                    answer.id() != null ? answer.id() : attemptId.toString(),
                    answer.status(),
                    orderId,
                    answer.clientSecret(),
                    answer.checkoutUrl(),
                    answer.failure() == null ? null : answer.failure().forBuyers());
        }
    }

    /** A page of Stripe's on which the order can be paid. */
    @Schema(name = "OrderCheckoutSession")
    record SessionJson(
            @Schema(example = "cs_test_a1b2c3") String id,

            @Nullable @Schema(example = "https://checkout.stripe.com/c/pay/cs_test_a1b2c3")
            String url,

            @Nullable @Schema(example = "cs_test_a1b2c3_secret_x", description = "for Stripe.js, if embedded")
            String clientSecret,

            UUID orderId) {}
}
