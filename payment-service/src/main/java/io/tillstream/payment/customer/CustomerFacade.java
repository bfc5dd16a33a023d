package io.tillstream.payment.customer;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.StripeResult;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Users as customers at Stripe, for the other features. */
@Component
public final class CustomerFacade {

    private final Transactions transactions;
    private final CustomerRepository rows;
    private final CustomerCreation creation;
    private final CustomerTransition changes;
    private final StripeCustomers stripe;
    private final ConcurrentMap<String, Mono<Customer>> beingMade = new ConcurrentHashMap<>();

    CustomerFacade(
            Transactions transactions,
            CustomerRepository rows,
            CustomerCreation creation,
            CustomerTransition changes,
            StripeCustomers stripe) {
        this.transactions = transactions;
        this.rows = rows;
        this.creation = creation;
        this.changes = changes;
        this.stripe = stripe;
    }

    /**
     * The id of the user's customer at Stripe, made there at the first need, once, however many ask at the same moment.
     * Never called inside a transaction: Stripe may be asked.
     */
    public Mono<String> stripeCustomerOf(String userId) {
        return ready(userId).mapNotNull(Customer::stripeId);
    }

    /** As above; a customer that has to be made gets the address that the user's token names. */
    public Mono<String> stripeCustomerOf(String userId, @Nullable String email) {
        return rows.find(userId)
                .filter(customer -> customer.stripeId() != null)
                .flatMap(known -> known.leaving() ? makeOnce(userId) : Mono.just(known))
                .switchIfEmpty(Mono.defer(() -> met(userId, email).then(makeOnce(userId))))
                .flatMap(changes::sendDetails)
                .mapNotNull(Customer::stripeId);
    }

    /** Keeps the address that the user's token names, where none is known and no customer was made yet. */
    public Mono<Void> met(String userId, @Nullable String email) {
        return email == null
                ? Mono.empty()
                : transactions
                        .run(rows.suggestEmail(userId, email).thenReturn(true))
                        .then();
    }

    /** The first card becomes the default; inside a transaction that holds the customer. */
    public Mono<Void> wantDefault(String userId, String paymentMethodId) {
        return rows.wantDefault(userId, paymentMethodId);
    }

    public Mono<Void> defaultDone(String userId) {
        return transactions.run(rows.defaultDone(userId).thenReturn(true)).then();
    }

    /** The user's customer, with an id at Stripe. */
    Mono<Customer> ready(String userId) {
        return rows.find(userId)
                .filter(customer -> customer.stripeId() != null && !customer.leaving())
                .switchIfEmpty(Mono.defer(() -> makeOnce(userId)))
                .flatMap(changes::sendDetails);
    }

    /** Requests of one user at the same moment share one try; those of other instances share its idempotency key. */
    private Mono<Customer> makeOnce(String userId) {
        return beingMade.computeIfAbsent(userId, user -> Transactions.shield(creation.make(user))
                .doFinally(end -> beingMade.remove(user))
                .cache());
    }

    /** Stripe said that it has no such customer (any more): the next need makes one anew. */
    public Mono<Void> missing(String stripeCustomerId) {
        return transactions
                .run(rows.lockByStripeId(stripeCustomerId)
                        .flatMap(customer -> changes.end(customer).thenReturn(true)))
                .then();
    }

    /** Whether the user wanted to be deleted after a moment: what they asked for before is theirs no more. */
    public Mono<Boolean> wasDeletedAfter(String userId, Instant moment) {
        return rows.deletedAt(userId).map(deleted -> !deleted.isBefore(moment)).defaultIfEmpty(false);
    }

    public Mono<Customer> find(String userId) {
        return rows.find(userId);
    }

    /** Locks a user's customer, and with it the right to change the user's cards; inside a transaction. */
    public Mono<Customer> lock(String userId) {
        return rows.lock(userId);
    }

    /** As {@link #lock}, for the customer that Stripe calls so now. */
    public Mono<Customer> lockByStripeId(String stripeCustomerId) {
        return rows.lockByStripeId(stripeCustomerId);
    }

    /** The card that pays what names no card, at Stripe too. */
    public Mono<StripeResult<JsonNode>> chooseCard(String userId, UUID request, String paymentMethodId) {
        return ready(userId).flatMap(seen -> {
            String stripeId = seen.stripeId();
            return stripeId == null
                    ? Mono.empty()
                    : stripe.chooseCard(stripeId, request, paymentMethodId).flatMap(answer -> keep(seen, answer));
        });
    }

    private Mono<StripeResult<JsonNode>> keep(Customer seen, StripeResult<JsonNode> answer) {
        return answer.fold(
                changed -> changes.keep(seen, changed, false).thenReturn(answer),
                no -> Mono.just(answer),
                no -> Mono.just(answer));
    }

    /** A removed card is the default no more; inside a transaction that holds the customer. */
    public Mono<Void> forgetDefaultCard(String userId, String paymentMethodId) {
        return rows.forgetDefaultCard(userId, paymentMethodId);
    }
}
