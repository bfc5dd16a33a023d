package io.tillstream.subscription.access;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads the dunning policy's file; whatever is not clear in it keeps the service from starting, and the error says what. */
final class DunningFile {

    private DunningFile() {}

    /** A path on disk, or {@code classpath:} and a name. */
    static DunningAccessPolicy read(String location, ResourceLoader loader) {
        Resource file = location.contains(":") ? loader.getResource(location) : new FileSystemResource(location);
        try (InputStream in = file.getInputStream()) {
            return policy(location, parse(location, in));
        } catch (IOException e) {
            throw new IllegalStateException("DUNNING_POLICY: " + location + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static @Nullable Object parse(String location, InputStream in) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try {
            return new Yaml(new SafeConstructor(options)).load(in);
        } catch (YAMLException e) {
            throw new IllegalStateException("DUNNING_POLICY: " + location + " is not YAML: " + e.getMessage(), e);
        }
    }

    private static DunningAccessPolicy policy(String location, @Nullable Object parsed) {
        if (!(parsed instanceof Map<?, ?> states)) {
            throw wrong(location, "does not list payment states");
        }
        DunningPolicyReader.Result result = DunningPolicyReader.read(states);
        return result.policy()
                .orElseThrow(() -> wrong(location, result.faults().get(0).text()));
    }

    private static IllegalStateException wrong(String location, String what) {
        return new IllegalStateException("DUNNING_POLICY: " + location + ": " + what);
    }
}
