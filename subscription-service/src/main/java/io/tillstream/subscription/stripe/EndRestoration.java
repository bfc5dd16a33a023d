package io.tillstream.subscription.stripe;

import com.stripe.param.SubscriptionScheduleUpdateParams;
import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.LostScheduleEnd;
import io.tillstream.stripe.SchedulePhaseParams;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.schedule.ScheduleWriteQueue;
import io.tillstream.subscription.settlement.SubscriptionTransition;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.sweep.StripeRound;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Puts back an end that its user was told of, and that a change of theirs has written over: a schedule is read, then written whole,
 * and what was set between the two is known by its mark alone. That a write is under way is kept before Stripe is asked, so
 * that whoever reads the schedule next finds it, or a sweep does. Whoever takes the end back releases the schedule, and Stripe
 * lets nobody put an end into one that is released.
 */
@Component
public class EndRestoration {

    private static final Logger LOG = LoggerFactory.getLogger(EndRestoration.class);

    private static final String CALL = "subscription_schedule.update";

    private final ScheduleWriteQueue writes;
    private final LostEndGauge gauge;
    private final Subscriptions subscriptions;
    private final StripeSubscriptions stripe;
    private final StripeSchedules schedules;
    private final ScheduleRelease release;
    private final SubscriptionTransition settlement;
    private final Transactions transactions;

    EndRestoration(
            ScheduleWriteQueue writes,
            LostEndGauge gauge,
            Subscriptions subscriptions,
            StripeSubscriptions stripe,
            StripeSchedules schedules,
            ScheduleRelease release,
            SubscriptionTransition settlement,
            Transactions transactions) {
        this.writes = writes;
        this.gauge = gauge;
        this.subscriptions = subscriptions;
        this.stripe = stripe;
        this.schedules = schedules;
        this.release = release;
        this.settlement = settlement;
        this.transactions = transactions;
    }

    /** Before Stripe is asked to write to a schedule that had no mark of an end when it was read. */
    public Mono<Void> begin(UUID request, Subscription subscription, String scheduleId) {
        return transactions
                .run(writes.begin(request, subscription.id(), scheduleId).thenReturn(true))
                .then();
    }

    /** It is over, and no end is lost by it. */
    public Mono<Void> end(UUID request) {
        return transactions.run(writes.end(request).thenReturn(true)).then();
    }

    /** The schedule of a subscription, with its user's end put back where that was written over; refused where Stripe does not take it. */
    public Mono<StripeResult<JsonNode>> restored(
            Subscription subscription, String scheduleId, @Nullable String card, Object request) {
        return writes.has(subscription.id(), scheduleId).flatMap(open -> schedules
                .read(scheduleId)
                .flatMap(answer -> answer instanceof StripeResult.Ok<JsonNode> found
                                && (isLost(found.value(), open) || isKeptLost(found.value(), open))
                        ? putBack(subscription, found.value(), card, request)
                        : Mono.just(answer)));
    }

    /** The same, and where Stripe does not take the end now, as it has it: the end is put back later. */
    public Mono<StripeResult<JsonNode>> restoredOrAsItIs(
            Subscription subscription, String scheduleId, @Nullable String card, Object request) {
        return restored(subscription, scheduleId, card, request)
                .flatMap(answer ->
                        answer instanceof StripeResult.Ok<JsonNode> ? Mono.just(answer) : schedules.read(scheduleId));
    }

    /**
     * Writes all phases of a schedule as they were read, paid with this card; an end that its user has set since is put back, by whoever
     * comes to it after a crash, or where Stripe does not take it now.
     */
    public Mono<StripeResult<JsonNode>> pay(
            Subscription subscription, JsonNode schedule, String card, SubscriptionScheduleUpdateParams params) {
        UUID request = UUID.randomUUID();
        String id = idOf(schedule);
        boolean isLostBefore = SchedulePhases.isMarkedEnded(schedule) || SchedulePhases.isKeptEndWrittenOver(schedule);
        return (isLostBefore ? Mono.<Void>empty() : begin(request, subscription, id))
                .then(Mono.defer(() -> schedules.update(request, id, params)))
                .flatMap(answer -> answer instanceof StripeResult.Ok<JsonNode> written
                        ? withEnd(request, schedule, written.value(), card)
                                .defaultIfEmpty(answer)
                                .flatMap(last -> last instanceof StripeResult.Ok<JsonNode>
                                        ? end(request).thenReturn(last)
                                        : Mono.just(answer))
                        : Mono.just(answer));
    }

    /** Empty where no end is lost by the write, or its user has taken it back meanwhile. */
    private Mono<StripeResult<JsonNode>> withEnd(UUID request, JsonNode read, JsonNode written, String card) {
        String id = idOf(read);
        return Mono.justOrEmpty(LostScheduleEnd.of(read, written, card))
                .flatMap(lost -> schedules.read(id))
                .flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)))
                .flatMap(now -> Mono.justOrEmpty(LostScheduleEnd.of(read, now, card))
                        .flatMap(end -> schedules.update(request + ":end", id, end))
                        .flatMap(answer -> unlessTakenBack(request, now, answer, card)));
    }

    /** Who takes back an end beside the shop's plan releases nothing, so Stripe takes the put-back after that. */
    private Mono<StripeResult<JsonNode>> unlessTakenBack(
            Object request, JsonNode read, StripeResult<JsonNode> answer, @Nullable String card) {
        return answer instanceof StripeResult.Ok<JsonNode> ended
                ? Mono.justOrEmpty(LostScheduleEnd.takenBack(read, ended.value(), card))
                        .flatMap(goesOn -> schedules.update(request + ":on", idOf(read), goesOn))
                        .defaultIfEmpty(answer)
                : Mono.just(answer);
    }

    private static String idOf(JsonNode schedule) {
        return Objects.requireNonNull(StripeJson.text(schedule, "id"));
    }

    /** One that ends later than its user was told is lost by whoever wrote it; else it may be the shop that took the end out. */
    private static boolean isLost(JsonNode schedule, boolean open) {
        return !SchedulePhaseParams.isOver(schedule)
                && SchedulePhases.isEndWrittenOver(schedule)
                && (open || SchedulePhases.ends(schedule));
    }

    /** Whether an end beside the shop's plan was lost by a write that is known: else the shop wants it as it is. */
    public Mono<Boolean> isKeptEndLost(Subscription subscription, JsonNode schedule) {
        return writes.has(subscription.id(), idOf(schedule)).map(open -> isKeptLost(schedule, open));
    }

    /** One beside the shop's plan ends later by a write of its user's only while that is under way, or was another card's. */
    private static boolean isKeptLost(JsonNode schedule, boolean open) {
        return !SchedulePhaseParams.isOver(schedule)
                && (open || LostScheduleEnd.isCardWritten(schedule))
                && !SchedulePhases.isMarkedEnded(schedule)
                && SchedulePhases.isKeptEndWrittenOver(schedule);
    }

    /** As its user wants it; {@code card}: the one that pays the subscription now, if it has one of its own. */
    public Mono<StripeResult<JsonNode>> putBack(
            Subscription subscription, JsonNode schedule, @Nullable String card, Object request) {
        var params = SchedulePhases.isMarkedEnded(schedule)
                ? SchedulePhases.endingOfUsers(schedule, card)
                : LostScheduleEnd.ending(schedule, card);
        return schedules
                .update(request + ":end", idOf(schedule), params)
                .flatMap(answer -> unlessTakenBack(request, schedule, answer, card))
                .delayUntil(answer -> answer instanceof StripeResult.Ok<JsonNode> ended
                        ? settlement.scheduleAnswered(subscription, Cause.stripeAnswer(CALL, request), ended.value())
                        : Mono.empty());
    }

    /**
     * The subscription as Stripe has it, after its user wants it to go on: an end that would be put back yet is no more, nor is what
     * was written over it. One beside the shop's plan is put back first: with it, what the shop planned comes back.
     */
    public Mono<StripeSubscriptionState> withdrawn(
            Subscription subscription, StripeSubscriptionState snapshot, Object request) {
        String scheduleId = snapshot.scheduleId();
        return scheduleId == null
                ? Mono.just(snapshot)
                : writes.has(subscription.id(), scheduleId)
                        .flatMap(open -> schedules
                                .read(scheduleId)
                                .flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)))
                                .flatMap(schedule -> withdrawn(subscription, snapshot, schedule, open, request)))
                        .defaultIfEmpty(snapshot);
    }

    private Mono<StripeSubscriptionState> withdrawn(
            Subscription subscription,
            StripeSubscriptionState snapshot,
            JsonNode schedule,
            boolean open,
            Object request) {
        if (isLost(schedule, open)) {
            return release.released(subscription, idOf(schedule), request).then(stripe.read(subscription));
        }
        if (isKeptLost(schedule, open) && LostScheduleEnd.isPlanKept(schedule)) {
            return putBack(subscription, schedule, snapshot.defaultPaymentMethod(), request)
                    .then(stripe.read(subscription));
        }
        boolean isPutBackThisMoment = !snapshot.ending().isScheduled() && SchedulePhases.isUsersEnd(schedule);
        return isPutBackThisMoment ? stripe.read(subscription) : Mono.just(snapshot);
    }

    public Mono<Long> makeDue() {
        return writes.makeDue();
    }

    /**
     * One round over what a crash left, or an answer that was lost; a fault with one does not keep the others.
     *
     * @param failed is told of each fault
     */
    public Mono<Void> round(Consumer<Throwable> failed) {
        return gauge.measure().then(StripeRound.of(writes::claimDue, this::again, (due, e) -> {
            failed.accept(e);
            LOG.warn("The end of subscription {} is looked after later: {}", due.subscriptionId(), e.toString());
        }));
    }

    private Mono<Void> again(ScheduleWriteQueue.Due due) {
        return subscriptions
                .find(due.subscriptionId())
                .flatMap(subscription -> stripe.find(subscription)
                        .flatMap(Mono::justOrEmpty)
                        .filter(snapshot -> due.scheduleId().equals(snapshot.scheduleId()))
                        .flatMap(snapshot -> again(due, subscription, snapshot)))
                .then(Mono.defer(() -> transactions.run(writes.end(due).thenReturn(true))))
                .then();
    }

    /** A no leaves it to the next round, which finds the schedule released perhaps. */
    private Mono<Subscription> again(
            ScheduleWriteQueue.Due due, Subscription subscription, StripeSubscriptionState snapshot) {
        String request = due.request() + ":" + due.tries();
        return restored(subscription, due.scheduleId(), snapshot.defaultPaymentMethod(), request)
                .flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)))
                .filter(SchedulePhases::ends)
                .flatMap(ended -> settlement.refresh(subscription.id(), Cause.question("subscription.read", request)));
    }
}
