package io.tillstream.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One PostgreSQL server for all services, each with its own database. */
final class PostgresServer implements PartProcess {
    private static final int CONNECTIONS = 150; // three services with two pools each, and a person with psql
    private static final Duration FIRST_START = Duration.ofMinutes(3);
    private static final String A_ROLE_EACH = "a role each\n"; // in the mark; that of older releases is empty

    private final int port;
    private final PostgresDatabases databases;
    private final ChildProcess process;

    private PostgresServer(int port, ChildProcess process) {
        this.port = port;
        this.databases = new PostgresDatabases(port);
        this.process = process;
    }

    /**
     * A data folder without the mark at its end was not set up to the end: it is made anew.
     *
     * @param counts whether it counts its statements
     */
    static PostgresServer start(int port, Jvm jvm, Folders folders, boolean counts) {
        Path home = folders.work(Part.POSTGRESQL);
        Path binaries =
                PostgresBinaries.unpackedIn(Folders.make(jvm.postgresql()).resolve("18.6.0"));
        Path cluster = home.resolve("cluster");
        Path complete = home.resolve("databases-made");
        if (!Files.exists(complete)) {
            Folders.delete(cluster);
            initialize(binaries, cluster, folders);
        }
        PostgresServer server = new PostgresServer(port, launch(binaries, cluster, port, folders, counts));
        server.makeDatabases(cluster, complete);
        return server;
    }

    private static void initialize(Path binaries, Path cluster, Folders folders) {
        Path password = cluster.resolveSibling("superuser-password");
        List<String> command = asOrdinaryUser(
                binaries.resolve("bin/initdb"),
                "-D",
                cluster.toString(),
                "-U",
                PostgresDatabases.SUPERUSER,
                "-E",
                "UTF8",
                "--locale=C",
                "--auth=scram-sha-256",
                "--pwfile=" + password,
                "--no-sync");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(folders.log(Part.POSTGRESQL).toFile());
        try {
            Files.writeString(password, PostgresDatabases.SUPERUSER_PASSWORD);
            Process initdb = builder.start();
            if (!initdb.waitFor(FIRST_START.toSeconds(), TimeUnit.SECONDS) || initdb.exitValue() != 0) {
                initdb.destroyForcibly();
                throw new LocalFailure("PostgreSQL's data cannot be made; " + folders.endOfLog(Part.POSTGRESQL));
            }
        } catch (IOException cause) {
            throw new LocalFailure("PostgreSQL cannot be started: " + cause.getMessage(), cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("interrupted", cause);
        }
    }

    private static ChildProcess launch(Path binaries, Path cluster, int port, Folders folders, boolean counts) {
        List<String> command = asOrdinaryUser(
                binaries.resolve("bin/postgres"),
                "-D",
                cluster.toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "max_connections=" + CONNECTIONS,
                "-c",
                "shared_buffers=64MB",
                "-c",
                "timezone=UTC");
        if (counts) {
            command.addAll(List.of("-c", "shared_preload_libraries=pg_stat_statements"));
        }
        return ChildProcess.start(Part.POSTGRESQL, command, Map.of(), folders);
    }

    /** PostgreSQL refuses to run as root; in a user namespace of its own, root is somebody else. */
    private static List<String> asOrdinaryUser(Path program, String... arguments) {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(program.toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private void makeDatabases(Path cluster, Path complete) {
        try {
            boolean made = Files.exists(complete);
            if (made && Files.readString(complete).equals(A_ROLE_EACH)) {
                return;
            }
            Waiting.until("postgresql takes connections", FIRST_START, this::isReady, process);
            if (made) {
                databases.moveFromOneRole(cluster);
            } else {
                databases.make();
            }
            Path draft = Files.writeString(complete.resolveSibling("databases-made.new"), A_ROLE_EACH);
            Folders.replace(draft, complete);
        } catch (SQLException | IOException cause) {
            throw new LocalFailure("The databases cannot be made: " + cause.getMessage(), cause);
        }
    }

    @Override
    public boolean isReady() {
        try (Connection connection = databases.connect("postgres")) {
            return process.mayListenOn(port) && connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }

    /** SIGINT: sessions are ended, what is committed stays, the next start needs no recovery. */
    @Override
    public void stop(Duration patience) {
        var unused = process.stop("INT", patience); // killed, it recovers at the next start
    }

    @Override
    public ChildProcess process() {
        return process;
    }
}
