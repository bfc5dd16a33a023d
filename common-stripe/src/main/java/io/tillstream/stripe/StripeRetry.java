package io.tillstream.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.PermissionException;
import com.stripe.exception.StripeException;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.stripe.StripeErrors.Verdict;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one call, again where that is safe and useful, and says what came of it. Runs on a thread that may wait. */
final class StripeRetry implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StripeRetry.class);

    private static final int THROTTLED_RETRIES = 3; // stripe-java itself makes none for 429, whatever it is set to
    private static final Duration COME_BACK = Duration.ofSeconds(10); // the breaker stays open as long

    private final StripeBreaker breaker;
    private final MeterRegistry meters;
    private final StripeAlarms alarms;
    private final Consumer<Duration> pause;
    private final Duration first;

    StripeRetry(
            StripeBreaker breaker,
            MeterRegistry meters,
            StripeAlarms alarms,
            Consumer<Duration> pause,
            Duration first) {
        this.breaker = breaker;
        this.meters = meters;
        this.alarms = alarms;
        this.pause = pause;
        this.first = first;
    }

    /** A call of stripe-java with its client and options bound. */
    interface Attempt<T> {
        T call() throws StripeException;
    }

    private record AttemptResult<T>(
            Verdict verdict,
            @Nullable StripeResult<T> answer,
            @Nullable Throwable cause) {}

    <T> StripeResult<T> run(StripeBulkhead lane, String operation, boolean write, int retries, Attempt<T> attempt) {
        long start = System.nanoTime();
        int throttled = 0;
        int failed = 0;
        boolean mayHaveHappened = false;
        while (true) {
            AttemptResult<T> told = once(lane, operation, start, mayHaveHappened, attempt);
            alarms.answered(operation, told.verdict(), told.answer(), told.cause());
            if (told.answer() != null) {
                count(operation, outcome(told.answer()), start);
                return told.answer();
            }
            mayHaveHappened |= write && (told.verdict() == Verdict.UNKNOWN || told.verdict() == Verdict.KEY_IN_USE);
            boolean again =
                    switch (told.verdict()) {
                        case THROTTLED -> throttled++ < THROTTLED_RETRIES;
                        case NOT_SENT, UNKNOWN -> failed++ < retries;
                        case ANSWERED, UNAUTHORIZED, KEY_IN_USE, UNSENDABLE -> false;
                    };
            if (!again) {
                throw giveUp(operation, start, mayHaveHappened, told.cause());
            }
            pause.accept(jitter(throttled + failed));
        }
    }

    private <T> AttemptResult<T> once(
            StripeBulkhead lane, String operation, long start, boolean mayHaveHappened, Attempt<T> attempt) {
        if (!lane.turns.acquirePermission()) {
            throw giveUp(operation, start, mayHaveHappened, null);
        }
        if (!breaker.tryAcquire()) {
            throw giveUp(operation, start, mayHaveHappened, null);
        }
        long began = System.nanoTime();
        try {
            T value = attempt.call();
            breaker.answered(System.nanoTime() - began);
            return new AttemptResult<>(Verdict.ANSWERED, new StripeResult.Ok<>(value), null);
        } catch (StripeException | RuntimeException e) {
            return judge(e, System.nanoTime() - began);
        } catch (Error e) {
            breaker.released(); // else it counts as under way for ever
            throw e;
        }
    }

    private <T> AttemptResult<T> judge(Exception error, long nanos) {
        Verdict verdict = StripeErrors.verdict(error);
        switch (verdict) {
            case NOT_SENT, UNKNOWN -> breaker.failed(nanos, error);
            case ANSWERED, THROTTLED, UNAUTHORIZED, KEY_IN_USE -> breaker.answered(nanos);
            case UNSENDABLE -> breaker.released(); // says nothing of Stripe
        }
        StripeResult<T> answer = verdict == Verdict.ANSWERED ? StripeErrors.answer((StripeException) error) : null;
        return new AttemptResult<>(verdict, answer, error);
    }

    /** Once a try may have had its effect, a later one that was not even sent does not undo that. */
    private RuntimeException giveUp(String operation, long start, boolean mayHaveHappened, @Nullable Throwable cause) {
        String why = cause == null ? "limit reached" : reason(cause);
        count(operation, mayHaveHappened ? "unknown" : "unavailable", start);
        log.warn("Stripe {} {}: {}", operation, mayHaveHappened ? "outcome unknown" : "not done", why);
        // Other exceptions quote what they could not read: their message must not reach a log.
        Throwable safe = cause instanceof ApiConnectionException ? cause : null;
        if (mayHaveHappened) {
            return new OutcomeUnknown(operation + ": outcome unknown, " + why, safe, StripeErrors.isReplayed(cause));
        }
        return cause instanceof UnsendableRequestException || cause instanceof PermissionException
                ? new StripeRefusal(operation + ": not done, " + why, safe)
                : new StripeUnavailable(operation + ": not done, " + why, COME_BACK, safe);
    }

    private static String reason(Throwable cause) {
        String name = cause.getClass().getSimpleName();
        if (cause instanceof StripeException stripe && stripe.getStatusCode() != null) {
            return name + " " + stripe.getStatusCode() + " " + stripe.getCode() + " " + stripe.getRequestId();
        }
        return name;
    }

    private void count(String operation, String outcome, long start) {
        meters.timer("tillstream.stripe.calls", "operation", operation, "outcome", outcome)
                .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    }

    private static String outcome(StripeResult<?> answer) {
        return answer.fold(ok -> "ok", no -> "declined", no -> "refused");
    }

    private Duration jitter(int attempt) {
        long most = first.toMillis() << Math.min(attempt - 1, 5);
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most + 1));
    }

    @Override
    public void close() {
        breaker.close();
    }

    static void sleep(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
