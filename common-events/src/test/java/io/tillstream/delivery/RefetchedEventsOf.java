package io.tillstream.delivery;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tillstream.sql.Writes;
import java.time.Duration;
import org.springframework.r2dbc.core.DatabaseClient;

/** What takes in what was read, for tests of other packages. */
public final class RefetchedEventsOf {

    private RefetchedEventsOf() {}

    /** By this handler. */
    public static RefetchedEvents handler(
            StripeEventHandler handler, DatabaseClient database, Transactions transactions) {
        var parked = new ParkedEvents(
                database, new Writes(database), Duration.ofSeconds(1), Duration.ofSeconds(15), () -> {});
        var processor = new StripeEventProcessor(
                transactions, new Inbox(database), parked, handler, false, "", new SimpleMeterRegistry());
        return new RefetchedEvents(processor, false);
    }
}
