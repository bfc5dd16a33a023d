package io.tillstream.benchmark.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What processes hold of the memory, from Linux's {@code /proc}: each without its children, which share it.
 *
 * @param mebibytes by name of the process
 */
public record Memory(Map<String, Long> mebibytes) {
    public static Memory of(Map<String, Long> processIds) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        processIds.forEach((name, id) -> sizes.put(name, resident(id)));
        return new Memory(sizes);
    }

    private static long resident(long id) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(id), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                    .sum();
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }
}
