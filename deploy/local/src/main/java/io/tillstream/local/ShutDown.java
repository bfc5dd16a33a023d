package io.tillstream.local;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Stops the doors first, then those behind them, PostgreSQL and Kafka last. */
final class ShutDown {
    private static final List<List<Part>> WAVES = List.of(
            List.of(Part.GATEWAY),
            Stream.concat(Part.applications().stream().filter(part -> part != Part.GATEWAY), Stream.<Part>empty())
                    .toList(),
            List.of(Part.KAFKA, Part.POSTGRESQL));

    private ShutDown() {}

    static void of(Map<Part, PartProcess> running, Duration patience) {
        Map<Part, PartProcess> all = new EnumMap<>(Part.class);
        all.putAll(running);
        for (List<Part> wave : WAVES) {
            wave.stream()
                    .filter(all::containsKey)
                    .parallel()
                    .map(all::get)
                    .filter(started -> started.process().isAlive())
                    .forEach(started -> started.stop(patience));
        }
        running.clear();
    }
}
