package io.tillstream.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactoryProvider;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.tillstream.testing.TestPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.r2dbc.core.DatabaseClient;

/** A database whose host is lost says nothing any more, not even that: nobody waits for it until TCP gives up. */
class LostDatabaseIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration LONGEST = Duration.ofSeconds(6);

    private final TestPostgres.Database database = TestPostgres.newDatabase();
    private final Cable cable = new Cable(URI.create(database.url()));
    private final ConnectionPool pool = new ConnectionPool(ConnectionPoolConfiguration.builder(ConnectionFactories.get(
                    ConnectionFactoryOptions.parse("r2dbc:postgresql://127.0.0.1:" + cable.port() + "/"
                                    + URI.create(database.url()).getPath().substring(1))
                            .mutate()
                            .option(ConnectionFactoryOptions.USER, database.user())
                            .option(ConnectionFactoryOptions.PASSWORD, database.password())
                            .option(PostgresqlConnectionFactoryProvider.LOOP_RESOURCES, new AnswerTimeout(LONGEST))
                            .build()))
            .initialSize(1)
            .maxSize(1)
            .build());
    private final DatabaseClient client = DatabaseClient.create(pool);

    @AfterEach
    void end() throws IOException {
        pool.dispose();
        cable.close();
    }

    private Integer ask() {
        return client.sql("select 42")
                .map(row -> row.get(0, Integer.class))
                .one()
                .block(SOON);
    }

    @Test
    void aStatementThatGetsNoAnswerFailsAsWhatPassesAndTheNextOneHasAConnectionThatWorks() {
        assertThat(ask()).isEqualTo(42);
        cable.cut();
        assertThatThrownBy(this::ask)
                .satisfies(fault -> assertThat(FaultClassifier.passes(fault)).isTrue());
        assertThat(ask()).isEqualTo(42);
        assertThat(cable.connections()).isEqualTo(2);
    }

    @Test
    void aConnectionOnWhichNothingIsAskedIsKept() {
        long begun = System.nanoTime();
        while (System.nanoTime() - begun <= LONGEST.toNanos()) { // each answer comes soon, all together do not
            client.sql("select pg_sleep(0.3)").then().block(SOON);
        }
        assertThat(ask()).isEqualTo(42);
        assertThat(cable.connections()).isEqualTo(1);
    }

    /** Passes bytes on. What is cut stays open at both ends, and says nothing any more; who comes later is served. */
    private static final class Cable {
        private final ServerSocket server;
        private final URI target;
        private final AtomicInteger connections = new AtomicInteger();
        private volatile int cutBefore;

        Cable(URI target) {
            this.target = target;
            try {
                server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            daemon(this::accept);
        }

        private static void daemon(Runnable work) {
            Thread thread = new Thread(work, "cable");
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return server.getLocalPort();
        }

        int connections() {
            return connections.get();
        }

        void cut() {
            cutBefore = connections.get();
        }

        void close() throws IOException {
            server.close();
        }

        private void accept() {
            try {
                while (true) {
                    Socket near = server.accept();
                    int number = connections.incrementAndGet();
                    Socket far = new Socket(target.getHost(), target.getPort());
                    daemon(() -> pass(near, far, number));
                    daemon(() -> pass(far, near, number));
                }
            } catch (IOException closed) {
                // the end of the test
            }
        }

        private void pass(Socket from, Socket to, int number) {
            try (InputStream in = from.getInputStream()) {
                byte[] some = new byte[8192];
                for (int read = in.read(some); read >= 0; read = in.read(some)) {
                    if (number > cutBefore) {
                        to.getOutputStream().write(some, 0, read);
                    }
                }
                to.close();
            } catch (IOException closed) {
                // so is the other end
            }
        }
    }
}
