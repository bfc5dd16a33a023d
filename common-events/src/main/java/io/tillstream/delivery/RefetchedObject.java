package io.tillstream.delivery;

import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What Stripe answered to a {@link StripeEventHandler#refetch}, on its way into the event's transaction. One rule for every
 * handler: an answer to a call of ours, or another event, that was stored while Stripe was read may be newer than what was
 * read. So what is read counts only while the same is known as when the question went out; else the event is tried again.
 *
 * @param object as Stripe has it now
 * @param known a version or a fingerprint of what was known of it before; empty for nothing
 */
public record RefetchedObject(JsonNode object, String known) {

    private static final String OBJECT = "object";
    private static final String KNOWN = "known";
    private static final String NOTHING = "";

    /** Asks the table first, then Stripe: in the other order what comes between them would go unseen. */
    public static Mono<JsonNode> read(Mono<String> known, Supplier<Mono<JsonNode>> stripe) {
        return known.defaultIfEmpty(NOTHING).flatMap(before -> stripe.get()
                .map(now ->
                        JsonNodeFactory.instance.objectNode().put(KNOWN, before).set(OBJECT, now)));
    }

    public static RefetchedObject of(JsonNode refetched) {
        return new RefetchedObject(refetched.path(OBJECT), refetched.path(KNOWN).asString(NOTHING));
    }

    /** Whether {@code refetched} was made by {@link #read}, and is no object as it stands. */
    public static boolean isOne(JsonNode refetched) {
        return refetched.has(KNOWN) && refetched.has(OBJECT);
    }

    /**
     * Goes on only where nothing came meanwhile; fails with {@link TransientFault} else.
     *
     * @param now what is known, read under the lock that holds until the change is committed; empty for nothing
     */
    public <T> Mono<T> unlessOvertaken(Mono<String> now, Supplier<Mono<T>> then) {
        return now.defaultIfEmpty(NOTHING).flatMap(present -> {
            requireNotOvertaken(present);
            return then.get();
        });
    }

    /** As above, where what is known is at hand. */
    public void requireNotOvertaken(String now) {
        if (!now.equals(known)) {
            throw new TransientFault(
                    "Stripe's answer was overtaken", new IllegalStateException("It changed while Stripe was asked"));
        }
    }
}
