package io.tillstream.gateway.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;

/**
 * The samples of one look at a service's metrics.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Prometheus: the text format</a>
 */
final class Samples {

    private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})?\\s+(\\S+)(?:\\s+\\d+)?");

    private record Sample(String name, String labels, double value) {}

    private final List<Sample> samples;

    private Samples(List<Sample> samples) {
        this.samples = samples;
    }

    static Samples read(String text) {
        List<Sample> samples = new ArrayList<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            Matcher sample = LINE.matcher(line);
            if (sample.matches()) {
                String labels = sample.group(2);
                samples.add(new Sample(sample.group(1), labels == null ? "" : labels, value(sample.group(3))));
            }
        });
        return new Samples(List.copyOf(samples));
    }

    /** The sum over all of this name that have each of the labels, as {@code outcome="applied"}; 0 without one. */
    double sum(String name, String... labels) {
        return of(name, labels).sum();
    }

    private DoubleStream of(String name, String... labels) {
        return samples.stream()
                .filter(sample -> sample.name().equals(name))
                .filter(sample -> List.of(labels).stream().allMatch(sample.labels()::contains))
                .mapToDouble(Sample::value)
                .filter(Double::isFinite);
    }

    private static double value(String text) {
        try {
            return Double.parseDouble(text.replace("Inf", "Infinity"));
        } catch (NumberFormatException notANumber) {
            return Double.NaN;
        }
    }
}
