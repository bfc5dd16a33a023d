package io.tillstream.simulator.webhook;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How events are sent.
 *
 * @param hosts that may be sent to, beside this machine itself
 * @param timeout for an endpoint's answer, on the clock outside
 * @param parallel how many requests one endpoint may have open at a time
 * @param retries waits between attempts, on the simulator's clock; after the last one the event is given up
 * @param url of an endpoint for all events that is there from the start, and again after a reset; empty for none
 * @param secret of that endpoint
 * @param journalSize how many attempts are remembered
 */
@ConfigurationProperties("simulator.deliveries")
record DeliverySettings(
        List<String> hosts,
        Duration timeout,
        int parallel,
        List<Duration> retries,
        String url,
        String secret,
        int journalSize) {
    DeliverySettings {
        if (!url.isEmpty() && !secret.startsWith("whsec_")) {
            throw new IllegalArgumentException(
                    "simulator.deliveries.url needs a simulator.deliveries.secret (whsec_…)");
        }
        if (parallel < 1) {
            throw new IllegalArgumentException("simulator.deliveries.parallel must be at least 1");
        }
        if (timeout.toMillis() < 1) {
            throw new IllegalArgumentException("simulator.deliveries.timeout must be at least 1ms");
        }
        if (retries.stream().anyMatch(Duration::isNegative)) {
            throw new IllegalArgumentException("simulator.deliveries.retries must not be negative");
        }
        if (journalSize < 1) {
            throw new IllegalArgumentException("simulator.deliveries.journal-size must be at least 1");
        }
    }

    /** A stand-in that anybody could tell to send somewhere must not reach beyond this machine by itself. */
    boolean mayReach(String address) {
        String host = host(address);
        return host != null
                && (host.equals("localhost")
                        || host.equals("[::1]")
                        || host.matches("127(\\.\\d{1,3}){3}")
                        || hosts.contains(host));
    }

    private static @Nullable String host(String address) {
        try {
            URI uri = URI.create(address);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            return http && uri.getHost() != null && uri.getUserInfo() == null
                    ? uri.getHost().toLowerCase(Locale.ROOT)
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
