package io.tillstream.chaos.check;

import io.tillstream.chaos.check.observation.Expectations;
import io.tillstream.chaos.check.observation.Service;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where the checker looks.
 *
 * @param databases of each service
 * @param logs files or folders
 * @param metrics addresses of scrapes that need no token; of services that are gone, none
 * @param expected what only those know who made the run
 */
public record Evidence(
        Stripe stripe,
        Map<Service, Database> databases,
        Kafka kafka,
        List<Path> logs,
        List<URI> metrics,
        Expectations expected) {

    public Evidence {
        databases = Map.copyOf(databases);
        logs = List.copyOf(logs);
        metrics = List.copyOf(metrics);
    }

    /** The simulator. */
    public record Stripe(URI address, String secretKey) {}

    /** Whoever may read all tables, and see who is connected. */
    public record Database(String jdbcUrl, String user, String password) {}

    /** {@code prefix} stands before our topics and groups; may be empty. */
    public record Kafka(String bootstrapServers, String prefix) {}

    public Evidence with(Expectations others) {
        return new Evidence(stripe, databases, kafka, logs, metrics, others);
    }
}
