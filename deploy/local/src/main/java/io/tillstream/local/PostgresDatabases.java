package io.tillstream.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;

/**
 * The databases of one server and the roles that own them, as {@code databases.sql} has them. Also of data that an older
 * release made: there one role, {@code tillstream}, owned all, and no password was asked for.
 */
record PostgresDatabases(int port) {
    static final String SUPERUSER = "postgres";
    static final String SUPERUSER_PASSWORD = "postgres"; // of this machine only; compose has the same

    private static final String FORMER_OWNER = "tillstream";
    private static final String CREATE_ROLE = "create role ";
    private static final String CREATE_DATABASE = "create database ";

    void make() throws SQLException {
        try (Connection connection = connect("postgres")) {
            for (String sql : definitions()) {
                execute(connection, sql);
            }
        }
    }

    /** Each step may be done already: who is killed half-way begins again at the next start. */
    void moveFromOneRole(Path cluster) throws SQLException, IOException {
        try (Connection connection = connect("postgres")) {
            for (String sql : definitions()) {
                if (!isThere(connection, sql)) {
                    execute(connection, sql);
                }
            }
            if (hasRole(connection, FORMER_OWNER)) {
                for (String database : names()) {
                    execute(connection, "alter database " + database + " owner to " + database);
                }
                for (String database : names()) {
                    reassign(database);
                }
                execute(connection, "alter role " + FORMER_OWNER + " nologin");
            }
            execute(connection, "alter role " + SUPERUSER + " password '" + SUPERUSER_PASSWORD + "'");
            askForPasswords(cluster);
            execute(connection, "select pg_reload_conf()");
        }
    }

    private void reassign(String database) throws SQLException {
        try (Connection connection = connect(database)) {
            execute(connection, "reassign owned by " + FORMER_OWNER + " to " + database);
        }
    }

    private static void askForPasswords(Path cluster) throws IOException {
        Path rules = cluster.resolve("pg_hba.conf");
        Path draft = cluster.resolve("pg_hba.conf.new");
        List<String> lines = Files.readAllLines(rules).stream()
                .map(line -> line.startsWith("#") ? line : line.replaceAll("\\btrust$", "scram-sha-256"))
                .toList();
        Files.write(draft, lines);
        Folders.replace(draft, rules);
    }

    private static boolean isThere(Connection connection, String sql) throws SQLException {
        return sql.startsWith(CREATE_DATABASE)
                || (sql.startsWith(CREATE_ROLE) && hasRole(connection, nameIn(sql, CREATE_ROLE)));
    }

    private static boolean hasRole(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select 1 from pg_roles where rolname = '" + name + "'")) {
            return rows.next();
        }
    }

    static List<String> names() {
        return definitions().stream()
                .filter(sql -> sql.startsWith(CREATE_DATABASE))
                .map(sql -> nameIn(sql, CREATE_DATABASE))
                .toList();
    }

    private static String nameIn(String sql, String before) {
        return sql.substring(before.length()).split(" ", 2)[0];
    }

    /** The statements that compose gives to its PostgreSQL too. */
    static List<String> definitions() {
        try (InputStream file = PostgresDatabases.class.getResourceAsStream("databases.sql")) {
            String sql = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
            String code = sql.lines().filter(line -> !line.startsWith("--")).reduce("", (a, b) -> a + "\n" + b);
            return List.of(code.split(";")).stream()
                    .map(String::strip)
                    .filter(statement -> !statement.isEmpty())
                    .toList();
        } catch (IOException cause) {
            throw new LocalFailure("databases.sql cannot be read", cause);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            var unused = statement.execute(sql);
        }
    }

    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?connectTimeout=2&socketTimeout=30",
                SUPERUSER,
                SUPERUSER_PASSWORD);
    }
}
