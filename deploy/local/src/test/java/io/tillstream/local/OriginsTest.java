package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same pages may call the API and sign users in, whatever starts the two: else a page signs somebody in and then is refused,
 * or is let in where its users never signed in.
 */
class OriginsTest {

    /** The gateway's own pages, and those that the two usual tools serve while they are written, as people type them. */
    private static final Set<String> USUAL = Set.of(
            "http://localhost:8080",
            "http://127.0.0.1:8080",
            "http://localhost:3000",
            "http://127.0.0.1:3000",
            "http://localhost:5173",
            "http://127.0.0.1:5173");

    private static final Path ROOT = LocalSettings.standard().root();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "common-web/src/main/resources/tillstream-web.yml",
                "deploy/identity/src/main/resources/application.yml"
            })
    void withoutASettingTheyAreTheUsualOnes(String file) throws IOException {
        assertThat(origins(value("allowed-origins: \\$\\{ALLOWED_ORIGINS:([^}]+)}", ROOT.resolve(file))))
                .isEqualTo(USUAL);
    }

    @Test
    void runAndComposeTellBothTheSame() {
        assertThat(origins(started(Part.GATEWAY))).isEqualTo(USUAL);
        ComposeFile compose = ComposeFile.of(ROOT);
        assertThat(origins(compose.environment(Part.GATEWAY).get("ALLOWED_ORIGINS")))
                .isEqualTo(USUAL);
    }

    /** Their redirects are checked by the same list. */
    @ParameterizedTest
    @EnumSource(
            value = Part.class,
            names = {"IDENTITY", "ORDER_SERVICE", "PAYMENT_SERVICE", "SUBSCRIPTION_SERVICE"})
    void whatMayCallMaySignInAndBeLedBackTo(Part part) {
        assertThat(origins(started(part))).isEqualTo(origins(started(Part.GATEWAY)));
        ComposeFile compose = ComposeFile.of(ROOT);
        assertThat(compose.environment(part).get("ALLOWED_ORIGINS"))
                .isEqualTo(compose.environment(Part.GATEWAY).get("ALLOWED_ORIGINS"));
    }

    @Test
    void onKindTheyAreTheSameToo() throws IOException {
        Path kind = ROOT.resolve("deploy/kubernetes/overlays/kind");
        String services = value("ALLOWED_ORIGINS: (\\S+)", kind.resolve("settings.yaml"));
        String identity = value("ALLOWED_ORIGINS, value: \"([^\"]+)\"", kind.resolve("identity.yaml"));
        assertThat(origins(identity)).isEqualTo(origins(services));
    }

    private static String value(String pattern, Path file) throws IOException {
        Matcher found = Pattern.compile(pattern).matcher(Files.readString(file));
        assertThat(found.find()).as(file.toString()).isTrue();
        return found.group(1);
    }

    private String started(Part part) {
        return new Environment(LocalSettings.standard().withPort(Part.GATEWAY, 8080), new Folders(folder))
                .of(part)
                .getOrDefault("ALLOWED_ORIGINS", "");
    }

    private static Set<String> origins(String list) {
        List<String> origins = Arrays.stream(list.split(",")).map(String::trim).toList();
        return origins.stream().collect(Collectors.toUnmodifiableSet());
    }
}
