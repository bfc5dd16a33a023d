package io.tillstream.subscription.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tillstream.delivery.Transactions;
import io.tillstream.subscription.access.AdoptedPolicies;
import io.tillstream.subscription.access.AdoptedPolicy;
import io.tillstream.subscription.access.DunningPolicies;
import io.tillstream.subscription.simulated.Subscriber;
import io.tillstream.web.lease.LeaseLost;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** Access that a policy gives or takes waits for no instance that died, and is given by none that wakes up late. */
@ExtendWith(OutputCaptureExtension.class)
class FrozenPolicyIT extends Subscriber {

    private static final String POLICY = """
            {"past_due": [{"after": "0d", "grade": "blocked"}], "unpaid": [{"after": "0d", "grade": "blocked"}],
             "paused": [{"after": "0d", "grade": "blocked"}],
             "collection_paused": [{"after": "0d", "grade": "blocked"}]}""";

    /** The last ones that there are. */
    private static final String SUBSCRIPTIONS = """
            insert into subscriptions (id, user_id, stripe_customer_id, plan_id, currency, status, version, request,
                asks, created_at, updated_at)
            select cast('ffffffff-0000-4000-8000-00000000000' || n as uuid), '%s-' || n, 'cus_gone', 'starter-monthly',
                'usd', 'past_due', 1, '{}', 0, now(), now()
            from generate_series(1, 4) n""";

    private static final String WAITS = """
            select pid from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and query like '%from subscriptions%'
            """;

    @Autowired
    private PolicyWalk walk;

    @Autowired
    private AdoptedPolicies adopted;

    @Autowired
    private DunningPolicies policies;

    @Autowired
    private PolicyPreviews previews;

    @Autowired
    private PolicyStragglers stragglers;

    @Autowired
    private PolicyLoop loop;

    @Autowired
    private Transactions transactions;

    private final UUID id = UUID.randomUUID();

    /** One instance is all there is here: what it would take is taken by the test. */
    @BeforeEach
    void theLoopRests() {
        loop.stop();
    }

    @AfterEach
    void theFileCountsAgain() {
        execute("delete from policy_stragglers");
        execute("delete from adopted_policies");
        execute("delete from policy_preview_changes");
        execute("delete from policy_previews");
        policies.refresh().block(WAIT);
        loop.start();
    }

    private AdoptedPolicy policy() {
        execute("insert into adopted_policies (id, policy, starts_at, adopted_by) values ('" + id + "', '" + POLICY
                + "', now() - interval '1 minute', 'operator')");
        return transactions
                .statement(adopted.claim(Instant.now()))
                .blockOptional(WAIT)
                .orElseThrow();
    }

    private PolicyPreview preview() {
        execute("insert into policy_previews (id, policy, at, asked_by) values ('" + id + "', '" + POLICY
                + "', now(), 'operator')");
        return transactions.statement(previews.claim()).blockOptional(WAIT).orElseThrow();
    }

    private boolean holds(String table, String condition) {
        return !texts("select id from " + table + " where id = '" + id + "' and " + condition)
                .isEmpty();
    }

    @Test
    void whatADeadInstanceHadIsGoneOnWithAfterFifteenSecondsAtMost() {
        policy();
        preview();
        for (String table : List.of("adopted_policies", "policy_previews")) {
            assertThat(holds(table, "lease_until <= now() + interval '15 seconds'"))
                    .as(table)
                    .isTrue();
        }
    }

    @Test
    void aPageThatTakesLongIsWalkedByNobodyElse() {
        AdoptedPolicy walked = policy();
        PolicyPreview computed = preview();
        List<Disposable> pages = List.of(
                adopted.during(walked, Mono.never()).subscribe(),
                previews.during(computed, Mono.never()).subscribe());
        for (String table : List.of("adopted_policies", "policy_previews")) {
            execute("update " + table + " set lease_until = now() where id = '" + id + "'");
            await(table).atMost(WAIT).until(() -> holds(table, "lease_until > now() + interval '1 second'"));
        }
        pages.forEach(Disposable::dispose);
    }

    @Test
    void aPageThatAnotherWalksByNowEnds() {
        AdoptedPolicy walked = policy();
        PolicyPreview computed = preview();
        execute("update adopted_policies set token = token + 1");
        execute("update policy_previews set token = token + 1");

        assertThatThrownBy(() -> adopted.during(walked, Mono.never()).block(WAIT))
                .isInstanceOf(LeaseLost.class);
        assertThatThrownBy(() -> previews.during(computed, Mono.never()).block(WAIT))
                .isInstanceOf(LeaseLost.class);
    }

    /** It knows of no policy that began while it was frozen. */
    @Test
    void whoWakesUpLateGivesNobodyWhatAnOldPolicyLeaves() {
        AdoptedPolicy frozen = policy();
        transactions.run(adopted.checkHeld(frozen).thenReturn(true)).block(WAIT);
        execute("update adopted_policies set token = token + 1");

        assertThatThrownBy(() -> transactions
                        .run(adopted.checkHeld(frozen).thenReturn(true))
                        .block(WAIT))
                .isInstanceOf(LeaseLost.class);
        assertThat(holds("adopted_policies", "lease_until > now()")).isTrue();
    }

    /** Each of the rest of the page meets that; it is no fault, and nobody has to look for one. */
    @Test
    void whoFindsInTheMiddleOfAPageThatAnotherWalksItEndsItWithoutAFault(CapturedOutput output) throws Exception {
        int before = output.getAll().length();
        policy();
        execute("update adopted_policies set lease_until = now(), position = 'ffffffff-0000-4000-8000-000000000000'");
        execute(SUBSCRIPTIONS.formatted(user));
        try (var other = DATABASE.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "select id from subscriptions where id = 'ffffffff-0000-4000-8000-000000000001' for update");
            var page = walk.page().toFuture();
            await().atMost(WAIT).until(() -> !texts(WAITS).isEmpty());
            execute("update adopted_policies set token = token + 1");
            other.commit();

            assertThat(page.get(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
            for (String table : List.of("subscription_timeline", "subscription_history")) {
                execute("delete from " + table + " where subscription_id in"
                        + " (select id from subscriptions where user_id like '" + user + "-%')");
            }
            execute("delete from subscriptions where user_id like '" + user + "-%'");
        }
        assertThat(texts("select subscription_id from policy_stragglers")).isEmpty();
        assertThat(output.getAll().substring(before)).doesNotContain("LeaseLost", "Another goes on with policy");
    }

    /** What was given back is due at once, also where a heartbeat comes late. */
    @Test
    void whatIsGivenBackIsNotTakenAgainByALateHeartbeat() {
        AdoptedPolicy walked = policy();
        transactions.statement(adopted.release(walked).thenReturn(true)).block(WAIT);

        assertThatThrownBy(() -> adopted.during(walked, Mono.never()).block(WAIT))
                .isInstanceOf(LeaseLost.class);

        assertThat(holds("adopted_policies", "lease_until <= now()")).isTrue();
    }

    /** Two instances, the first of which was frozen: the second try is not undone by the end of the first. */
    @Test
    void oneThatStepsAsideIsEndedByItsLastTryOnly() {
        policy();
        transactions
                .statement(stragglers.add(id, id, "a fault").thenReturn(true))
                .block(WAIT);
        execute("update policy_stragglers set next_attempt_at = now()");
        var frozen =
                transactions.statement(stragglers.claim()).blockOptional(WAIT).orElseThrow();
        execute("update policy_stragglers set next_attempt_at = now()");
        var other =
                transactions.statement(stragglers.claim()).blockOptional(WAIT).orElseThrow();

        assertThat(transactions.statement(stragglers.end(frozen)).blockOptional(WAIT))
                .isEmpty();
        assertThat(transactions.statement(stragglers.end(other)).blockOptional(WAIT))
                .contains(true);
    }
}
