package io.tillstream.order.checkout;

import io.tillstream.order.order.Orders;
import io.tillstream.order.payment.PaymentServiceClient;
import io.tillstream.order.payment.RefundResponse;
import io.tillstream.order.settlement.PaymentResponseHandler;
import io.tillstream.web.Problem;
import io.tillstream.web.money.Currencies;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** An operator gives money back: payment-service knows what is left and asks Stripe; the order follows the refund's facts. */
@Component
class RefundFlow {

    private static final Logger LOG = LoggerFactory.getLogger(RefundFlow.class);

    private final Orders orders;
    private final PaymentServiceClient service;
    private final PaymentResponseHandler news;

    RefundFlow(Orders orders, PaymentServiceClient service, PaymentResponseHandler news) {
        this.orders = orders;
        this.service = service;
        this.news = news;
    }

    Mono<RefundResponse> refund(UUID orderId, UUID refundId, String operator, OrderRequests.Refund request) {
        return orders.find(orderId)
                .switchIfEmpty(Mono.error(Problem::notFound))
                .doOnNext(order -> mustBeRefundable(request.amount(), order.currency()))
                .flatMap(order -> service.refund(refundId, orderId, request.wire()))
                .doOnNext(
                        answer -> LOG.info("Order {} refund {} {} by {}", orderId, refundId, answer.status(), operator))
                .flatMap(answer -> note(orderId, refundId, answer.status(), request.reason())
                        .then(learn(orderId))
                        .thenReturn(answer))
                .onErrorResume(Problem.class, no -> notAsAsked(orderId, refundId, no));
    }

    private static void mustBeRefundable(@Nullable Long amount, String currency) {
        if (amount != null) {
            Currencies.partial(amount, currency).ifPresent(why -> {
                throw Problem.invalid("amount", why);
            });
        }
    }

    private Mono<RefundResponse> notAsAsked(UUID orderId, UUID refundId, Problem no) {
        return switch (no.status()) {
            case 500 ->
                note(orderId, refundId, "differs", no.code())
                        .then(learn(orderId)) // another amount went back
                        .then(Mono.error(no));
            case 504 -> note(orderId, refundId, "unknown", no.code()).then(Mono.error(no));
            default -> note(orderId, refundId, "refused", no.code()).then(Mono.error(no));
        };
    }

    private Mono<Void> note(UUID orderId, UUID refundId, String outcome, @Nullable String why) {
        return news.refund(orderId, refundId, outcome, why).onErrorComplete();
    }

    /** At once rather than with the next event; without an answer, the event tells it. */
    private Mono<Void> learn(UUID orderId) {
        return news.ask(orderId)
                .doOnError(fault -> LOG.warn("Order {} waits for its events: {}", orderId, fault.toString()))
                .onErrorComplete()
                .then();
    }
}
