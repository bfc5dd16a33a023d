package io.tillstream.benchmark.peer;

import io.tillstream.local.LocalSettings;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A Spring application of a few lines, on the libraries of one of Tillstream's, in a JVM of the same kind: the difference is
 * what Tillstream's own code costs.
 */
final class BareJvm {
    private static final Path FOLDER = Path.of("target/benchmark/peers").toAbsolutePath();

    private final List<String> classPath;

    private BareJvm(List<String> classPath) {
        this.classPath = classPath;
    }

    /**
     * With the libraries of an application that was started here before.
     *
     * @param without what else of them does not belong to a bare one, by how its name begins
     */
    static BareJvm of(String application, List<String> without) {
        Path unpacked = LocalSettings.standard().root().resolve(application).resolve("target/unpacked");
        List<String> ours = List.of("common-", "storefront");
        try (Stream<Path> files = Files.walk(unpacked, 3)) {
            List<String> classPath = new ArrayList<>();
            classPath.add(Path.of(BareJvm.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString());
            files.filter(file -> file.toString().endsWith(".jar")
                            && file.toString().contains(File.separator + "lib" + File.separator))
                    .filter(file -> Stream.concat(ours.stream(), without.stream())
                            .noneMatch(String.valueOf(file.getFileName())::startsWith))
                    .sorted()
                    .forEach(file -> classPath.add(file.toString()));
            return new BareJvm(classPath);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    PeerProcess start(Class<?> application, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx307m",
                "-cp",
                String.join(File.pathSeparator, classPath),
                application.getName()));
        command.addAll(arguments);
        try {
            Files.createDirectories(FOLDER);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        return PeerProcess.start(command, Map.of(), FOLDER.resolve(application.getSimpleName() + ".log"));
    }
}
