package io.tillstream.payment.customer;

import io.tillstream.delivery.Outcome;
import io.tillstream.delivery.TransientFault;
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
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What Stripe's {@code customer.*} events change. A customer is not monotone, so an event that says what is known here
 * confirms it, and one that says something else is settled by reading the customer from Stripe.
 */
@Component
public class CustomerEventHandler {

    private static final String OBJECT = "object";
    private static final String VERSION = "version";
    private static final int NOT_KNOWN = -1;

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
    public Mono<Outcome> apply(StripeEvent event, Optional<JsonNode> refetched) {
        return switch (event.type()) {
            case "customer.created", "customer.updated" ->
                refetched
                        .map(read -> learn(
                                CustomerState.read(read.path(OBJECT)),
                                read.path(VERSION).asInt()))
                        .orElseGet(() -> learn(CustomerState.read(event.object()), null));
            case "customer.deleted" -> ended(CustomerState.read(event.object()));
            default -> Mono.just(new Outcome.Ignored("nothing of a customer that is kept here"));
        };
    }

    /**
     * The customer as Stripe has it now, and what was known when it was asked: an answer that was stored meanwhile may be newer.
     * Asked outside any transaction.
     */
    public Mono<JsonNode> refetch(StripeEvent event) {
        String id = event.objectId();
        if (id == null) {
            return Mono.error(new UnreadableEvent("Customer without id"));
        }
        return rows.findByStripeId(id)
                .map(Customer::version)
                .defaultIfEmpty(NOT_KNOWN)
                .flatMap(version -> stripe.read(id)
                        .map(answer -> answer.fold(read -> read, no -> gone(id), no -> gone(id)))
                        .<JsonNode>map(read -> JsonNodeFactory.instance
                                .objectNode()
                                .put(VERSION, version)
                                .set(OBJECT, read)))
                .onErrorMap(
                        e -> e instanceof StripeUnavailable || e instanceof OutcomeUnknown,
                        e -> new TransientFault("Customer not read", e));
    }

    /** {@code readAt}: the version that was known when Stripe was asked; null for what an event says. */
    private Mono<Outcome> learn(CustomerState fact, @Nullable Integer readAt) {
        return rows.lockByStripeId(fact.id())
                .flatMap(customer -> learn(customer, fact, readAt))
                .switchIfEmpty(Mono.defer(() -> adopt(fact)));
    }

    private Mono<Outcome> learn(Customer customer, CustomerState fact, @Nullable Integer readAt) {
        if (fact.deleted()) {
            return changes.end(customer).thenReturn(new Outcome.Applied());
        }
        if (customer.leaving()) {
            return Mono.just(new Outcome.Ignored("the customer is being deleted"));
        }
        if (customer.agreesWith(fact)) {
            return Mono.just(new Outcome.Applied());
        }
        if (readAt == null) {
            return Mono.just(new Outcome.NeedsRefetch());
        }
        return readAt == customer.version()
                ? rows.take(customer, fact, false).thenReturn(new Outcome.Applied())
                : Mono.error(new TransientFault(
                        "Customer not read", new IllegalStateException("It changed while Stripe was asked")));
    }

    /** Made for us, and the answer was lost on its way. */
    private Mono<Outcome> adopt(CustomerState fact) {
        CustomerState.Owner owner = fact.owner();
        if (owner == null) {
            return Mono.just(new Outcome.Ignored("a customer of another system"));
        }
        return rows.lock(owner.userId())
                .filter(customer -> customer.stripeId() == null && creation.isOf(customer, fact))
                .flatMap(customer -> rows.keepStripeId(customer.userId(), customer.generation(), fact.id()))
                .filter(kept -> kept)
                .<Outcome>map(kept -> new Outcome.Applied())
                .defaultIfEmpty(new Outcome.Ignored("not a present customer of ours"));
    }

    private Mono<Outcome> ended(CustomerState fact) {
        return rows.lockByStripeId(fact.id())
                .<Outcome>flatMap(customer -> changes.end(customer).thenReturn(new Outcome.Applied()))
                .defaultIfEmpty(new Outcome.Ignored("not a present customer of ours"));
    }

    private static JsonNode gone(String id) {
        return StripeJson.read(
                ("{\"id\":\"" + id + "\",\"object\":\"customer\",\"deleted\":true}").getBytes(StandardCharsets.UTF_8));
    }
}
