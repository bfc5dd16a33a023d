package io.tillstream.drift.report;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.tillstream.delivery.Sweep;
import io.tillstream.drift.DriftKind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Mono;

/** Measures by a clock of its own, in every instance: also while a report runs, hangs or is another's. */
final class DriftMeasurement extends Sweep {

    private final DriftReports reports;
    private final DriftDifferences differences;
    private final Instant start = Instant.now();
    private final Map<String, AtomicLong> gauges = new HashMap<>();
    private final AtomicLong sinceLast = new AtomicLong();

    DriftMeasurement(
            List<DriftKind> kinds,
            DriftReports reports,
            DriftDifferences differences,
            Duration every,
            MeterRegistry meters) {
        super(every);
        this.reports = reports;
        this.differences = differences;
        for (DriftKind kind : kinds) {
            AtomicLong gauge = new AtomicLong();
            gauges.put(kind.name(), gauge);
            meters.gauge("tillstream.drift.differences", Tags.of("kind", kind.name()), gauge);
        }
        meters.gauge("tillstream.drift.last.report.seconds", sinceLast);
    }

    @Override
    protected Mono<Void> round() {
        return differences
                .unresolved()
                .doOnNext(counts -> gauges.forEach((kind, gauge) -> gauge.set(counts.getOrDefault(kind, 0L))))
                .then(reports.secondsSinceLast(start))
                .doOnNext(sinceLast::set)
                .then();
    }
}
