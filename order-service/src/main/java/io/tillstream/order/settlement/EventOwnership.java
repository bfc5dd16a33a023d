package io.tillstream.order.settlement;

import io.tillstream.order.order.Order;
import io.tillstream.order.order.Orders;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Which order an event is about, if it is one of ours. */
@Component
class EventOwnership {

    private final StripeObjectStates facts;
    private final Orders orders;
    private final String environment;

    EventOwnership(StripeObjectStates facts, Orders orders, @Value("${tillstream.env}") String environment) {
        this.facts = facts;
        this.orders = orders;
        this.environment = environment;
    }

    /** What an event's object says of its owner. */
    sealed interface Owner permits Linked, Locked, Claim, Named, Unknown, NotOurs {}

    /** Of an order, as it was linked by what payment-service answered. */
    record Linked(UUID id) implements Owner {}

    /** As above, with the order, whose row is locked. */
    record Locked(Order order) implements Owner {}

    /**
     * An intent or a session that says so itself. Metadata is anybody's to write: payment-service knows whether it made it.
     * The order may not be here yet.
     */
    record Claim(UUID orderId) implements Owner {}

    /**
     * A refund or dispute, which names its intent and no order. Those of invoices and of other systems come here too: their
     * intents never become known, so payment-service is asked whose it is.
     */
    record Named(String intentId) implements Owner {}

    /** May be ours: it waits until {@code waitsFor}, a Stripe id, is known. */
    record Unknown(String waitsFor) implements Owner {}

    record NotOurs(String why) implements Owner {}

    Mono<Owner> find(StripeEvent event) {
        return find(event, ids -> facts.orderOf(ids).map(Linked::new));
    }

    /** As {@link #find}, but locks an order that is linked; inside a transaction. */
    Mono<Owner> lock(StripeEvent event) {
        return find(event, ids -> orders.lockOf(ids).map(Locked::new));
    }

    private Mono<Owner> find(StripeEvent event, Function<List<String>, Mono<? extends Owner>> linked) {
        String orderId = event.metadata("order_id");
        String env = event.metadata("env");
        if (isSession(event) && !"payment".equals(StripeJson.text(event.object(), "mode"))) {
            return Mono.just(new NotOurs("a session that pays no order"));
        }
        if (orderId != null && env != null && !env.equals(environment)) {
            return Mono.just(new NotOurs("of the environment " + env));
        }
        // What we make carries the environment, too.
        UUID named = orderId == null || env == null ? null : uuid(orderId);
        List<String> ids = objects(event);
        return linked.apply(ids)
                .<Owner>map(owner -> owner)
                .switchIfEmpty(Mono.fromSupplier(() -> unlinked(event, named, ids)));
    }

    private static Owner unlinked(StripeEvent event, @Nullable UUID named, List<String> ids) {
        if (named != null && (isSession(event) || isIntent(event))) {
            return new Claim(named);
        }
        if (named != null) {
            return ids.isEmpty() ? new NotOurs("of no object") : new Unknown(ids.get(0));
        }
        return carriesNoMetadata(event) ? byIntent(event, ids) : new NotOurs("no metadata of ours");
    }

    private static Owner byIntent(StripeEvent event, List<String> ids) {
        String intent = StripeJson.id(event.object(), "payment_intent");
        if (intent != null) {
            return new Named(intent);
        }
        boolean hasNone = event.object().has("payment_intent") || ids.isEmpty();
        return hasNone ? new NotOurs("of no intent") : new Unknown(ids.get(0));
    }

    /** The order that an object at Stripe says it is of; empty where it is another system's, or another installation's. */
    Optional<UUID> orderNamedBy(JsonNode object) {
        return environment.equals(StripeJson.metadata(object, "env"))
                ? Optional.ofNullable(StripeJson.metadata(object, "order_id")).map(EventOwnership::uuid)
                : Optional.empty();
    }

    /** Refunds and disputes go by their intent; intents, sessions and charges would carry metadata of ours. */
    private static boolean carriesNoMetadata(StripeEvent event) {
        return event.type().startsWith("refund.")
                || event.type().equals("charge.refund.updated")
                || event.type().startsWith("charge.dispute.");
    }

    private static boolean isIntent(StripeEvent event) {
        return event.type().startsWith("payment_intent.");
    }

    private static boolean isSession(StripeEvent event) {
        return event.type().startsWith("checkout.session.");
    }

    /** The ids under which its order may be known, the surest first. */
    private static List<String> objects(StripeEvent event) {
        List<String> ids = new ArrayList<>();
        add(ids, StripeJson.id(event.object(), "payment_intent"));
        add(ids, StripeJson.id(event.object(), "charge"));
        add(ids, event.objectId());
        return ids;
    }

    private static void add(List<String> ids, @Nullable String id) {
        if (id != null) {
            ids.add(id);
        }
    }

    private static @Nullable UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
