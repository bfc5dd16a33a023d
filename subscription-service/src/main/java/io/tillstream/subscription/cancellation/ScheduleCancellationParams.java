package io.tillstream.subscription.cancellation;

import com.stripe.param.SubscriptionScheduleUpdateParams;
import io.tillstream.stripe.LostScheduleEnd;
import io.tillstream.stripe.SchedulePhaseCopy;
import io.tillstream.stripe.SchedulePhaseParams;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.stripe.SchedulePhases;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the shop planned for a subscription, while its user lets it end: the schedule ends with the period, and keeps in
 * its metadata what was to come, so that both come back together. Each is one call, so there is no moment between. Where that
 * is too much for metadata it ends all the same, and does not come back by its user: that would be without what was to come.
 *
 * <p>A subscription in a schedule is ended by its schedule only.
 *
 * @see <a href="https://docs.stripe.com/billing/subscriptions/subscription-schedules">Stripe: subscription schedules</a>
 */
final class ScheduleCancellationParams {

    private static final String CANCELED_BY = LostScheduleEnd.CANCELED_BY;
    private static final String REASON = "cancel_reason";
    private static final String WOULD_END = LostScheduleEnd.WOULD_END;
    private static final String KEPT = "kept_";
    private static final int LONGEST = 500; // of a value of metadata
    private static final String CARD = "default_payment_method";
    private static final String OWN_CARD =
            "own_card"; // it was to be paid with the card that pays the subscription, whichever that is
    private static final String NOT_KEPT = LostScheduleEnd.NOT_KEPT;
    private static final int MOST = 50; // values, as Stripe has it; four are of the words above
    private static final JsonMapper JSON = JsonMapper.shared();

    private ScheduleCancellationParams() {}

    /**
     * Whether a user may let it go on: all that was to come is kept, and the shop has planned nothing else since. Else only the
     * shop can, by what it plans.
     */
    static boolean isRestorable(JsonNode schedule) {
        return LostScheduleEnd.isPlanKept(schedule)
                && SchedulePhaseParams.later(schedule).isEmpty();
    }

    /**
     * The end of the period is the end.
     *
     * @param card the one that pays the subscription now, if it has one of its own
     * @param isLost the end that it has is its user's own, which was written over
     */
    static SubscriptionScheduleUpdateParams ending(
            JsonNode schedule, @Nullable String card, @Nullable CancellationFeedback reason, boolean isLost) {
        String plan = plan(schedule, card);
        int needed = (plan.length() + LONGEST - 1) / LONGEST;
        boolean fits = needed + 4 + schedule.path("metadata").size() <= MOST;
        int parts = fits ? needed : 0;
        var params = SubscriptionScheduleUpdateParams.builder()
                .setEndBehavior(SubscriptionScheduleUpdateParams.EndBehavior.CANCEL)
                .setProrationBehavior(SubscriptionScheduleUpdateParams.ProrationBehavior.NONE)
                .addPhase(SchedulePhaseParams.asItIs(SchedulePhaseParams.current(schedule), card))
                .putMetadata(CANCELED_BY, SchedulePhases.USER)
                .putMetadata(SchedulePhases.ENDED_BY, "") // of an end before
                .putMetadata(LostScheduleEnd.CARD_WRITTEN, "") // and that was before this one
                .putMetadata(REASON, reason == null ? "" : reason.text())
                .putMetadata(NOT_KEPT, fits ? "" : "true");
        if (!isLost) { // else what the shop planned is told there already
            params.putMetadata(WOULD_END, SchedulePhases.ends(schedule) ? "true" : "");
        }
        keptIn(schedule).keySet().forEach(key -> params.putMetadata(key, "")); // of a longer plan before
        IntStream.range(0, parts)
                .forEach(part -> params.putMetadata(
                        key(part), plan.substring(part * LONGEST, Math.min(plan.length(), (part + 1) * LONGEST))));
        return params.build();
    }

    /** Its end alone is taken out; whatever else is planned stays. */
    static SubscriptionScheduleUpdateParams withoutEnd(JsonNode schedule, @Nullable String card) {
        var params = SubscriptionScheduleUpdateParams.builder()
                .setEndBehavior(SubscriptionScheduleUpdateParams.EndBehavior.RELEASE)
                .setProrationBehavior(SubscriptionScheduleUpdateParams.ProrationBehavior.NONE)
                .addPhase(SchedulePhaseParams.asItIs(SchedulePhaseParams.current(schedule), card));
        SchedulePhaseParams.later(schedule)
                .forEach(phase ->
                        params.addPhase(SchedulePhaseParams.asPlanned(phase, SchedulePhaseParams.card(phase))));
        Stream.concat(
                        Stream.of(
                                CANCELED_BY,
                                REASON,
                                WOULD_END,
                                NOT_KEPT,
                                SchedulePhases.ENDED_BY,
                                LostScheduleEnd.CARD_WRITTEN),
                        keptIn(schedule).keySet().stream())
                .forEach(key -> params.putMetadata(key, "")); // how Stripe forgets one
        return params.build();
    }

    /** All of it as it was, paid with the card of now. */
    static SubscriptionScheduleUpdateParams back(JsonNode schedule, @Nullable String card) {
        boolean wouldEnd = StripeJson.metadata(schedule, WOULD_END) != null;
        var params = SubscriptionScheduleUpdateParams.builder()
                .setEndBehavior(
                        wouldEnd
                                ? SubscriptionScheduleUpdateParams.EndBehavior.CANCEL
                                : SubscriptionScheduleUpdateParams.EndBehavior.RELEASE)
                .setProrationBehavior(SubscriptionScheduleUpdateParams.ProrationBehavior.NONE)
                .addPhase(SchedulePhaseParams.asItIs(SchedulePhaseParams.current(schedule), card))
                .putMetadata(CANCELED_BY, "") // how Stripe forgets one
                .putMetadata(SchedulePhases.ENDED_BY, "")
                .putMetadata(LostScheduleEnd.CARD_WRITTEN, "")
                .putMetadata(REASON, "")
                .putMetadata(WOULD_END, "");
        var kept = keptIn(schedule);
        kept.keySet().forEach(key -> params.putMetadata(key, ""));
        JSON.readTree(String.join("", kept.values())).forEach(phase -> {
            boolean own = ((ObjectNode) phase).remove(OWN_CARD) != null;
            params.addPhase(SchedulePhaseParams.asPlanned(phase, own ? card : SchedulePhaseParams.card(phase)));
        });
        return params.build();
    }

    private static SortedMap<String, String> keptIn(JsonNode schedule) {
        var kept = new TreeMap<String, String>();
        schedule.path("metadata").properties().stream()
                .filter(entry -> entry.getKey().startsWith(KEPT))
                .forEach(entry -> kept.put(entry.getKey(), entry.getValue().asString("")));
        return kept;
    }

    private static String plan(JsonNode schedule, @Nullable String card) {
        ArrayNode phases = JSON.createArrayNode();
        SchedulePhaseParams.later(schedule).forEach(phase -> phases.add(whole(phase, card)));
        return JSON.writeValueAsString(phases);
    }

    private static ObjectNode whole(JsonNode phase, @Nullable String card) {
        ObjectNode kept = SchedulePhaseCopy.request(phase);
        if (card != null && card.equals(SchedulePhaseParams.card(phase))) {
            kept.remove(CARD);
            kept.put(OWN_CARD, true);
        }
        return kept;
    }

    private static String key(int part) {
        return "%s%02d".formatted(KEPT, part);
    }
}
