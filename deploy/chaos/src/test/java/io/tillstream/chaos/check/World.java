package io.tillstream.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.Expectations;
import io.tillstream.chaos.check.observation.Metrics;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.ServiceDatabase;
import io.tillstream.testing.TestKafka;
import io.tillstream.testing.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * All that the checker looks at: Stripe's lists, the services' tables, the topics, a log. Nothing is wrong in it until a test plants
 * something: in tables within a transaction that is rolled back, on topics in memory.
 */
final class World implements AutoCloseable {
    private static final int LOOKS = 3;
    private static final Duration REST = Duration.ofMillis(1); // nothing changes between two looks

    /** So often something has to be pending to be so for good. */
    int looks = 1;

    final FakeStripe stripe = new FakeStripe();
    private final Path logs = logs();
    private TopicRecords topics = TopicRecords.clean();
    private Evidence.Kafka kafka = new Evidence.Kafka("", "");
    private boolean isOutside;
    Expectations expected =
            Expectations.none().withPoison(Set.of(TopicRecords.POISON)).withWebhookEndpoint("we_ours");

    /** Changes rows of a service, until the end of the test. */
    World sql(Service service, String... statements) {
        try (Statement statement = CleanDatabases.open(service).createStatement()) {
            for (String each : statements) {
                if (statement.execute(each) || statement.getUpdateCount() == 0) {
                    throw new IllegalArgumentException("Changes nothing: " + each);
                }
            }
        } catch (SQLException cause) {
            throw new IllegalStateException(String.join("; ", statements), cause);
        }
        return this;
    }

    /** Another course of the topics. */
    World topics(Consumer<TopicRecords> change) {
        topics = TopicRecords.clean();
        change.accept(topics);
        return this;
    }

    /** From here on seen as a run is: on a broker, and of the tables what is committed, which is nothing of a test's. */
    World fromOutside() {
        kafka = new Evidence.Kafka(TestKafka.bootstrapServers(), topics.publish());
        isOutside = true;
        return this;
    }

    World log(String line) {
        try {
            Files.writeString(logs.resolve("order-service.log"), line);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        return this;
    }

    private Evidence evidence() {
        Map<Service, Evidence.Database> databases = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            TestPostgres.Database at = CleanDatabases.of(service);
            databases.put(service, new Evidence.Database("jdbc:" + at.url(), at.user(), at.password()));
        }
        return new Evidence(
                new Evidence.Stripe(stripe.address(), "sk"),
                databases,
                kafka,
                List.of(logs),
                List.of(metrics()),
                expected);
    }

    private URI metrics() {
        return stripe.address().resolve("/actuator/prometheus");
    }

    private <T> T checked(Function<Checker, T> check) {
        try (Checker checker = isOutside ? new Checker(evidence(), looks) : inside()) {
            return check.apply(checker);
        }
    }

    private Checker inside() {
        Map<Service, ServiceDatabase> databases = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            databases.put(service, new ServiceDatabase(CleanDatabases.open(service)));
        }
        return new Checker(evidence(), databases, topics, List.of(new Metrics(metrics(), LOOKS, REST)), looks);
    }

    Report check() {
        return checked(Checker::check);
    }

    /** Looks at that invariant only. */
    void hasBreach(String invariant, String... words) {
        List<Breach> breaches = checked(checker -> checker.breaches(invariant, checker.observation()));
        assertThat(breaches).anySatisfy(breach -> {
            assertThat(breach.invariant()).isEqualTo(invariant);
            assertThat(breach.sentence()).contains(words);
        });
    }

    /** Of that invariant none that has all these words. */
    void hasNoBreach(String invariant, String... words) {
        List<Breach> breaches = checked(checker -> checker.breaches(invariant, checker.observation()));
        assertThat(breaches).map(Breach::sentence).noneMatch(sentence -> Arrays.stream(words)
                .allMatch(sentence::contains));
    }

    void isClean() {
        assertThat(check().breaches()).isEmpty();
    }

    private static Path logs() {
        try {
            Path folder = Files.createTempDirectory("chaos-check");
            Files.writeString(
                    folder.resolve("gateway.log"), "Order 1 AWAITING_PAYMENT -> PAID by stripe_event evt_1\n");
            return folder;
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    @Override
    public void close() {
        stripe.close();
        CleanDatabases.rollBack();
        try (var files = Files.list(logs)) {
            files.forEach(file -> file.toFile().delete());
            Files.delete(logs);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }
}
