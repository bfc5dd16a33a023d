package io.tillstream.stripe;

import com.stripe.StripeClient;
import com.stripe.model.StripeObjectInterface;
import com.stripe.net.RequestOptions;
import com.stripe.net.StripeResponse;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.stripe.ExpectedValues.Difference;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import reactor.core.publisher.Mono;

/**
 * Every call to Stripe goes through here: on threads of its own, under limits, with our idempotency key. A caller that
 * goes away does not stop a call that was begun.
 */
public final class StripeCalls implements AutoCloseable {

    private static final int WRITES = 20;
    private static final int READS = 10;
    private static final int BACKGROUND_RETRIES = 2; // nobody waits there, and the key makes repeating harmless
    private static final Duration FULL_QUEUE = Duration.ofSeconds(5);

    /** What our key may not read, it may read once somebody has given it the right. */
    static final Duration SOMEBODY_MENDS_IT = Duration.ofSeconds(30);

    private final StripeClient stripe;
    private final String environment;
    private final StripeBulkhead writes;
    private final StripeBulkhead reads;
    private final StripeRetry tries;
    private final StripeAlarms alarms;
    private final int retries;

    StripeCalls(StripeClient stripe, StripeSettings settings, StripeBreaker breaker, MeterRegistry meters) {
        this(stripe, settings, breaker, meters, new StripeAlarms(meters));
    }

    private StripeCalls(
            StripeClient stripe,
            StripeSettings settings,
            StripeBreaker breaker,
            MeterRegistry meters,
            StripeAlarms alarms) {
        this(
                stripe,
                settings.environment(),
                new StripeBulkhead("stripe-write", WRITES, settings.callsPerSecond()),
                new StripeBulkhead("stripe-read", READS, settings.callsPerSecond()),
                new StripeRetry(breaker, meters, alarms, StripeRetry::sleep, settings.retryFirst()),
                alarms,
                0);
        meters.gauge("tillstream.stripe.waiting.writes", writes.threads, pool -> pool.getQueue()
                .size());
        meters.gauge("tillstream.stripe.waiting.reads", reads.threads, pool -> pool.getQueue()
                .size());
    }

    private StripeCalls(
            StripeClient stripe,
            String environment,
            StripeBulkhead writes,
            StripeBulkhead reads,
            StripeRetry tries,
            StripeAlarms alarms,
            int retries) {
        this.stripe = stripe;
        this.environment = environment;
        this.writes = writes;
        this.reads = reads;
        this.tries = tries;
        this.alarms = alarms;
        this.retries = retries;
    }

    /** The same limits, for work nobody waits for: failures are tried twice more before they are told. */
    public StripeCalls inBackground() {
        return new StripeCalls(stripe, environment, writes, reads, tries, alarms, BACKGROUND_RETRIES);
    }

    /**
     * Changes something at Stripe. The same operation and id is the same request for Stripe, so the parameters must be
     * the same too. Errors with {@link OutcomeUnknown} or {@link StripeUnavailable}.
     */
    public <T> Mono<StripeResult<T>> write(String operation, Object id, StripeCallback<T> call) {
        String key = "v1:" + environment + ":" + operation + ":" + id;
        RequestOptions options = RequestOptions.builder().setIdempotencyKey(key).build();
        return on(writes, () -> tries.run(writes, operation, true, retries, () -> call.run(stripe, options)));
    }

    /**
     * As {@link #write}, and compares the answer with what was asked for. One that differs is {@link StripeResult.Different}, and
     * an alarm.
     */
    public <T extends StripeObjectInterface> Mono<StripeResult<T>> write(
            String operation, Object id, StripeCallback<T> call, ExpectedValues expected) {
        return write(operation, id, call).map(answer -> compared(operation, answer, expected));
    }

    /** As {@link #writeRepeatable(String, Object, StripeCallback)}, and compares. */
    public <T extends StripeObjectInterface> Mono<StripeResult<T>> writeRepeatable(
            String operation, Object id, StripeCallback<T> call, ExpectedValues expected) {
        return writeRepeatable(operation, id, call).map(answer -> compared(operation, answer, expected));
    }

    /** As {@link #read}, and compares as {@link #write(String, Object, StripeCallback, ExpectedAnswer)} does. */
    public <T extends StripeObjectInterface> Mono<StripeResult<T>> read(
            String operation, StripeCallback<T> call, ExpectedValues expected) {
        return read(operation, call).map(answer -> compared(operation, answer, expected));
    }

    private <T extends StripeObjectInterface> StripeResult<T> compared(
            String operation, StripeResult<T> answer, ExpectedValues expected) {
        if (!(answer instanceof StripeResult.Ok<T> done)) {
            return answer;
        }
        StripeResponse response = done.value().getLastResponse();
        List<Difference> differences = expected.differences(response);
        if (differences.isEmpty()) {
            return answer;
        }
        alarms.differs(operation, differences, response.requestId());
        return new StripeResult.Different<>(done.value(), differences.get(0).field());
    }

    /**
     * A try to pay that Stripe made by itself failed by a fault of ours, which it told on the intent alone: no call was refused. It
     * is an alarm as that would be.
     */
    public void failedOnIntent(String intentId, String type, String code) {
        alarms.failedOnIntent(intentId, type, code);
    }

    /**
     * What Stripe refused is a fault of ours to its caller, who tells it as one, though its reason alone does not say so: an alarm.
     * One of {@link RefusalReason#OURS} has been an alarm when it was answered, and is none again.
     */
    public void isOurFault(String operation, StripeResult.Refused<?> no) {
        if (no.refusal() != RefusalReason.OURS) {
            alarms.ourFault(operation, no);
        }
    }

    /**
     * As {@link #write}, for what may be done twice without harm: to end something that is ended, to set what is set, to
     * open a form that nobody has seen. Where Stripe only repeats a failure that it keeps for the key, it is tried once
     * more under a key of its own; with one key for ever, it could never be done again that day.
     */
    public <T> Mono<StripeResult<T>> writeRepeatable(String operation, Object id, StripeCallback<T> call) {
        return write(operation, id, call)
                .onErrorResume(
                        fault -> fault instanceof OutcomeUnknown unknown && unknown.isReplayed(),
                        replayed -> write(operation, id + "." + UUID.randomUUID(), call));
    }

    /** Asks Stripe. Errors with {@link StripeUnavailable}. */
    public <T> Mono<StripeResult<T>> read(String operation, StripeCallback<T> call) {
        RequestOptions options = RequestOptions.builder().build();
        return on(reads, () -> tries.run(reads, operation, false, retries, () -> call.run(stripe, options)));
    }

    /** Something was decided without the answer to this question, as Stripe refuses it for good: an alarm. */
    public void decidedWithout(String operation) {
        alarms.decidedWithout(operation);
    }

    private static <T> Mono<StripeResult<T>> on(
            StripeBulkhead lane, java.util.function.Supplier<StripeResult<T>> work) {
        return Mono.fromFuture(() -> submit(lane, work), true);
    }

    private static <T> CompletableFuture<StripeResult<T>> submit(
            StripeBulkhead lane, java.util.function.Supplier<StripeResult<T>> work) {
        try {
            return CompletableFuture.supplyAsync(work, lane.threads);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    new StripeUnavailable("Too many calls to Stripe are waiting", FULL_QUEUE, e));
        }
    }

    @Override
    public void close() {
        writes.close();
        reads.close();
        tries.close();
    }
}
