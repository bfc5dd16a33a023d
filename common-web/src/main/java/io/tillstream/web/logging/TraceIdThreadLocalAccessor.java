package io.tillstream.web.logging;

import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Carries the observation of a request or record from thread to thread, and its trace id to the log lines. It takes the
 * place of Micrometer's own accessor, which opens and closes a scope with all its handlers around each step of a chain:
 * a third of the work of an order. Who needs the scope itself, to send a record, opens it there.
 */
final class TraceIdThreadLocalAccessor implements ThreadLocalAccessor<Observation> {

    private static final String TRACE_ID = "traceId"; // as Spring Boot names it
    private static final ThreadLocal<Observation> CURRENT = new ThreadLocal<>();

    @Override
    public Object key() {
        return ObservationThreadLocalAccessor.KEY;
    }

    /** A scope that somebody opened here, as the listener of a record does, counts before what a chain brought. */
    @Override
    public @Nullable Observation getValue() {
        Observation open = open();
        return open == null ? CURRENT.get() : open;
    }

    @Override
    public void setValue(Observation observation) {
        CURRENT.set(observation);
        show(observation);
    }

    @Override
    public void setValue() {
        CURRENT.remove();
        show(open());
    }

    @Override
    public void restore(Observation previous) {
        if (previous.equals(open())) {
            setValue();
        } else {
            setValue(previous);
        }
    }

    private static @Nullable Observation open() {
        return ObservationThreadLocalAccessor.getInstance().getValue();
    }

    private static void show(@Nullable Observation observation) {
        TracingContext tracing =
                observation == null ? null : observation.getContextView().get(TracingContext.class);
        Span span = tracing == null ? null : tracing.getSpan();
        if (span == null) {
            MDC.remove(TRACE_ID);
        } else {
            MDC.put(TRACE_ID, span.context().traceId());
        }
    }
}
