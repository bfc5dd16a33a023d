package io.tillstream.payment.refund;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.SweepPeriods;
import io.tillstream.web.Problem;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Sees to refunds that were ordered and not made, whose outcome is unknown, or that are under way for long. */
@Component
class RefundSweep extends Sweep {

    private static final Logger log = LoggerFactory.getLogger(RefundSweep.class);

    private static final int ROUNDS_A_GAUGE = 8; // often enough for an alert

    private static final int AT_ONCE = 4; // of the ten calls at once that buyers have to share

    private final Refunds refunds;
    private final RefundFlow flow;
    private final AtomicLong owed = new AtomicLong();
    private final AtomicLong attention = new AtomicLong();
    private final AtomicLong oldestSeconds = new AtomicLong();
    private final AtomicLong pendingLong = new AtomicLong();
    private int rounds;

    RefundSweep(Refunds refunds, RefundFlow flow, MeterRegistry meters, SweepPeriods periods) {
        super(periods.of("refunds"));
        this.refunds = refunds;
        this.flow = flow;
        meters.gauge("tillstream.refunds.owed", owed);
        meters.gauge("tillstream.refunds.owed.oldest.seconds", oldestSeconds);
        meters.gauge("tillstream.refunds.attention", attention);
        meters.gauge("tillstream.refunds.pending.long", pendingLong);
    }

    @Override
    protected Mono<Long> makeDue() {
        return refunds.makeDue();
    }

    /** Rounds without a rest while something is due; a fault of one refund does not keep the others. */
    @Override
    protected Mono<Void> round() {
        return Mono.defer(this::nowAndThen)
                .then(refunds.claimOverdue().collectList())
                .flatMap(due ->
                        Flux.fromIterable(due).flatMap(this::seeTo, AT_ONCE).then(Mono.just(due.size())))
                .repeat(this::isRunning)
                .takeUntil(seen -> seen < Refunds.BATCH)
                .then()
                .onErrorResume(e -> {
                    log.warn("Refunds are not swept: {}", e.toString());
                    return Mono.empty();
                });
    }

    /** Also while many are due, one batch after the other. */
    private Mono<Void> nowAndThen() {
        return rounds++ % ROUNDS_A_GAUGE == 0 ? gauges() : Mono.empty();
    }

    private Mono<Void> gauges() {
        return refunds.stillOwed()
                .doOnNext(now -> {
                    owed.set(now.count());
                    attention.set(now.needPerson());
                    oldestSeconds.set(now.oldestSeconds());
                    pendingLong.set(now.pendingLong());
                })
                .then();
    }

    private Mono<Void> seeTo(Refund refund) {
        return flow.seeTo(refund).onErrorResume(e -> {
            failed(e);
            String becomes = e instanceof Problem ? "ended otherwise" : "is asked for later";
            log.warn("Refund {} {}: {}", refund.id(), becomes, e.toString());
            return Mono.empty();
        });
    }
}
