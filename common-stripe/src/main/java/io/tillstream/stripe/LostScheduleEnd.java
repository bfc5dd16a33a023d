package io.tillstream.stripe;

import com.stripe.param.SubscriptionScheduleUpdateParams;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An end that a user set between the reading of a schedule and the writing of all its phases: Stripe takes them whole, so what had
 * ended after the running one goes on to the next, and is billed. It is known by its mark, which no such write sends.
 */
public final class LostScheduleEnd {

    public static final String ENDED_BY = "ended_by"; // with what they had chosen themselves
    public static final String SET_BY = "set_by"; // of a phase: who chose it
    public static final String CANCELED_BY = "canceled_by"; // and what the shop had planned is kept
    public static final String WOULD_END = "would_end"; // the shop planned an end too, after what was to come
    public static final String NOT_KEPT = "not_kept"; // there is more to come than metadata holds

    /** All phases were written for another card, by one who saw no end. Each end takes it out: beside one, it came after that. */
    public static final String CARD_WRITTEN = "card_written";

    private static final String USER = "user";

    private LostScheduleEnd() {}

    /**
     * How it is put back; empty where none is lost.
     *
     * @param read as it was before the write
     * @param written as Stripe answered
     * @param card the one that pays the subscription now, if it has one of its own
     */
    public static Optional<SubscriptionScheduleUpdateParams> of(
            JsonNode read, JsonNode written, @Nullable String card) {
        boolean isLost = (isSetSince(read, written) || isWrittenOver(written))
                && !SchedulePhaseParams.isOver(written)
                && !SchedulePhaseParams.later(written).isEmpty();
        return isLost ? Optional.of(ending(written, card)) : Optional.empty();
    }

    private static boolean isSetSince(JsonNode read, JsonNode written) {
        boolean isMarkedSince =
                Stream.of(ENDED_BY, CANCELED_BY).anyMatch(mark -> isUsers(written, mark) && !isUsers(read, mark));
        boolean isPutBackSince = isUsers(written, ENDED_BY) && ends(written) && !ends(read);
        return isMarkedSince || isPutBackSince;
    }

    /** By a write before, whose answer was lost: it ends after what its user had chosen, or the shop. */
    private static boolean isWrittenOver(JsonNode schedule) {
        boolean isUsersPlan = SchedulePhaseParams.later(schedule).stream().allMatch(phase -> isUsers(phase, SET_BY));
        return ends(schedule)
                && ((isUsers(schedule, ENDED_BY) && isUsersPlan) || (isMarked(schedule) && isCardWritten(schedule)));
    }

    /** Whether another card has written over the end of its user, whoever may know of it: it ends after what is to come. */
    public static boolean isByCard(JsonNode schedule) {
        return isMarked(schedule)
                && isCardWritten(schedule)
                && ends(schedule)
                && !SchedulePhaseParams.isOver(schedule)
                && !SchedulePhaseParams.later(schedule).isEmpty();
    }

    /** Whether its user ended it at some time, whatever it was given since. */
    static boolean isMarked(JsonNode schedule) {
        return isUsers(schedule, ENDED_BY) || isKept(schedule);
    }

    /** Whether its user ended it at some time, and what the shop had planned was kept. */
    public static boolean isKept(JsonNode schedule) {
        return isUsers(schedule, CANCELED_BY);
    }

    /** Whether all that the shop had planned comes back as that end is taken back. */
    public static boolean isPlanKept(JsonNode schedule) {
        return isKept(schedule) && mark(schedule, NOT_KEPT).isEmpty();
    }

    public static boolean isCardWritten(JsonNode schedule) {
        return !mark(schedule, CARD_WRITTEN).isEmpty();
    }

    private static boolean ends(JsonNode schedule) {
        return schedule.path("end_behavior").asString("").equals("cancel");
    }

    private static boolean isUsers(JsonNode object, String mark) {
        return mark(object, mark).equals(USER);
    }

    private static String mark(JsonNode object, String key) {
        return object.path("metadata").path(key).asString("");
    }

    /** It ends with the running phase; its marks stay. {@code card}: the one that pays the subscription now, if it has one of its own. */
    public static SubscriptionScheduleUpdateParams ending(JsonNode schedule, @Nullable String card) {
        return SubscriptionScheduleUpdateParams.builder()
                .setEndBehavior(SubscriptionScheduleUpdateParams.EndBehavior.CANCEL)
                .setProrationBehavior(SubscriptionScheduleUpdateParams.ProrationBehavior.NONE)
                .addPhase(SchedulePhaseParams.asItIs(SchedulePhaseParams.current(schedule), card))
                .putMetadata(CARD_WRITTEN, "") // how Stripe forgets one
                .build();
    }

    /**
     * How it goes on where somebody took a kept end back just before it was put back: the mark is gone then, as no put-back sends
     * it, and what was to come has gone with the put-back. Empty where the mark is there.
     *
     * @param read as it was before the end was put back
     * @param ended as Stripe answered to that
     */
    public static Optional<SubscriptionScheduleUpdateParams> takenBack(
            JsonNode read, JsonNode ended, @Nullable String card) {
        if (!isKept(read) || isKept(ended)) {
            return Optional.empty();
        }
        boolean shopsEnd = isPlanKept(read) && !mark(read, WOULD_END).isEmpty();
        var params = SubscriptionScheduleUpdateParams.builder()
                .setEndBehavior(
                        shopsEnd
                                ? SubscriptionScheduleUpdateParams.EndBehavior.CANCEL
                                : SubscriptionScheduleUpdateParams.EndBehavior.RELEASE)
                .setProrationBehavior(SubscriptionScheduleUpdateParams.ProrationBehavior.NONE)
                .addPhase(SchedulePhaseParams.asItIs(SchedulePhaseParams.current(read), card));
        SchedulePhaseParams.later(read)
                .forEach(phase ->
                        params.addPhase(SchedulePhaseParams.asPlanned(phase, SchedulePhaseParams.card(phase))));
        return Optional.of(params.build());
    }
}
