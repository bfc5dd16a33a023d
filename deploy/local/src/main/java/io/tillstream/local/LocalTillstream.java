package io.tillstream.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tillstream on this machine. {@link #start()} brings everything up; after that each part can be stopped, killed and
 * started again on its own. {@link #close()} stops all, in reverse order. Data stays in its folder.
 *
 * <pre>{@code
 * try (var local = new LocalTillstream(LocalSettings.standard().withData(folder).withFreePorts())) {
 *     local.start();
 *     local.kill(Part.KAFKA);
 *     local.start(Part.KAFKA);
 * }
 * }</pre>
 */
public final class LocalTillstream implements AutoCloseable {
    /** The longest that a service may take to stop: it drains for 30 s at most. */
    private static final Duration STOP = Duration.ofSeconds(40);

    private static final Duration READY = Duration.ofMinutes(2); // without work; a usual start takes seconds

    private final LocalSettings settings;
    private final Folders folders;
    private final Environment environment;
    private final SignIn signIn;
    private final Jvm jvm;
    private final Map<Part, PartProcess> running = Collections.synchronizedMap(new EnumMap<>(Part.class));
    private final SecondInstances second;
    private final FileLock lock;
    private final Watchdog watchdog;
    private volatile boolean closed;

    public LocalTillstream(LocalSettings settings) {
        this(settings, false);
    }

    /** @param fresh whether the data of earlier runs is deleted first */
    public LocalTillstream(LocalSettings settings, boolean fresh) {
        this(settings, fresh, false);
    }

    /** @param writesClasses whether parts keep their classes for later starts, see {@link SharedClasses} */
    LocalTillstream(LocalSettings settings, boolean fresh, boolean writesClasses) {
        this.settings = settings;
        this.folders = new Folders(settings.data().toAbsolutePath());
        this.environment = new Environment(settings, folders);
        this.signIn = new SignIn(settings.root(), url(Part.IDENTITY));
        this.jvm = new Jvm(settings.root(), writesClasses, settings.measured());
        this.lock = folders.lock();
        this.second = new SecondInstances(jvm, environment, folders.ofSecondInstances());
        Leftovers.stop(folders);
        Leftovers.stop(folders.ofSecondInstances());
        if (fresh) {
            folders.clear();
        }
        folders.clearLogs();
        this.watchdog = Watchdog.over(folders);
    }

    /** Whether the key of the person's shell is one of real money. */
    boolean isLive() {
        return environment.isLive();
    }

    /** Starts all parts and returns when all take requests. */
    public void start() {
        new StartUp(this, (part, seconds) -> {}).run();
    }

    /** Starts one part and returns when it takes requests. */
    public void start(Part part) {
        launch(part);
        awaitReady(part);
    }

    /** Starts one part without waiting for it. */
    public void launch(Part part) {
        PartProcess before = running.get(part);
        if (before != null && before.process().isAlive()) {
            throw new LocalFailure(part.label() + " runs already");
        }
        int port = settings.port(part);
        PartProcess started =
                switch (part) {
                    case POSTGRESQL -> PostgresServer.start(port, jvm, folders, settings.measured());
                    case KAFKA -> KafkaBroker.start(port, jvm, folders);
                    default -> Application.start(part, port, jvm, environment.of(part), folders);
                };
        running.put(part, started);
        if (closed) {
            started.process().kill();
        }
    }

    public void awaitReady(Part part) {
        PartProcess started = get(part);
        try {
            Waiting.until(part.label() + " is ready", READY, started::isReady, started.process());
        } catch (LocalFailure cause) {
            throw new LocalFailure(
                    part.label() + " did not start: " + cause.getMessage() + "; " + folders.endOfLog(part), cause);
        }
    }

    /** Says that a part ended by itself, in one line; null while it runs. */
    @Nullable
    String endOf(Part part) {
        ChildProcess process = get(part).process();
        return process.isAlive()
                ? null
                : part.label() + " ended with exit code " + process.exitCode() + "; " + folders.endOfLog(part);
    }

    /** Asks a part to end and waits until it has. */
    public void stop(Part part) {
        get(part).stop(STOP);
    }

    /** Ends a part at once, as a power cut would. */
    public void kill(Part part) {
        get(part).process().kill();
    }

    public void restart(Part part) {
        stop(part);
        start(part);
    }

    public boolean isRunning(Part part) {
        PartProcess started = running.get(part);
        return started != null && started.process().isAlive();
    }

    /** More instances of the services, for those who try what happens with two. */
    public SecondInstances second() {
        return second;
    }

    /** Where a part that speaks HTTP is found. */
    public URI url(Part part) {
        return URI.create(environment.address(part));
    }

    public int port(Part part) {
        return settings.port(part);
    }

    /** The process of a part; PostgreSQL's has one of its own for each connection. */
    public long processId(Part part) {
        return get(part).process().pid();
    }

    /** For JDBC: {@code jdbc:postgresql://127.0.0.1:15432/orders}. */
    public String jdbcUrl(String database) {
        return "jdbc:" + environment.databaseUrl(database);
    }

    /** Connects to a service's database as that service does. */
    public Connection connect(String database) throws SQLException {
        Map<String, String> told = Environment.file(Part.ownerOf(database));
        return DriverManager.getConnection(jdbcUrl(database), told.get("DB_USER"), told.get("DB_PASSWORD"));
    }

    /** An access token of a local user, whose password is that of {@code ./run}; of each user the same one. */
    public String token(String user) {
        return signIn.token(user);
    }

    /** What a part has written to its output since the folder was made. */
    public Path log(Part part) {
        return folders.log(part);
    }

    /** What all parts have written until now, for whoever looks into a failure after the folder is gone. */
    public void copyLogs(Path into) {
        folders.copyLogs(into);
    }

    /** The secret that signs the simulator's events; tests sign events of their own with it. */
    public String webhookSecret() {
        return environment.webhookSecret();
    }

    public Set<Part> parts() {
        return Collections.unmodifiableSet(settings.parts());
    }

    /** Stops what runs, last started first. */
    @Override
    public void close() {
        closed = true;
        second.stopAll();
        ShutDown.of(running, STOP);
        watchdog.close();
        try {
            lock.acquiredBy().close();
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    PartProcess get(Part part) {
        PartProcess started = running.get(part);
        if (started == null) {
            throw new LocalFailure(part.label() + " was not started");
        }
        return started;
    }

    LocalSettings settings() {
        return settings;
    }

    Folders folders() {
        return folders;
    }
}
