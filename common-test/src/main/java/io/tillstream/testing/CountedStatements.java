package io.tillstream.testing;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Statement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.boot.r2dbc.ConnectionFactoryDecorator;
import reactor.core.publisher.Flux;

/**
 * Writes down what a service sends to its database, below its pool: each statement is one round trip. As a bean of a test
 * it takes its place by itself.
 */
public final class CountedStatements implements ConnectionFactoryDecorator {

    private final Queue<Sent> sent = new ConcurrentLinkedQueue<>();

    /** One round trip: the statement in one line, and what was bound to it. */
    public record Sent(String sql, List<String> values) {
        public boolean names(Object value) {
            return values.contains(String.valueOf(value));
        }
    }

    /** What was sent since {@link #forget}, oldest first; without begin, commit and roll-back. */
    public List<Sent> sent() {
        return List.copyOf(sent);
    }

    public void forget() {
        sent.clear();
    }

    /**
     * What a piece of work sends. It is done until it has stayed in its budget, five times at most, and the cheapest is
     * given: what the service does beside it, for what other tests left, only ever adds.
     */
    public List<Sent> cheapest(int budget, Predicate<Sent> counts, Runnable work) {
        List<Sent> cheapest = spent(counts, work);
        for (int times = 1; times < 5 && cheapest.size() > budget; times++) {
            List<Sent> again = spent(counts, work);
            cheapest = again.size() < cheapest.size() ? again : cheapest;
        }
        return cheapest;
    }

    private List<Sent> spent(Predicate<Sent> counts, Runnable work) {
        forget();
        work.run();
        return sent.stream().filter(counts).toList();
    }

    @Override
    public ConnectionFactory decorate(ConnectionFactory real) {
        return new ConnectionFactory() {
            @Override
            public Publisher<? extends Connection> create() {
                return Flux.<Connection>from(real.create()).map(CountedStatements.this::counted);
            }

            @Override
            public ConnectionFactoryMetadata getMetadata() {
                return real.getMetadata();
            }
        };
    }

    private Connection counted(Connection real) {
        return proxy(Connection.class, (self, method, args) -> {
            Object result = call(real, method, args);
            return result instanceof Statement statement
                    ? counted(statement, method.getName().equals("createStatement") ? String.valueOf(args[0]) : "")
                    : result;
        });
    }

    private Statement counted(Statement real, String sql) {
        List<String> values = new ArrayList<>();
        return proxy(Statement.class, (self, method, args) -> {
            if (method.getName().equals("execute")) {
                sent.add(new Sent(sql.replaceAll("\\s+", " ").strip(), List.copyOf(values)));
            }
            if (method.getName().equals("bind")) {
                values.add(String.valueOf(args[1] instanceof Parameter bound ? bound.getValue() : args[1]));
            }
            Object result = call(real, method, args);
            return result instanceof Statement ? self : result;
        });
    }

    private interface Answer {
        @Nullable
        Object to(Object self, Method method, Object[] args) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> answer.to(self, method, args)));
    }

    private static @Nullable Object call(Object real, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(real, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
