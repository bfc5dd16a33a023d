package io.tillstream.payment.subscription;

import com.stripe.param.SubscriptionListParams;
import com.stripe.param.SubscriptionScheduleUpdateParams;
import com.stripe.param.SubscriptionUpdateParams;
import io.tillstream.payment.answers.StripeProblems;
import io.tillstream.stripe.LostScheduleEnd;
import io.tillstream.stripe.SchedulePhaseParams;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.web.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** A customer's subscriptions at Stripe: which of them are live, and which card pays them. */
@Component
public class StripeSubscriptions {

    private static final long MOST = 100; // one page: no user has that many at once

    /** In these it is, or may again be, asked for money. */
    private static final Set<String> LIVE = Set.of("active", "trialing", "past_due", "unpaid", "paused", "incomplete");

    private final StripeCalls calls;
    private final StripeSchedules schedules;

    StripeSubscriptions(StripeCalls calls, StripeSchedules schedules) {
        this.calls = calls;
        this.schedules = schedules;
    }

    /**
     * A live subscription.
     *
     * @param cardId the card that pays it; null where it follows the customer's default
     * @param scheduleId what is planned for it; null: nothing is
     */
    public record Live(
            String id,
            String status,
            @Nullable String cardId,
            @Nullable String scheduleId) {

        public boolean isPaidWith(String card, @Nullable String defaultCard) {
            return card.equals(cardId == null ? defaultCard : cardId);
        }

        /** One whose first payment never came is none that its user would lose. */
        public boolean everBegan() {
            return !status.equals("incomplete");
        }
    }

    /** None where Stripe (or what stands in for it) knows no subscriptions. */
    public Mono<List<Live>> of(String customerId) {
        var params = SubscriptionListParams.builder()
                .setCustomer(customerId)
                .setLimit(MOST)
                .build();
        return calls.read(
                        "subscription.list",
                        (stripe, options) -> json(stripe.v1()
                                .subscriptions()
                                .list(params, options)
                                .getLastResponse()
                                .body()))
                .map(answer ->
                        answer.fold(StripeSubscriptions::live, no -> List.of(), StripeSubscriptions::noneIfMissing));
    }

    /**
     * From now on another card pays it, also in what is planned for it: a phase sets the card of the day it was planned again.
     * What its user plans meanwhile, or lets come back, has the card of before, so that is looked at again.
     * Errors with 409 {@code subscription-refused} where Stripe does not allow that, as it has just ended.
     */
    public Mono<Void> pay(Live one, String cardId) {
        Mono<Void> planned = planned(one, schedule -> SchedulePhaseParams.paidWith(schedule, cardId));
        return planned.then(Mono.defer(() -> payRunning(one.id(), cardId))).then(planned);
    }

    /**
     * From now on another card pays what these paid, also in what is planned for it: that may name a card which the subscription
     * has not yet, or has no more. Errors as {@link #pay}.
     */
    public Mono<Void> replace(Live one, Collection<String> gone, String stays) {
        String card = one.cardId();
        return card != null && gone.contains(card)
                ? pay(one, stays)
                : planned(
                        one,
                        schedule -> SchedulePhaseParams.withCards(schedule, own -> gone.contains(own) ? stays : own));
    }

    /** What is planned for one that follows the default, and names a card all the same, is paid with this one. Errors as {@link #pay}. */
    public Mono<Void> payPlanned(Live one, String cardId) {
        return planned(one, schedule -> SchedulePhaseParams.withCards(schedule, own -> cardId));
    }

    /** Whether it is to be paid with one of these later, as planned. */
    public Mono<Boolean> isPlannedWith(Live one, Collection<String> cards) {
        return schedule(one)
                .map(schedule -> SchedulePhaseParams.withCards(schedule, own -> cards.contains(own) ? "" : own)
                        .isPresent())
                .defaultIfEmpty(false);
    }

    /**
     * An end that a write before has lost is put back too, where its answer was lost: what is planned has the card by then. Nothing
     * is where the schedule is released meanwhile.
     */
    private Mono<Void> planned(Live one, Function<JsonNode, Optional<SubscriptionScheduleUpdateParams>> params) {
        return schedule(one)
                .flatMap(read -> Mono.justOrEmpty(params.apply(read))
                        .flatMap(changed -> schedules.update(String.valueOf(one.scheduleId()), changed))
                        .defaultIfEmpty(read)
                        .flatMap(written -> withEnd(one, read, written)))
                .onErrorResume(Problem.class, refused -> schedule(one)
                        .filter(now -> !SchedulePhaseParams.isOver(now))
                        .flatMap(now -> Mono.<Void>error(refused)));
    }

    /** Not where somebody has taken it back meanwhile. */
    private Mono<Void> withEnd(Live one, JsonNode read, JsonNode written) {
        return Mono.justOrEmpty(lost(read, written))
                .flatMap(lost -> schedule(one))
                .flatMap(now -> Mono.justOrEmpty(lost(read, now)).flatMap(lost -> putBack(one, now, lost)))
                .then();
    }

    private static Optional<SubscriptionScheduleUpdateParams> lost(JsonNode read, JsonNode now) {
        return LostScheduleEnd.of(read, now, SchedulePhaseParams.card(SchedulePhaseParams.current(now)));
    }

    /** Nor where that happens this moment: Stripe takes the end all the same. */
    private Mono<JsonNode> putBack(Live one, JsonNode now, SubscriptionScheduleUpdateParams lost) {
        String id = String.valueOf(one.scheduleId());
        return schedules.update(id, lost).flatMap(ended -> Mono.justOrEmpty(LostScheduleEnd.takenBack(
                        now, ended, SchedulePhaseParams.card(SchedulePhaseParams.current(now))))
                .flatMap(goesOn -> schedules.update(id, goesOn)));
    }

    private Mono<JsonNode> schedule(Live one) {
        return Mono.justOrEmpty(one.scheduleId()).flatMap(schedules::read);
    }

    private Mono<Void> payRunning(String subscriptionId, String cardId) {
        var params = SubscriptionUpdateParams.builder()
                .setDefaultPaymentMethod(cardId)
                .build();
        return calls.write(
                        "subscription.update",
                        UUID.randomUUID(),
                        (stripe, options) -> json(stripe.v1()
                                .subscriptions()
                                .update(subscriptionId, params, options)
                                .getLastResponse()
                                .body()))
                .map(StripeSubscriptions::taken)
                .then();
    }

    static JsonNode taken(StripeResult<JsonNode> answer) {
        return answer.fold(
                object -> object,
                no -> {
                    throw StripeProblems.declined(no);
                },
                no -> {
                    throw StripeProblems.told(no, refused(no.code()));
                });
    }

    private static Problem refused(String code) {
        return Problem.conflict(
                "subscription-refused", "Stripe does not let another card pay a subscription now: " + code + ".");
    }

    private static List<Live> noneIfMissing(StripeResult.Refused<JsonNode> no) {
        if (!no.missing()) {
            throw new IllegalStateException("Subscriptions not read: " + no);
        }
        return List.of();
    }

    static List<Live> live(JsonNode page) {
        return page.get("data")
                .valueStream()
                .filter(one -> LIVE.contains(String.valueOf(StripeJson.text(one, "status"))))
                .map(one -> new Live(
                        String.valueOf(StripeJson.text(one, "id")),
                        String.valueOf(StripeJson.text(one, "status")),
                        StripeJson.id(one, "default_payment_method"),
                        StripeJson.id(one, "schedule")))
                .toList();
    }

    static JsonNode json(String body) {
        return StripeJson.read(body.getBytes(StandardCharsets.UTF_8));
    }
}
