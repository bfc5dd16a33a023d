package io.tillstream.web.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SharedExamplesTest {
    private final Schema<Object> order = new ObjectSchema();

    private Object exampleOf(String name, Schema<?> field) {
        order.addProperty(name, field);
        new SharedExamples().customise(new OpenAPI().components(new Components().addSchemas("Order", order)));
        return order.getProperties().get(name).getExample();
    }

    @Test
    void aFieldThatMeansTheSameEverywhereShowsTheSame() {
        assertThat(exampleOf("currency", new StringSchema())).isEqualTo("usd");
        assertThat(exampleOf("amount", new IntegerSchema())).hasToString("1999");
        assertThat(exampleOf("features", new ArraySchema().items(new StringSchema())))
                .isEqualTo(List.of("reports", "exports"));
    }

    @Test
    void aFieldThatMayBeNullShowsItToo() {
        Schema<String> field = new Schema<>();
        field.setTypes(Set.of("string", "null"));

        assertThat(exampleOf("userId", field)).isEqualTo("alice");
    }

    @Test
    void itsOwnExampleStays() {
        assertThat(exampleOf("currency", new StringSchema().example("jpy"))).isEqualTo("jpy");
    }

    @Test
    void aFieldOfAnotherTypeIsAnotherThing() {
        assertThat(exampleOf("userId", new IntegerSchema())).isNull();
        assertThat(exampleOf("amount", new ObjectSchema())).isNull();
    }
}
