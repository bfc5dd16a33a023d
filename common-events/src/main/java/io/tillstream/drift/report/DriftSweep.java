package io.tillstream.drift.report;

import io.tillstream.delivery.RefetchedEvents;
import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.Transactions;
import io.tillstream.drift.DriftKind;
import io.tillstream.web.lease.LeaseLost;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Begins reports by the clock, and goes on with the one whose turn it is, in whichever instance is first. */
final class DriftSweep extends Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(DriftSweep.class);

    /** Of one step, for reasons that do not pass: it would keep all other reports waiting for ever. */
    private static final int MOST_FAILURES = 5;

    /** Then it is looked anew whose turn it is: a report of years is not to keep the hourly one waiting. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final DriftJob job;
    private final DriftReports reports;
    private final Transactions transactions;
    private final DriftSettings settings;
    private final String firstKind;
    private final Instant start = Instant.now();

    DriftSweep(
            List<DriftKind> kinds,
            DriftJob job,
            DriftReports reports,
            Transactions transactions,
            DriftSettings settings) {
        super(settings.lookEvery());
        this.job = job;
        this.reports = reports;
        this.transactions = transactions;
        this.settings = settings;
        this.firstKind = kinds.get(0).name();
    }

    @Override
    protected Mono<Void> round() {
        return Mono.defer(() -> {
            Instant until = Instant.now().plus(LONGEST);
            return Mono.defer(() -> next(until))
                    .repeat(() -> goesOn(until))
                    .takeUntil(ran -> !ran)
                    .then();
        });
    }

    private boolean goesOn(Instant until) {
        return isRunning() && Instant.now().isBefore(until);
    }

    /** Whether there was a report to go on with, and it could. */
    private Mono<Boolean> next(Instant until) {
        return transactions
                .statement(reports.schedule(settings, start, firstKind))
                .then(Mono.defer(() -> transactions.statement(reports.claim())))
                .flatMap(report -> run(report, until))
                .defaultIfEmpty(false);
    }

    /** Steps, until the report is done or waits, or another goes on with it. */
    private Mono<Boolean> run(DriftReport report, Instant until) {
        Mono<Boolean> steps = job.step(report)
                .expand(last ->
                        goesOn(last, until) ? paced(report, last).then(Mono.defer(() -> job.step(last))) : Mono.empty())
                .then(Mono.just(true));
        return reports.during(report, steps)
                .onErrorResume(LeaseLost.class, lost -> Mono.just(false))
                .onErrorResume(fault -> failed(report, fault).thenReturn(false));
    }

    private boolean goesOn(DriftReport report, Instant until) {
        return goesOn(until) && !report.isDone() && !report.waits();
    }

    private Mono<Long> paced(DriftReport first, DriftReport last) {
        return last.calls() == first.calls() ? Mono.empty() : Mono.delay(settings.pause());
    }

    private Mono<Void> failed(DriftReport report, Throwable fault) {
        boolean passes = RefetchedEvents.passes(fault);
        LOG.warn("Drift report {} goes on later: {}", report.id(), fault.toString());
        return transactions
                .statement(reports.fail(report, fault.toString(), passes, MOST_FAILURES))
                .flatMap(stuck -> job.leaveOut(stuck, fault.toString()))
                .onErrorResume(LeaseLost.class, lost -> Mono.empty())
                .then();
    }
}
