package io.tillstream.benchmark.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What processes had of the processor, from Linux's {@code /proc}: each with its children, living and ended.
 *
 * @param millis by name of the process
 */
public record ProcessorTime(Map<String, Long> millis) {
    private static final long MILLIS_A_TICK = 10; // USER_HZ is 100 on every Linux that Java runs on

    public static ProcessorTime of(Map<String, Long> processIds) {
        Map<String, Long> millis = new LinkedHashMap<>();
        processIds.forEach((name, id) -> {
            long ticks = ticks(id).orElseThrow(() -> new IllegalStateException(name + " has ended"));
            long ofChildren = ProcessHandle.of(id).stream()
                    .flatMap(ProcessHandle::descendants)
                    .mapToLong(child -> ticks(child.pid()).orElse(0))
                    .sum();
            millis.put(name, (ticks + ofChildren) * MILLIS_A_TICK);
        });
        return new ProcessorTime(millis);
    }

    public ProcessorTime since(ProcessorTime before) {
        Map<String, Long> spent = new LinkedHashMap<>();
        millis.forEach((name, now) -> spent.put(name, now - before.millis().getOrDefault(name, 0L)));
        return new ProcessorTime(spent);
    }

    /** Own time and that of children that ended and were waited for; nothing if the process is gone. */
    private static OptionalLong ticks(long id) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(id), "stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long sum = 0;
            for (int field = 11; field <= 14; field++) { // utime, stime, cutime, cstime
                sum += Long.parseLong(fields[field]);
            }
            return OptionalLong.of(sum);
        } catch (NoSuchFileException gone) {
            return OptionalLong.empty();
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }
}
