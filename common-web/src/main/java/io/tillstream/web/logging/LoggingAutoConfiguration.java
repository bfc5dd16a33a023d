package io.tillstream.web.logging;

import io.micrometer.context.ContextRegistry;
import io.tillstream.web.RequestIdAttribute;
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
                        RequestIdAttribute.KEY,
                        () -> MDC.get(RequestIdAttribute.KEY),
                        id -> MDC.put(RequestIdAttribute.KEY, id),
                        () -> MDC.remove(RequestIdAttribute.KEY))
                .registerThreadLocalAccessor(new TraceIdThreadLocalAccessor());
    }
}
