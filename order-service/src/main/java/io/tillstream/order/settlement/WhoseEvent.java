package io.tillstream.order.settlement;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Which order an event is about, if it is one of ours. */
@Component
class WhoseEvent {

    private final FactRows facts;
    private final String environment;

    WhoseEvent(FactRows facts, @Value("${tillstream.env}") String environment) {
        this.facts = facts;
        this.environment = environment;
    }

    /** What an event's object says of its owner. */
    sealed interface Owner permits Order, Unknown, NotOurs {}

    /** By metadata or by what was seen before; the order itself may not be here yet. */
    record Order(UUID id) implements Owner {}

    /** May be ours: it waits until {@code waitsFor}, a Stripe id, is known. */
    record Unknown(String waitsFor) implements Owner {}

    record NotOurs(String why) implements Owner {}

    Mono<Owner> find(StripeEvent event) {
        String orderId = event.metadata("order_id");
        String env = event.metadata("env");
        if (isSession(event) && !"payment".equals(StripeJson.text(event.object(), "mode"))) {
            return Mono.just(new NotOurs("a session that pays no order"));
        }
        if (orderId != null && env != null && !env.equals(environment)) {
            return Mono.just(new NotOurs("of the environment " + env));
        }
        // An order's number alone is anybody's to write: what we make carries the environment, too.
        UUID named = orderId == null || env == null ? null : uuid(orderId);
        return named != null ? Mono.just(new Order(named)) : byObjects(event);
    }

    private Mono<Owner> byObjects(StripeEvent event) {
        List<String> ids = objects(event);
        return facts.orderOf(ids).<Owner>map(Order::new).switchIfEmpty(Mono.fromSupplier(() -> stranger(event, ids)));
    }

    /** Refunds and disputes carry no metadata of ours; intents, sessions and charges would. */
    private static Owner stranger(StripeEvent event, List<String> ids) {
        boolean carriesNoMetadata = event.type().startsWith("refund.")
                || event.type().equals("charge.refund.updated")
                || event.type().startsWith("charge.dispute.");
        return carriesNoMetadata && !ids.isEmpty() ? new Unknown(ids.get(0)) : new NotOurs("no metadata of ours");
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
