package io.tillstream.order.payment;

import io.tillstream.order.order.CancelReason;
import io.tillstream.web.Problem;
import io.tillstream.web.calls.InternalCalls;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * payment-service, over HTTP. A no of it is a {@link Problem} with its status and code; 503 or no connection means that
 * nothing was done; anything else without an answer means that we do not know, which is told of what moves money.
 */
@Component
public class PaymentServiceClient {

    private static final Logger LOG = LoggerFactory.getLogger(PaymentServiceClient.class);

    /** payment-service itself waits 10 s for Stripe, then answers that it goes on. */
    private static final Duration LONGEST = Duration.ofSeconds(11);

    private static final String KEY = "Idempotency-Key";
    private static final String WHY = "Close-Reason";

    /** By it payment-service knows what its buyer ordered before they were deleted, of which the news may not be here yet. */
    private static final String ORDERED_AT = "Ordered-At";

    private final WebClient http;

    PaymentServiceClient(InternalCalls calls, @Value("${tillstream.payment-service.url}") String url) {
        this.http = calls.to(url);
    }

    /** Takes the money for one try; the same id asks for the same try again. */
    public Mono<PaymentResponse> pay(UUID attemptId, PaymentRequest request) {
        String path = request.payment() == null ? "/internal/checkout-sessions" : "/internal/payments";
        return http.post()
                .uri(path)
                .header(KEY, attemptId.toString())
                .header(ORDERED_AT, request.orderedAt().toString())
                .bodyValue(request)
                .exchangeToMono(response -> PaymentServiceAnswers.read(response, PaymentResponse.class))
                .timeout(LONGEST)
                .onErrorResume(fault -> outcomeUnknown(fault, attemptId));
    }

    /**
     * Closes every way to pay; {@code closed}, {@code settled} or {@code processing}.
     *
     * @param why in a header, as a payment-service of before refuses fields and parameters that it does not know
     */
    public Mono<String> close(UUID orderId, @Nullable CancelReason why) {
        return http.post()
                .uri("/internal/payables/{reference}/close", orderId)
                .headers(headers -> {
                    headers.set(KEY, "close-" + orderId);
                    if (why != null) {
                        headers.set(WHY, why.name().toLowerCase(Locale.ROOT));
                    }
                })
                .bodyValue(Map.of())
                .exchangeToMono(response -> PaymentServiceAnswers.read(response, Closed.class))
                .map(Closed::status)
                .timeout(LONGEST)
                .onErrorMap(PaymentServiceAnswers::unavailable);
    }

    /**
     * Gives money back; the same id is the same refund. Without an answer it may have been made, or be made later: 504, so that
     * nobody takes it for "not done" and gives the same money back under another key.
     */
    public Mono<RefundResponse> refund(UUID refundId, UUID orderId, RefundRequest request) {
        return http.post()
                .uri("/internal/payables/{reference}/refunds", orderId)
                .header(KEY, refundId.toString())
                .bodyValue(request)
                .exchangeToMono(PaymentServiceAnswers::refund)
                .timeout(LONGEST)
                .onErrorMap(PaymentServiceAnswers::refundUnknown);
    }

    /** What became of the order's payments, read from Stripe now; empty if nothing is known of it. */
    public Mono<OrderPaymentsResponse> payable(UUID orderId) {
        return http.get()
                .uri("/internal/payables/{reference}?refresh=true", orderId)
                .exchangeToMono(response ->
                        PaymentServiceAnswers.readIfThere(response, OrderPaymentsResponse.class, orderId.toString()))
                .timeout(LONGEST)
                .onErrorMap(PaymentServiceAnswers::unavailable);
    }

    /** One intent of the order's payments, read from Stripe now; empty if payment-service knows none such. */
    public Mono<PaymentResponse> intent(UUID orderId, String intentId) {
        return http.get()
                .uri("/internal/payables/{reference}/intents/{intent}", orderId, intentId)
                .exchangeToMono(
                        response -> PaymentServiceAnswers.readIfThere(response, PaymentResponse.class, intentId))
                .timeout(LONGEST)
                .onErrorMap(PaymentServiceAnswers::unavailable);
    }

    /**
     * Whether payment-service made or linked an object at Stripe that names the order. Its word, not its silence: where it
     * cannot say, this fails.
     */
    public Mono<Boolean> owns(UUID orderId, String objectId, @Nullable String attempt, @Nullable String customer) {
        return http.get()
                .uri(uri -> uri.path("/internal/payables/{reference}/claims/{object}")
                        .queryParamIfPresent("attempt", Optional.ofNullable(attempt))
                        .queryParamIfPresent("customer", Optional.ofNullable(customer))
                        .build(orderId, objectId))
                .exchangeToMono(response -> PaymentServiceAnswers.read(response, Claim.class))
                .map(Claim::ours)
                .timeout(LONGEST)
                .onErrorMap(PaymentServiceAnswers::unavailable);
    }

    private record Claim(boolean ours) {}

    /** One of Stripe's objects in our version of its API; empty where Stripe has none such. */
    public Mono<JsonNode> stripeObject(String type, String id) {
        return http.get()
                .uri("/internal/stripe-objects/{type}/{id}", type, id)
                .exchangeToMono(response -> PaymentServiceAnswers.readIfThere(response, JsonNode.class, id))
                .timeout(LONGEST)
                .onErrorMap(PaymentServiceAnswers::unavailable);
    }

    private record Closed(String reference, String status) {}

    private static Mono<PaymentResponse> outcomeUnknown(Throwable fault, UUID attemptId) {
        if (fault instanceof Problem) {
            return Mono.error(fault);
        }
        if (PaymentServiceAnswers.neverReached(fault)) {
            return Mono.error(PaymentServiceAnswers.notDone(fault));
        }
        LOG.warn("Attempt {} has no answer: {}", attemptId, fault.toString());
        return Mono.just(PaymentResponse.unknown());
    }
}
