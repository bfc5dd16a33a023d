package io.tillstream.order.checkout;

import io.tillstream.order.checkout.OrderJson.PaymentJson;
import io.tillstream.order.order.Order;
import io.tillstream.order.payment.PaymentRequest;
import io.tillstream.order.payment.PaymentResponse;
import io.tillstream.stripeevents.FailureKind;
import io.tillstream.web.Caller;
import io.tillstream.web.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.springframework.http.HttpStatus;

/** Between the public API and payment-service: what is asked of it, and how its answers are answered. */
final class PaymentApiMapper {

    private PaymentApiMapper() {}

    /** The try that is part of placing an order: the same order, the same try. */
    static UUID firstAttempt(UUID orderId) {
        return UUID.nameUUIDFromBytes((orderId + ":payment").getBytes(StandardCharsets.UTF_8));
    }

    static PaymentRequest by(Order order, Caller caller, OrderRequests.Payment payment) {
        return request(order, caller, payment.wire(), null, null, null);
    }

    static PaymentRequest by(Order order, Caller caller, OrderRequests.CheckoutSession session) {
        return request(
                order,
                caller,
                null,
                session.successUrl(),
                session.cancelUrl(),
                session.isEmbedded() ? "embedded" : "hosted");
    }

    private static PaymentRequest request(
            Order order,
            Caller caller,
            PaymentRequest.@org.jspecify.annotations.Nullable Payment payment,
            @org.jspecify.annotations.Nullable String successUrl,
            @org.jspecify.annotations.Nullable String cancelUrl,
            @org.jspecify.annotations.Nullable String uiMode) {
        List<PaymentRequest.Line> lines = order.lines().stream()
                .map(line -> new PaymentRequest.Line(line.name(), line.quantity(), line.unitAmount()))
                .toList();
        return new PaymentRequest(
                order.id().toString(),
                order.userId(),
                caller.email(),
                order.amount(),
                order.currency(),
                order.description(),
                lines,
                order.shippingAddress(),
                payment,
                successUrl,
                cancelUrl,
                uiMode,
                order.createdAt());
    }

    /** 201, or 202 while the outcome is open. */
    static HttpStatus status(PaymentResponse answer) {
        return answer.status().equals("processing") ? HttpStatus.ACCEPTED : HttpStatus.CREATED;
    }

    /** What failed is told as what it is, a declined card as 402; the order stays open. */
    static PaymentJson orDeclined(OrderFlow.Paid paid) {
        PaymentJson payment = PaymentJson.of(paid.attemptId(), paid.order().id(), paid.answer());
        if (!paid.answer().status().equals("failed")) {
            return payment;
        }
        var answered = paid.answer().failure();
        PaymentResponse.Failure failure = answered == null ? null : answered.forBuyers();
        Problem declined = problem(failure).with("orderId", paid.order().id()).with("payment", payment);
        throw failure == null ? declined : declined.with("failure", failure);
    }

    /** By whose fault it is; a code only tells more of what its buyer can mend. */
    private static Problem problem(PaymentResponse.@org.jspecify.annotations.Nullable Failure failure) {
        if (failure == null) {
            return notTaken("Nothing was paid; the order can be paid again.");
        }
        String why = failure.message() == null ? "The payment failed; the order can be paid again." : failure.message();
        return switch (FailureKind.of(failure.kind(), failure.code(), failure.declineCode())) {
            case DECLINED -> Problem.of(402, "card-declined", why);
            case UNUSABLE -> unusable(failure.code(), why);
            case NOT_TAKEN, UNAVAILABLE -> notTaken(why);
            case FAULT -> fault(failure.code(), why);
        };
    }

    private static Problem unusable(String code, String why) {
        return switch (code) {
            case "token_already_used" -> Problem.of(422, "token-already-used", why);
            case "amount_not_payable" -> Problem.of(422, "amount-not-payable", why);
            default -> Problem.of(422, "payment-method-unusable", why);
        };
    }

    /** The same key stands for this payment, which is over: 503 would have it sent again. */
    private static Problem notTaken(String why) {
        return Problem.conflict("payment-not-taken", why);
    }

    private static Problem fault(String code, String why) {
        return switch (code) {
            case "answer_differs", "amount_mismatch" -> Problem.of(500, "payment-answer-differs", why);
            default -> Problem.of(500, "payment-request-refused", why);
        };
    }
}
