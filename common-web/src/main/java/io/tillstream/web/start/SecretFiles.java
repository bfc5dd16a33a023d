package io.tillstream.web.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Secrets that come as files, as Docker and Kubernetes hand them out: {@code STRIPE_SECRET_KEY_FILE=/run/secrets/stripe}
 * is the setting {@code STRIPE_SECRET_KEY} with that file's content, and so for each setting whose name ends like one.
 * The environment of a process is seen by more eyes than a file of its own.
 *
 * <p>Fails the start where the file cannot be read or is empty, and where the secret is given twice.
 */
public final class SecretFiles implements EnvironmentPostProcessor {

    private static final String FILE = "_FILE";
    private static final List<String> SECRETS = List.of("SECRET", "SECRET_PREVIOUS", "SECRET_KEY", "PASSWORD");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Map<String, Object> secrets = read(environment.getSystemEnvironment());
        if (!secrets.isEmpty()) {
            environment
                    .getPropertySources()
                    .addBefore( // or a blank variable of the same name would count
                            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                            new MapPropertySource("secretFiles", secrets));
        }
    }

    static Map<String, Object> read(Map<String, ?> variables) {
        Map<String, Object> secrets = new LinkedHashMap<>();
        variables.forEach((name, file) -> {
            if (isSecretFile(name) && isSet(file)) {
                String secret = name.substring(0, name.length() - FILE.length());
                if (isSet(variables.get(secret))) {
                    throw new IllegalStateException(
                            "Both " + secret + " and " + name + " are set: leave one of them out");
                }
                secrets.put(secret, content(name, file.toString()));
            }
        });
        return secrets;
    }

    /** A blank one is not: docker compose sets what it has a default for, were that nothing. */
    private static boolean isSet(@Nullable Object variable) {
        return variable != null && !variable.toString().isBlank();
    }

    private static boolean isSecretFile(String name) {
        return SECRETS.stream().anyMatch(secret -> name.endsWith(secret + FILE));
    }

    /** Without the newline that editors and {@code echo} put at its end. */
    private static String content(String name, String file) {
        try {
            String secret = Files.readString(Path.of(file)).replaceFirst("[\\r\\n]+\\z", "");
            if (secret.isEmpty()) {
                throw new IllegalStateException(name + ": the file " + file + " is empty");
            }
            return secret;
        } catch (NoSuchFileException cause) {
            throw new IllegalStateException(name + ": there is no file " + file, cause);
        } catch (IOException cause) {
            throw new IllegalStateException(name + ": the file " + file + " cannot be read", cause);
        }
    }
}
