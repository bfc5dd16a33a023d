package io.tillstream.testing;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Writes what each class of tests cost this JVM's processors, for {@code ./verify --times}: other than the time on the clock,
 * it is the same beside other work. Where classes run side by side, what one costs is counted with the others, too.
 */
public final class CpuTimeListener implements TestExecutionListener {

    private static final Path FILE = Path.of("target", "processor-times.tsv");

    private final Map<String, Long> began = new ConcurrentHashMap<>();

    @Override
    public void executionStarted(TestIdentifier test) {
        if (isClass(test)) {
            began.put(test.getUniqueId(), nanos());
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        Long before = began.remove(test.getUniqueId());
        if (before != null) {
            write(test.getLegacyReportingName(), nanos() - before);
        }
    }

    private static boolean isClass(TestIdentifier test) {
        return test.getSource().filter(ClassSource.class::isInstance).isPresent();
    }

    private static long nanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    private static synchronized void write(String name, long nanos) {
        try {
            Files.writeString(
                    FILE,
                    String.format("%.2f\t%s%n", nanos / 1e9, name),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
