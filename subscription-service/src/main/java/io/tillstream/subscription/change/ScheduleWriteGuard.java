package io.tillstream.subscription.change;

import io.tillstream.stripe.StripeResult;
import io.tillstream.subscription.stripe.StripeSchedules;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Keeps what a user plans from whoever writes the whole schedule as they read it, for another reason: a card that pays it, say. A plan
 * that came between would be written over, also one whose answer was lost.
 */
@Component
public class ScheduleWriteGuard {

    private final ChangeClaims claims;
    private final StripeSchedules schedules;

    ScheduleWriteGuard(ChangeClaims claims, StripeSchedules schedules) {
        this.claims = claims;
        this.schedules = schedules;
    }

    /**
     * While no change is made. Errors with 409 {@code change-in-progress} beside one.
     *
     * @param write given the schedule as Stripe has it from then on
     */
    public <T> Mono<T> write(UUID subscriptionId, String scheduleId, Function<StripeResult<JsonNode>, Mono<T>> write) {
        return claims.alone(subscriptionId, schedules.read(scheduleId).flatMap(write));
    }
}
