package io.tillstream.subscription.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How new something is has one rule, in whatever table: the greatest time that was ever told, not the last. */
class NewestTimeTest {

    private static final Pattern WRITTEN = Pattern.compile("\\bas_of = (\\S+)");

    @Test
    void everyWriterKeepsTheGreatestTime() throws IOException {
        List<String> written;
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            written = sources.filter(file -> file.toString().endsWith(".java"))
                    .flatMap(file -> WRITTEN.matcher(read(file)).results())
                    .map(found -> found.group(1))
                    .toList();
        }
        assertThat(written).hasSizeGreaterThanOrEqualTo(4).allMatch(value -> value.startsWith("greatest("));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
