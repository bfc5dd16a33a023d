package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The parts that do not depend on the services; those are started by the acceptance tests. */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(LogsOfFailures.class)
class LocalTillstreamIT {
    @TempDir
    Path folder; // LogsOfFailures finds the logs here

    @Test
    void partsAreKilledAndStartedAgainAndKeepTheirData() throws Exception {
        try (LocalTillstream local = new LocalTillstream(settings(Part.POSTGRESQL, Part.KAFKA, Part.IDENTITY))) {
            local.start();
            assertThat(ask(local, "show statement_timeout")).isEqualTo("5s");
            assertThat(ask(local, "show lock_timeout")).isEqualTo("2s");
            assertThat(ask(local, "show idle_in_transaction_session_timeout")).isEqualTo("5s");
            tell(local, "create table kept as select 'this' as what");

            local.kill(Part.POSTGRESQL);
            local.kill(Part.KAFKA);
            assertThat(local.isRunning(Part.POSTGRESQL)).isFalse();
            assertThatThrownBy(() -> ask(local, "select 1")).isInstanceOf(SQLException.class);
            local.start(Part.POSTGRESQL);
            local.start(Part.KAFKA);

            assertThat(ask(local, "select what from kept")).isEqualTo("this");
            local.restart(Part.IDENTITY);
            assertThat(local.isRunning(Part.IDENTITY)).isTrue();
        }
    }

    @Test
    void dataOutlivesARunUnlessItIsFresh() throws Exception {
        LocalSettings settings = settings(Part.POSTGRESQL);
        try (LocalTillstream first = new LocalTillstream(settings)) {
            first.start();
            tell(first, "create table kept as select 'this' as what");
        }
        try (LocalTillstream second = new LocalTillstream(settings)) {
            second.start();
            assertThat(ask(second, "select what from kept")).isEqualTo("this");
        }
        try (LocalTillstream third = new LocalTillstream(settings, true)) {
            third.start();
            assertThat(ask(third, "select to_regclass('kept') is null")).isEqualTo("t");
        }
    }

    @Test
    void aTakenPortIsSaidBeforeAnythingStarts() throws Exception {
        LocalSettings settings = settings(Part.POSTGRESQL, Part.KAFKA);
        try (ServerSocket other = new ServerSocket(settings.port(Part.KAFKA));
                LocalTillstream local = new LocalTillstream(settings)) {
            assertThatThrownBy(local::start)
                    .isInstanceOf(LocalFailure.class)
                    .hasMessageStartingWith("Port " + other.getLocalPort() + " for kafka is taken");
            assertThat(local.isRunning(Part.POSTGRESQL)).isFalse();
        }
    }

    /** Its tests would go on and ask a stranger. */
    @Test
    void whatAnswersOnAPortIsNotTakenForThePartThatCouldNotHaveIt() throws Exception {
        LocalSettings settings = settings(Part.IDENTITY);
        HttpServer other = HttpServer.create(new InetSocketAddress(settings.port(Part.IDENTITY)), 0);
        other.createContext("/", LocalTillstreamIT::saysYes);
        other.start();
        try (LocalTillstream local = new LocalTillstream(settings)) {
            assertThatThrownBy(() -> local.start(Part.IDENTITY))
                    .isInstanceOf(LocalFailure.class)
                    .hasMessageStartingWith("identity did not start: it ended with exit code 1; see ")
                    .hasMessageContaining("Port " + settings.port(Part.IDENTITY) + " was already in use")
                    .hasMessageNotContaining("\n");
        } finally {
            other.stop(0);
        }
    }

    @Test
    void twoRunsDoNotShareAFolder() {
        LocalSettings settings = settings(Part.POSTGRESQL);
        try (LocalTillstream first = new LocalTillstream(settings)) {
            assertThat(first.parts()).containsExactly(Part.POSTGRESQL);
            assertThatThrownBy(() -> new LocalTillstream(settings))
                    .isInstanceOf(LocalFailure.class)
                    .hasMessageStartingWith("Another run uses");
        }
    }

    private LocalSettings settings(Part... parts) {
        return LocalSettings.standard().withData(folder).withFreePorts().withParts(Set.of(parts));
    }

    private static void saysYes(HttpExchange question) throws IOException {
        question.sendResponseHeaders(200, -1);
        question.close();
    }

    private static String ask(LocalTillstream local, String sql) throws SQLException {
        try (Connection connection = connect(local);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static void tell(LocalTillstream local, String sql) throws SQLException {
        try (Connection connection = connect(local);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Connection connect(LocalTillstream local) throws SQLException {
        return local.connect("orders");
    }
}
