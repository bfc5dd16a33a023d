package io.tillstream.acceptance;

import io.tillstream.acceptance.Evidence.Intent;
import io.tillstream.acceptance.Evidence.Move;
import io.tillstream.acceptance.Evidence.Order;
import io.tillstream.acceptance.Evidence.Payment;
import io.tillstream.acceptance.Evidence.StripeRefund;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** What has to hold after whatever happened; each breach is named with the thing that breaks it. */
final class Invariants {
    private static final Set<String> HOLDS_MONEY = Set.of("PAID", "PARTIALLY_REFUNDED", "DISPUTED", "DISPUTE_LOST");
    private static final Set<String> EXPLAINED =
            Set.of("PAID", "PARTIALLY_REFUNDED", "REFUNDED", "DISPUTED", "DISPUTE_LOST", "MISMATCH");

    private final Evidence evidence;
    private final List<String> breaches = new ArrayList<>();

    private Invariants(Evidence evidence) {
        this.evidence = evidence;
    }

    static List<String> breachesIn(Evidence evidence) {
        Invariants invariants = new Invariants(evidence);
        invariants.moneyHasAHome();
        invariants.paidOrdersHaveTheirMoney();
        invariants.refundsMatch();
        invariants.oneEffectPerKey();
        invariants.historiesAreWhole();
        invariants.outboxAndTopicsAgree();
        invariants.webhooksArrived();
        return invariants.breaches;
    }

    private void breach(String invariant, String text) {
        breaches.add(invariant + ": " + text);
    }

    /** M1. */
    private void moneyHasAHome() {
        for (Intent intent : ours()) {
            if (!intent.succeeded()) {
                continue;
            }
            List<Payment> payments = evidence.payments().stream()
                    .filter(payment -> payment.intentId().equals(intent.id()))
                    .toList();
            Order order = evidence.order(intent.orderId());
            boolean givenBack = backOf(intent) >= intent.received();
            if (payments.size() != 1 && !givenBack) {
                breach("M1", intent.id() + " succeeded and belongs to " + payments.size() + " payments");
            }
            for (Payment payment : payments) {
                boolean same = payment.amount() == intent.received()
                        && payment.currency().equals(intent.currency());
                if (!same && !payment.status().equals("mismatched") && !givenBack) {
                    breach("M1", intent.id() + " has another amount than payment " + payment.id());
                }
            }
            boolean explained = order != null && EXPLAINED.contains(order.status());
            if (!explained && !givenBack) {
                breach(
                        "M1",
                        intent.id() + " succeeded, but its order " + intent.orderId() + " is "
                                + (order == null ? "unknown" : order.status()));
            }
        }
    }

    /** M2 and M3. */
    private void paidOrdersHaveTheirMoney() {
        for (Order order : evidence.orders()) {
            List<Intent> kept = ours().stream()
                    .filter(intent -> intent.orderId().equals(order.id()) && intent.succeeded())
                    .filter(intent -> backOf(intent) < intent.received())
                    .toList();
            if (kept.size() > 1) {
                breach("M3", "order " + order.id() + " was charged " + kept.size() + " times");
            }
            boolean right = kept.stream()
                    .anyMatch(intent -> intent.received() == order.amount()
                            && intent.currency().equals(order.currency()));
            if (HOLDS_MONEY.contains(order.status()) && !right) {
                breach("M2", "order " + order.id() + " is " + order.status() + " without its money");
            }
            if (order.status().equals("REFUNDED") && !kept.isEmpty()) {
                breach(
                        "M2",
                        "order " + order.id() + " is REFUNDED, but "
                                + kept.get(0).id() + " holds money");
            }
        }
    }

    /** M4. */
    private void refundsMatch() {
        for (Intent intent : ours()) {
            if (backOf(intent) > intent.received()) {
                breach("M4", intent.id() + " gave back more than it took");
            }
        }
        Map<String, Long> local = evidence.refunds().stream()
                .collect(Collectors.groupingBy(refund -> refund.stripeId(), Collectors.counting()));
        Set<String> ourIntents = ours().stream().map(Intent::id).collect(Collectors.toSet());
        for (StripeRefund refund : evidence.stripeRefunds()) {
            if (ourIntents.contains(refund.intentId()) && local.getOrDefault(refund.id(), 0L) != 1) {
                breach(
                        "M4",
                        "refund " + refund.id() + " at Stripe is here " + local.getOrDefault(refund.id(), 0L)
                                + " times");
            }
        }
        for (Evidence.LocalRefund refund : evidence.refunds()) {
            StripeRefund there = evidence.stripeRefund(refund.stripeId());
            if (there == null) {
                if (!refund.stripeId().isEmpty()) {
                    breach("M4", "refund " + refund.stripeId() + " is not at Stripe");
                }
            } else if (there.amount() != refund.amount() || !there.status().equals(refund.status())) {
                breach(
                        "M4",
                        "refund " + refund.stripeId() + " is " + refund.amount() + " " + refund.status() + " here, "
                                + there.amount() + " " + there.status() + " at Stripe");
            }
        }
    }

    /** M5. */
    private void oneEffectPerKey() {
        ours().stream()
                .filter(intent -> !intent.attemptId().isEmpty())
                .collect(Collectors.groupingBy(Intent::attemptId))
                .forEach((attempt, intents) -> {
                    if (intents.size() > 1) {
                        breach("M5", "attempt " + attempt + " has " + intents.size() + " intents");
                    }
                });
        evidence.effects().stream()
                .collect(Collectors.groupingBy(
                        Evidence.Effect::key, Collectors.mapping(Evidence.Effect::objectId, Collectors.toSet())))
                .forEach((key, objects) -> {
                    if (objects.size() > 1) {
                        breach("M5", "key " + key + " made " + objects);
                    }
                });
    }

    /** T1. */
    private void historiesAreWhole() {
        evidence.moves().stream()
                .collect(Collectors.groupingBy(move -> move.of() + " " + move.id()))
                .forEach(this::historyIsWhole);
    }

    private void historyIsWhole(String whose, List<Move> moves) {
        List<Move> inOrder = moves.stream()
                .sorted(java.util.Comparator.comparingInt(Move::version))
                .toList();
        for (int i = 0; i < inOrder.size(); i++) {
            Move move = inOrder.get(i);
            int expected = inOrder.get(0).version() + i;
            if (move.version() != expected) {
                breach("T1", whose + " has a gap before version " + move.version());
            }
            String before = i == 0 ? "" : inOrder.get(i - 1).to();
            if (i > 0 && !move.from().equals(before)) {
                breach("T1", whose + " went from " + move.from() + ", but was " + before);
            }
            if (move.cause().isEmpty()) {
                breach("T1", whose + " moved to " + move.to() + " without a cause");
            }
            if (move.cause().startsWith("evt_") && !evidence.stripeEvents().contains(move.cause())) {
                breach("T1", whose + " moved to " + move.to() + " by " + move.cause() + ", which never happened");
            }
        }
        Order order = evidence.order(inOrder.get(0).id());
        Move last = inOrder.get(inOrder.size() - 1);
        if (order != null
                && (order.version() != last.version() || !order.status().equals(last.to()))) {
            breach(
                    "T1",
                    whose + " is " + order.status() + " at " + order.version() + ", its history says " + last.to()
                            + " at " + last.version());
        }
    }

    /** E1. */
    private void outboxAndTopicsAgree() {
        Map<String, List<Evidence.Told>> told =
                evidence.told().stream().collect(Collectors.groupingBy(Evidence.Told::id));
        Map<String, Evidence.Outgoing> outgoing =
                evidence.outbox().stream().collect(Collectors.toMap(Evidence.Outgoing::id, row -> row));
        outgoing.forEach((id, row) -> {
            if (!told.containsKey(id)) {
                breach("E1", row.type() + " " + id + " was never told");
            }
        });
        told.forEach((id, messages) -> {
            if (!outgoing.containsKey(id)) {
                breach("E1", messages.get(0).type() + " " + id + " was told by nobody");
            }
            if (messages.size() > 1 && !evidence.cutOff().contains(id)) {
                breach("E1", messages.get(0).type() + " " + id + " was told " + messages.size() + " times");
            }
        });
        evidence.told().stream()
                .filter(message -> outgoing.containsKey(message.id()))
                .collect(Collectors.groupingBy(message -> message.topic() + " " + message.key()))
                .forEach((aggregate, messages) -> toldInOrder(aggregate, messages, outgoing));
        for (Order order : evidence.orders()) {
            long paid = evidence.told().stream()
                    .filter(message ->
                            message.key().equals(order.id()) && message.type().equals("io.tillstream.order.paid.v1"))
                    .map(Evidence.Told::id)
                    .distinct()
                    .count();
            boolean wasPaid = HOLDS_MONEY.contains(order.status()) || paid > 1;
            if (wasPaid && paid != 1) {
                breach("E1", "order " + order.id() + " was told paid " + paid + " times");
            }
        }
    }

    private void toldInOrder(String aggregate, List<Evidence.Told> messages, Map<String, Evidence.Outgoing> outgoing) {
        List<Long> sequence = messages.stream()
                .sorted(java.util.Comparator.comparingLong(Evidence.Told::offset))
                .map(Evidence.Told::id)
                .distinct() // what is told again counts where it was first
                .map(id -> Objects.requireNonNull(outgoing.get(id)).sequence())
                .toList();
        if (!sequence.equals(sequence.stream().sorted().toList())) {
            breach("E1", aggregate + " was told in the order " + sequence);
        }
        if (messages.stream().map(Evidence.Told::partition).distinct().count() > 1) {
            breach("E1", aggregate + " is on several partitions");
        }
    }

    /** W1. */
    private void webhooksArrived() {
        for (String event : evidence.answered()) {
            if (!evidence.onTopic().contains(event)) {
                breach("W1", event + " was answered, but is not on the topic");
            }
        }
        for (String event : evidence.onTopic()) {
            evidence.handled().forEach((service, events) -> {
                if (!events.contains(event) && !evidence.poison().contains(event)) {
                    breach("W1", event + " is neither in the inbox of " + service + ", nor parked, nor a dead letter");
                }
            });
        }
        for (String letter : evidence.deadLetters()) {
            if (!evidence.poison().contains(letter)) {
                breach("W1", letter + " is a dead letter, but no poison");
            }
        }
    }

    private List<Intent> ours() {
        return evidence.intents().stream()
                .filter(intent -> !intent.orderId().isEmpty())
                .toList();
    }

    private long backOf(Intent intent) {
        return evidence.stripeRefunds().stream()
                .filter(refund -> refund.intentId().equals(intent.id()) && refund.givesBack())
                .mapToLong(StripeRefund::amount)
                .sum();
    }
}
