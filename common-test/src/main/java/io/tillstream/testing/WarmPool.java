package io.tillstream.testing;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Result;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A service's connections to its database, made before the first test. Many requests at once would wait for them otherwise,
 * each within its own limits, and a busy machine makes them slowly.
 */
public final class WarmPool {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ALL = 20; // as many as every service has

    private WarmPool() {}

    /** Uses all at once, so that each of them is there. */
    public static void fill(ConnectionFactory pool) {
        Flux.range(0, ALL)
                .flatMap(i -> Mono.usingWhen(pool.create(), WarmPool::use, Connection::close), ALL)
                .then()
                .block(PATIENCE);
    }

    private static Mono<Void> use(Connection connection) {
        return Flux.from(connection.createStatement("select pg_sleep(0.1)").execute())
                .flatMap(Result::getRowsUpdated)
                .then();
    }
}
