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
    private final AtomicInteger left;
    private volatile long minute;

    SweepBudget(SweepSettings settings, Clock clock, MeterRegistry meters) {
        this.perMinute = settings.idleAMinute();
        this.clock = clock;
        this.left = new AtomicInteger(perMinute);
        meters.gauge("tillstream.payments.sweep.budget.left", left);
    }

    /** How many may be taken now. */
    int take() {
        long now = clock.millis() / 60_000;
        if (now != minute) {
            minute = now;
            left.set(perMinute);
        }
        return Math.min(AT_ONCE, left.get());
    }

    void used(int count) {
        left.addAndGet(-count);
    }
}
