package io.tillstream.chaos.check.delivery;

import io.tillstream.chaos.check.delivery.History.Move;
import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.EventRecords.Content;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.ServiceDatabase.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * E1: each move has its domain event, once. Events are counted by what they are about, in the outbox and on Kafka together, so that
 * neither a row that was cleaned up nor one that was never written is missed.
 */
public final class MovesArePublished {

    private static final String E1 = "E1";
    private static final Set<String> MONEY = Set.of(
            "paid",
            "partially_refunded",
            "refunded",
            "refund_failed",
            "disputed",
            "dispute_closed",
            "mismatch",
            "payment_replaced");
    private static final Set<String> HOLDS_MONEY = Set.of("PAID", "PARTIALLY_REFUNDED", "DISPUTED", "DISPUTE_LOST");
    private static final Set<String> OVER = Set.of("canceled", "incomplete_expired");

    private final Observation seen;
    private final Map<String, Integer> events = new HashMap<>();
    private final List<Breach> breaches = new ArrayList<>();

    private MovesArePublished(Observation seen) {
        this.seen = seen;
        Set<String> counted = new HashSet<>();
        seen.outbox().forEach(row -> count(counted, row.id(), row.type(), row.key(), row.content()));
        seen.published().forEach(record -> count(counted, record.id(), record.type(), record.key(), record.content()));
    }

    public static List<Breach> breaches(Observation seen) {
        var invariant = new MovesArePublished(seen);
        for (History history : History.all(seen)) {
            switch (history.moves()) {
                case ORDER -> history.ofThing().forEach(invariant::order);
                case PAYMENT -> invariant.payments(history);
                case SUBSCRIPTION -> history.ofThing().forEach(invariant::subscription);
            }
        }
        invariant.refunds();
        return invariant.breaches;
    }

    private void count(Set<String> counted, String id, String type, String key, Content content) {
        if (!counted.add(id)) {
            return;
        }
        String word = type.replaceAll("^io\\.tillstream\\.|\\.v1$", "");
        String about = word.startsWith("order.")
                ? key
                : word.startsWith("subscription.") ? content.subscription() : content.payment();
        events.merge(word + " " + about, 1, Integer::sum);
        if (!content.refund().isEmpty()) {
            events.merge(word + " " + content.refund(), 1, Integer::sum);
        }
    }

    private int told(String word, String about) {
        return events.getOrDefault(word + " " + about, 0);
    }

    private void order(String order, List<Move> moves) {
        exactly("order.placed", order, 1);
        exactly("order.payment_processing", order, to(moves, "PAYMENT_PROCESSING"::equals));
        exactly("order.action_required", order, to(moves, "ACTION_REQUIRED"::equals));
        exactly("order.canceled", order, to(moves, "CANCELED"::equals));
        long failed = moves.stream()
                .filter(move -> move.to().equals("PAYMENT_FAILED")
                        || (move.to().equals("AWAITING_PAYMENT") && !move.from().isEmpty()))
                .count();
        exactly("order.payment_failed", order, failed);
        long money = to(
                moves,
                status -> HOLDS_MONEY.contains(status) || status.equals("REFUNDED") || status.equals("MISMATCH"));
        long told =
                MONEY.stream().mapToLong(word -> told("order." + word, order)).sum();
        if (told < money) {
            breach(
                    "order " + order + " moved " + money + " times by money, and published " + told + " events of it",
                    order);
        }
        String last = moves.get(moves.size() - 1).to();
        if (HOLDS_MONEY.contains(last) || to(moves, "PAID"::equals) > 0 || told("order.paid", order) > 1) {
            exactly("order.paid", order, 1);
        }
    }

    private void payments(History history) {
        Set<String> surplus =
                Set.copyOf(seen.database(Service.PAYMENTS).texts("select id from payments where surplus is not null"));
        history.ofThing().forEach((payment, moves) -> {
            boolean kept = !surplus.contains(payment);
            exactly("payment.succeeded", payment, kept ? to(moves, "succeeded"::equals) : 0);
            long failed = to(
                    moves,
                    status -> status.equals("failed")
                            || status.equals("canceled")
                            || (kept && status.equals("mismatched")));
            exactly("payment.failed", payment, failed);
        });
    }

    private void refunds() {
        for (Row refund : seen.rows(
                Service.PAYMENTS,
                "select id, stripe_refund_id from refunds where status = 'succeeded' and stripe_refund_id is not null")) {
            String id = refund.text("stripe_refund_id");
            int told = told("payment.refunded", id)
                    + told("payment.duplicate_refunded", id)
                    + told("payment.late_refunded", id);
            if (told != 1) {
                breach("refund " + id + " succeeded and was published " + told + " times", id, refund.text("id"));
            }
        }
    }

    private void subscription(String subscription, List<Move> moves) {
        boolean began = to(moves, status -> !status.equals("starting") && !status.equals("failed")) > 0;
        exactly("subscription.created", subscription, began ? 1 : 0);
        exactly("subscription.canceled", subscription, to(moves, OVER::contains));
    }

    private static long to(List<Move> moves, Predicate<String> status) {
        return moves.stream().map(Move::to).filter(status).count();
    }

    private void exactly(String word, String about, long times) {
        int told = told(word, about);
        if (told != times) {
            breach(word + " of " + about + " was published " + told + " times, and its moves ask for " + times, about);
        }
    }

    private void breach(String sentence, String... ids) {
        breaches.add(Breach.of(E1, sentence, ids));
    }
}
