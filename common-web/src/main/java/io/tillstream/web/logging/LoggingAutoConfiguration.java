package io.tillstream.web.logging;

import io.micrometer.context.ContextRegistry;
import io.tillstream.web.RequestId;
import java.util.List;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfiguration;

/** Has the ids of a request and of its trace in every log line, on whatever thread it is written. */
@AutoConfiguration
public class LoggingAutoConfiguration {

    static {
        ContextRegistry registry = ContextRegistry.getInstance();
        // Others bring some that set what nobody here reads, at each step of a chain too.
        List.copyOf(registry.getThreadLocalAccessors())
                .forEach(accessor -> registry.removeThreadLocalAccessor(accessor.key()));
        registry.registerThreadLocalAccessor(
                        RequestId.KEY,
                        () -> MDC.get(RequestId.KEY),
                        id -> MDC.put(RequestId.KEY, id),
                        () -> MDC.remove(RequestId.KEY))
                .registerThreadLocalAccessor(new ObservationIds());
    }
}
