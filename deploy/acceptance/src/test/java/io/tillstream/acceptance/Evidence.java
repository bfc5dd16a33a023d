package io.tillstream.acceptance;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that can be seen of a run, from Stripe's side, the databases and the topics.
 *
 * @param effects objects that calls with an idempotency key made at Stripe
 * @param stripeEvents ids of all events that Stripe has told, or a test made up
 * @param answered ids of events that were answered with 2xx
 * @param cutOff ids of domain events that were on their way as a part was killed: such a one may be told again
 * @param onTopic ids of the events on {@code stripe.events} that are of the right mode
 * @param handled ids in the inbox, among the parked events, or of a type that is not followed, by service
 * @param deadLetters ids on the dead-letter topics
 * @param poison ids of events that tests planted to be unreadable
 */
record Evidence(
        List<Intent> intents,
        List<StripeRefund> stripeRefunds,
        List<Effect> effects,
        Set<String> stripeEvents,
        Set<String> answered,
        List<Order> orders,
        List<Payment> payments,
        List<LocalRefund> refunds,
        List<Move> moves,
        List<Outgoing> outbox,
        List<Told> told,
        Set<String> cutOff,
        Set<String> onTopic,
        Map<String, Set<String>> handled,
        Set<String> deadLetters,
        Set<String> poison) {

    record Intent(String id, String status, long received, String currency, String orderId, String attemptId) {
        boolean succeeded() {
            return status.equals("succeeded");
        }
    }

    record StripeRefund(String id, String intentId, long amount, String status) {
        boolean givesBack() {
            return !status.equals("failed") && !status.equals("canceled");
        }
    }

    record Effect(String key, String objectId) {}

    record Order(String id, String status, long amount, String currency, int version) {}

    record Payment(String id, String status, String intentId, long amount, String currency) {}

    record LocalRefund(String stripeId, long amount, String status) {}

    /** A row of a history; {@code of} says of what kind of thing. */
    record Move(String of, String id, int version, String from, String to, String cause) {}

    record Outgoing(String id, String type, String aggregate, long sequence) {}

    record Told(String topic, String id, String type, String key, int partition, long offset) {}

    @Nullable
    Order order(String id) {
        return orders.stream()
                .filter(order -> order.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    @Nullable
    StripeRefund stripeRefund(String id) {
        return stripeRefunds.stream()
                .filter(refund -> refund.id().equals(id))
                .findFirst()
                .orElse(null);
    }
}
