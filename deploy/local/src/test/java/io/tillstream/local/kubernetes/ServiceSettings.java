package io.tillstream.local.kubernetes;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a service's code reads, and what docker-compose.yml tells it. */
record ServiceSettings(String service) {

    private static final String SHARED = "common-web/src/main/resources/tillstream-web.yml";
    private static final String NAME = "\\$\\{([A-Z][A-Z0-9_]*)[:}]";
    private static final String SECRET = "(?!.*PREVIOUS).*(SECRET|PASSWORD|SECRET_KEY)";

    String applicationYml() {
        return Repository.text(service + "/src/main/resources/application.yml");
    }

    Set<String> read() {
        Set<String> names = new TreeSet<>(Repository.all(NAME, applicationYml()));
        names.addAll(Repository.all(NAME, Repository.text(SHARED)));
        if (!callsOthers()) {
            names.removeIf(name -> name.startsWith("SERVICE_CLIENT_")); // for tokens that nobody asks for
        }
        return names;
    }

    /** With a token of its own. */
    private boolean callsOthers() {
        return Repository.sources(service).contains("import io.tillstream.web.calls.InternalCalls;");
    }

    Set<String> secrets() {
        Set<String> names = new TreeSet<>(read());
        names.removeIf(name -> !name.matches(SECRET));
        return names;
    }

    /** Whom it calls, by the settings of their addresses. */
    Set<String> called() {
        Set<String> names = new TreeSet<>(read());
        names.removeIf(name -> !name.matches("(.*_SERVICE|WEBHOOK_INGEST)_URL"));
        Set<String> services = new TreeSet<>();
        names.forEach(
                name -> services.add(name.replace("_URL", "").replace('_', '-').toLowerCase(java.util.Locale.ROOT)));
        return services;
    }

    static Node compose() {
        return new Node(Repository.yaml(Repository.path("docker-compose.yml")).get(0));
    }

    Map<String, String> ofCompose() {
        return ofCompose(service);
    }

    static Map<String, String> ofCompose(String part) {
        Map<String, String> all = new TreeMap<>();
        Node service = compose().at("services/" + part);
        Node files = service.at("env_file");
        for (String file : files.value() instanceof List<?> ? files.texts() : List.of(files.text())) {
            Properties properties = new Properties();
            try {
                properties.load(new StringReader(Repository.text(file)));
            } catch (IOException cause) {
                throw new AssertionError(cause);
            }
            properties.stringPropertyNames().forEach(name -> all.put(name, properties.getProperty(name)));
        }
        all.putAll(service.at("environment").map());
        return all;
    }
}
