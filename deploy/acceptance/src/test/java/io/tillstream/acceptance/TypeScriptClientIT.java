package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Who writes a page in TypeScript makes its types from the API document, and the compiler knows what each endpoint takes
 * and gives. Left out, by name, where there is no Node.js.
 */
class TypeScriptClientIT {

    private static final Path SOURCES = Path.of("src/test/typescript");
    private static final Path FOLDER = Path.of("target/typescript").toAbsolutePath();
    private static final Duration LONGEST = Duration.ofMinutes(15); // the packages come over the network, once

    private static final String NO_END = "no end of ";

    /** As npm tells it: nobody there, nobody who answers in time, a registry that is out of order. */
    private static final Pattern NO_NETWORK = Pattern.compile("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT"
            + "|EIDLETIMEOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|\\bE5\\d\\d\\b");

    @Test
    @Timeout(value = 50, unit = TimeUnit.MINUTES) // above what its three steps may take
    void aProgramOverEveryEndpointCompiles() throws Exception {
        if (!has("node") || !has("npm")) {
            leaveOut("no node and npm here");
        }
        ApiDocument document = ApiDocument.ofGateway();
        Files.createDirectories(FOLDER);
        for (String file : List.of("package.json", "package-lock.json", "tsconfig.json", "shop.ts")) {
            Files.copy(SOURCES.resolve(file), FOLDER.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        install();
        Files.writeString(FOLDER.resolve("openapi.json"), document.json().toString());

        run(
                "node",
                "node_modules/openapi-typescript/bin/cli.js",
                "openapi.json",
                "-o",
                "api.ts",
                "--default-non-nullable",
                "false");
        run("node", "node_modules/typescript/bin/tsc", "--project", ".");

        String program = Files.readString(SOURCES.resolve("shop.ts"));
        assertThat(document.operations())
                .as("endpoints that the program does not use")
                .allSatisfy(one -> assertThat(program).contains("api." + one.method() + "(\"" + one.path() + "\""));
    }

    /** As the lock file says, when it is another than that of the last time. */
    private static void install() throws Exception {
        Path done = FOLDER.resolve("node_modules/installed");
        byte[] lock = Files.readAllBytes(FOLDER.resolve("package-lock.json"));
        if (!Files.exists(done) || !java.util.Arrays.equals(Files.readAllBytes(done), lock)) {
            try {
                run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
            } catch (AssertionError failed) {
                String told = String.valueOf(failed.getMessage());
                if (told.startsWith(NO_END) || NO_NETWORK.matcher(told).find()) {
                    leaveOut("npm's registry cannot be reached from here");
                }
                throw failed;
            }
            Files.write(done, lock);
        }
    }

    /** Said by name: who reads the output knows what was not tested. */
    private static void leaveOut(String why) {
        String told = "LEFT OUT: TypeScriptClientIT.aProgramOverEveryEndpointCompiles: " + why;
        System.out.println(told);
        Assumptions.abort(told);
    }

    private static boolean has(String command) {
        return Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(FOLDER, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS);
        String told = Files.readString(output, StandardCharsets.UTF_8);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError(NO_END + String.join(" ", command) + ": " + told);
        }
        assertThat(process.exitValue())
                .as("%s: %s", String.join(" ", command), told)
                .isZero();
    }
}
