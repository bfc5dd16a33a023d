package io.tillstream.payment.customer;

import io.tillstream.delivery.Transactions;
import io.tillstream.payment.card.CardTransition;
import io.tillstream.stripe.StripeResult;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Keeps our copy of a customer equal to Stripe's. */
@Component
class CustomerTransition {

    private static final Logger log = LoggerFactory.getLogger(CustomerTransition.class);

    private static final int READS = 3; // after that, the event of the change that overtook us brings it

    private final Transactions transactions;
    private final CustomerRepository rows;
    private final StripeCustomers stripe;
    private final CardTransition cards;

    CustomerTransition(
            Transactions transactions, CustomerRepository rows, StripeCustomers stripe, CardTransition cards) {
        this.transactions = transactions;
        this.rows = rows;
        this.stripe = stripe;
        this.cards = cards;
    }

    /** Stores Stripe's answer, unless something else was stored since {@code seen}: then Stripe is read anew. */
    Mono<Customer> keep(Customer seen, JsonNode answer, boolean detailsSent) {
        return keep(seen, CustomerState.read(answer), detailsSent, READS);
    }

    private Mono<Customer> keep(Customer seen, CustomerState fact, boolean detailsSent, int reads) {
        Mono<Optional<Customer>> stored =
                transactions.run(rows.lock(seen.userId()).flatMap(now -> store(seen, now, fact, detailsSent)));
        return stored.flatMap(kept -> kept.map(Mono::just).orElseGet(() -> again(seen, detailsSent, reads)));
    }

    private Mono<Optional<Customer>> store(Customer seen, Customer now, CustomerState fact, boolean detailsSent) {
        if (now.version() != seen.version()) {
            return Mono.just(now.agreesWith(fact) ? Optional.of(now) : Optional.empty());
        }
        return rows.take(now, fact, detailsSent).then(rows.find(seen.userId())).map(Optional::of);
    }

    private Mono<Customer> again(Customer seen, boolean detailsSent, int reads) {
        return rows.find(seen.userId()).flatMap(now -> {
            String stripeId = now.stripeId();
            if (stripeId == null || reads == 0) {
                return Mono.just(now);
            }
            return stripe.read(stripeId)
                    .map(StripeResult::value)
                    .flatMap(read -> keep(now, CustomerState.read(read), detailsSent, reads - 1));
        });
    }

    /** After a customer was made anew: Stripe gets what the person told us once. */
    Mono<Customer> sendDetails(Customer customer) {
        String stripeId = customer.stripeId();
        if (stripeId == null || !customer.detailsDue()) {
            return Mono.just(customer);
        }
        String change = customer.userId() + ":" + customer.generation() + ":" + customer.version();
        UUID request = UUID.nameUUIDFromBytes(change.getBytes(StandardCharsets.UTF_8));
        return stripe.update(stripeId, request, customer.details())
                .map(StripeResult::value)
                .flatMap(answer -> keep(customer, answer, true))
                .onErrorResume(fault -> {
                    log.warn("CustomerDetails of customer {} are sent later: {}", stripeId, fault.toString());
                    return Mono.just(customer);
                });
    }

    /** The customer at Stripe is no more, and its cards with it. Runs in a transaction that holds the row. */
    Mono<Void> end(Customer customer) {
        log.info("Customer {} ended", customer.stripeId());
        return cards.removeAll(customer.userId()).then(rows.end(customer));
    }
}
