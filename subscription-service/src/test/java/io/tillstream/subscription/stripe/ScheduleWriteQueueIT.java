package io.tillstream.subscription.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.SimulatedStripe;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** A write that may lose an end is known until it is sure that it has not. */
class ScheduleWriteQueueIT extends SimulatedStripe {

    private final UUID request = UUID.randomUUID();
    private final UUID subscription = UUID.randomUUID();
    private final String schedule = "sub_sched_" + request;

    @Autowired
    private ScheduleWriteQueue writes;

    private ScheduleWriteQueue.Due claimed() {
        execute("update schedule_writes set next_attempt_at = now() - interval '9 days' where request_id = '" + request
                + "'");
        return writes.claimDue().filter(due -> due.request().equals(request)).blockFirst(WAIT);
    }

    /** The sweep has looked at what the first left, and the second is on its way. */
    @Test
    void aRequestThatIsRepeatedWhileItsFirstTryIsLookedAfterIsNotForgotten() {
        writes.begin(request, subscription, schedule).block(WAIT);
        ScheduleWriteQueue.Due first = claimed();
        writes.begin(request, subscription, schedule).block(WAIT);

        writes.end(first).block(WAIT);

        assertThat(writes.has(subscription, schedule).block(WAIT)).isTrue();
        ScheduleWriteQueue.Due second = claimed();
        assertThat(second.tries())
                .as("another key: Stripe repeats what it said")
                .isGreaterThan(first.tries());
        writes.end(second).block(WAIT);
        assertThat(writes.has(subscription, schedule).block(WAIT)).isFalse();
    }
}
