package io.tillstream.web.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** A secret need not stand in the environment, where every crash report and {@code docker inspect} shows it. */
class SecretFilesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "STRIPE_SECRET_KEY",
                "STRIPE_WEBHOOK_SECRET",
                "STRIPE_WEBHOOK_SECRET_PREVIOUS",
                "QUOTE_SECRET",
                "QUOTE_SECRET_PREVIOUS",
                "DB_PASSWORD",
                "SERVICE_CLIENT_SECRET"
            })
    void aSettingIsReadFromTheFileThatIsNamed(String name) throws IOException {
        for (String end : new String[] {"", "\n", "\r\n"}) {
            Path file = Files.writeString(folder.resolve("secret"), "s3cret with a space " + end);

            assertThat(settingsWith(Map.of(name + "_FILE", file.toString()))
                            .resolvePlaceholders("${" + name + ":none}"))
                    .isEqualTo("s3cret with a space ");
        }
    }

    @Test
    void withoutTheFileTheServiceDoesNotStartWithADefault() {
        assertThatThrownBy(() -> settingsWith(Map.of("DB_PASSWORD_FILE", "/no/such/file")))
                .hasMessage("DB_PASSWORD_FILE: there is no file /no/such/file");
        assertThatThrownBy(() -> settingsWith(Map.of("DB_PASSWORD_FILE", folder.toString())))
                .hasMessage("DB_PASSWORD_FILE: the file " + folder + " cannot be read");
    }

    @Test
    void anEmptyFileIsNoSecret() throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "\n");

        assertThatThrownBy(() -> settingsWith(Map.of("DB_PASSWORD_FILE", file.toString())))
                .hasMessage("DB_PASSWORD_FILE: the file " + file + " is empty");
    }

    /** Which of the two counts would be a guess, and an old one would never be noticed. */
    @Test
    void aSecretThatIsGivenTwiceIsAnError() throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "new");

        assertThatThrownBy(() -> settingsWith(Map.of("DB_PASSWORD", "old", "DB_PASSWORD_FILE", file.toString())))
                .hasMessage("Both DB_PASSWORD and DB_PASSWORD_FILE are set: leave one of them out")
                .hasMessageNotContaining("old");
    }

    /** docker compose sets what it has a default for, were it nothing: that is no second secret, and hides none. */
    @Test
    void aBlankVariableBesideAFileIsNotSet() throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "new");

        assertThat(settingsWith(Map.of("QUOTE_SECRET_PREVIOUS", " ", "QUOTE_SECRET_PREVIOUS_FILE", file.toString()))
                        .resolvePlaceholders("${QUOTE_SECRET_PREVIOUS:none}"))
                .isEqualTo("new");
    }

    @Test
    void filesThatAreNoSecretsAreLeftAlone() {
        assertThat(SecretFiles.read(Map.of("SSL_CERT_FILE", "/no/such/file", "PID_FILE", "x", "QUOTE_SECRET_FILE", "")))
                .isEmpty();
    }

    private static StandardEnvironment settingsWith(Map<String, Object> variables) {
        StandardEnvironment environment = new StandardEnvironment() {
            @Override
            public Map<String, Object> getSystemEnvironment() {
                return variables;
            }
        };
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        new SecretFiles().postProcessEnvironment(environment, new SpringApplication());
        return environment;
    }
}
