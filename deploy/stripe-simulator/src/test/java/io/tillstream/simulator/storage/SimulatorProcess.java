package io.tillstream.simulator.storage;

import com.stripe.StripeClient;
import io.tillstream.simulator.StripeSimulatorApplication;
import io.tillstream.simulator.state.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import tools.jackson.databind.node.ObjectNode;

/** A simulator in a process of its own, which can be killed. */
final class SimulatorProcess implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("Netty started on port (\\d+)");
    private static final Duration START = Duration.ofMinutes(10); // on a machine that is busy with other things
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String KEY = "sk_test_tillstream";

    private final Process process;
    private final Path output;
    private String base = "";

    /** An answer as it came; status 0 if none did. */
    record Answer(int status, String body, boolean replayed) {
        ObjectNode json() {
            return Json.parse(body.getBytes(StandardCharsets.UTF_8));
        }

        String id() {
            return Json.textOf(json(), "id");
        }
    }

    private SimulatorProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** {@code limit} is put before the command, as {@code ulimit} of a shell is. */
    static SimulatorProcess launch(Path output, String limit, Map<String, String> settings) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(List.of(
                "bash",
                "-c",
                limit + " exec \"$@\"",
                "simulator",
                java,
                "-XX:TieredStopAtLevel=1",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-BytecodeVerificationRemote", // compiled by the same build
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                StripeSimulatorApplication.class.getName(),
                "--server.port=0",
                "--logging.level.root=info", // by the port in its log it is found
                "--server.address=127.0.0.1"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(output.toFile());
        builder.environment().putAll(settings);
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly)); // whatever becomes of the test
        return new SimulatorProcess(process, output);
    }

    SimulatorProcess started() {
        Awaitility.await().atMost(START).until(() -> {
            Matcher port = PORT.matcher(said());
            if (port.find()) {
                base = "http://127.0.0.1:" + port.group(1);
            } else if (!process.isAlive()) {
                throw new IllegalStateException(said());
            }
            return !base.isEmpty();
        });
        return this;
    }

    String said() throws IOException {
        return Files.exists(output) ? Files.readString(output) : "";
    }

    long pid() {
        return process.pid();
    }

    /** What {@code kill -9} does. */
    void kill() {
        process.destroyForcibly();
        ended();
    }

    int ended() {
        try {
            if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the simulator does not end");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    StripeClient stripe() {
        return StripeClient.builder().setApiKey(KEY).setApiBase(base).build();
    }

    Answer post(String path, String key, String form) {
        return send(request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    Answer get(String path) {
        return send(request(path).GET());
    }

    Answer control(String method, String path, String json) {
        return send(request("/_simulator/" + path)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(json)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(START).header("Authorization", "Bearer " + KEY);
    }

    private static Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            boolean replayed =
                    response.headers().firstValue("Idempotent-Replayed").isPresent();
            return new Answer(response.statusCode(), response.body(), replayed);
        } catch (IOException e) {
            return new Answer(0, e.toString(), false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(0, e.toString(), false);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
