package io.tillstream.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How child processes that are Java are started: quick to start and small, at the cost of peak speed; or, where that is
 * measured, as in their containers.
 */
record Jvm(Path root, boolean writesClasses, boolean measured) {
    /**
     * The first compiler tier and the serial collector need the fewest threads and the least memory; what our own build
     * compiled is not verified once more at loading, a twelfth of the work of a start.
     */
    private static final List<String> SMALL = List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xss512k",
            "-XX:ReservedCodeCacheSize=64m",
            "-Xms16m",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-BytecodeVerificationRemote");

    /** What a JVM of itself chooses in a container of 512 MiB, and the heap that the image leaves it of those. */
    private static final List<String> CONTAINER = List.of("-XX:+UseSerialGC");

    private static final int NATIVE_ACCESS_IS_ASKED =
            24; // this release warns of Netty's and Kafka's libraries, unless told

    private static final int CONTAINER_HEAP_MIB = 512 * 60 / 100;

    /** The jar beside its libraries. */
    Path unpacked(Path jar) {
        return UnpackedJar.of(jar, java(64));
    }

    List<String> jar(int heapMiB, Path unpacked, SharedClasses classes) {
        List<String> command = java(heapMiB);
        command.addAll(classes.flags());
        command.addAll(List.of("-jar", unpacked.toString()));
        return command;
    }

    /** A class from the libraries that the build put beside the launcher. */
    List<String> main(int heapMiB, SharedClasses classes, String mainClass, String... arguments) {
        List<String> command = java(heapMiB);
        command.addAll(classes.flags());
        command.add("-Dorg.slf4j.simpleLogger.showDateTime=true");
        command.add("-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSX");
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
        command.addAll(List.of("-cp", libraries() + "/*", mainClass));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The jar that the build made of a part's module. */
    Path jarOf(Part part) {
        Path target = root.resolve(part.module()).resolve("target");
        try (Stream<Path> files = Files.isDirectory(target) ? Files.list(target) : Stream.<Path>empty()) {
            return files.filter(file -> isApplication(file, part))
                    .findFirst()
                    .orElseThrow(() -> new LocalFailure(
                            part.label() + " is not built: run mvn package (no jar in " + target + ")"));
        } catch (IOException cause) {
            throw new LocalFailure("The folder " + target + " cannot be read: " + cause.getMessage(), cause);
        }
    }

    private static boolean isApplication(Path file, Part part) {
        String name = file.getFileName().toString();
        return name.startsWith(part.label() + "-")
                && name.endsWith(".jar")
                && !name.endsWith("-sources.jar")
                && !name.endsWith("-tests.jar")
                && !name.endsWith("-javadoc.jar");
    }

    /** Where PostgreSQL's programs are unpacked, once for all data folders. */
    Path postgresql() {
        return root.resolve("deploy/local/target/postgresql");
    }

    /** Those of an application that was unpacked. */
    SharedClasses classesOf(Part part, Path unpacked) {
        return SharedClasses.in(unpacked.resolveSibling("lib"), part.label(), writesClasses);
    }

    /** Those of the launcher's libraries, of which Kafka is one. */
    SharedClasses classesOf(String name) {
        return SharedClasses.in(libraries(), name, writesClasses);
    }

    private Path libraries() {
        Path libraries = root.resolve("deploy/local/target/lib");
        if (!Files.isDirectory(libraries)) {
            throw new LocalFailure("deploy/local is not built: run mvn package (no " + libraries + ")");
        }
        return libraries;
    }

    private List<String> java(int heapMiB) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(measured ? CONTAINER : SMALL);
        command.add("-XX:+ExitOnOutOfMemoryError");
        if (Runtime.version().feature() >= NATIVE_ACCESS_IS_ASKED) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add("-Dfile.encoding=UTF-8");
        command.add("-Xmx" + (measured ? Math.max(heapMiB, CONTAINER_HEAP_MIB) : heapMiB) + "m");
        return command;
    }
}
