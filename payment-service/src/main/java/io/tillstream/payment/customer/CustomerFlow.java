package io.tillstream.payment.customer;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.Answer;
import io.tillstream.web.Problem;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * A user registers, changes their data, leaves. Email, name and address go to Stripe first, and what Stripe answers is
 * kept: nothing is half done where Stripe is away, and changes made at its dashboard come back the same way.
 */
@Component
class CustomerFlow {

    private static final Logger log = LoggerFactory.getLogger(CustomerFlow.class);

    private final Transactions transactions;
    private final Customers customers;
    private final CustomerRows rows;
    private final CustomerChanges changes;
    private final StripeCustomers stripe;

    CustomerFlow(
            Transactions transactions,
            Customers customers,
            CustomerRows rows,
            CustomerChanges changes,
            StripeCustomers stripe) {
        this.transactions = transactions;
        this.customers = customers;
        this.rows = rows;
        this.changes = changes;
        this.stripe = stripe;
    }

    /** A registered customer, and whether they were not before. */
    record Registered(Customer customer, boolean isNew) {}

    Mono<Registered> register(String userId, UUID request, Details details) {
        return StripeWait.on(told(userId, request, details, true)
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
    Mono<Customer> change(String userId, Details details) {
        return known(userId).flatMap(customer -> StripeWait.on(told(userId, UUID.randomUUID(), details, true)));
    }

    /**
     * For other services: makes the customer at Stripe, and tells it what is known of the person. {@code gone} is one that
     * Stripe did not know when they named it, which is not believed without a look.
     */
    Mono<Customer> know(String userId, Details details, @Nullable String gone) {
        Mono<Void> noticed = gone == null
                ? Mono.empty()
                : stripe.read(gone).flatMap(answer -> isThere(answer) ? Mono.empty() : customers.missing(gone));
        return StripeWait.on(noticed.then(told(userId, UUID.randomUUID(), details, true)));
    }

    private static boolean isThere(Answer<JsonNode> answer) {
        return answer.fold(found -> !CustomerFact.read(found).deleted(), no -> true, no -> !no.missing());
    }

    private Mono<Customer> told(String userId, UUID request, Details details, boolean again) {
        return customers.ready(userId).flatMap(seen -> {
            String stripeId = seen.stripeId();
            if (stripeId == null || seen.agreesWith(details)) {
                return Mono.just(seen);
            }
            return stripe.update(stripeId, of(request, stripeId), details)
                    .flatMap(answer -> answer.fold(
                            changed -> changes.keep(seen, changed, true),
                            no -> Mono.error(refused(no.code(), null)),
                            no -> no.missing() && again
                                    ? customers.missing(stripeId).then(told(userId, request, details, false))
                                    : Mono.error(refused(no.code(), no.param()))));
        });
    }

    private static Problem refused(String code, @Nullable String param) {
        return Problem.invalid(param == null ? "request" : param, "is refused by Stripe: " + code);
    }

    /** The key of a change names the customer too: after it was made anew the same request is another one. */
    private static UUID of(UUID request, String stripeId) {
        return UUID.nameUUIDFromBytes((request + ":" + stripeId).getBytes(StandardCharsets.UTF_8));
    }

    /** Whether all is done; if not, {@link LeavingCustomers} goes on with it. */
    Mono<Boolean> leave(String userId) {
        return transactions
                .run(rows.lock(userId)
                        .filter(customer -> customer.stripeId() != null || customer.registeredAt() != null)
                        .switchIfEmpty(Mono.error(Problem::notFound))
                        .flatMap(customer -> rows.leave(userId).thenReturn(customer)))
                .flatMap(customer -> StripeWait.on(deleted(customer))
                        .thenReturn(true)
                        .onErrorResume(fault -> {
                            log.warn("Customer {} is deleted later: {}", customer.stripeId(), fault.toString());
                            return Mono.just(false);
                        }));
    }

    /** Deletes a leaving customer at Stripe, then here. */
    Mono<Void> deleted(Customer leaving) {
        String stripeId = leaving.stripeId();
        Mono<Boolean> gone =
                stripeId == null ? Mono.just(true) : stripe.delete(stripeId).map(CustomerFlow::isGone);
        return gone.filter(yes -> yes)
                .flatMap(yes -> transactions.run(
                        rows.lock(leaving.userId()).filter(Customer::leaving).flatMap(now -> changes.end(now)
                                .thenReturn(true))))
                .then();
    }

    private static boolean isGone(Answer<?> answer) {
        return answer.fold(done -> true, no -> false, no -> {
            if (!no.missing()) {
                throw new IllegalStateException("Customer not deleted: " + no);
            }
            return true;
        });
    }
}
