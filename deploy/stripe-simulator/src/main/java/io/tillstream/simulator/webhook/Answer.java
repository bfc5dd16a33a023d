package io.tillstream.simulator.webhook;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What an endpoint said; status 0 and an error if it said nothing in time. */
record Answer(
        Instant time, long millis, int status, @Nullable String error) {
    static Answer status(Instant start, int status) {
        return new Answer(start, since(start), status, isGood(status) ? null : "answered " + status);
    }

    static Answer none(Instant start, Throwable reason) {
        String name = reason.getClass().getSimpleName();
        String message = reason.getMessage();
        return new Answer(start, since(start), 0, message == null ? name : name + ": " + message);
    }

    static Answer notSent(String reason) {
        return new Answer(Instant.now(), 0, 0, reason);
    }

    /** Everything but 2xx is a failure, redirects too. */
    boolean isGood() {
        return isGood(status);
    }

    private static boolean isGood(int status) {
        return status >= 200 && status < 300;
    }

    private static long since(Instant start) {
        return Duration.between(start, Instant.now()).toMillis();
    }
}
