package io.tillstream.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.testing.TestPostgres;
import io.tillstream.testing.TestTokens;
import io.tillstream.testing.TestWebClient;
import io.tillstream.web.example.TestService;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Sinks;

/** A key is held by whoever works on its request, for as long as that takes and not for longer. */
@SpringBootTest(
        classes = TestService.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.application.name=test-service",
            "tillstream.web.shutdown-delay=0s",
            "tillstream.web.idempotency-lease=1s"
        })
class KeyLeaseIT {

    private static final TestTokens TOKENS = TestTokens.shared();
    private static final TestPostgres.Database DATABASE = TestPostgres.newDatabase();
    private static final Duration WAIT = Duration.ofSeconds(60);

    private static final String IS_BEING_KEPT = """
            select pid from pg_stat_activity
            where datname = current_database() and state = 'active' and query like 'update idempotency_keys set answer%'
            """;

    /** An answer is written once the table is empty; no row is locked meanwhile, as the trigger is one of the statement. */
    private static final String SLOW_ANSWERS = """
            create table slow_answers as select 1 as one;
            create or replace function answers_are_slow() returns trigger language plpgsql as $$
            begin
                while current_query() like 'update idempotency_keys set answer%' and exists (select 1 from slow_answers) loop
                    perform pg_sleep(0.01);
                end loop;
                return null;
            end $$;
            create trigger slow_answers before update on idempotency_keys
                for each statement execute function answers_are_slow()
            """;

    @Autowired
    TestService.Things things;

    @LocalServerPort
    int port;

    private final String key = UUID.randomUUID().toString();

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) throws SQLException {
        TestDatabase.register(registry, DATABASE);
        registry.add("OIDC_ISSUER", TOKENS::issuer);
    }

    @BeforeAll
    static void theServiceHasTheKeys(@LocalServerPort int port) {
        TOKENS.awaitKeysAt("http://127.0.0.1:" + port + "/api/me");
        whatIsRenewedLasts();
    }

    /** A renewal that comes late on a busy machine is no fault: each lasts longer here than the service says. */
    private static void whatIsRenewedLasts() {
        DATABASE.execute("""
                create function lasts() returns trigger language plpgsql as
                    $$ begin new.lease_until := new.lease_until + interval '1 hour'; return new; end $$;
                create trigger lasts before update on idempotency_keys for each row
                    when (new.owner = old.owner and new.answer is null and new.lease_until > now())
                    execute function lasts()""");
    }

    @BeforeEach
    void nothingHasRun() {
        DATABASE.execute("delete from idempotency_keys");
        things.gate = Sinks.empty();
        things.runs.set(0);
        things.finished.set(0);
    }

    private WebTestClient.ResponseSpec post(String name) {
        return TestWebClient.to("http://127.0.0.1:" + port)
                .responseTimeout(WAIT)
                .build()
                .post()
                .uri("/api/items")
                .header("Authorization", "Bearer " + TOKENS.user("alice"))
                .header("Idempotency-Key", key)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"name\":\"" + name + "\",\"amount\":1}")
                .exchange();
    }

    /** Begins a request that lasts until the gate is opened. */
    private Thread slow(String name) {
        Thread first = new Thread(() -> post(name));
        first.start();
        await().atMost(WAIT).until(() -> things.runs.get() == 1);
        return first;
    }

    private static String lease() {
        return DATABASE.texts("select lease_until from idempotency_keys").get(0);
    }

    private static void aLeaseIsOver() {
        String time = DATABASE.texts("select now() + interval '1 second'").get(0);
        await().atMost(WAIT).until(() -> DATABASE.texts("select now() > '" + time + "'::timestamptz")
                .equals(List.of("t")));
    }

    private static void isRenewed() {
        String lease = lease();
        await().atMost(WAIT).until(() -> !lease().equals(lease));
    }

    /** Stripe may be slow: a second run beside the first is what the key is there to prevent. */
    @Test
    void whatASlowRunWorksOnIsRunByNobodyElse() throws InterruptedException {
        Thread first = slow("slow");
        aLeaseIsOver();
        isRenewed();

        HttpRulesIT.problem(post("slow"), 409, "idempotency-key-in-use");

        assertThat(things.runs).hasValue(1);
        things.gate.tryEmitEmpty();
        first.join();
        post("slow").expectStatus().isCreated().expectHeader().valueEquals("Idempotency-Replayed", "true");
    }

    /** Else a second run begins between the work and the answer, and does it once more. */
    @Test
    void aRunHoldsItsKeyForAsLongAsItsAnswerIsBeingKept() throws InterruptedException {
        DATABASE.execute(SLOW_ANSWERS);
        try {
            Thread first = slow("slow");
            things.gate.tryEmitEmpty();
            await().atMost(WAIT).until(() -> !DATABASE.texts(IS_BEING_KEPT).isEmpty());

            for (int beat = 1; beat <= 2; beat++) { // the first may have been under way before
                String lease = lease();
                await().atMost(WAIT).until(() -> !lease().equals(lease));
            }

            DATABASE.execute("delete from slow_answers");
            first.join();
        } finally {
            DATABASE.execute("delete from slow_answers");
            DATABASE.execute("drop trigger slow_answers on idempotency_keys; drop table slow_answers");
        }
        post("slow").expectStatus().isCreated().expectHeader().valueEquals("Idempotency-Replayed", "true");
        assertThat(things.runs).hasValue(1);
    }

    /** Its repeat must not wait for a lease that nobody needs. */
    @Test
    void aSlowRunThatWasRefusedLeavesItsKeyAtOnce() throws InterruptedException {
        Thread first = slow("slow conflict");
        isRenewed();
        things.gate.tryEmitEmpty();
        first.join();

        HttpRulesIT.problem(post("slow conflict"), 409, "busy");
        assertThat(things.runs).hasValue(2);
    }

    /** One that froze, and wakes up after another took its key over. */
    @Test
    void aRunThatWakesUpLateNeitherHoldsTheKeyNorKeepsItsAnswer() throws InterruptedException {
        Thread frozen = slow("slow");
        String another = UUID.randomUUID().toString();
        DATABASE.execute(
                "update idempotency_keys set owner = '" + another + "', lease_until = now() + interval '1 hour'");
        String lease = lease();
        aLeaseIsOver(); // so are three of its heartbeats

        things.gate.tryEmitEmpty();
        frozen.join();

        assertThat(DATABASE.texts("select owner || ' ' || (answer is null) from idempotency_keys"))
                .containsExactly(another + " true");
        assertThat(lease()).isEqualTo(lease);
    }
}
