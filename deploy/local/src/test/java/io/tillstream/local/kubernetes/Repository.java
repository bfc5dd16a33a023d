package io.tillstream.local.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** The files of this repository. */
final class Repository {

    static final List<String> SERVICES =
            List.of("gateway", "order-service", "payment-service", "subscription-service", "webhook-ingest");

    private static final Path ROOT = root();

    private Repository() {}

    static Path path(String name) {
        return ROOT.resolve(name);
    }

    static String text(String name) {
        return text(path(name));
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    /** Each document of a file; a key that stands there twice is an error. */
    static List<Object> yaml(Path file) {
        return yaml(text(file));
    }

    static List<Object> yaml(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        Iterable<Object> documents = new Yaml(options).loadAll(text);
        return java.util.stream.StreamSupport.stream(documents.spliterator(), false)
                .filter(document -> document != null)
                .toList();
    }

    /** The Java sources of a module, one after another. */
    static String sources(String module) {
        try (Stream<Path> files = Files.walk(path(module).resolve("src/main/java"))) {
            return String.join(
                    "\n",
                    files.filter(file -> file.toString().endsWith(".java"))
                            .sorted()
                            .map(Repository::text)
                            .toList());
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    /** What a group of a pattern is, each time that it is found. */
    static Set<String> all(String pattern, String text) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = Pattern.compile(pattern, Pattern.MULTILINE).matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    static String one(String pattern, String text) {
        Set<String> found = all(pattern, text);
        if (found.size() != 1) {
            throw new AssertionError(pattern + " is not there once, but: " + found);
        }
        return found.iterator().next();
    }

    /** The cells of each row of a table in Markdown whose first cell is this. */
    static List<String> row(String first, String markdown) {
        return markdown.lines()
                .filter(line -> line.startsWith("| " + first + " |"))
                .findFirst()
                .map(line -> Stream.of(line.substring(1).split("\\|", -1))
                        .map(String::strip)
                        .toList())
                .orElseThrow(() -> new AssertionError("no row " + first));
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docker-compose.yml"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
