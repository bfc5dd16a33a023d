package io.tillstream.order.payment;

import io.tillstream.web.Problem;
import io.tillstream.web.calls.InternalCalls;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * payment-service, over HTTP. A no of it is a {@link Problem} with its status and code; 503 or no connection means that
 * nothing was done; anything else without an answer means that we do not know.
 */
@Component
public class PaymentServiceClient {

    private static final Logger LOG = LoggerFactory.getLogger(PaymentServiceClient.class);

    /** payment-service itself waits 10 s for Stripe, then answers that it goes on. */
    private static final Duration LONGEST = Duration.ofSeconds(11);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final String KEY = "Idempotency-Key";

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
                .bodyValue(request)
                .exchangeToMono(response -> answer(response, PaymentResponse.class))
                .timeout(LONGEST)
                .onErrorResume(fault -> outcomeUnknown(fault, attemptId));
    }

    /** Closes every way to pay; {@code closed}, {@code settled} or {@code processing}; empty if nothing is known of it. */
    public Mono<String> close(UUID orderId) {
        return http.post()
                .uri("/internal/payables/{reference}/close", orderId)
                .header(KEY, "close-" + orderId)
                .bodyValue(Map.of())
                .exchangeToMono(response -> answer(response, Closed.class))
                .map(Closed::status)
                .timeout(LONGEST)
                .onErrorMap(PaymentServiceClient::unavailable)
                .onErrorResume(PaymentServiceClient::isNotFound, unknown -> Mono.empty());
    }

    /** Gives money back; the same id is the same refund. */
    public Mono<RefundResponse> refund(UUID refundId, UUID orderId, RefundRequest request) {
        return http.post()
                .uri("/internal/payables/{reference}/refunds", orderId)
                .header(KEY, refundId.toString())
                .bodyValue(request)
                .exchangeToMono(response -> answer(response, RefundResponse.class))
                .timeout(LONGEST)
                .onErrorMap(PaymentServiceClient::unavailable);
    }

    /** What became of the order's payments, read from Stripe now; empty if nothing is known of it. */
    public Mono<OrderPaymentsResponse> payable(UUID orderId) {
        return http.get()
                .uri("/internal/payables/{reference}?refresh=true", orderId)
                .exchangeToMono(response -> answer(response, OrderPaymentsResponse.class))
                .timeout(LONGEST)
                .onErrorMap(PaymentServiceClient::unavailable)
                .onErrorResume(PaymentServiceClient::isNotFound, unknown -> Mono.empty());
    }

    /** One intent of the order's payments, read from Stripe now; empty if payment-service knows none such. */
    public Mono<PaymentResponse> intent(UUID orderId, String intentId) {
        return http.get()
                .uri("/internal/payables/{reference}/intents/{intent}", orderId, intentId)
                .exchangeToMono(response -> answer(response, PaymentResponse.class))
                .timeout(LONGEST)
                .onErrorMap(PaymentServiceClient::unavailable)
                .onErrorResume(PaymentServiceClient::isNotFound, unknown -> Mono.empty());
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
                .exchangeToMono(response -> answer(response, Claim.class))
                .map(Claim::ours)
                .timeout(LONGEST)
                .onErrorMap(
                        PaymentServiceClient::isNotFound, PaymentServiceClient::notDone) // by an older release of it
                .onErrorMap(PaymentServiceClient::unavailable);
    }

    private record Claim(boolean ours) {}

    /** One of Stripe's objects in our version of its API; empty where Stripe has none such. */
    public Mono<JsonNode> stripeObject(String type, String id) {
        return http.get()
                .uri("/internal/stripe-objects/{type}/{id}", type, id)
                .exchangeToMono(response -> answer(response, JsonNode.class))
                .timeout(LONGEST)
                .onErrorMap(PaymentServiceClient::unavailable)
                .onErrorResume(PaymentServiceClient::isNotFound, unknown -> Mono.empty());
    }

    private record Closed(String reference, String status) {}

    private static boolean isNotFound(Throwable fault) {
        return fault instanceof Problem problem && problem.status() == 404;
    }

    private static <T> Mono<T> answer(ClientResponse response, Class<T> type) {
        HttpStatusCode status = response.statusCode();
        if (status.is2xxSuccessful()) {
            return response.bodyToMono(type);
        }
        if (status.value() == 401 || status.value() == 403 || status.value() == 429 || status.value() == 503) {
            return response.releaseBody()
                    .then(Mono.error(notDone(new IllegalStateException("payment-service: " + status))));
        }
        if (status.is4xxClientError()) {
            return response.bodyToMono(JsonNode.class).flatMap(problem -> Mono.error(refused(status.value(), problem)));
        }
        return response.releaseBody().then(Mono.error(new IllegalStateException("payment-service: " + status)));
    }

    private static Problem refused(int status, JsonNode problem) {
        String code = problem.path("code").asString("payment-refused");
        String detail = problem.path("detail").asString("The payment cannot be made.");
        List<Problem.Field> errors = problem.path("errors")
                .valueStream()
                .map(error -> new Problem.Field(
                        error.path("field").asString(""), error.path("message").asString("")))
                .toList();
        return Problem.of(status, code, detail).withErrors(errors);
    }

    private static Mono<PaymentResponse> outcomeUnknown(Throwable fault, UUID attemptId) {
        if (fault instanceof Problem) {
            return Mono.error(fault);
        }
        if (neverReached(fault)) {
            return Mono.error(notDone(fault));
        }
        LOG.warn("Attempt {} has no answer: {}", attemptId, fault.toString());
        return Mono.just(PaymentResponse.unknown());
    }

    private static Throwable unavailable(Throwable fault) {
        return fault instanceof Problem ? fault : notDone(fault);
    }

    private static boolean neverReached(Throwable fault) {
        Throwable cause = fault instanceof WebClientRequestException request ? request.getRootCause() : fault;
        return cause instanceof ConnectException || cause instanceof UnknownHostException;
    }

    private static Problem notDone(Throwable cause) {
        return Problem.unavailable("Payments cannot be made right now.", RETRY_AFTER)
                .causedBy(cause);
    }
}
