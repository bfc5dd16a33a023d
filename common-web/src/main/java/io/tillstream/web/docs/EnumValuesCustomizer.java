package io.tillstream.web.docs;

import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.springdoc.core.customizers.ParameterCustomizer;
import org.springframework.core.MethodParameter;

/** Lists the words that a text can be, as an OpenAPI document lists them. */
final class EnumValuesCustomizer implements ParameterCustomizer {

    @Override
    public Parameter customize(Parameter parameter, MethodParameter argument) {
        AllowableValues words = argument.getParameterAnnotation(AllowableValues.class);
        if (parameter != null && words != null && parameter.getSchema() != null) {
            put(parameter.getSchema(), of(words));
        }
        return parameter;
    }

    static List<String> of(AllowableValues words) {
        return Arrays.stream(words.value().getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    @SuppressWarnings({"rawtypes", "unchecked"}) // a schema of texts, as springdoc has them
    static void put(Schema schema, List<String> words) {
        schema.setEnum(words);
        schema.setPattern(null);
    }
}
