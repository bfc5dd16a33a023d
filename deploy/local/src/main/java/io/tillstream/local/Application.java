package io.tillstream.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A Spring Boot application as a process. */
final class Application implements PartProcess {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private static final Duration ANSWER = Duration.ofSeconds(3);

    private final URI readiness;
    private final ChildProcess process;
    private final SharedClasses classes;

    private Application(URI readiness, ChildProcess process, SharedClasses classes) {
        this.readiness = readiness;
        this.process = process;
        this.classes = classes;
    }

    static Application start(Part part, int port, Jvm jvm, Map<String, String> environment, Folders folders) {
        Path jar = jvm.unpacked(jvm.jarOf(part));
        SharedClasses classes = jvm.classesOf(part, jar);
        ChildProcess process = ChildProcess.start(part, jvm.jar(part.heapMiB(), jar, classes), environment, folders);
        return new Application(URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"), process, classes);
    }

    @Override
    public boolean isReady() {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(readiness).timeout(ANSWER).build();
            return process.mayListenOn(readiness.getPort())
                    && HTTP.send(request, HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void stop(Duration patience) {
        if (process.stop("TERM", patience)) {
            classes.keep();
        }
    }

    @Override
    public ChildProcess process() {
        return process;
    }
}
