package io.tillstream.payment.customer;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.StripeJson;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Makes a user's customer at Stripe, once: the intent is committed, then Stripe is asked with a key that any other try
 * has too, then its answer is kept. Where the key helps no more (Stripe forgets it after a day, and repeats a 500 as
 * well), the customer is looked for by our marks before the next generation is made.
 */
@Component
class CustomerCreation {

    private static final Logger log = LoggerFactory.getLogger(CustomerCreation.class);

    private static final Duration KEY_LASTS = Duration.ofHours(20); // Stripe keeps keys for 24 hours
    private static final Duration CALL = Duration.ofHours(1); // far longer than any call took effect after it was made
    private static final int PAGES = 10; // 1,000 customers made by others meanwhile; more, and we do not know
    private static final Duration SOON = Duration.ofSeconds(2);

    private final Transactions transactions;
    private final CustomerRepository rows;
    private final StripeCustomers stripe;
    private final Clock clock;

    CustomerCreation(Transactions transactions, CustomerRepository rows, StripeCustomers stripe, Clock clock) {
        this.transactions = transactions;
        this.rows = rows;
        this.stripe = stripe;
        this.clock = clock;
    }

    /** The user's customer with Stripe's id, made if there was none. */
    Mono<Customer> make(String userId) {
        return transactions
                .run(rows.lockOrCreate(userId)
                        .flatMap(now -> now.stripeId() == null ? rows.asked(now).thenReturn(now) : Mono.just(now)))
                .flatMap(this::finish);
    }

    private Mono<Customer> finish(Customer begun) {
        if (begun.leaving()) {
            return Mono.error(new CustomerDeletionInProgressException());
        }
        if (begun.stripeId() != null) {
            return Mono.just(begun);
        }
        Instant asked = begun.askedAt();
        boolean keyForgotten = asked != null && asked.isBefore(clock.instant().minus(KEY_LASTS));
        return keyForgotten
                ? findOrNext(begun)
                : ask(begun).onErrorResume(OutcomeUnknown.class, unknown -> findOrNext(begun));
    }

    private Mono<Customer> ask(Customer begun) {
        return stripe.create(begun.userId(), begun.generation())
                .flatMap(answer -> answer.fold(
                        made -> keep(begun, CustomerState.read(made).id()),
                        no -> Mono.error(new OutcomeUnknown("customer: " + no, null)),
                        no -> Mono.error(new OutcomeUnknown("customer: " + no, null))));
    }

    /** Stripe's lists show a customer as soon as it is made. */
    private Mono<Customer> findOrNext(Customer begun) {
        return find(begun, null, 1)
                .flatMap(found -> found.map(id -> keep(begun, id)).orElseGet(() -> transactions
                        .run(rows.nextGeneration(begun))
                        .then(rows.find(begun.userId()))
                        .flatMap(now -> now.stripeId() == null ? ask(now) : Mono.just(now))));
    }

    private Mono<Optional<String>> find(Customer begun, @Nullable String after, int page) {
        Instant asked = begun.askedAt();
        Instant from = asked == null ? clock.instant() : asked;
        boolean longAgo = from.isBefore(clock.instant().minus(KEY_LASTS));
        return stripe.createdSince(from, longAgo ? from.plus(CALL) : null, after)
                .flatMap(list -> {
                    Optional<String> found = list.get("data")
                            .valueStream()
                            .map(CustomerState::read)
                            .filter(fact -> isOf(begun, fact))
                            .map(CustomerState::id)
                            .findFirst();
                    String last = lastIfMore(list);
                    if (found.isPresent() || last == null) {
                        return Mono.just(found);
                    }
                    return page == PAGES
                            ? Mono.error(new OutcomeUnknown("customer: not found among many", null))
                            : find(begun, last, page + 1);
                });
    }

    /** Whether Stripe's customer is the one that was asked for. */
    boolean isOf(Customer begun, CustomerState fact) {
        CustomerState.Owner owner = fact.owner();
        return owner != null
                && !fact.deleted()
                && owner.equals(new CustomerState.Owner(begun.userId(), stripe.environment(), begun.generation()));
    }

    private Mono<Customer> keep(Customer begun, String stripeId) {
        return transactions
                .run(rows.keepStripeId(begun.userId(), begun.generation(), stripeId)
                        .flatMap(kept -> rows.find(begun.userId())))
                .flatMap(now -> {
                    if (stripeId.equals(now.stripeId())) {
                        log.info("Customer {} is kept, generation {}", stripeId, begun.generation());
                        return Mono.just(now);
                    }
                    return discard(stripeId, now);
                });
    }

    /** Another generation was begun meanwhile: ours was never used by anyone. */
    private Mono<Customer> discard(String stripeId, Customer now) {
        log.warn("Customer {} was overtaken by generation {} and is deleted", stripeId, now.generation());
        Mono<Customer> result = now.stripeId() == null
                ? Mono.error(new StripeUnavailable("The customer changed meanwhile", SOON, null))
                : Mono.just(now);
        return stripe.delete(stripeId).then(result);
    }

    private static @Nullable String lastIfMore(JsonNode list) {
        JsonNode more = list.get("has_more");
        JsonNode data = list.get("data");
        return more == null || !more.asBoolean() || data.isEmpty()
                ? null
                : StripeJson.text(data.get(data.size() - 1), "id");
    }
}
