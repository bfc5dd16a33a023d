package io.tillstream.drift.report;

import java.time.Duration;
import org.springframework.context.ApplicationContext;
import org.springframework.r2dbc.core.DatabaseClient;

/** Rounds and steps of the comparison with Stripe, when a test wants them. */
public final class DriftRounds {

    /** A round compares all that other tests made, each object with a request or two. */
    public static final Duration WAIT = Duration.ofMinutes(5);

    private DriftRounds() {}

    /** What the clock would have begun: until nothing can go on now. */
    public static void round(ApplicationContext context) {
        context.getBean(DriftSweep.class).round().block(WAIT);
        context.getBean(DriftMeasurement.class).round().block(WAIT);
    }

    /** An instance that makes single steps, and dies without a word. */
    public static Instance instance(ApplicationContext context) {
        return new Instance(
                new DriftReports(context.getBean(DatabaseClient.class), Duration.ofSeconds(15)),
                context.getBean(DriftJob.class));
    }

    /** Another process with a lease of its own. */
    public static final class Instance {
        private final DriftReports reports;
        private final DriftJob job;
        private DriftReport last;

        private Instance(DriftReports reports, DriftJob job) {
            this.reports = reports;
            this.job = job;
        }

        /** Whether it is its turn. */
        public boolean claims() {
            last = reports.claim().block(WAIT);
            return last != null;
        }

        /** Where it is after one more step: phase, kind and the id after which it goes on. */
        public String step() {
            last = job.step(last).block(WAIT);
            return last.place().phase().text() + " " + last.place().kind() + " "
                    + last.place().after();
        }
    }
}
