package io.tillstream.local;

import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One more instance of single services beside the first: with a port and a log of its own, the same database and the same
 * consumer group. The others do not know its address; who wants both to be asked puts something in front of them.
 */
public final class SecondInstances {
    private static final Duration STOP = Duration.ofSeconds(40); // as of the first instances
    private static final Duration READY = Duration.ofMinutes(2);

    private final Jvm jvm;
    private final Environment environment;
    private final Folders folders;
    private final Map<Part, Integer> ports = Collections.synchronizedMap(new EnumMap<>(Part.class));
    private final Map<Part, PartProcess> running = Collections.synchronizedMap(new EnumMap<>(Part.class));

    SecondInstances(Jvm jvm, Environment environment, Folders folders) {
        this.jvm = jvm;
        this.environment = environment;
        this.folders = folders;
    }

    /** Where the second instance of a service is found, now or as soon as it is started. */
    public URI url(Part part) {
        return URI.create("http://127.0.0.1:" + port(part));
    }

    /** Starts it, again on its former port, and returns when it takes requests. */
    public void start(Part part) {
        if (!part.isApplication()) {
            throw new LocalFailure("there is one " + part.label() + " only");
        }
        if (isRunning(part)) {
            throw new LocalFailure("the second " + part.label() + " runs already");
        }
        int port = port(part);
        Map<String, String> settings = environment.of(part);
        settings.put("SERVER_PORT", Integer.toString(port));
        Application started = Application.start(part, port, jvm, settings, folders);
        running.put(part, started);
        try {
            Waiting.until("the second " + part.label() + " is ready", READY, started::isReady, started.process());
        } catch (LocalFailure cause) {
            throw new LocalFailure(
                    "the second " + part.label() + " did not start: " + cause.getMessage() + "; "
                            + folders.endOfLog(part),
                    cause);
        }
    }

    /** Asks it to end and waits until it has. */
    public void stop(Part part) {
        get(part).stop(STOP);
    }

    /** Ends it at once, as a power cut would. */
    public void kill(Part part) {
        get(part).process().kill();
    }

    public boolean isRunning(Part part) {
        PartProcess started = running.get(part);
        return started != null && started.process().isAlive();
    }

    public long processId(Part part) {
        return get(part).process().pid();
    }

    void stopAll() {
        List.copyOf(running.values()).stream()
                .parallel()
                .filter(started -> started.process().isAlive())
                .forEach(started -> started.stop(STOP));
        running.clear();
    }

    private int port(Part part) {
        return ports.computeIfAbsent(part, any -> FreePorts.forParts(1).get(0));
    }

    private PartProcess get(Part part) {
        PartProcess started = running.get(part);
        if (started == null) {
            throw new LocalFailure("the second " + part.label() + " was not started");
        }
        return started;
    }
}
