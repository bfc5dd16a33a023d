package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the security page says is shown by a test that there is. */
class SecurityPageTest {

    @Test
    void eachLineNamesItsEndpointsAndTestsThatThereAre() throws IOException {
        Map<String, String> sources = testsOfAllModules();
        assertThat(SecurityPage.lines()).hasSizeGreaterThan(30).allSatisfy(line -> {
            assertThat(line.tests()).as(line.toString()).isNotEmpty().allSatisfy(test -> {
                String[] name = test.split("\\.");
                assertThat(sources).as(test).containsKey(name[0]);
                assertThat(name.length == 1 || sources.get(name[0]).contains("void " + name[1] + "("))
                        .as(test)
                        .isTrue();
            });
        });
        assertThat(SecurityPage.lines().stream()
                        .filter(line -> line.endpoints().isEmpty())
                        .map(line -> line.cells().get(1).strip()))
                .containsExactly(
                        "any of them, and any that is not there",
                        "any",
                        "any that acts",
                        "any",
                        "any without a token",
                        "any that asks Stripe");
    }

    private static Map<String, String> testsOfAllModules() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> folders = Files.walk(Stack.repository(), 2)) {
            for (Path tests : folders.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(tests)) {
                    files.filter(file -> file.toString().matches(".*(IT|Test)\\.java"))
                            .forEach(file -> sources.merge(
                                    file.getFileName().toString().replace(".java", ""), read(file), String::concat));
                }
            }
        }
        return sources;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
