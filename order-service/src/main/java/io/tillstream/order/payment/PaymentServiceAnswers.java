package io.tillstream.order.payment;

import io.tillstream.web.Problem;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Reads payment-service's answers, and what it means that there is none. */
final class PaymentServiceAnswers {

    /** Nobody there took the request; 404: as its address, or whoever stands in between, knows nothing of it. */
    private static final Set<Integer> NOT_DONE = Set.of(401, 403, 404, 429, 503);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** That money moved otherwise than it was asked for, or that none did by a fault of ours, is an answer, though no good one. */
    private static final Set<String> FAULTS = Set.of("stripe-answer-differs", "stripe-request-refused");

    private PaymentServiceAnswers() {}

    /** As {@link #read}; empty where payment-service itself says that it has no such thing, by the name it was asked for. */
    static <T> Mono<T> readIfThere(ClientResponse response, Class<T> type, String asked) {
        return response.statusCode().value() == 404
                ? response.bodyToMono(JsonNode.class)
                        .filter(problem -> asked.equals(problem.path("missing").asString("")))
                        .switchIfEmpty(Mono.error(() -> notDone(new IllegalStateException("payment-service: 404"))))
                        .then(Mono.empty())
                : read(response, type);
    }

    static <T> Mono<T> read(ClientResponse response, Class<T> type) {
        HttpStatusCode status = response.statusCode();
        if (status.is2xxSuccessful()) {
            return response.bodyToMono(type);
        }
        if (NOT_DONE.contains(status.value())) {
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

    static Mono<RefundResponse> refund(ClientResponse response) {
        return response.statusCode().value() == 500
                ? response.bodyToMono(JsonNode.class)
                        .filter(problem -> FAULTS.contains(problem.path("code").asString("")))
                        .flatMap(problem -> Mono.<RefundResponse>error(refused(500, problem)))
                        .switchIfEmpty(Mono.error(new IllegalStateException("payment-service: 500")))
                : read(response, RefundResponse.class);
    }

    static Throwable refundUnknown(Throwable fault) {
        if (fault instanceof Problem) {
            return fault;
        }
        return neverReached(fault)
                ? notDone(fault)
                : Problem.of(
                                504,
                                "refund-outcome-unknown",
                                "Whether the refund was made is not known yet. Send it again with the same key, and no"
                                        + " other.")
                        .withRetryAfter(RETRY_AFTER)
                        .causedBy(fault);
    }

    static Throwable unavailable(Throwable fault) {
        return fault instanceof Problem ? fault : notDone(fault);
    }

    static boolean neverReached(Throwable fault) {
        Throwable cause = fault instanceof WebClientRequestException request ? request.getRootCause() : fault;
        return cause instanceof ConnectException || cause instanceof UnknownHostException;
    }

    static Problem notDone(Throwable cause) {
        return Problem.unavailable("Payments cannot be made right now.", RETRY_AFTER)
                .causedBy(cause);
    }
}
