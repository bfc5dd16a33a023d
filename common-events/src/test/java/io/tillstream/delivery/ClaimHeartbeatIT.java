package io.tillstream.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.tillstream.sql.Writes;
import io.tillstream.testing.TestPostgres;
import java.time.Duration;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Events that wait are money that waits: an instance that died with them in its hands keeps them for one claim. */
class ClaimHeartbeatIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration CLAIM = Duration.ofSeconds(2);

    private final TestPostgres.Database database = TestPostgres.newDatabase();
    private final ConnectionPool pool = new ConnectionPool(ConnectionPoolConfiguration.builder(
                    ConnectionFactories.get(ConnectionFactoryOptions.parse("r2dbc:" + database.url())
                            .mutate()
                            .option(ConnectionFactoryOptions.USER, database.user())
                            .option(ConnectionFactoryOptions.PASSWORD, database.password())
                            .build()))
            .initialSize(1)
            .maxSize(4)
            .build());
    private final DatabaseClient client = DatabaseClient.create(pool);

    @AfterEach
    void end() {
        pool.dispose();
    }

    @BeforeEach
    void twoWait() {
        Flyway.configure()
                .dataSource("jdbc:" + database.url(), database.user(), database.password())
                .locations("classpath:db/delivery")
                .load()
                .migrate();
        database.execute("""
                insert into parked_events (event_id, type, waits_for, payload, next_try_at)
                select 'evt_' || n, 'money', 'key' || n, '', now() from generate_series(1, 2) n""");
        database.execute("""
                insert into set_aside_records
                    (record_key, topic, kafka_partition, kafka_offset, event_id, cause, next_try_at)
                select 'key' || n, 'money', 0, n, 'evt_' || n, 'a fault', now() from generate_series(1, 2) n""");
    }

    private ParkedEvents parked() {
        return new ParkedEvents(client, new Writes(client), CLAIM, CLAIM, () -> {});
    }

    private SetAsideRecords setAside() {
        return new SetAsideRecords(client, CLAIM);
    }

    private Claim<?> taken(String table) {
        return table.equals("parked_events")
                ? parked().claimDue(50).block(SOON)
                : setAside().claimDue(50).block(SOON);
    }

    /** Begins what another instance would have: a round over the claim that lasts until {@code end}. */
    private Mono<Void> round(String table, Claim<?> claim, Mono<Void> end) {
        return new ClaimHeartbeat(client, table, CLAIM).during(claim, end);
    }

    /** A renewal that comes late on a busy machine is no fault: from now on each lasts longer than the round says. */
    private void renewalsLast(String table) {
        database.execute("""
            create function lasts() returns trigger language plpgsql as
                $$ begin new.next_try_at := new.next_try_at + interval '1 hour'; return new; end $$;
            create trigger lasts before update on %s for each row
                when (new.next_try_at > old.next_try_at) execute function lasts()""".formatted(table));
    }

    private String until(String table) {
        return database.texts("select max(next_try_at) from " + table).get(0);
    }

    private void isRenewed(String table) {
        String before = until(table);
        await().atMost(SOON).until(() -> !until(table).equals(before));
    }

    @ParameterizedTest
    @ValueSource(strings = {"parked_events", "set_aside_records"})
    void whatADeadInstanceTookIsTakenByAnotherAfterOneClaim(String table) {
        assertThat(taken(table).taken()).hasSize(2);
        await().atMost(SOON).until(() -> taken(table).taken().size() == 2);
    }

    /** However long its round is, as Stripe may be slow: nobody applies the same beside it. */
    @ParameterizedTest
    @ValueSource(strings = {"parked_events", "set_aside_records"})
    void whatIsWorkedOnIsNobodyElsesForAsLongAsItTakes(String table) {
        Claim<?> claim = taken(table);
        renewalsLast(table);
        Sinks.Empty<Void> end = Sinks.empty();
        var round = round(table, claim, end.asMono()).toFuture();
        isRenewed(table);
        String over = "select now() > '" + claim.until() + "'::timestamptz";
        await().atMost(SOON).until(() -> {
            assertThat(taken(table).taken()).as("by another").isEmpty();
            return database.texts(over).equals(List.of("t"));
        });
        isRenewed(table);
        assertThat(taken(table).taken()).as("after the claim").isEmpty();

        database.execute("drop trigger lasts on " + table);
        isRenewed(table);
        end.tryEmitEmpty();
        round.join();
        await("the round is over").atMost(SOON).until(() -> taken(table).taken().size() == 2);
    }

    /** Else the money that was waited for waits once more. */
    @ParameterizedTest
    @ValueSource(strings = {"parked_events", "set_aside_records"})
    void whatBecomesDueMeanwhileIsNotPutOff(String table) {
        Claim<?> claim = taken(table);
        renewalsLast(table);
        Sinks.Empty<Void> end = Sinks.empty();
        var round = round(table, claim, end.asMono()).toFuture();
        String key = table.equals("parked_events") ? "waits_for" : "record_key";
        database.execute("update " + table + " set next_try_at = now() where " + key + " = 'key1'");
        String other = "select next_try_at > '" + claim.until() + "' from " + table + " where " + key + " = 'key2'";
        await().atMost(SOON).until(() -> database.texts(other).equals(List.of("t")));

        assertThat(taken(table).taken()).hasSize(1);
        end.tryEmitEmpty();
        round.join();
    }

    private DeliverySettings settings(Duration claimedFor) {
        return new DeliverySettings(
                "claims",
                "",
                false,
                "",
                1,
                (short) 1,
                1,
                1,
                CLAIM,
                CLAIM,
                CLAIM,
                CLAIM,
                claimedFor,
                3,
                CLAIM,
                Duration.ofSeconds(10),
                database.url(),
                database.user(),
                database.password());
    }

    @Test
    void aClaimIsNeverLongerThanFifteenSeconds() {
        assertThatThrownBy(() -> settings(Duration.ofSeconds(16))).hasMessageContaining("EVENT_CLAIMED_FOR");
        assertThatThrownBy(() -> settings(Duration.ofMillis(999))).hasMessageContaining("EVENT_CLAIMED_FOR");
        assertThat(settings(Duration.ofSeconds(15)).claimedFor()).isEqualTo(Duration.ofSeconds(15));
    }
}
