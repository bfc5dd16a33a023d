package io.tillstream.subscription.stripe;

import com.stripe.param.SubscriptionScheduleUpdateParams;
import io.tillstream.stripe.LostScheduleEnd;
import io.tillstream.stripe.SchedulePhaseParams;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.web.Problem;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Who planned what in a subscription schedule, and who may take it back. */
public final class SchedulePhases {

    public static final String SET_BY = LostScheduleEnd.SET_BY;
    public static final String USER = "user";
    public static final String ENDED_BY = LostScheduleEnd.ENDED_BY;

    private SchedulePhases() {}

    public static boolean ends(JsonNode schedule) {
        return "cancel".equals(StripeJson.text(schedule, "end_behavior"));
    }

    /** Whether all that is planned was chosen by its subscriber, and not by the shop. */
    public static boolean isUsers(JsonNode schedule) {
        return !ends(schedule) && isLaterUsers(schedule);
    }

    private static boolean isLaterUsers(JsonNode schedule) {
        return SchedulePhaseParams.later(schedule).stream()
                .allMatch(phase -> USER.equals(StripeJson.metadata(phase, SET_BY)));
    }

    /** Whether it changes nothing: one that a crash left, or of which a change was taken back. */
    public static boolean isEmpty(JsonNode schedule) {
        return !ends(schedule) && SchedulePhaseParams.later(schedule).isEmpty();
    }

    /** Whether its subscriber chose what was to come, and then to let the subscription end instead. */
    public static boolean isUsersEnd(JsonNode schedule) {
        return ends(schedule)
                && isMarkedEnded(schedule)
                && SchedulePhaseParams.later(schedule).isEmpty();
    }

    /** Whether its subscriber ended it at some time, whatever it was given since. */
    public static boolean isMarkedEnded(JsonNode schedule) {
        return USER.equals(StripeJson.metadata(schedule, ENDED_BY));
    }

    /** Whether its subscriber ended it, and what the shop had planned was kept; and it ends after more than the period now. */
    static boolean isKeptEndWrittenOver(JsonNode schedule) {
        return ends(schedule)
                && LostScheduleEnd.isKept(schedule)
                && !SchedulePhaseParams.later(schedule).isEmpty();
    }

    /**
     * Whether its subscriber ended it, and it was written over since: by a change that was under way, or by the shop, which means
     * so. One that ends after what is to come was written over by another card, which says nothing of its end.
     */
    public static boolean isEndWrittenOver(JsonNode schedule) {
        return isMarkedEnded(schedule) && isLaterUsers(schedule) && !isUsersEnd(schedule);
    }

    /**
     * The end of the period is the end, where all that was to come was chosen by its user: whoever leaves has changed their mind
     * about it. {@code card}: the one that pays the subscription now, if it has one of its own.
     */
    public static SubscriptionScheduleUpdateParams endingOfUsers(JsonNode schedule, @Nullable String card) {
        return SubscriptionScheduleUpdateParams.builder()
                .setEndBehavior(SubscriptionScheduleUpdateParams.EndBehavior.CANCEL)
                .setProrationBehavior(SubscriptionScheduleUpdateParams.ProrationBehavior.NONE)
                .addPhase(SchedulePhaseParams.asItIs(SchedulePhaseParams.current(schedule), card))
                .putMetadata(ENDED_BY, USER)
                .putMetadata(LostScheduleEnd.CARD_WRITTEN, "") // that was before
                .build();
    }

    /** What the shop arranged at Stripe, as a new price, its subscriber does not undo. */
    public static void mustBeUsers(JsonNode schedule) {
        if (isUsersEnd(schedule)) {
            throw endedByUser();
        }
        if (!isUsers(schedule)) {
            throw byOperator();
        }
    }

    /** What is planned stays: its user revokes it first, the shop takes back what is the shop's. */
    public static void mustBeNone(JsonNode schedule) {
        mustBeUsers(schedule);
        if (!SchedulePhaseParams.later(schedule).isEmpty()) {
            throw Problem.conflict("change-scheduled", "A change is scheduled already: revoke it first.");
        }
    }

    public static Problem endedByUser() {
        return Problem.conflict("cancel-scheduled", "The subscription ends with this period: resume it first.");
    }

    public static Problem byOperator() {
        return Problem.conflict("scheduled-by-operator", "The shop scheduled this change, and takes it back.");
    }
}
