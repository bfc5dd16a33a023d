package io.tillstream.payment.payable;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Values in jsonb columns; a field that a later version added is passed over. */
public final class StoredJson {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private StoredJson() {}

    public static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    public static <T> @Nullable T read(@Nullable String json, Class<T> type) {
        return json == null ? null : MAPPER.readValue(json, type);
    }

    public static <T> T readPresent(@Nullable String json, Class<T> type) {
        T value = read(json, type);
        if (value == null) {
            throw new IllegalStateException("A column of " + type.getSimpleName() + " is null");
        }
        return value;
    }
}
