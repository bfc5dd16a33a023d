package io.tillstream.gateway.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * The samples of one look at a service's metrics.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Prometheus: the text format</a>
 */
final class MetricSamples {

    private record Sample(String name, String labels, double value) {}

    private final List<Sample> samples;

    private MetricSamples(List<Sample> samples) {
        this.samples = samples;
    }

    static MetricSamples read(String text) {
        List<Sample> samples = new ArrayList<>();
        text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .forEach(line -> samples.add(sample(line)));
        return new MetricSamples(List.copyOf(samples));
    }

    /** {@code name{labels} value time}: labels and time may be missing, and labels hold anything. */
    private static Sample sample(String line) {
        int brace = line.indexOf('{');
        int close = line.lastIndexOf('}');
        boolean labelled = brace >= 0 && close > brace;
        String name = labelled ? line.substring(0, brace) : line.substring(0, Math.max(0, line.indexOf(' ')));
        String labels = labelled ? line.substring(brace + 1, close) : "";
        String rest = line.substring(labelled ? close + 1 : name.length()).strip();
        int end = rest.indexOf(' ');
        return new Sample(name, labels, value(end < 0 ? rest : rest.substring(0, end)));
    }

    /** The sum over all of this name that have each of the labels, as {@code outcome="applied"}; 0 without one. */
    double sum(String name, String... labels) {
        return of(name, labels).sum();
    }

    /** Without those that have a label which begins so, as {@code uri="/actuator}. */
    MetricSamples without(String... labels) {
        return new MetricSamples(samples.stream()
                .filter(sample -> List.of(labels).stream().noneMatch(sample.labels()::contains))
                .toList());
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
