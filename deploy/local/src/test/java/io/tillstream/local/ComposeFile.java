package io.tillstream.local;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.yaml.snakeyaml.Yaml;

/** docker-compose.yml as data: what each of its services is started with. */
record ComposeFile(Path root, Map<String, Object> all) {

    static ComposeFile of(Path root) {
        try {
            String file = Files.readString(root.resolve("docker-compose.yml"));
            return new ComposeFile(root, map(new Yaml().<Map<String, Object>>load(file)));
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    Map<String, Object> services() {
        return map(all.get("services"));
    }

    Map<String, Object> service(Part part) {
        return map(services().get(part.label()));
    }

    /** Of its files and its own lines, as Docker puts them together: the later ones win. */
    Map<String, String> environment(Part part) {
        Map<String, String> environment = new LinkedHashMap<>();
        Object files = service(part).get("env_file");
        if (files != null) {
            list(files).forEach(file -> environment.putAll(settingsIn(root.resolve(file.toString()))));
        }
        Object own = service(part).get("environment");
        if (own != null) {
            map(own).forEach((name, value) -> environment.put(name, String.valueOf(value)));
        }
        return environment;
    }

    private static Map<String, String> settingsIn(Path file) {
        Properties settings = new Properties();
        try {
            settings.load(new StringReader(Files.readString(file)));
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        Map<String, String> copy = new LinkedHashMap<>();
        settings.stringPropertyNames().forEach(name -> copy.put(name, settings.getProperty(name)));
        return copy;
    }

    static Map<String, Object> map(Object yaml) {
        Map<String, Object> copy = new LinkedHashMap<>();
        ((Map<?, ?>) yaml).forEach((name, value) -> copy.put(String.valueOf(name), value));
        return copy;
    }

    static List<Object> list(Object yaml) {
        return new ArrayList<>(Arrays.asList(((List<?>) yaml).toArray()));
    }
}
