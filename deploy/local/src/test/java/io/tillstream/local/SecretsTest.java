package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever takes over the gateway finds no key of Stripe's in its environment, and no password of a database. */
class SecretsTest {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]*)");

    @TempDir
    Path folder;

    private final LocalSettings settings = LocalSettings.standard();

    @ParameterizedTest
    @EnumSource
    void aProcessIsGivenTheSecretsThatItsCodeReadsAndNoOther(Part part) throws IOException {
        Set<String> read = secretsReadBy(part);

        assertThat(Secrets.of(part)).isEqualTo(read);
        assertThat(read).containsAll(Secrets.names(new Environment(settings, new Folders(folder)).of(part)));
        if (part.isApplication()) {
            assertThat(read)
                    .containsAll(Secrets.names(ComposeFile.of(settings.root()).environment(part)));
        }
    }

    /** Of the one shell from which all are started, and of settings that are made for all. */
    @ParameterizedTest
    @EnumSource
    void aSecretOfTheShellReachesThoseThatReadItAndNoOther(Part part) throws IOException {
        Map<String, String> shell = new HashMap<>(Map.of("PATH", "/bin", "GITHUB_TOKEN", "x", "PGPASSWORD", "x"));
        LocalSettings told = settings;
        for (Part any : Part.values()) {
            for (String secret : Secrets.of(any)) {
                shell.put(secret, "x");
                shell.put(secret + "_FILE", "x");
                told = told.with(secret, "x");
            }
        }
        Secrets.dropInherited(shell, part, Map.of());

        Set<String> read = secretsReadBy(part);
        Set<String> expected = new TreeSet<>(read);
        read.forEach(name -> expected.add(name + "_FILE"));
        assertThat(Secrets.names(shell)).containsExactlyElementsOf(expected);
        assertThat(shell).containsKey("PATH");
        assertThat(read).containsAll(Secrets.names(new Environment(told, new Folders(folder)).of(part)));
    }

    /** With the simulator, a file with the key of the real Stripe must not come in between. */
    @Test
    void aFileOfTheShellGivesWayToWhatAPartIsTold() {
        Map<String, String> shell = new HashMap<>(Map.of("STRIPE_SECRET_KEY_FILE", "/of/the/real/one"));

        Secrets.dropInherited(shell, Part.PAYMENT_SERVICE, Map.of("STRIPE_SECRET_KEY", "sk_test_tillstream"));

        assertThat(shell).isEmpty();
    }

    /** A table of names that misses a new one would let it through everywhere. */
    @Test
    void everySettingThatHoldsASecretIsKnownAsOne() throws IOException {
        for (Part part : Part.applications()) {
            assertThat(settingsReadBy(part).stream().filter(name -> name.matches(".*(SECRET|PASSWORD).*|.*_KEY")))
                    .allSatisfy(name -> assertThat(Secrets.isSecret(name) || name.equals("STRIPE_PUBLISHABLE_KEY"))
                            .describedAs(name)
                            .isTrue());
        }
    }

    private Set<String> secretsReadBy(Part part) throws IOException {
        Set<String> read = settingsReadBy(part);
        read.removeIf(name -> !Secrets.isSecret(name));
        return read;
    }

    /** By its settings file, and by the shared one where the service calls another: only then a client's secret is used. */
    private Set<String> settingsReadBy(Part part) throws IOException {
        Set<String> read = new TreeSet<>();
        if (!part.isApplication()) {
            return read;
        }
        Path sources = settings.root().resolve(part.module()).resolve("src/main");
        addPlaceholders(sources.resolve("resources/application.yml"), read);
        if (Files.readString(settings.root().resolve(part.module()).resolve("pom.xml"))
                .contains("common-web")) {
            addPlaceholders(settings.root().resolve("common-web/src/main/resources/tillstream-web.yml"), read);
        }
        if (!callsOthers(sources.resolve("java"))) {
            read.removeAll(List.of("SERVICE_CLIENT_SECRET", "SERVICE_CLIENT_ID"));
        }
        return read;
    }

    private static boolean callsOthers(Path sources) throws IOException {
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(file -> file.toString().endsWith(".java")).anyMatch(file -> {
                try {
                    String code = Files.readString(file);
                    return code.contains("InternalCalls") || code.contains("ServiceTokens");
                } catch (IOException cause) {
                    throw new AssertionError(cause);
                }
            });
        }
    }

    private static void addPlaceholders(Path file, Set<String> names) throws IOException {
        Matcher placeholder = PLACEHOLDER.matcher(Files.readString(file));
        while (placeholder.find()) {
            names.add(placeholder.group(1));
        }
    }
}
