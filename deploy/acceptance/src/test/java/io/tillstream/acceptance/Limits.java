package io.tillstream.acceptance;

import io.tillstream.local.LocalSettings;
import io.tillstream.local.Part;
import java.time.Duration;

/**
 * The limits and periods that the stack runs with: those of production are meant for networks and people, and a test
 * would only wait for them. How they relate is as in production: Stripe is asked again only when a call is surely over.
 */
final class Limits {
    /** How long a request waits for the database: several times what one needs here, also beside other work. */
    static final Duration DATABASE = Duration.ofSeconds(10);

    /** How long an answer of Stripe may take: far above what the simulator needs, also to its first callers of all. */
    private static final Duration STRIPE = Duration.ofSeconds(10);

    /** The longest that may be set: a holder that is only busy keeps what it holds. */
    private static final Duration LEASE = Duration.ofSeconds(15);

    /** Kafka's own least. */
    private static final Duration KAFKA_SESSION = Duration.ofSeconds(6);

    private Limits() {}

    static LocalSettings in(LocalSettings settings) {
        return settings.with("DB_ACQUIRE_TIMEOUT", millis(DATABASE))
                .with("STRIPE_READ_TIMEOUT", millis(STRIPE))
                .with("STRIPE_CALLS_PER_SECOND", "100") // of live mode: several classes call at once
                .with("PAYMENT_FIRST_ASK", millis(STRIPE.multipliedBy(3)))
                .with("PAYMENT_SWEEP_EVERY", "500ms")
                .with("EXPIRING_CARDS_AFTER", "5s")
                .with("SETTLEMENT_STREAM_READS_AFTER", "5m") // a page tells what Stripe told, when tests say so
                .with("IDEMPOTENCY_LEASE", millis(LEASE))
                .with("OUTBOX_LEASE", millis(LEASE))
                .with("KAFKA_OFFSETS_EVERY", "50ms") // Quiet waits for them
                .with("DRIFT_CONFIRM_AFTER", "2s")
                .with("DRIFT_LOOK_EVERY", "500ms")
                .with("DRIFT_CALLS_PER_SECOND", "20")
                .with("KAFKA_SESSION_TIMEOUT_MS", Long.toString(KAFKA_SESSION.toMillis()))
                .with(Part.STRIPE_SIMULATOR, "SIMULATOR_JOURNAL_SIZE", "200000") // of a whole run: all is looked at
                .with(Part.STRIPE_SIMULATOR, "SIMULATOR_BALANCE_DELAY", "100ms")
                .with(Part.STRIPE_SIMULATOR, "SIMULATOR_SETTLE_DELAY", "500ms")
                .with(
                        Part.STRIPE_SIMULATOR,
                        "SIMULATOR_WEBHOOK_RETRIES",
                        "200ms,500ms,1s,2s,5s,10s,30s,2m,10m,30m,1h,2h");
    }

    private static String millis(Duration time) {
        return time.toMillis() + "ms";
    }
}
