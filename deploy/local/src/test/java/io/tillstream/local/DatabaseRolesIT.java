package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Whoever takes over one service reads that service's database and no other. */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(LogsOfFailures.class)
class DatabaseRolesIT {
    private static final List<Part> OWNERS =
            List.of(Part.ORDER_SERVICE, Part.PAYMENT_SERVICE, Part.SUBSCRIPTION_SERVICE);

    @TempDir
    Path folder; // LogsOfFailures finds the logs here

    @Test
    void aServiceHasItsOwnDatabaseWithinItsLimitsAndNoOther() throws Exception {
        try (LocalTillstream local = started()) {
            for (Part service : OWNERS) {
                for (Part other : OWNERS) {
                    if (service == other) {
                        assertThat(ask(local, service, "select current_user")).isEqualTo(name(service));
                        assertThat(ask(local, service, "show statement_timeout"))
                                .isEqualTo("5s");
                        assertThat(ask(local, service, "show tcp_keepalives_idle"))
                                .isEqualTo("5");
                    } else {
                        assertThatThrownBy(() -> connect(local, user(service), password(service), other))
                                .hasMessageContaining("permission denied for database");
                        assertThatThrownBy(() -> connect(local, user(other), password(service), other))
                                .hasMessageContaining("password authentication failed");
                    }
                }
            }
        }
    }

    /** Its password is changed without a request that fails: by a second role, while the first is still in use. */
    @Test
    void aSecondRoleOfAServiceDoesAllThatTheFirstDoes() throws Exception {
        try (LocalTillstream local = started()) {
            tell(local, "orders", "create table of_the_first as select 1 as what");
            try (Connection superuser = superuser(local, "postgres")) {
                run(superuser, "create role orders_2 login password 'second' in role orders");
                run(superuser, "alter role orders_2 set role = 'orders'");
            }
            try (Connection second = connect(local, "orders_2", "second", Part.ORDER_SERVICE);
                    Connection first = local.connect("orders")) {
                run(second, "alter table of_the_first add column more text");
                run(second, "create table of_the_second as select 2 as what");
                assertThat(one(second, "show statement_timeout")).isEqualTo("5s");
                run(first, "alter table of_the_second add column more text");
            }
            assertThatThrownBy(() -> connect(local, "orders_2", "second", Part.PAYMENT_SERVICE))
                    .hasMessageContaining("permission denied for database");
        }
    }

    @Test
    void dataOfAReleaseWithOneRoleForAllIsKeptAndGivenToItsServices() throws Exception {
        LocalSettings settings = settings();
        try (LocalTillstream local = new LocalTillstream(settings)) {
            local.start();
            makeAsBefore(local);
        }
        for (String leftAt : List.of("", "killed half-way")) {
            Files.writeString(folder.resolve("postgresql/databases-made"), leftAt);
            try (LocalTillstream local = new LocalTillstream(settings)) {
                local.start();
                for (Part service : OWNERS) {
                    assertThat(ask(local, service, "select what from kept")).isEqualTo("of " + name(service));
                    tell(
                            local,
                            name(service),
                            "alter table kept add column " + (leftAt.isEmpty() ? "a" : "b") + " int");
                    tell(local, name(service), "create table if not exists new_one (id bigint)");
                    assertThat(ask(local, service, "show lock_timeout")).isEqualTo("2s");
                    assertThatThrownBy(() -> connect(local, "tillstream", "tillstream", service))
                            .isInstanceOf(SQLException.class);
                }
                assertThatThrownBy(() -> connect(local, "orders", "local-orders-password", Part.PAYMENT_SERVICE))
                        .hasMessageContaining("permission denied for database");
                assertThatThrownBy(() -> connect(local, "payments", "another", Part.PAYMENT_SERVICE))
                        .hasMessageContaining("password authentication failed");
            }
        }
    }

    /** As releases before left it: one role, no password asked for, an empty mark. */
    private void makeAsBefore(LocalTillstream local) throws Exception {
        try (Connection superuser = superuser(local, "postgres")) {
            run(superuser, "create role tillstream login password 'tillstream'");
            run(superuser, "alter role tillstream set statement_timeout = '5s'");
            for (Part service : OWNERS) {
                run(superuser, "drop database " + name(service));
                run(superuser, "drop role " + name(service));
                run(superuser, "create database " + name(service) + " owner tillstream");
            }
            Path rules = folder.resolve("postgresql/cluster/pg_hba.conf");
            Files.writeString(rules, Files.readString(rules).replace("scram-sha-256", "trust"));
            run(superuser, "alter role postgres password null");
            run(superuser, "select pg_reload_conf()");
        }
        for (Part service : OWNERS) {
            try (Connection owner = connect(local, "tillstream", "tillstream", service)) {
                run(owner, "create table kept as select 'of " + name(service) + "' as what");
            }
        }
    }

    private LocalTillstream started() {
        LocalTillstream local = new LocalTillstream(settings());
        local.start();
        return local;
    }

    private LocalSettings settings() {
        return LocalSettings.standard().withData(folder).withFreePorts().withParts(Set.of(Part.POSTGRESQL));
    }

    private static String name(Part service) {
        return service.database().orElseThrow();
    }

    private static String user(Part service) {
        return told(service).getOrDefault("DB_USER", "");
    }

    private static String password(Part service) {
        return told(service).getOrDefault("DB_PASSWORD", "");
    }

    private static Map<String, String> told(Part service) {
        return Environment.file(service);
    }

    private static Connection connect(LocalTillstream local, String user, String password, Part service)
            throws SQLException {
        return DriverManager.getConnection(local.jdbcUrl(name(service)), user, password);
    }

    private static Connection superuser(LocalTillstream local, String database) throws SQLException {
        return new PostgresDatabases(local.port(Part.POSTGRESQL)).connect(database);
    }

    private static String ask(LocalTillstream local, Part service, String sql) throws SQLException {
        try (Connection connection = local.connect(name(service))) {
            return one(connection, sql);
        }
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static void tell(LocalTillstream local, String database, String sql) throws SQLException {
        try (Connection connection = local.connect(database)) {
            run(connection, sql);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
