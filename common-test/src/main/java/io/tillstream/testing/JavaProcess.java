package io.tillstream.testing;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts a main class of the class path as a process of its own. */
final class JavaProcess {

    /** Of this process and of no other of a run: in a long one the system gives the same process id twice. */
    static final String NAME =
            ProcessHandle.current().pid() + "x" + Long.toString(System.currentTimeMillis() & 0xFF_FFFF, 36);

    private static final File NOTHING = new File("/dev/null");

    private JavaProcess() {}

    static ProcessBuilder of(Class<?> main, List<String> flags, String... arguments) {
        return of(main.getName(), flags, arguments);
    }

    static ProcessBuilder of(String main, List<String> flags, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-BytecodeVerificationRemote", // compiled by the same build
                "-Xshare:auto",
                "-Dlogback.configurationFile=io/tillstream/testing/process-logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                main));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectInput(NOTHING);
    }
}
