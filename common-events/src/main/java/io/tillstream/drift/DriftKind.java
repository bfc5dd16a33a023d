package io.tillstream.drift;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * One kind of Stripe's objects that a service keeps a copy of, and how the two are compared. Where Stripe cannot be reached,
 * its methods fail with {@link io.tillstream.delivery.TransientFault}.
 */
public interface DriftKind {

    /** The time for which two worlds are compared, both ends included. */
    record Span(Instant from, Instant until) {}

    /**
     * A page of one of Stripe's lists.
     *
     * @param next where the next begins; null: this is the last
     * @param calls that it took
     */
    record ListPage(List<JsonNode> objects, @Nullable String next, int calls) {

        /** What lists nothing, and was not asked for. */
        public static final ListPage NOTHING = new ListPage(List.of(), null, 0);

        /** One that one call answered. */
        public ListPage(List<JsonNode> objects, @Nullable String next) {
            this(objects, next, 1);
        }
    }

    /**
     * What one side says of an object.
     *
     * @param ourId null where we have none
     * @param fields by Stripe's names; of two sides only those are compared that both have
     */
    record Side(String stripeId, @Nullable String ourId, Map<String, String> fields) {
        public Side {
            fields = Map.copyOf(fields);
        }
    }

    /** An object that is to be taken in as if an event of this type had told of it. */
    record Update(String eventType, JsonNode object) {}

    /** In the plural, as reports and metrics call it. */
    String name();

    /** Stripe's lists that are gone through, in this order; none where all is asked for one by one. */
    List<String> lists();

    /** A hundred objects of a list, by one call to Stripe. */
    Mono<ListPage> list(String list, Span span, @Nullable String after);

    /** One object, by one call to Stripe; empty where Stripe has none. */
    Mono<JsonNode> retrieve(String stripeId);

    /** What Stripe says; empty where that is as good as nothing: a card that is attached to nobody. */
    Optional<Side> theirs(JsonNode object);

    /** What is known here of these. */
    Flux<Side> ours(Collection<String> stripeIds);

    /** Of objects that are not known here, the ids of those that should be: what others made on the account is none of ours. */
    Flux<String> missing(List<JsonNode> unknown);

    /**
     * Ids that are known here, of the span or not final, and that {@code drift_seen} does not have for the report; ascending.
     */
    Flux<String> unseen(UUID reportId, Span span, @Nullable String after, int rows);

    /** How an object is taken in that was read from Stripe. */
    List<Update> updates(JsonNode object);

    /** Whether the values of a field must not rest in a report. */
    default boolean isPrivate(String field) {
        return false;
    }
}
