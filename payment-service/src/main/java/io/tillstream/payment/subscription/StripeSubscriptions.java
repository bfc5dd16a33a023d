package io.tillstream.payment.subscription;

import com.stripe.param.SubscriptionListParams;
import com.stripe.param.SubscriptionUpdateParams;
import io.tillstream.stripe.SchedulePhaseParams;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.UUID;
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

    StripeSubscriptions(StripeCalls calls) {
        this.calls = calls;
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

    /** From now on another card pays it, also in what is planned for it: a phase sets the card of the day it was planned again. */
    public Mono<Void> pay(Live one, String cardId) {
        return Mono.justOrEmpty(one.scheduleId())
                .flatMap(schedule -> payPlanned(schedule, cardId))
                .then(Mono.defer(() -> payRunning(one.id(), cardId)));
    }

    private Mono<Void> payPlanned(String scheduleId, String cardId) {
        return calls.read(
                        "subscription_schedule.read",
                        (stripe, options) -> json(stripe.v1()
                                .subscriptionSchedules()
                                .retrieve(scheduleId, options)
                                .getLastResponse()
                                .body()))
                .map(StripeResult::value)
                .flatMap(schedule -> Mono.justOrEmpty(SchedulePhaseParams.paidWith(schedule, cardId)))
                .flatMap(params -> calls.write(
                        "subscription_schedule.update",
                        UUID.randomUUID(),
                        (stripe, options) -> json(stripe.v1()
                                .subscriptionSchedules()
                                .update(scheduleId, params, options)
                                .getLastResponse()
                                .body())))
                .map(StripeResult::value)
                .then();
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
                .map(StripeResult::value)
                .then();
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

    private static JsonNode json(String body) {
        return StripeJson.read(body.getBytes(StandardCharsets.UTF_8));
    }
}
