package io.tillstream.testing;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.boot.r2dbc.ConnectionFactoryDecorator;
import reactor.core.publisher.Flux;

/**
 * Has PostgreSQL explain each statement that a service under test sends, once, and fails the one that would read a whole table
 * of those that grow: in a test the tables are small and nobody notices. As a bean of a test it takes its place by itself.
 *
 * <p>The plan is that for any values ({@code generic_plan}), with sequential scans forbidden: what then still is one, or reads an
 * index from end to end, has no index to go by.
 */
public final class ExplainedStatements implements ConnectionFactoryDecorator {

    /** A test that locks a table holds up its plan too; then it is explained next time. */
    private static final String LIMITS =
            "set enable_seqscan = off; set statement_timeout = '1s'; set lock_timeout = '200ms'";

    /** A statement whose parameters have no values can be explained, not prepared. */
    static final String SIMPLE = "?preferQueryMode=simple";

    /** The database is away, or somebody has its table or ends its session; whatever else is said would be a fault here. */
    private static final List<String> NOT_NOW = List.of("08", "53", "55", "57");

    private static final Map<String, String> FAULTS = new ConcurrentHashMap<>();

    private final String jdbcUrl;
    private final String user;
    private final String password;
    private java.sql.@Nullable Connection kept;

    public ExplainedStatements(TestPostgres.Database database) {
        this.jdbcUrl = "jdbc:" + database.url() + SIMPLE;
        this.user = database.user();
        this.password = database.password();
    }

    private java.sql.Connection connection() throws SQLException {
        java.sql.Connection open = kept;
        if (open == null || open.isClosed()) {
            open = DriverManager.getConnection(jdbcUrl, user, password);
            kept = open;
            try (java.sql.Statement statement = open.createStatement()) {
                statement.execute(LIMITS);
            }
        }
        return open;
    }

    @Override
    public ConnectionFactory decorate(ConnectionFactory real) {
        return new ConnectionFactory() {
            @Override
            public Publisher<? extends Connection> create() {
                return Flux.<Connection>from(real.create()).map(ExplainedStatements.this::explained);
            }

            @Override
            public ConnectionFactoryMetadata getMetadata() {
                return real.getMetadata();
            }
        };
    }

    private Connection explained(Connection real) {
        return Connection.class.cast(Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, args) -> {
                    if (method.getName().equals("createStatement")) {
                        mustHaveAnIndex(String.valueOf(args[0]));
                    }
                    try {
                        return method.invoke(real, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private void mustHaveAnIndex(String sql) {
        String fault = FAULTS.get(sql);
        if (fault == null && sql.matches("(?is)\\s*(select|with|update|delete)\\b.*")) {
            fault = explain(sql);
        }
        if (fault != null && !fault.isEmpty()) {
            throw new IllegalStateException(
                    fault + ", however many rows it has by then; give it an index, or a condition that uses one: "
                            + sql.replaceAll("\\s+", " ").strip());
        }
    }

    /** Empty where all is well. */
    private synchronized String explain(String sql) {
        try {
            java.sql.Connection connection = connection();
            try (java.sql.Statement statement = connection.createStatement();
                    ResultSet plan = statement.executeQuery("explain (generic_plan, format json) " + sql)) {
                plan.next();
                String fault = QueryPlan.of(plan.getString(1)).fault(connection);
                FAULTS.put(sql, fault);
                return fault;
            }
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (NOT_NOW.stream().noneMatch(state::startsWith) || state.equals("08P01")) {
                throw new IllegalStateException("cannot be explained: " + sql, e);
            }
            return "";
        }
    }
}
