package io.tillstream.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** The Stripe simulator as a process of its own, from its jar; it ends with this JVM. */
public final class SimulatorProcess {

    private static final String NAME = "stripe-simulator";

    private SimulatorProcess() {}

    /** Gives the address at once; it answers there a little later. */
    public static String start(String... settings) {
        int port = FreePort.any();
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-BytecodeVerificationRemote", // compiled by the same build
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-jar",
                jar().toString(),
                "--server.port=" + port));
        command.addAll(List.of(settings));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(TestLogFiles.file(NAME).toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "http://127.0.0.1:" + port;
    }

    /** On the class path where Maven runs the tests; an IDE has its classes there, so that the jar is looked for. */
    private static Path jar() {
        try {
            for (URL manifest :
                    Collections.list(SimulatorProcess.class.getClassLoader().getResources("META-INF/MANIFEST.MF"))) {
                String path = manifest.toString();
                int end = path.indexOf(".jar!");
                if (path.contains("/" + NAME) && end > 0) {
                    return Path.of(path.substring("jar:file:".length(), end + ".jar".length()));
                }
            }
            return built();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path built() throws IOException {
        Path target = Path.of("..", "deploy", NAME, "target");
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                var jar = files.filter(file -> file.getFileName().toString().matches(NAME + ".*\\.jar"))
                        .findFirst();
                if (jar.isPresent()) {
                    return jar.get();
                }
            }
        }
        throw new IllegalStateException("The simulator's jar is not there: mvn -pl deploy/stripe-simulator package");
    }
}
