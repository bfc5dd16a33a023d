package io.tillstream.order.checkout;

import io.tillstream.order.checkout.OrderJson.PaymentJson;
import io.tillstream.order.order.Order;
import io.tillstream.order.payment.PayRequest;
import io.tillstream.order.payment.PaymentAnswer;
import io.tillstream.web.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.http.HttpStatus;

/** Between the public API and payment-service: what is asked of it, and how its answers are answered. */
final class Payments {

    private Payments() {}

    /** The try that is part of placing an order: the same order, the same try. */
    static UUID firstAttempt(UUID orderId) {
        return UUID.nameUUIDFromBytes((orderId + ":payment").getBytes(StandardCharsets.UTF_8));
    }

    static PayRequest by(Order order, OrderRequests.Payment payment) {
        return request(order, payment.wire(), null, null, null);
    }

    static PayRequest by(Order order, OrderRequests.CheckoutSession session) {
        return request(
                order, null, session.successUrl(), session.cancelUrl(), session.isEmbedded() ? "embedded" : "hosted");
    }

    private static PayRequest request(
            Order order,
            PayRequest.@org.jspecify.annotations.Nullable Payment payment,
            @org.jspecify.annotations.Nullable String successUrl,
            @org.jspecify.annotations.Nullable String cancelUrl,
            @org.jspecify.annotations.Nullable String uiMode) {
        List<PayRequest.Line> lines = order.lines().stream()
                .map(line -> new PayRequest.Line(line.name(), line.quantity(), line.unitAmount()))
                .toList();
        return new PayRequest(
                order.id().toString(),
                order.userId(),
                order.amount(),
                order.currency(),
                order.description(),
                lines,
                order.shippingAddress(),
                payment,
                successUrl,
                cancelUrl,
                uiMode);
    }

    /** 201, or 202 while the outcome is open. */
    static HttpStatus status(PaymentAnswer answer) {
        return answer.status().equals("processing") ? HttpStatus.ACCEPTED : HttpStatus.CREATED;
    }

    /** A declined card is 402, with the order kept open. */
    static PaymentJson orDeclined(OrderFlow.Paid paid) {
        PaymentJson payment = PaymentJson.of(paid.attemptId(), paid.order().id(), paid.answer());
        if (!paid.answer().status().equals("failed")) {
            return payment;
        }
        var failure = paid.answer().failure();
        String why = failure == null ? null : failure.message();
        Problem declined = Problem.of(
                        402, "card-declined", why == null ? "The payment failed; the order can be paid again." : why)
                .with("orderId", paid.order().id())
                .with("payment", payment);
        throw failure == null ? declined : declined.with("failure", Objects.requireNonNull(failure));
    }
}
