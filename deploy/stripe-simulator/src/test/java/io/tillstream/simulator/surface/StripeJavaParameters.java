package io.tillstream.simulator.surface;

import com.google.gson.annotations.SerializedName;
import com.stripe.net.ApiRequestParams;
import com.stripe.param.common.EmptyParam;
import java.io.File;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What stripe-java's class of an operation's parameters says of them, written as {@code request-surface.txt} has it. */
final class StripeJavaParameters {
    private static final Map<Class<?>, String> SIMPLE = Map.of(
            String.class, "string",
            Long.class, "integer",
            Boolean.class, "boolean",
            BigDecimal.class, "decimal",
            EmptyParam.class, "unset",
            File.class, "file",
            InputStream.class, "file");

    private final StringBuilder text = new StringBuilder();

    private StripeJavaParameters() {}

    static String of(Class<?> params) {
        StripeJavaParameters all = new StripeJavaParameters();
        all.write(params, " ");
        return all.text.toString();
    }

    private void write(Class<?> params, String indent) {
        for (Map.Entry<String, Field> parameter : parameters(params).entrySet()) {
            Set<String> kinds = new TreeSet<>();
            Map<String, Class<?>> nested = new TreeMap<>();
            for (Type type : types(params, parameter.getValue())) {
                kinds.add(kind(type, nested));
            }
            text.append(indent).append(parameter.getKey()).append(' ').append(String.join(", ", kinds));
            text.append('\n');
            nested.values().forEach(each -> write(each, indent + " "));
        }
    }

    private static Map<String, Field> parameters(Class<?> params) {
        Map<String, Field> parameters = new TreeMap<>();
        for (Field field : params.getDeclaredFields()) {
            SerializedName name = field.getAnnotation(SerializedName.class);
            if (name != null && !name.value().equals(ApiRequestParams.EXTRA_PARAMS_KEY)) {
                parameters.put(name.value(), field);
            }
        }
        return parameters;
    }

    /** A field that can be several things is an {@code Object}, or any enum; which ones is said by the builder's setters. */
    private static List<Type> types(Class<?> params, Field field) {
        if (field.getType() != Object.class && field.getType() != ApiRequestParams.EnumParam.class) {
            return List.of(field.getGenericType());
        }
        String name = field.getName();
        String setter = "set" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
        Class<?> builder = Arrays.stream(params.getDeclaredClasses())
                .filter(each -> each.getSimpleName().equals("Builder"))
                .findFirst()
                .orElseThrow();
        List<Type> types = Arrays.stream(builder.getDeclaredMethods())
                .filter(method -> method.getName().equals(setter) && Modifier.isPublic(method.getModifiers()))
                .map(Method::getGenericParameterTypes)
                .map(each -> each[0])
                .toList();
        if (types.isEmpty()) {
            throw new IllegalStateException("no setter for " + field);
        }
        return types;
    }

    private static String kind(Type type, Map<String, Class<?>> nested) {
        if (type instanceof ParameterizedType generic) {
            Type[] of = generic.getActualTypeArguments();
            return generic.getRawType() == List.class
                    ? "list " + kind(of[0], nested)
                    : "map " + kind(of[1] == Object.class ? String.class : of[1], nested);
        }
        Class<?> simple = (Class<?>) type;
        if (SIMPLE.containsKey(simple)) {
            return SIMPLE.get(simple);
        }
        if (simple == ApiRequestParams.EnumParam.class) {
            return "string"; // one of several enums
        }
        if (ApiRequestParams.EnumParam.class.isAssignableFrom(simple)) {
            return "="
                    + Arrays.stream(simple.getEnumConstants())
                            .map(each -> ((ApiRequestParams.EnumParam) each).getValue())
                            .sorted()
                            .collect(Collectors.joining("|"));
        }
        if (!simple.getName().startsWith("com.stripe.param.")) {
            throw new IllegalStateException("what is a " + simple);
        }
        nested.put(simple.getName(), simple);
        return "object";
    }
}
