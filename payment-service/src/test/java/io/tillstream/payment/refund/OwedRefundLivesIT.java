package io.tillstream.payment.refund;

import static io.tillstream.payment.fake.FakeStripe.Fault.NONE;
import static io.tillstream.payment.fake.FakeStripe.Fault.NOT_REFUNDABLE;
import static io.tillstream.payment.fake.FakeStripe.Fault.NO_BALANCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.payment.fake.FakeStripe.Fault;
import io.tillstream.payment.fake.StripeObjects;
import io.tillstream.stripe.CompensationGuard;
import io.tillstream.testing.Seed;
import io.tillstream.web.Problem;
import io.tillstream.web.money.RefundDismissal.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Money that must not stay, whatever happens to it in whatever order: what neither went back, nor was lost, nor was dismissed is
 * still tried or left to a person; never silently kept.
 */
class OwedRefundLivesIT extends SurplusPayment {

    private static final long RECEIVED = 1000;
    private static final int MOVES = 14;
    private static final int TRIES_AT_MOST = 20;
    private static final List<Fault> ANSWERS = List.of(NONE, NO_BALANCE, NOT_REFUNDABLE);

    @Autowired
    private RefundReservation reservation;

    @Autowired
    private RefundSubmitter submitter;

    @Autowired
    private RefundDismissals dismissals;

    private final List<ObjectNode> disputes = new ArrayList<>();
    private final List<Refund> askedFor = new ArrayList<>();
    private final List<String> lived = new ArrayList<>();
    private long dismissed;

    private record Row(UUID id, long amount, String status, String purpose, boolean flagged) {
        boolean isOpen() {
            return List.of("initiated", "unknown", "delayed").contains(status);
        }

        boolean isOwed() {
            return purpose.equals("late");
        }
    }

    @BeforeEach
    void stripeGivesBackNoMoreThanThereIs() {
        STRIPE.objects.left.put(StripeObjects.id(intent), this::thereIs);
    }

    @RepeatedTest(60)
    void noneOfItIsKeptSilently(RepetitionInfo repetition) {
        Random random = Seed.random("owed-" + repetition.getCurrentRepetition());
        owed();
        for (int move = 0; move < MOVES; move++) {
            happens(random);
            nothingIsForgotten();
        }
        allIsAnswered();
        nothingIsForgotten();
        assertThat(rows()).as("%s", lived).noneMatch(Row::isOpen);
        if (left() <= 0 && dismissed == 0) {
            assertThat(rows()).as("%s", lived).noneMatch(Row::flagged);
        }
        assertThat(gone()).as("%s", lived).isLessThanOrEqualTo(RECEIVED);
    }

    private void happens(Random random) {
        long part = 100L * (1 + random.nextInt(9));
        switch (random.nextInt(11)) {
            case 0 -> dashboard(Math.min(part, thereIs()), random.nextBoolean() ? "pending" : "succeeded");
            case 1 -> some(random, refundsAtStripe("pending")).forEach(refund -> becomes(refund, "succeeded"));
            case 2 ->
                some(random, refundsAtStripe("pending", "succeeded")).forEach(refund -> becomes(refund, "failed"));
            case 3 -> disputes(Math.min(part, thereIs()));
            case 4 -> some(random, disputes("needs_response")).forEach(dispute -> ends(dispute, "lost"));
            case 5 -> some(random, disputes("needs_response", "lost")).forEach(dispute -> ends(dispute, "won"));
            case 6, 7 -> some(random, rows(Row::isOpen)).forEach(row -> tried(row, answer(random)));
            case 8 -> operatorAsks(part);
            case 9 -> some(random, askedFor).forEach(refund -> isAnswered(refund, answer(random)));
            default -> some(random, rows(Row::flagged)).forEach(this::dismissed);
        }
    }

    private static Fault answer(Random random) {
        return ANSWERS.get(random.nextInt(ANSWERS.size()));
    }

    private static <T> List<T> some(Random random, List<T> all) {
        return all.isEmpty() ? List.of() : List.of(all.get(random.nextInt(all.size())));
    }

    private void dashboard(long amount, String status) {
        if (amount > 0) {
            lived.add("dashboard " + amount + " " + status);
            ObjectNode refund = STRIPE.objects
                    .object("re", "refund", Map.of())
                    .put("amount", amount)
                    .put("currency", "usd")
                    .put("payment_intent", StripeObjects.id(intent))
                    .put("status", status);
            STRIPE.objects.all.put(StripeObjects.id(refund), refund);
            deliver(STRIPE.objects.tell("refund.created", refund));
        }
    }

    private void becomes(ObjectNode refund, String status) {
        lived.add(refund.get("amount") + " " + status);
        deliver(STRIPE.objects.tell("refund.updated", refund.put("status", status)));
    }

    private void disputes(long amount) {
        if (amount > 0) {
            lived.add("disputed " + amount);
            disputes.add(disputed(amount));
        }
    }

    private void ends(ObjectNode dispute, String how) {
        lived.add("dispute of " + dispute.get("amount") + " " + how);
        closed(dispute, how);
    }

    private void tried(Row row, Fault answer) {
        lived.add("tried " + row.amount() + " " + row.purpose() + " " + answer);
        STRIPE.next(answer);
        flow.seeTo(refunds.find(row.id()).block(WAIT)).block(WAIT);
        STRIPE.next();
        askedFor.removeIf(refund -> refund.id().equals(row.id()));
    }

    /** Its answer comes later. */
    private void operatorAsks(long amount) {
        var wish = new RefundFlow.RefundCommand(UUID.randomUUID(), reference, amount, payment.toString(), null, null);
        Refund asked = reservation
                .reserve(wish)
                .onErrorResume(Problem.class, no -> Mono.empty())
                .block(WAIT);
        if (asked != null) {
            lived.add("operator asks for " + amount);
            askedFor.add(asked);
        }
    }

    private void isAnswered(Refund asked, Fault answer) {
        lived.add("operator's " + asked.money().amount() + " " + answer);
        STRIPE.next(answer);
        var unused = submitter
                .ask(asked, new CompensationGuard())
                .onErrorResume(Problem.class, no -> Mono.empty())
                .block(WAIT);
        STRIPE.next();
        askedFor.remove(asked);
    }

    private void dismissed(Row row) {
        lived.add("dismissed " + row.amount());
        dismissed +=
                Math.max(0, Math.min(row.amount(), left())); // of more than is there, nobody has to give anything back
        var unused = dismissals
                .dismiss(row.id(), Reason.PAID_OUTSIDE_OF_STRIPE, "operator-1")
                .block(WAIT);
    }

    /** Stripe makes what it can; what it cannot is for a person in the end. */
    private void allIsAnswered() {
        disputes("needs_response").forEach(dispute -> ends(dispute, "lost"));
        List.copyOf(askedFor).forEach(refund -> isAnswered(refund, NONE));
        for (int i = 0; i < TRIES_AT_MOST && !rows(Row::isOpen).isEmpty(); i++) {
            rows(Row::isOpen).forEach(row -> tried(row, NONE));
        }
    }

    private void nothingIsForgotten() {
        long left = left();
        List<Row> now = rows();
        boolean isTried = now.stream().anyMatch(row -> row.isOwed() && row.isOpen());
        long seen = now.stream()
                .filter(row -> row.flagged() || (row.isOpen() && row.status().equals("delayed")))
                .mapToLong(Row::amount)
                .sum();
        assertThat(isTried || seen >= left)
                .as("%d is left of what was received, and %s; lived %s", left, now, lived)
                .isTrue();
    }

    /** By what Stripe and the banks did, and the operators' words. */
    private long left() {
        long lost = disputes("lost").stream()
                .mapToLong(dispute -> dispute.get("amount").longValue())
                .sum();
        return RECEIVED - gone() - lost - dismissed;
    }

    private long gone() {
        return refundsAtStripe("pending", "succeeded").stream()
                .mapToLong(refund -> refund.get("amount").longValue())
                .sum();
    }

    private long thereIs() {
        return RECEIVED
                - gone()
                - disputes("needs_response", "lost").stream()
                        .mapToLong(dispute -> dispute.get("amount").longValue())
                        .sum();
    }

    private List<ObjectNode> disputes(String... statuses) {
        return disputes.stream()
                .filter(dispute ->
                        List.of(statuses).contains(dispute.get("status").asString()))
                .toList();
    }

    private List<ObjectNode> refundsAtStripe(String... statuses) {
        return STRIPE.objects.all.values().stream()
                .filter(object -> object.get("object").asString().equals("refund")
                        && object.get("payment_intent").asString().equals(StripeObjects.id(intent))
                        && List.of(statuses).contains(object.get("status").asString()))
                .sorted(Comparator.comparing(StripeObjects::id))
                .toList();
    }

    private List<Row> rows(Predicate<Row> which) {
        return rows().stream().filter(which).toList();
    }

    private List<Row> rows() {
        return database.sql("select id, amount, status, purpose, attention is not null as flagged from refunds"
                        + " where reference = :reference order by created_at, id")
                .bind("reference", reference)
                .map(row -> new Row(
                        row.get("id", UUID.class),
                        row.get("amount", Long.class),
                        row.get("status", String.class),
                        row.get("purpose", String.class),
                        Boolean.TRUE.equals(row.get("flagged", Boolean.class))))
                .all()
                .collectList()
                .block(WAIT);
    }
}
