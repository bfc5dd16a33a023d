package io.tillstream.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What to start, and where.
 *
 * @param root the root of the repository, where the built jars are found
 * @param data the folder for databases, topics, logs and keys
 * @param environment settings for every part, stronger than the defaults
 * @param extra settings for single parts, stronger than {@code environment}
 * @param measured whether what it costs is of interest: JVMs as the containers have them, instead of ones that start
 *     quickly and stay small, and a PostgreSQL that counts its statements
 */
public record LocalSettings(
        Path root,
        Path data,
        Set<Part> parts,
        Map<Part, Integer> ports,
        Map<String, String> environment,
        Map<Part, Map<String, String>> extra,
        boolean measured) {

    /** Everything that is built, on the usual ports, with data in {@code .data}. */
    public static LocalSettings standard() {
        Path root = rootOf(Path.of("").toAbsolutePath());
        Map<Part, Integer> ports = new EnumMap<>(Part.class);
        Arrays.stream(Part.values()).forEach(part -> ports.put(part, part.defaultPort()));
        Set<Part> parts = EnumSet.allOf(Part.class);
        return new LocalSettings(root, root.resolve(".data"), parts, ports, Map.of(), Map.of(), false);
    }

    public LocalSettings withData(Path folder) {
        return new LocalSettings(root, folder, parts, ports, environment, extra, measured);
    }

    public LocalSettings withParts(Set<Part> wanted) {
        return new LocalSettings(root, data, EnumSet.copyOf(wanted), ports, environment, extra, measured);
    }

    public LocalSettings without(Part part) {
        Set<Part> fewer = EnumSet.copyOf(parts);
        fewer.remove(part);
        return withParts(fewer);
    }

    public LocalSettings withPort(Part part, int port) {
        Map<Part, Integer> changed = new EnumMap<>(ports);
        changed.put(part, port);
        return new LocalSettings(root, data, parts, changed, environment, extra, measured);
    }

    /** Ports that nobody uses now: tests run beside a {@code ./run}, and beside each other. */
    public LocalSettings withFreePorts() {
        Iterator<Integer> free = FreePorts.forParts(Part.values().length).iterator();
        Map<Part, Integer> chosen = new EnumMap<>(Part.class);
        Arrays.stream(Part.values()).forEach(part -> chosen.put(part, free.next()));
        return new LocalSettings(root, data, parts, chosen, environment, extra, measured);
    }

    /** A setting for every part. */
    public LocalSettings with(String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(environment);
        changed.put(name, value);
        return new LocalSettings(root, data, parts, ports, changed, extra, measured);
    }

    /** A setting for one part. */
    public LocalSettings with(Part part, String name, String value) {
        Map<Part, Map<String, String>> changed = new EnumMap<>(Part.class);
        changed.putAll(extra);
        Map<String, String> own = new LinkedHashMap<>(extra.getOrDefault(part, Map.of()));
        own.put(name, value);
        changed.put(part, own);
        return new LocalSettings(root, data, parts, ports, environment, changed, measured);
    }

    public LocalSettings withMeasurement() {
        return new LocalSettings(root, data, parts, ports, environment, extra, true);
    }

    int port(Part part) {
        Integer port = ports.get(part);
        return port == null ? part.defaultPort() : port;
    }

    /** Whether Stripe itself is called, and no simulator runs. */
    boolean usesRealStripe() {
        return !parts.contains(Part.STRIPE_SIMULATOR);
    }

    private static Path rootOf(Path folder) {
        for (Path candidate = folder; candidate != null; candidate = candidate.getParent()) {
            if (Files.isDirectory(candidate.resolve("deploy/local")) && Files.exists(candidate.resolve("pom.xml"))) {
                return candidate;
            }
        }
        throw new LocalFailure(folder + " is not inside a checkout of Tillstream");
    }
}
