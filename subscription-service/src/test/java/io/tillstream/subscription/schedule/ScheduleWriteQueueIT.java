package io.tillstream.subscription.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.delivery.Sweep;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.subscription.simulated.SimulatedStripe;
import io.tillstream.subscription.subscription.SubscriptionSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.r2dbc.core.DatabaseClient;

/** A write that may lose an end is known until it is sure that it has not. */
class ScheduleWriteQueueIT extends SimulatedStripe {

    private final UUID request = UUID.randomUUID();
    private final UUID subscription = UUID.randomUUID();
    private final String schedule = "sub_sched_" + request;

    @Autowired
    private ScheduleWriteQueue writes;

    @Autowired
    @Qualifier("changeSweep")
    private Sweep sweep;

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private DatabaseClient database;

    @Autowired
    private StripeSettings stripe;

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

    /** Its write is on its way again: a look would find no end lost yet, and forget the one that is lost then. */
    @Test
    void aRequestThatIsRepeatedIsNotMadeDueAsStripeIsBack() {
        writes.begin(request, subscription, schedule).block(WAIT);
        writes.begin(request, subscription, schedule).block(WAIT);

        writes.makeDue().block(WAIT);

        assertThat(isDue()).isFalse();
        claimed();
        assertThat(isDue()).isFalse();
        writes.makeDue().block(WAIT);
        assertThat(isDue()).as("nobody could look").isTrue();
        execute("delete from schedule_writes where request_id = '" + request + "'");
    }

    /** A look while it is under way finds no end lost yet, and forgets it: its user is billed again. */
    @Test
    void aWriteIsNotLookedAtBeforeStripeCanHaveAnsweredHoweverSoonOthersAreAskedAbout() {
        var soon = new SubscriptionSettings(Duration.ofMillis(1));
        new ScheduleWriteQueue(database, soon, stripe, Clock.systemUTC())
                .begin(request, subscription, schedule)
                .block(WAIT);

        long calls = 5 * stripe.connectTimeout().plus(stripe.readTimeout()).toSeconds();
        assertThat(is("next_attempt_at > now() + interval '" + (calls - WAIT.toSeconds()) + " seconds'"))
                .isTrue();
        execute("delete from schedule_writes where request_id = '" + request + "'");
    }

    private boolean isDue() {
        return is("next_attempt_at <= now()");
    }

    private boolean is(String condition) {
        return texts("select " + condition + " from schedule_writes where request_id = '" + request + "'")
                .contains("t");
    }

    /** Stripe's no will not change by itself: until a person ends it, it is asked every hour. */
    @Test
    void anEndThatStripeDoesNotTakeBackIsToldAndTriedEachHour() {
        writes.begin(request, subscription, schedule).block(WAIT);
        long before = Objects.requireNonNull(writes.countLost().block(WAIT));
        isTried(6);
        assertThat(writes.countLost().block(WAIT)).as("it may pass").isEqualTo(before);

        isTried(7);
        assertThat(writes.countLost().block(WAIT)).isEqualTo(before + 1);
        assertThat(is("next_attempt_at > now() + interval '30 minutes'")).isFalse();

        isTried(12);
        assertThat(is("next_attempt_at > now() + interval '30 minutes'")).isTrue();
        sweep.wake();
        await().atMost(WAIT).untilAsserted(() -> assertThat(
                        meters.get("tillstream.subscriptions.ends.lost").gauge().value())
                .isEqualTo(before + 1));
        execute("delete from schedule_writes where request_id = '" + request + "'");
    }

    private void isTried(int times) {
        execute("update schedule_writes set tries = " + (times - 1) + " where request_id = '" + request + "'");
        claimed();
    }
}
