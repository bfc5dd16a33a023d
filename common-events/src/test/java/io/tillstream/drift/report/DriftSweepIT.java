package io.tillstream.drift.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.tillstream.delivery.RefetchedEventsOf;
import io.tillstream.delivery.Transactions;
import io.tillstream.drift.DriftKind;
import io.tillstream.drift.DriftKind.ListPage;
import io.tillstream.testing.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Reports of two worlds in memory, with the real tables: what goes wrong in one of them stays there. */
class DriftSweepIT {

    private static final Duration WAIT =
            Duration.ofSeconds(120); // 300 steps of some statements each take half a minute on a busy machine
    private static final DriftKind.Span SPAN = new DriftKind.Span(Instant.EPOCH, Instant.EPOCH.plusSeconds(60));

    private final TestPostgres.Database database = TestPostgres.newDatabase();
    private final ConnectionPool pool = pool(database);
    private final DatabaseClient client = DatabaseClient.create(pool);
    private final Transactions transactions =
            new Transactions(TransactionalOperator.create(new R2dbcTransactionManager(client.getConnectionFactory())));
    private final Things apples = new Things("apples");
    private final Things pears = new Things("pears");
    private final DriftSettings settings = new DriftSettings(
            Duration.ofHours(1),
            Duration.ofHours(48),
            Duration.ofMillis(1),
            1000,
            Duration.ofHours(1),
            Duration.ofSeconds(15),
            Duration.ofDays(30));
    private final DriftReports reports = new DriftReports(client, settings.lease());
    private final DriftDifferences differences = new DriftDifferences(client);
    private final DriftJob job = new DriftJob(
            List.of(apples, pears),
            reports,
            differences,
            RefetchedEventsOf.handler(apples, client, transactions),
            transactions,
            settings.confirmAfter());
    private final DriftSweep sweep = new DriftSweep(List.of(apples, pears), job, reports, transactions, settings);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final DriftMeasurement measurement =
            new DriftMeasurement(List.of(apples, pears), reports, differences, settings.lookEvery(), meters);

    /** As a service has it: to connect for each statement is far more work than the statement. */
    private static ConnectionPool pool(TestPostgres.Database database) {
        ConnectionFactory connections =
                ConnectionFactories.get(ConnectionFactoryOptions.parse("r2dbc:" + database.url())
                        .mutate()
                        .option(ConnectionFactoryOptions.USER, database.user())
                        .option(ConnectionFactoryOptions.PASSWORD, database.password())
                        .build());
        return new ConnectionPool(ConnectionPoolConfiguration.builder(connections)
                .initialSize(1)
                .maxSize(5)
                .build());
    }

    @BeforeEach
    void tables() {
        Flyway.configure()
                .dataSource("jdbc:" + database.url(), database.user(), database.password())
                .locations("classpath:db/delivery", "classpath:db/drift")
                .load()
                .migrate();
        sweep.start();
    }

    @AfterEach
    void end() {
        sweep.stop();
        pool.dispose();
    }

    private UUID ask() {
        return Objects.requireNonNull(
                        reports.ask(UUID.randomUUID(), SPAN, "apples").block(WAIT))
                .id();
    }

    private DriftReport done(UUID report) {
        await().atMost(WAIT).until(() -> {
            sweep.round().block(WAIT);
            return find(report).isDone();
        });
        return find(report);
    }

    private DriftReport find(UUID report) {
        return Objects.requireNonNull(reports.find(report).block(WAIT));
    }

    private DriftReport repaired(UUID report) {
        assertThat(reports.repair(report).block(WAIT)).isNotNull();
        return done(report);
    }

    private List<String> differences(UUID report) {
        return database.texts(
                "select stripe_id || ' ' || field || ' ' || status from drift_differences where report_id = '" + report
                        + "' order by 1");
    }

    private UUID scheduled(String phase, String more, String values) {
        UUID id = UUID.randomUUID();
        database.execute("insert into drift_reports (id, asked_by, span_from, span_until, phase, kind" + more
                + ") values ('" + id + "', 'schedule', now(), now(), '" + phase + "', 'apples'" + values + ")");
        return id;
    }

    private double secondsSinceLast() {
        measurement.round().block(WAIT);
        return meters.get("tillstream.drift.last.report.seconds").gauge().value();
    }

    @Test
    void aReportThatDoesNotEndIsMeasuredMeanwhile() {
        scheduled("done", ", finished_at, compared_at", ", now() - interval '4 h', now() - interval '4 h'");
        Sinks.Empty<ListPage> never = Sinks.empty();
        apples.list = never.asMono();
        ask();
        var running = sweep.round().subscribe();
        await().atMost(WAIT).until(() -> never.currentSubscriberCount() > 0);

        assertThat(secondsSinceLast()).isGreaterThan(3 * 3600);

        running.dispose();
    }

    @Test
    void whatRunsByItselfComesBeforeWhatWasAskedFor() {
        ask();
        UUID hourly = scheduled("list", ", created_at", ", now() + interval '1 minute'");

        assertThat(Objects.requireNonNull(reports.claim().block(WAIT)).id()).isEqualTo(hourly);
        database.execute("update drift_reports set finished_at = now() where id = '" + hourly + "'");
    }

    /** Each of those that run by themselves takes more than an hour: an operator's would never have its turn. */
    @Test
    void whatWasAskedForHasATurnInEachHourThoughWhatRunsByItselfNeverEnds() {
        UUID asked = ask();
        UUID hourly = scheduled("list", "", "");
        assertThat(turn()).as("not yet").isEqualTo(hourly);
        database.execute(
                "update drift_reports set created_at = now() - interval '61 minutes' where id = '" + asked + "'");

        assertThat(turn()).isEqualTo(asked);
        assertThat(turn())
                .as("one of years has the others wait for minutes only")
                .isEqualTo(hourly);
    }

    private UUID turn() {
        UUID claimed = Objects.requireNonNull(reports.claim().block(WAIT)).id();
        database.execute("update drift_reports set lease_until = '-infinity' where id = '" + claimed + "'");
        return claimed;
    }

    @Test
    void oneRunsAtATimeAlsoWhereAnotherOneIsFirstNow() {
        ask();
        assertThat(reports.claim().block(WAIT)).isNotNull();
        scheduled("list", "", "");

        assertThat(new DriftReports(client, settings.lease()).claim().block(WAIT))
                .isNull();
    }

    @Test
    void whatIsKnownHereOnlyIsReadAHundredAtATime() {
        for (int i = 0; i < 150; i++) {
            apples.here.put("apple_" + (1000 + i), "ripe red");
        }

        DriftReport report = done(ask());

        assertThat(differences(report.id())).hasSize(150);
        assertThat(report.calls()).isGreaterThanOrEqualTo(300);
        assertThat(apples.reads).hasValue(3);
    }

    @Test
    void whatCannotBeTakenInKeepsNoOtherFromIt() {
        apples.atStripe.put("apple_1", "ripe red");
        apples.atStripe.put("apple_2", "ripe red");
        apples.poison.add("apple_1");
        UUID report = done(ask()).id();

        assertThat(repaired(report).problem()).isNull();

        assertThat(differences(report)).containsExactly("apple_1 object confirmed", "apple_2 object repaired");
        assertThat(database.texts("select outcome from drift_differences where stripe_id = 'apple_1'"))
                .singleElement()
                .asString()
                .startsWith("not applied: ")
                .contains("cannot take in apple_1");
    }

    @Test
    void aKindThatCannotBeListedKeepsNoOtherFromItsComparison() {
        apples.list = Mono.error(new IllegalStateException("Stripe does not list"));
        pears.atStripe.put("pear_1", "ripe green");

        DriftReport report = done(ask());

        assertThat(differences(report.id())).containsExactly("pear_1 object confirmed");
        assertThat(report.problem()).contains("apples: ", "Stripe does not list");
    }

    @Test
    void aReportThatLeftSomethingOutIsNoneOfAllAlsoAfterItsRepair() {
        apples.list = Mono.error(new IllegalStateException("Stripe does not list"));
        scheduled("done", ", finished_at, compared_at", ", now() - interval '4 h', now() - interval '4 h'");
        UUID report = scheduled("list", "", "");
        assertThat(done(report).problem()).isNotNull();

        DriftReport repaired = repaired(report);

        assertThat(repaired.problem()).contains("apples: ");
        assertThat(secondsSinceLast()).isGreaterThan(3 * 3600);
    }

    @Test
    void whatElseDiffersAfterARepairIsConfirmed() {
        apples.atStripe.put("apple_1", "ripe red");
        apples.faded.add("apple_1");
        UUID report = done(ask()).id();
        assertThat(differences(report)).containsExactly("apple_1 object confirmed");

        repaired(report);

        assertThat(differences(report)).containsExactly("apple_1 color confirmed", "apple_1 object repaired");
    }

    @Test
    void reportsStayForAsLongAsWhatTheyFoundDiffers() {
        apples.atStripe.put("apple_1", "ripe red");
        UUID differs = done(ask()).id();
        UUID same = scheduled("done", ", finished_at", ", now()");
        database.execute("update drift_reports set finished_at = now() - interval '31 days'");

        reports.schedule(settings, Instant.now(), "apples").block(WAIT);

        assertThat(database.texts("select id from drift_reports"))
                .contains(differs.toString())
                .doesNotContain(same.toString());
    }

    @Test
    void whatLastsIsNoNewDifferenceEachHour() {
        apples.atStripe.put("apple_1", "ripe red");
        UUID first = done(scheduled("list", "", "")).id();
        UUID next = done(scheduled("list", "", "")).id();

        UUID asked = done(ask()).id();

        assertThat(differences(first)).containsExactly("apple_1 object confirmed");
        assertThat(differences(next)).isEmpty();
        assertThat(differences(asked)).containsExactly("apple_1 object confirmed");
    }
}
