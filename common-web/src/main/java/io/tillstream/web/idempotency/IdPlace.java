package io.tillstream.web.idempotency;

import io.tillstream.web.Idempotent;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/** Where something may have the id of a key, as an endpoint says in {@link Idempotent#idIn()}. */
record IdPlace(String name) {

    private static final Pattern COLUMN = Pattern.compile("[a-z_]{1,60}\\.[a-z_]{1,60}");

    IdPlace {
        if (!name.equals(Idempotent.CALLS_TO_STRIPE) && !COLUMN.matcher(name).matches()) {
            throw new IllegalArgumentException("idIn is no table.column: " + name);
        }
    }

    /** Those of all endpoints that say one. */
    static Set<IdPlace> of(RequestMappingHandlerMapping handlers) {
        return handlers.getHandlerMethods().values().stream()
                .map(handler -> handler.getMethodAnnotation(Idempotent.class))
                .filter(Objects::nonNull)
                .map(Idempotent::idIn)
                .filter(place -> !place.isEmpty())
                .map(IdPlace::new)
                .collect(Collectors.toSet());
    }

    /** In SQL: whether something has the id that stands in this column. */
    String condition(String id) {
        if (name.equals(Idempotent.CALLS_TO_STRIPE)) {
            return "false";
        }
        String table = name.substring(0, name.indexOf('.'));
        return "exists (select 1 from " + table + " where " + name + " = " + id + ")";
    }
}
