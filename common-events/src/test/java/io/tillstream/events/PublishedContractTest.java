package io.tillstream.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What subscribers rely on: a type, a field or a meaning of it never goes away. */
class PublishedContractTest {

    private static final Path SCHEMAS = Path.of("src/main/resources/schemas");

    /** The schemas as they were first published; only ever added to. */
    private static final Path PUBLISHED = Path.of("src/test/resources/published");

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    static Stream<Class<? extends DomainEvent>> events() {
        return EventSchema.published().values().stream();
    }

    @ParameterizedTest
    @MethodSource("events")
    void theSchemaSaysWhatTheRecordSays(Class<? extends DomainEvent> event) throws IOException {
        Path file = SCHEMAS.resolve(DomainEvent.type(event) + ".json");
        String expected = JSON.writeValueAsString(EventSchema.of(event));
        assertThat(file).as("write there: %s", expected).exists();
        assertThat(JSON.readTree(Files.readString(file)))
                .as("write to %s: %s", file, expected)
                .isEqualTo(JSON.readTree(expected));
    }

    @ParameterizedTest
    @MethodSource("events")
    void whatIsPublishedIsValidByItsSchema(Class<? extends DomainEvent> event) throws Exception {
        var schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(SCHEMAS.resolve(DomainEvent.type(event) + ".json")));
        JsonNode published = JSON.valueToTree(example(event));
        assertThat(schema.validate(published)).isEmpty();
        String first = event.getRecordComponents()[0].getName();
        assertThat(schema.validate(((ObjectNode) published.deepCopy()).without(first)))
                .as("the check finds a missing %s", first)
                .isNotEmpty();
    }

    @Test
    void noPublishedSchemaIsBroken() throws IOException {
        try (Stream<Path> files = Files.list(PUBLISHED)) {
            for (Path file : files.sorted().toList()) {
                Path now = SCHEMAS.resolve(file.getFileName());
                assertThat(now).as("a published type is never dropped").exists();
                assertThat(EventSchema.breaches(file.getFileName().toString(), read(file), read(now)))
                        .isEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("events")
    void aTypeThatIsPublishedIsHeldTo(Class<? extends DomainEvent> event) {
        assertThat(PUBLISHED.resolve(DomainEvent.type(event) + ".json")).exists();
    }

    @ParameterizedTest
    @MethodSource("events")
    void theDescriptionOfTheTopicsNamesEveryType(Class<? extends DomainEvent> event) throws IOException {
        assertThat(Files.readString(Path.of("../docs/asyncapi.yaml")))
                .contains("name: " + DomainEvent.type(event) + "\n");
    }

    @ParameterizedTest
    @MethodSource("events")
    void theDescriptionSaysWhereEachTypeIsAndByWhatItIsKeyed(Class<? extends DomainEvent> event) throws IOException {
        String description = Files.readString(Path.of("../docs/asyncapi.yaml"));
        String message = description.substring(description.indexOf("name: " + DomainEvent.type(event) + "\n"));
        assertThat(message.lines().skip(1).limit(4).map(String::strip))
                .containsExactly("bindings:", "kafka:", "key:", "type: string");
        assertThat(description).contains("\nservers:\n", "protocol: kafka\n");
    }

    @Test
    void theCheckNamesEachKindOfBreak() {
        JsonNode before = EventSchema.of(OrderEvent.Placed.class);
        ObjectNode dropped = (ObjectNode) before.deepCopy();
        ((ObjectNode) dropped.get("properties")).remove("total");
        ObjectNode retyped = (ObjectNode) before.deepCopy();
        ((ObjectNode) retyped.at("/properties/lines/items/properties/quantity")).put("type", "string");
        ObjectNode optional = (ObjectNode) before.deepCopy();
        optional.putArray("required").add("orderId");
        assertThat(EventSchema.breaches("placed", before, before)).isEmpty();
        assertThat(EventSchema.breaches("placed", before, dropped)).contains("placed.total is gone");
        assertThat(EventSchema.breaches("placed", before, retyped))
                .containsExactly("placed.lines[].quantity changed its type");
        assertThat(EventSchema.breaches("placed", before, optional)).contains("placed.total may be missing now");
    }

    private static JsonNode read(Path file) throws IOException {
        return JSON.readTree(Files.readString(file));
    }

    private static Object example(Class<?> type) throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = value(types[i]);
        }
        var constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor.newInstance(values);
    }

    private static Object value(Class<?> type) throws ReflectiveOperationException {
        if (type == String.class) {
            return "text";
        }
        if (type == long.class) {
            return 7L;
        }
        if (type == int.class) {
            return 7;
        }
        if (type == boolean.class) {
            return true;
        }
        return type == List.class ? List.of() : example(type);
    }
}
