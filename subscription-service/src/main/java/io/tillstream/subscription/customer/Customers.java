package io.tillstream.subscription.customer;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.tillstream.delivery.TransientFault;
import io.tillstream.subscription.answers.CardRefusals;
import io.tillstream.web.Problem;
import io.tillstream.web.calls.InternalCalls;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatusCode;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Who a user is at Stripe. payment-service makes and knows the customers; what it said is kept. */
@Component
public class Customers {

    /** payment-service itself waits 10 s for Stripe. */
    private static final Duration LONGEST = Duration.ofSeconds(11);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final WebClient http;
    private final DatabaseClient database;

    Customers(InternalCalls calls, @Value("${tillstream.payment-service.url}") String url, DatabaseClient database) {
        this.http = calls.to(url);
        this.database = database;
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Known(
            @Nullable String email,
            @Nullable String name,
            @Nullable String gone) {
        @Override
        public String toString() {
            return "Known[...]";
        }
    }

    private record Named(@Nullable String stripeCustomerId) {}

    private record Ownership(@Nullable Boolean owns) {}

    /**
     * The user's customer at Stripe, made if there was none. Asked each time, as the user may have been deleted there
     * and registered anew. Errors with 503 where that cannot be said now; nothing is half done.
     *
     * @param email as the user's token names it, for one that has to be made
     */
    public Mono<String> stripeIdOf(String userId, @Nullable String email) {
        return ask(userId, new Known(email, null, null), null);
    }

    /**
     * The same, where a page is to be opened under a key: refused with 422 where a page of another kind was, by another service.
     *
     * @param pageKey the key's id
     */
    public Mono<String> stripeIdForPage(String userId, @Nullable String email, UUID pageKey) {
        return ask(userId, new Known(email, null, null), pageKey);
    }

    /** The same, where Stripe did not know the one it gave before: payment-service looks, and makes another one. */
    public Mono<String> anewInsteadOf(String stripeCustomerId, String userId) {
        return ask(userId, new Known(null, null, stripeCustomerId), null);
    }

    private Mono<String> ask(String userId, Known known, @Nullable UUID pageKey) {
        return http.put()
                .uri("/internal/customers/{userId}", userId)
                .headers(headers -> {
                    if (pageKey != null) {
                        headers.set("Idempotency-Key", pageKey.toString());
                    }
                })
                .bodyValue(known)
                .exchangeToMono(Customers::answer)
                .timeout(LONGEST)
                .onErrorMap(fault -> !(fault instanceof Problem), Customers::away)
                .flatMap(customer -> keep(customer, userId).thenReturn(customer));
    }

    /**
     * Whether payment-service made a customer for the user, now or before. Errors with {@link TransientFault} where that cannot be
     * said yet: it is away, or Stripe has not told it of the user's customer.
     */
    Mono<Boolean> isOf(String userId, String stripeCustomerId) {
        return http.get()
                .uri("/internal/customers/{userId}?stripeCustomerId={id}", userId, stripeCustomerId)
                .retrieve()
                .bodyToMono(Ownership.class)
                .timeout(LONGEST)
                .onErrorResume(Customers::isOfNoUser, odd -> Mono.just(new Ownership(false)))
                .onErrorMap(fault -> new TransientFault("payment-service is away", fault))
                .mapNotNull(Ownership::owns)
                .switchIfEmpty(Mono.error(() -> new TransientFault(
                        "payment-service does not know yet whose customer it is", new IllegalStateException())));
    }

    /** A name that no user has: a copy of metadata may hold any text, of any length. A 404 may be of whoever stands in between. */
    private static boolean isOfNoUser(Throwable fault) {
        return fault instanceof WebClientResponseException no
                && (no.getStatusCode().value() == 400 || no.getStatusCode().value() == 422);
    }

    private record NewCard(UUID request, String paymentMethodId) {}

    /**
     * Saves a card for a user whose customer is there, as if the user had saved it first. Refuses one that cannot be
     * theirs, and one that its bank refuses.
     *
     * @return its id, or that of the same card where it was saved before
     */
    public Mono<String> savedCard(String userId, UUID request, String paymentMethodId) {
        return http.post()
                .uri("/internal/customers/{userId}/payment-methods", userId)
                .bodyValue(new NewCard(request, paymentMethodId))
                .exchangeToMono(response -> card(response, paymentMethodId))
                .timeout(LONGEST)
                .onErrorMap(fault -> !(fault instanceof Problem), Customers::away);
    }

    private static Mono<String> card(ClientResponse response, String asked) {
        int status = response.statusCode().value();
        if (status == 422) {
            return response.bodyToMono(JsonNode.class)
                    .map(no -> no.path("code").asString(""))
                    .defaultIfEmpty("")
                    .flatMap(code -> Mono.error(
                            code.equals("token-already-used") ? CardRefusals.tokenUsed() : CardRefusals.notTheirs()));
        }
        if (status == 404) {
            return response.bodyToMono(JsonNode.class)
                    .map(no -> asked.equals(no.path("missing").asString("")))
                    .defaultIfEmpty(false)
                    .flatMap(told -> Mono.error(
                            told
                                    ? CardRefusals.notTheirs()
                                    : new IllegalStateException("payment-service: 404 of whoever stands between")));
        }
        if (status == 402) {
            return response.bodyToMono(JsonNode.class)
                    .switchIfEmpty(Mono.error(() -> new IllegalStateException("payment-service: 402 without a word")))
                    .flatMap(no -> Mono.error(refused(status, no).with("failure", no.path("failure"))));
        }
        return response.statusCode().is2xxSuccessful()
                ? response.bodyToMono(JsonNode.class)
                        .map(saved -> saved.path("paymentMethodId").stringValue())
                : response.releaseBody().then(Mono.error(new IllegalStateException("payment-service: " + status)));
    }

    /** Empty where the customer is nobody's here: made by another system on the same Stripe account. */
    public Mono<String> userOf(String stripeCustomerId) {
        return database.sql("select user_id from customers where stripe_customer_id = :id")
                .bind("id", stripeCustomerId)
                .map(row -> Objects.requireNonNull(row.get("user_id", String.class)))
                .one();
    }

    /** Also by other ways than the question: an event of a subscription that names its user. */
    public Mono<Void> keep(String stripeCustomerId, String userId) {
        return database.sql("""
                        insert into customers (stripe_customer_id, user_id) values (:id, :userId)
                        on conflict (stripe_customer_id) do nothing
                        """)
                .bind("id", stripeCustomerId)
                .bind("userId", userId)
                .fetch()
                .rowsUpdated()
                .then();
    }

    private static Mono<String> answer(ClientResponse response) {
        HttpStatusCode status = response.statusCode();
        if (status.is2xxSuccessful()) {
            return response.bodyToMono(Named.class)
                    .mapNotNull(Named::stripeCustomerId)
                    .switchIfEmpty(Mono.error(() -> away(new IllegalStateException("no customer yet"))));
        }
        if (status.value() == 409 || status.value() == 422) {
            return response.bodyToMono(JsonNode.class).flatMap(problem -> Mono.error(refused(status.value(), problem)));
        }
        return response.releaseBody().then(Mono.error(new IllegalStateException("payment-service: " + status)));
    }

    private static Problem refused(int status, JsonNode problem) {
        return Problem.of(
                status,
                problem.path("code").asString("customer-refused"),
                problem.path("detail").asString("The customer cannot be used."));
    }

    private static Problem away(Throwable cause) {
        return Problem.unavailable("Subscriptions cannot be started right now.", RETRY_AFTER)
                .causedBy(cause);
    }
}
