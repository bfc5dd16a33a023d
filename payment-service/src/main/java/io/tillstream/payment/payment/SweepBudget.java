package io.tillstream.payment.payment;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.payment.payable.PaymentSweepQueue;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/**
 * How many idle payments the sweep may look at in this minute. What is urgent needs no leave; the rest must not take the
 * calls to Stripe that buyers need.
 */
@Component
class SweepBudget {

    private static final int AT_ONCE = PaymentSweepQueue.BATCH / 2; // what is urgent waits for at most so many

    private final int perMinute;
    private final Clock clock;
    private final AtomicInteger used = new AtomicInteger();
    private volatile long minute; // of the last round

    SweepBudget(SweepSettings settings, Clock clock, MeterRegistry meters) {
        this.perMinute = settings.idleAMinute();
        this.clock = clock;
        meters.gauge("tillstream.payments.sweep.budget.left", this, SweepBudget::left);
    }

    /** How many may be taken now. */
    int take() {
        long now = now();
        if (now != minute) {
            minute = now;
            used.set(0);
        }
        return Math.min(AT_ONCE, left());
    }

    /** Of the minute in which they were taken, though it may be over. */
    void used(int count) {
        used.addAndGet(count);
    }

    /** Also where no round follows: a minute that is over has used nothing of this one. */
    private int left() {
        return now() == minute ? perMinute - used.get() : perMinute;
    }

    private long now() {
        return clock.millis() / 60_000;
    }
}
