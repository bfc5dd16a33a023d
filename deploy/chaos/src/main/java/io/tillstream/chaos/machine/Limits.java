package io.tillstream.chaos.machine;

import io.tillstream.local.LocalSettings;
import io.tillstream.local.Part;

/**
 * The settings that differ from those of production: Stripe tries a delivery again within seconds, not hours, and calls that
 * go to this machine are given up sooner. How they relate is as in production: Stripe is asked again only when a call is
 * surely over. {@code docs/reliability.md} lists them.
 */
final class Limits {
    private Limits() {}

    static LocalSettings in(LocalSettings settings) {
        return settings.with("DB_ACQUIRE_TIMEOUT", "3s")
                .with("STRIPE_READ_TIMEOUT", "5s")
                .with("STRIPE_CALLS_PER_SECOND", "100") // of live mode
                .with("PAYMENT_FIRST_ASK", "10s")
                .with("PAYMENT_SWEEP_EVERY", "2s")
                .with("ORDER_FIRST_ASK", "10s")
                .with("SUBSCRIPTION_FIRST_ASK", "10s")
                .with("CHANGE_SWEEP_EVERY", "2s")
                .with("INVOICE_REFUND_SWEEP_EVERY", "2s")
                .with("PARKED_EVENTS_EVERY", "5s")
                .with("ORDER_CANCELS_AFTER", "15s")
                .with("OUTBOX_LEASE", "15s") // the longest: a holder that is only slow goes on sending
                .with("KAFKA_SESSION_TIMEOUT_MS", "6000") // Kafka's own least
                .with("OUTBOX_LEASE", "15s") // its most: a machine that stands still for a while stops no relay
                .with("SHUTDOWN_DELAY", "2s") // the balancers look every second
                .with("RATE_USER_STRIPE_PER_SECOND", "50")
                .with("MISSED_EVENTS_EVERY", "10s")
                .with("MISSED_EVENTS_MARGIN", "0s") // Stripe's clock is ahead
                .with(
                        Part.STRIPE_SIMULATOR,
                        "SIMULATOR_JOURNAL_SIZE",
                        "200000") // the checker reads all of it; of an hour
                .with(Part.STRIPE_SIMULATOR, "SIMULATOR_BALANCE_DELAY", "100ms")
                .with(Part.STRIPE_SIMULATOR, "SIMULATOR_SETTLE_DELAY", "500ms")
                .with(Part.STRIPE_SIMULATOR, "SIMULATOR_WEBHOOK_RETRIES", "500ms,1s,2s,4s,5s,5s,5s,5s,10s,10s,10s,30s");
    }
}
