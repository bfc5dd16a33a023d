package io.tillstream.payment.customer;

import io.tillstream.delivery.Transactions;
import io.tillstream.payment.answers.StripeProblems;
import io.tillstream.stripe.StripeResult;
import io.tillstream.web.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * A user registers and changes their data; {@link CustomerDeletion} is how they leave. Email, name and address go to Stripe first, and what Stripe answers is
 * kept: nothing is half done where Stripe is away, and changes made at its dashboard come back the same way.
 */
@Component
class CustomerFlow {

    private static final Duration AGAIN = Duration.ofSeconds(1);

    /** What they write themselves, as Stripe names it. */
    private static final Set<String> WORDS = Set.of("email", "name", "address");

    private static final String UNKNOWN = "parameter_unknown"; // whatever it is called, no user named it

    private final Transactions transactions;
    private final CustomerFacade customers;
    private final CustomerRepository rows;
    private final CustomerTransition changes;
    private final StripeCustomers stripe;

    CustomerFlow(
            Transactions transactions,
            CustomerFacade customers,
            CustomerRepository rows,
            CustomerTransition changes,
            StripeCustomers stripe) {
        this.transactions = transactions;
        this.customers = customers;
        this.rows = rows;
        this.changes = changes;
        this.stripe = stripe;
    }

    /** A registered customer, and whether they were not before. */
    record Registered(Customer customer, boolean isNew) {}

    Mono<Registered> register(String userId, UUID request, CustomerDetails details) {
        return StripeTimeLimiter.on(told(userId, request, details, true)
                .flatMap(told -> transactions.run(rows.lock(userId).flatMap(before -> rows.register(userId)
                        .then(rows.find(userId))
                        .map(now -> new Registered(now, before.registeredAt() == null))))));
    }

    /** Who registered, or paid or saved a card without that. */
    Mono<Customer> known(String userId) {
        return rows.find(userId)
                .filter(customer ->
                        (customer.registeredAt() != null || customer.stripeId() != null) && !customer.leaving())
                .switchIfEmpty(Mono.error(Problem::notFound));
    }

    /** Changes what is given and leaves the rest. */
    Mono<Customer> change(String userId, CustomerDetails details) {
        return known(userId).flatMap(customer -> StripeTimeLimiter.on(told(userId, UUID.randomUUID(), details, true)));
    }

    /**
     * For other services: makes the customer at Stripe, and tells it what is known of the person. The address is the
     * token's: it is for one that has to be made, and does not take the place of what its user wrote here. {@code gone} is
     * one that Stripe did not know when they named it, which is not believed without a look.
     */
    Mono<Customer> know(String userId, CustomerDetails details, @Nullable String gone) {
        Mono<Void> noticed = gone == null
                ? Mono.empty()
                : stripe.read(gone).flatMap(answer -> isThere(answer) ? Mono.empty() : customers.missing(gone));
        CustomerDetails words = new CustomerDetails(null, details.name(), details.address());
        return StripeTimeLimiter.on(noticed.then(customers.met(userId, details.email()))
                .then(Mono.defer(() -> told(userId, UUID.randomUUID(), words, true))));
    }

    /** Whether a customer at Stripe was made for the user, now or before; nothing while Stripe has not said which it made. */
    Mono<Optional<Boolean>> owns(String userId, String stripeId) {
        return rows.find(userId)
                .flatMap(customer -> {
                    boolean isNow = stripeId.equals(customer.stripeId());
                    boolean beingMade = customer.stripeId() == null && customer.askedAt() != null;
                    return rows.wasOf(stripeId, userId)
                            .map(was ->
                                    isNow || was || !beingMade ? Optional.of(isNow || was) : Optional.<Boolean>empty());
                })
                .defaultIfEmpty(Optional.of(false));
    }

    private static boolean isThere(StripeResult<JsonNode> answer) {
        return answer.fold(found -> !CustomerState.read(found).deleted(), no -> true, no -> !no.missing());
    }

    private Mono<Customer> told(String userId, UUID request, CustomerDetails details, boolean again) {
        return customers.ready(userId).flatMap(seen -> {
            String stripeId = seen.stripeId();
            if (stripeId == null || seen.agreesWith(details)) {
                return Mono.just(seen);
            }
            return stripe.update(stripeId, of(request, stripeId), details)
                    .flatMap(answer -> answer.fold(
                            changed -> changes.keep(seen, changed, true),
                            no -> Mono.error(StripeProblems.declined(no)),
                            no -> no.missing() && again
                                    ? customers.missing(stripeId).then(told(userId, request, details, false))
                                    : Mono.error(refused(no))));
        });
    }

    /** Of the words of a person, some are none that Stripe takes; all else that it refuses is no fault of theirs. */
    private static Problem refused(StripeResult.Refused<?> no) {
        if (no.missing()) {
            return Problem.unavailable("Please try again.", AGAIN); // somebody deletes them faster than we make them
        }
        String field = no.param() == null ? "request" : no.param();
        int inside = field.indexOf('[');
        Problem theirs = Problem.invalid(field, "is refused by Stripe: " + no.code());
        boolean isTheirWord = WORDS.contains(inside < 0 ? field : field.substring(0, inside))
                && !no.code().equals(UNKNOWN);
        return isTheirWord ? theirs : StripeProblems.told(no, theirs);
    }

    /** The key of a change names the customer too: after it was made anew the same request is another one. */
    private static UUID of(UUID request, String stripeId) {
        return UUID.nameUUIDFromBytes((request + ":" + stripeId).getBytes(StandardCharsets.UTF_8));
    }
}
