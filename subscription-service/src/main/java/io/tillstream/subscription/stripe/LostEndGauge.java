package io.tillstream.subscription.stripe;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.subscription.schedule.ScheduleWriteQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** How many users were told an end that Stripe does not take back: each is billed on unless a person ends it before. */
@Component
class LostEndGauge {

    private final ScheduleWriteQueue writes;
    private final AtomicLong lost = new AtomicLong();

    LostEndGauge(ScheduleWriteQueue writes, MeterRegistry meters) {
        this.writes = writes;
        meters.gauge("tillstream.subscriptions.ends.lost", lost);
    }

    Mono<Void> measure() {
        return writes.countLost().doOnNext(lost::set).then();
    }
}
