package io.tillstream.simulator.surface;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value for every parameter of an operation that Stripe would take there, and one that it would not. */
public final class ParameterSamples {
    private static final RequestSurface SURFACE = new RequestSurface();

    private ParameterSamples() {}

    /**
     * One parameter.
     *
     * @param shown as in a form, {@code items[0][price]}
     * @param path {@code items.price}
     * @param wrong a value of the wrong kind; null if any text will do
     */
    public record Sample(
            String shown,
            String path,
            String value,
            @Nullable String wrong) {}

    /** Of {@code POST /v1/refunds/{}}. */
    public static List<Sample> of(String operation) {
        String[] words = operation.split(" ", -1);
        List<Sample> samples = new ArrayList<>();
        SURFACE.operation(words[0], words[1]).ifPresent(each -> collect(each.root(), "", "", samples));
        return samples;
    }

    private static void collect(Parameter of, String shown, String path, List<Sample> samples) {
        for (Map.Entry<String, Parameter> each : of.children().entrySet()) {
            Parameter parameter = each.getValue();
            String name = shown.isEmpty() ? each.getKey() : shown + "[" + each.getKey() + "]";
            String below = path.isEmpty() ? each.getKey() : path + "." + each.getKey();
            String inner = parameter.isList() ? name + "[0]" : parameter.isMap() ? name + "[usd]" : name;
            Parameter one = parameter.isList() || parameter.isMap() ? parameter.element() : parameter;
            boolean emptyObject = one.is("object") && parameter.children().isEmpty(); // nothing can be sent in it
            if (!emptyObject && (parameter.children().isEmpty() || parameter.isAlsoText())) {
                samples.add(sample(one, inner, below));
            }
            collect(parameter, inner, below, samples);
        }
    }

    private static Sample sample(Parameter of, String shown, String path) {
        List<String> words = of.words();
        if (words != null) {
            return new Sample(shown, path, words.get(0), of.is("string") ? null : "surely_unknown");
        }
        if (of.is("string")) {
            return new Sample(shown, path, path.endsWith("country") ? "US" : "x", null);
        }
        if (of.is("boolean")) {
            return new Sample(shown, path, "true", "yes");
        }
        return new Sample(shown, path, "1", "one");
    }
}
