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
                && !SchedulePhaseParams.later(written).isEmpty();
        return isLost ? Optional.of(ending(written, card)) : Optional.empty();
    }

    private static boolean isSetSince(JsonNode read, JsonNode written) {
        boolean isMarkedSince = Stream.of(ENDED_BY, CANCELED_BY)
                .anyMatch(mark ->
                        mark(written, mark).equals("user") && !mark(read, mark).equals("user"));
        boolean isPutBackSince = mark(written, ENDED_BY).equals("user") && ends(written) && !ends(read);
        return isMarkedSince || isPutBackSince;
    }

    /** By a write before, whose answer was lost: it ends after what its user had chosen. */
    private static boolean isWrittenOver(JsonNode schedule) {
        return ends(schedule)
                && mark(schedule, ENDED_BY).equals("user")
                && SchedulePhaseParams.later(schedule).stream()
                        .allMatch(phase -> mark(phase, SET_BY).equals("user"));
    }

    private static boolean ends(JsonNode schedule) {
        return schedule.path("end_behavior").asString("").equals("cancel");
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
                .build();
    }
}
