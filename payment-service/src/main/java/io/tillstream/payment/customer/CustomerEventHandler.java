package io.tillstream.payment.customer;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.RefetchedObject;
import io.tillstream.delivery.TransientFault;
import io.tillstream.payment.answers.StripeProblems;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * What Stripe's {@code customer.*} events change. A customer is not monotone, so an event that says what is known here
 * confirms it, and one that says something else is settled by reading the customer from Stripe.
 */
@Component
public class CustomerEventHandler {

    private final CustomerRepository rows;
    private final CustomerTransition changes;
    private final CustomerCreation creation;
    private final StripeCustomers stripe;

    CustomerEventHandler(
            CustomerRepository rows, CustomerTransition changes, CustomerCreation creation, StripeCustomers stripe) {
        this.rows = rows;
        this.changes = changes;
        this.creation = creation;
        this.stripe = stripe;
    }

    /** Runs in the settlement's transaction. */
    public Mono<EventOutcome> apply(StripeEvent event, Optional<JsonNode> refetched) {
        return switch (event.type()) {
            case "customer.created", "customer.updated" ->
                refetched
                        .map(RefetchedObject::of)
                        .map(read -> learn(CustomerState.read(read.object()), read))
                        .orElseGet(() -> learn(CustomerState.read(event.object()), null));
            case "customer.deleted" -> ended(CustomerState.read(event.object()));
            default -> Mono.just(new EventOutcome.Ignored("nothing of a customer that is kept here"));
        };
    }

    /** The customer as Stripe has it now; asked outside any transaction. */
    public Mono<JsonNode> refetch(StripeEvent event) {
        String id = event.objectId();
        if (id == null) {
            return Mono.error(new UnreadableEvent("Customer without id"));
        }
        return RefetchedObject.read(version(rows.findByStripeId(id)), () -> stripe.read(id)
                        .map(answer -> StripeProblems.present(answer).orElseGet(() -> gone(id))))
                .onErrorMap(
                        e -> e instanceof StripeUnavailable || e instanceof OutcomeUnknown,
                        e -> new TransientFault("Customer not read", e));
    }

    private static Mono<String> version(Mono<Customer> customer) {
        return customer.map(known -> String.valueOf(known.version()));
    }

    /** {@code read}: null for what an event says. */
    private Mono<EventOutcome> learn(CustomerState fact, @Nullable RefetchedObject read) {
        return rows.lockByStripeId(fact.id())
                .flatMap(customer -> learn(customer, fact, read))
                .switchIfEmpty(Mono.defer(() -> adopt(fact)));
    }

    private Mono<EventOutcome> learn(Customer customer, CustomerState fact, @Nullable RefetchedObject read) {
        if (fact.deleted()) {
            return changes.end(customer).thenReturn(new EventOutcome.Applied());
        }
        if (customer.leaving()) {
            return Mono.just(new EventOutcome.Ignored("the customer is being deleted"));
        }
        if (customer.agreesWith(fact)) {
            return Mono.just(new EventOutcome.Applied());
        }
        return read == null
                ? Mono.just(new EventOutcome.NeedsRefetch())
                : read.unlessOvertaken(version(Mono.just(customer)), () -> rows.take(customer, fact, false)
                        .thenReturn(new EventOutcome.Applied()));
    }

    /** Made for us, and the answer was lost on its way. */
    private Mono<EventOutcome> adopt(CustomerState fact) {
        CustomerState.Owner owner = fact.owner();
        if (owner == null) {
            return Mono.just(new EventOutcome.Ignored("a customer of another system"));
        }
        return rows.lock(owner.userId())
                .filter(customer -> customer.stripeId() == null && creation.isOf(customer, fact))
                .flatMap(customer -> rows.keepStripeId(customer.userId(), customer.generation(), fact.id()))
                .filter(kept -> kept)
                .<EventOutcome>map(kept -> new EventOutcome.Applied())
                .defaultIfEmpty(new EventOutcome.Ignored("not a present customer of ours"));
    }

    private Mono<EventOutcome> ended(CustomerState fact) {
        return rows.lockByStripeId(fact.id())
                .<EventOutcome>flatMap(customer -> changes.end(customer).thenReturn(new EventOutcome.Applied()))
                .defaultIfEmpty(new EventOutcome.Ignored("not a present customer of ours"));
    }

    private static JsonNode gone(String id) {
        return StripeJson.read(
                ("{\"id\":\"" + id + "\",\"object\":\"customer\",\"deleted\":true}").getBytes(StandardCharsets.UTF_8));
    }
}
