package io.tillstream.subscription.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.delivery.Transactions;
import io.tillstream.subscription.access.DunningPolicies;
import io.tillstream.subscription.access.EntitlementTransition;
import io.tillstream.subscription.simulated.Subscriber;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.testing.Seed;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What a policy would change is what it then changes; until then it changes nothing. */
class PolicyPreviewIT extends Subscriber {

    private static final Duration WALK = Duration.ofMinutes(5); // over all subscriptions, those of other tests too
    private static final String PATH = "/api/admin/policy-previews";
    private static final List<String> STATUSES = List.of(
            "starting",
            "failed",
            "incomplete",
            "incomplete_expired",
            "trialing",
            "active",
            "past_due",
            "unpaid",
            "paused",
            "canceled");

    private static final int OF_EACH = 12;

    private static final String GENEROUS = """
            {'past_due': [{'after': '0d', 'grade': 'full'}, {'after': '10d', 'grade': 'limited'}],
             'unpaid': [{'after': '0d', 'grade': 'limited'}, {'after': '20d', 'grade': 'blocked'}],
             'paused': [{'after': '0d', 'grade': 'limited'}, {'after': '5d', 'grade': 'blocked'}],
             'collection_paused': [{'after': '0d', 'grade': 'limited'}],
             'disputed': [{'after': '0d', 'grade': 'limited'}]}""";

    /** As the file that is delivered. */
    private static final String PRESENT = """
            {'past_due': [{'after': '0d', 'grade': 'full'}, {'after': '3d', 'grade': 'limited'}, {'after': '21d', 'grade': 'blocked'}],
             'unpaid': [{'after': '0d', 'grade': 'blocked'}], 'paused': [{'after': '0d', 'grade': 'blocked'}],
             'collection_paused': [{'after': '0d', 'grade': 'blocked'}]}""";

    /** As if everybody had waited for a lock as long as production lets them. */
    private static final String WAITING_IS_OVER = """
            select pg_cancel_backend(pid) from pg_locks where not granted
                and pid in (select pid from pg_stat_activity where datname = current_database())""";

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private EntitlementTransition access;

    @Autowired
    private Subscriptions subscriptions;

    @Autowired
    private Transactions transactions;

    @Autowired
    private DunningPolicies policies;

    @Autowired
    private PolicyPreviews previews;

    @Autowired
    private PolicyLoop loop;

    private final String mark = "seeded-" + UUID.randomUUID();

    @AfterEach
    void theFileCountsAgain() {
        execute("delete from adopted_policies");
        policies.refresh().block(WAIT);
        execute("delete from policy_preview_changes");
        execute("delete from policy_previews");
        for (String table : List.of("invoice_money_back", "invoice_payments")) {
            execute("delete from " + table + " where stripe_invoice_id like 'in_" + mark + "%'");
        }
        execute("delete from invoices where user_id like '" + mark + "%'");
        for (String table : List.of("subscription_pauses", "subscription_timeline", "subscription_history")) {
            execute("delete from " + table
                    + " where subscription_id in (select id from subscriptions where user_id like '" + mark + "%')");
        }
        execute("delete from entitlement_sources where user_id like '" + mark + "%'");
        execute("delete from entitlements where user_id like '" + mark + "%'");
        execute("delete from subscriptions where user_id like '" + mark + "%'");
    }

    @Test
    void whatAPreviewSaysIsWhatThenHappensToSubscriptionsOfEveryState() {
        List<String> seeded = seed();
        Map<String, String> before = grants(seeded);
        List<String> tables = everythingAtRest();

        JsonNode preview = computed(previewed(GENEROUS));

        assertThat(everything()).as("a preview changes nothing").isEqualTo(tables);
        Map<String, JsonNode> changes = changes(preview.path("id").asString());
        assertThat(changes.values().stream().map(one -> one.path("status").asString()))
                .contains("past_due", "unpaid", "paused", "active")
                .doesNotContain("canceled", "starting", "failed", "incomplete", "incomplete_expired");
        sumsAreThoseOfTheSubscriptions(preview, changes);

        JsonNode adopted = adopted(preview.path("id").asString());

        assertThat(adopted.path("startsAt").isString()).isTrue();
        Map<String, String> after = grants(seeded);
        int[] sameGrade = new int[1];
        for (String id : seeded) {
            JsonNode change = changes.get(id);
            if (change == null) {
                assertThat(after.get(id)).as("not named: %s", id).isEqualTo(before.get(id));
                continue;
            }
            assertThat(gradeIn(before.get(id)))
                    .as(change.toString())
                    .isEqualTo(change.path("before").asString());
            assertThat(gradeIn(after.get(id)))
                    .as(change.toString())
                    .isEqualTo(change.path("after").asString());
            assertThat(after.get(id)).as(change.toString()).isNotEqualTo(before.get(id));
            if (change.path("before").equals(change.path("after"))) {
                sameGrade[0]++;
            }
        }
        assertThat(sameGrade[0]).as("also those that change later only").isPositive();
        assertThat(texts("select subscription_id::text from subscription_timeline where kind = 'policy' and ref = '"
                        + preview.path("id").asString() + "'"))
                .containsAll(changes.keySet())
                .doesNotHaveDuplicates()
                .hasSize(changes.size());
    }

    @Test
    void whatHappensAfterwardsIsJudgedByThePolicyThatWasTakenOn() {
        adopted(computed(previewed(GENEROUS)).path("id").asString());
        String late = subscription(new Random(1), "past_due", 0, 15);

        follow(late);

        assertThat(gradeIn(grants(List.of(late)).get(late)))
                .isEqualTo("limited"); // the file blocks after 21 days, limits after 3
        adopted(computed(previewed(PRESENT)).path("id").asString());
        assertThat(texts("select outcome || ' ' || why from subscription_timeline where kind = 'policy'"
                        + " and subscription_id = '" + late + "'"))
                .hasSize(1); // both limit it, until another day
    }

    @Test
    void aPolicyThatIsThePresentOneChangesNothing() {
        seed();

        JsonNode preview = computed(previewed(PRESENT));

        assertThat(preview.path("changes")).isEmpty();
        assertThat(preview.path("subscriptionsLookedAt").asLong())
                .isEqualTo(Long.parseLong(
                        texts("select count(*) from subscriptions").get(0)));
    }

    @Test
    void manySubscriptionsAreWalkedInPagesAndAnotherInstanceGoesOn() {
        execute("insert into subscriptions (id, user_id, plan_id, currency, status, request, created_at, updated_at)"
                + " select gen_random_uuid(), '" + mark
                + "-' || n, 'starter-monthly', 'usd', 'canceled', '{}', now(), now()"
                + " from generate_series(1, 1200) n");
        String late = subscription(new Random(2), "past_due", 1, 5);
        PolicyPreview frozen = claimedBeforeTheLoopDoes();
        UUID id = frozen.id();
        assertThat(previews.claim().blockOptional(WAIT)).as("it is leased").isEmpty();
        execute("update policy_previews set lease_until = now() where id = '" + id + "'"); // as if its time were over

        String other = previewed(PRESENT);
        computed(other);
        JsonNode preview = computed(id.toString());

        assertThat(preview.path("subscriptionsLookedAt").asLong())
                .isEqualTo(Long.parseLong(
                        texts("select count(*) from subscriptions").get(0)))
                .isGreaterThan(1200);
        assertThat(changes(id.toString())).containsKey(late);
        previews.advance(frozen, new PolicySubjects.Page(List.of(), new UUID(0, 0), 7))
                .block(WAIT);
        assertThat(computed(id.toString())).isEqualTo(preview);
    }

    /** The loop may still be in a round for the test before, and is quicker then. */
    private PolicyPreview claimedBeforeTheLoopDoes() {
        return await().atMost(WALK)
                .until(
                        () -> {
                            execute("delete from policy_preview_changes");
                            execute("delete from policy_previews");
                            UUID id = UUID.randomUUID();
                            execute("insert into policy_previews (id, policy, at, asked_by) values ('" + id + "', '"
                                    + GENEROUS.replace('\'', '"') + "', now(), 'operator')");
                            return previews.claim().blockOptional(WAIT).filter(one -> one.id()
                                    .equals(id));
                        },
                        Optional::isPresent)
                .orElseThrow();
    }

    /** Another transaction has it for longer than anybody waits for a lock. */
    @Test
    void aSubscriptionThatCouldNotBeLockedIsFollowedBeforeThePolicyIsToldAsAdopted() throws SQLException {
        String late = subscription(new Random(3), "unpaid", 0, 5);
        follow(late);
        assertThat(grants(List.of(late)).get(late)).as("the file blocks it").isEqualTo("none");
        String id = computed(previewed(GENEROUS)).path("id").asString();
        long pages = 2
                + Long.parseLong(
                        texts("select count(*) / 100 from subscriptions").get(0));

        try (Connection other = DATABASE.connect()) {
            other.setAutoCommit(false);
            try (var statement = other.createStatement()) {
                statement.execute("select 1 from subscriptions where id = '" + late + "' for update");
            }
            expect(post("operator", PATH + "/" + id + "/adoption", "{}"), 202);
            await("it was tried, and tried again").atMost(WALK).until(() -> {
                loop.hint(); // a round rests for an hour here
                execute(WAITING_IS_OVER);
                return Long.parseLong(texts("select token from adopted_policies where id = '" + id + "'")
                                .get(0))
                        >= pages;
            });
            assertThat(shown(id).path("status").asString()).isNotEqualTo("adopted");
            other.rollback();
        }

        await("adoption " + id).atMost(WALK).until(() -> {
            loop.hint();
            return shown(id).path("status").asString().equals("adopted");
        });
        assertThat(gradeIn(grants(List.of(late)).get(late))).isEqualTo("limited");
    }

    @Test
    void previewsAreForgottenAfterNinetyDaysUnlessTheyAreJustFollowed() {
        subscription(new Random(5), "past_due", 1, 5);
        String old = previewed(GENEROUS);
        String scheduled = previewed(GENEROUS);
        String young = previewed(GENEROUS);
        List.of(old, scheduled, young).forEach(this::computed);
        assertThat(changes(old)).isNotEmpty();
        expect(post("operator", PATH + "/" + scheduled + "/adoption", "{'startsAt': '2099-01-01T00:00:00Z'}"), 202);

        execute("update policy_previews set created_at = now() - interval '91 days' where id in ('" + old + "', '"
                + scheduled + "')");
        await("the old one is gone").atMost(WALK).until(() -> {
            loop.hint(); // a round rests for an hour here
            return texts("select id::text from policy_previews where id = '" + old + "'")
                    .isEmpty();
        });
        assertThat(texts("select distinct preview_id::text from policy_preview_changes where preview_id in ('" + old
                        + "', '" + scheduled + "', '" + young + "')"))
                .containsExactlyInAnyOrder(scheduled, young);
    }

    /** Everybody behind it, and the next policy, would wait for as long as something is wrong with one. */
    @Test
    void aSubscriptionThatIsOutOfReachForLongStepsAsideAndIsToldAndFollowsLater() throws SQLException {
        String stuck = new UUID(0, 1).toString(); // before all others, so that they are behind it
        subscription(stuck, new Random(5), "unpaid", 0, 5);
        String behind = subscription(new Random(6), "unpaid", 0, 5);
        follow(stuck);
        follow(behind);
        String id = computed(previewed(GENEROUS)).path("id").asString();

        try (Connection blocker = DATABASE.connect()) {
            blocker.setAutoCommit(false);
            try (var statement = blocker.createStatement()) {
                statement.execute("select 1 from subscriptions where id = '" + stuck + "' for update");
            }
            expect(post("operator", PATH + "/" + id + "/adoption", "{}"), 202);
            await("it was tried").atMost(WALK).until(() -> {
                loop.hint();
                return !texts("select id from adopted_policies where page_since is not null and id = '" + id + "'")
                        .isEmpty();
            });
            await("it stepped aside").atMost(WALK).until(() -> {
                execute("update adopted_policies set page_since = now() - interval '11 minutes' where page_since"
                        + " is not null and id = '" + id + "'");
                loop.hint();
                return shown(id).path("subscriptionsBehind").asInt() == 1;
            });
            await("the others have theirs").atMost(WALK).until(() -> {
                loop.hint();
                return gradeIn(grants(List.of(behind)).get(behind)).equals("limited");
            });
            assertThat(shown(id).path("status").asString()).as("one is missing").isEqualTo("starting");
            gaugeShows(1);
            blocker.rollback();
        }

        await("adoption " + id).atMost(WALK).until(() -> {
            execute("update policy_stragglers set next_attempt_at = now() where policy_id = '" + id + "'");
            loop.hint();
            return shown(id).path("status").asString().equals("adopted");
        });
        assertThat(shown(id).path("subscriptionsBehind").asInt()).isZero();
        assertThat(gradeIn(grants(List.of(stuck)).get(stuck))).isEqualTo("limited");
        gaugeShows(0);
    }

    private void gaugeShows(int behind) {
        await("it is shown").atMost(WALK).until(() -> {
            loop.hint();
            return meters.get("tillstream.policies.subscriptions.behind")
                            .gauge()
                            .value()
                    == behind;
        });
    }

    /** As after a fault with one that keeps nobody else from theirs. */
    @Test
    void whatGivesNothingIsLookedAtAgainToo() {
        String late = subscription(new Random(4), "past_due", 0, 1);
        follow(late);
        execute("update subscriptions set status = 'unpaid' where id = '" + late + "'");
        follow(late);
        String grades = "select distinct grade from entitlement_sources where source = '" + late + "'";
        String due = "select count(changes_at) from entitlement_sources where source = '" + late + "'";
        assertThat(texts(grades)).containsExactly("none");

        dueAndSwept(late);
        assertThat(texts(due)).as("it rests again, as nothing changed").containsExactly("0");
        execute("update subscriptions set status = 'past_due' where id = '" + late + "'");
        dueAndSwept(late);

        assertThat(texts(grades)).as("the sweep gives it").containsExactly("full");
    }

    /** A round of the sweep rests for an hour here: its user asks, which looks at theirs as a round does. */
    private void dueAndSwept(String id) {
        transactions.run(access.due(UUID.fromString(id))).block(WAIT);
        as(mark + "-" + id)
                .get()
                .uri("/api/entitlements")
                .exchange()
                .expectStatus()
                .isOk();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[{'grade': 'full'}]", "[{'after': '0d'}]", "[{'after': null, 'grade': null}]", "[null]", "null"
            })
    void aStepThatLacksSomethingIsRefused(String steps) {
        JsonNode refused = expect(post("operator", PATH, "{'policy': {'past_due': " + steps + "}}"), 422);

        assertThat(refused.path("errors").get(0).path("field").asString()).startsWith("policy");
    }

    @Test
    void aPolicyThatIsNotClearIsRefusedFieldByField() {
        JsonNode refused = expect(post("operator", PATH, """
                {'policy': {'past_due': [{'after': '1d', 'grade': 'full'}, {'after': '3d', 'grade': 'some'}],
                            'unpaid': [], 'paused': [{'after': 'soon', 'grade': 'blocked'}], 'lost': []}}"""), 422);

        assertThat(refused.path("errors").valueStream().map(error -> error.path("field")
                        .asString()))
                .containsExactlyInAnyOrder(
                        "policy.lost",
                        "policy.past_due[0].after",
                        "policy.past_due[1].grade",
                        "policy.unpaid",
                        "policy.paused[0].after",
                        "policy.collection_paused");
        assertThat(texts("select id from policy_previews")).isEmpty();
    }

    @Test
    void onlyOperatorsLookAndOnlyWhatIsComputedIsTakenOnOnce() {
        refused(post(user, PATH, "{'policy': " + PRESENT + "}"), 403, "forbidden");
        String id = previewed(PRESENT);
        computed(id);
        refused(post(user, PATH + "/" + id + "/adoption", "{}"), 403, "forbidden");
        refused(
                post("operator", PATH + "/" + id + "/adoption", "{'startsAt': '2001-01-01T00:00:00Z'}"),
                422,
                "validation-failed");
        refused(post("operator", PATH + "/" + UUID.randomUUID() + "/adoption", "{}"), 404, "not-found");
        execute("update policy_previews set computed_at = null, lease_until = now() + interval '1 hour' where id = '"
                + id + "'");
        refused(post("operator", PATH + "/" + id + "/adoption", "{}"), 409, "preview-not-computed");
        execute("update policy_previews set computed_at = now() where id = '" + id + "'");

        JsonNode scheduled =
                expect(post("operator", PATH + "/" + id + "/adoption", "{'startsAt': '2099-01-01T00:00:00Z'}"), 202);

        assertThat(scheduled.path("status").asString()).isEqualTo("scheduled");
        refused(post("operator", PATH + "/" + id + "/adoption", "{}"), 409, "policy-already-adopted");
    }

    private String previewed(String policy) {
        return expect(post("operator", PATH, "{'policy': " + policy + "}"), 202)
                .path("id")
                .asString();
    }

    private JsonNode computed(String id) {
        return await("preview " + id)
                .atMost(WALK)
                .until(() -> shown(id), one -> one.path("status").asString().equals("computed"));
    }

    private JsonNode adopted(String id) {
        expect(post("operator", PATH + "/" + id + "/adoption", "{}"), 202);
        return await("adoption " + id)
                .atMost(WALK)
                .until(() -> shown(id), one -> one.path("status").asString().equals("adopted"));
    }

    private JsonNode shown(String id) {
        return json(as("operator")
                .get()
                .uri(PATH + "/" + id)
                .exchange()
                .expectStatus()
                .isOk());
    }

    /** All pages of them, by subscription. */
    private Map<String, JsonNode> changes(String id) {
        Map<String, JsonNode> found = new HashMap<>();
        String cursor = "";
        do {
            JsonNode page = json(as("operator")
                    .get()
                    .uri(PATH + "/" + id + "/changes?limit=20" + (cursor.isEmpty() ? "" : "&cursor=" + cursor))
                    .exchange()
                    .expectStatus()
                    .isOk());
            page.path("data")
                    .forEach(one -> found.put(one.path("subscriptionId").asString(), one));
            cursor = page.path("nextCursor").asString("");
        } while (!cursor.isEmpty());
        return found;
    }

    private static void sumsAreThoseOfTheSubscriptions(JsonNode preview, Map<String, JsonNode> changes) {
        long counted = 0;
        for (JsonNode group : preview.path("changes")) {
            List<JsonNode> members = changes.values().stream()
                    .filter(one -> List.of("status", "before", "after").stream()
                                    .allMatch(field -> one.path(field).equals(group.path(field)))
                            && one.at("/amount/currency").equals(group.at("/amount/currency")))
                    .toList();
            assertThat(members).hasSize(group.path("subscriptions").asInt());
            assertThat(members.stream()
                            .mapToLong(one -> one.at("/amount/amount").asLong())
                            .sum())
                    .isEqualTo(group.at("/amount/amount").asLong())
                    .isPositive();
            counted += members.size();
        }
        assertThat(counted).isEqualTo(changes.size()).isPositive();
    }

    /** Of every status, each with another past: owed for so many days, paused, disputed, given back. */
    private List<String> seed() {
        Random random = Seed.random("subscriptions under a policy");
        List<String> seeded = new ArrayList<>();
        for (String status : STATUSES) {
            for (int i = 0; i < OF_EACH; i++) {
                // of each kind one within the first days, where all policies differ; chance alone may leave a kind out
                seeded.add(subscription(random, status, i, i < 4 ? i : random.nextInt(30)));
            }
        }
        seeded.forEach(this::follow);
        return seeded;
    }

    private String subscription(Random random, String status, int past, int days) {
        return subscription(UUID.randomUUID().toString(), random, status, past, days);
    }

    private String subscription(String id, Random random, String status, int past, int days) {
        String person = mark + "-" + id;
        boolean isTrial = status.equals("trialing") || (status.equals("paused") && past % 2 == 0);
        boolean isPaused = status.equals("active") && past % 4 == 1;
        execute(
                "insert into subscriptions (id, user_id, plan_id, currency, status, quantity, request, created_at, updated_at,"
                        + " current_period_end, trial_end, pause_behavior) values ('" + id + "', '" + person
                        + "', 'pro-monthly', '" + (past % 2 == 0 ? "usd" : "eur") + "', '" + status + "', "
                        + (1 + random.nextInt(3))
                        + ", '{}', now() - interval '90 days', now(), now() + interval '9 days', "
                        + (isTrial ? "now() - interval '" + days + " days'" : "null") + ", "
                        + (isPaused ? "'void'" : "null") + ")");
        String paid = invoice(id, person, "paid", 40 + days, isPaused ? days : -9);
        if (status.equals("past_due") || status.equals("unpaid")) {
            execute("update invoices set failed_at = now() - interval '" + days
                    + " days 1 hour' where stripe_invoice_id = '" + invoice(id, person, "open", days + 1, -20) + "'");
        }
        if (status.equals("active") && past % 4 == 2) {
            back(paid, "dispute", "needs_response", 1, days);
        }
        if (status.equals("active") && past % 4 == 3) {
            back(paid, "refund", "succeeded", 2900, days);
        }
        return id;
    }

    private String invoice(String id, String person, String status, int daysAgo, int coveredUntilDaysAgo) {
        String invoice = "in_" + mark + UUID.randomUUID();
        int paid = status.equals("paid") ? 2900 : 0;
        execute(
                "insert into invoices (stripe_invoice_id, subscription_id, user_id, status, ever_paid, billing_reason, currency,"
                        + " subtotal, total, amount_due, amount_paid, amount_remaining, lines, issued_at, as_of, fingerprint, updated_at)"
                        + " select '" + invoice + "', '" + id + "', '" + person + "', '" + status + "', " + (paid > 0)
                        + ", 'subscription_cycle', 'usd', 2900, 2900, 2900, " + paid + ", " + (2900 - paid)
                        + ", jsonb_build_array(jsonb_build_object('amount', 2900, 'periodEnd', now() - interval '"
                        + coveredUntilDaysAgo + " days')), now() - interval '" + daysAgo + " days', 1, 'x', now()");
        return invoice;
    }

    private static void back(String invoice, String kind, String status, int amount, int days) {
        execute(
                "insert into invoice_money_back (object_id, stripe_invoice_id, kind, status, amount, counts, since, fact) values ('"
                        + kind + UUID.randomUUID() + "', '" + invoice + "', '" + kind + "', '" + status + "', " + amount
                        + ", true, now() - interval '" + days + " days', '{}')");
    }

    private void follow(String id) {
        transactions
                .run(subscriptions.lock(UUID.fromString(id)).flatMap(one -> access.follow(one, "the seed")))
                .block(WAIT);
    }

    /** What each gives now, and until when: grade, end, next step. */
    private static Map<String, String> grants(List<String> ids) {
        Map<String, String> found = new HashMap<>();
        ids.forEach(id -> found.put(id, "none"));
        texts(
                        "select source || ' ' || grade || ' ' || coalesce(until::text, '-') || ' ' || coalesce(changes_at::text, '-')"
                                + " from entitlement_sources where grade <> 'none' and feature = 'exports' and source in ('"
                                + String.join("', '", ids) + "')")
                .forEach(row -> found.put(row.split(" ", 2)[0], row.split(" ", 2)[1]));
        return found;
    }

    private static String gradeIn(String grant) {
        return grant.split(" ", 2)[0];
    }

    /** What is in all tables that a policy could touch. */
    /** What others left to be done in the background is done. */
    private static List<String> everythingAtRest() {
        List<List<String>> looks = new ArrayList<>(List.of(everything()));
        await().atMost(WALK).pollInterval(Duration.ofMillis(300)).until(() -> {
            looks.add(0, everything());
            return looks.get(0).equals(looks.get(1));
        });
        return looks.get(0);
    }

    private static List<String> everything() {
        return List.of(
                        "subscriptions",
                        "invoices",
                        "entitlements",
                        "entitlement_sources",
                        "subscription_history",
                        "subscription_timeline",
                        "(select id, payload from outbox)",
                        "adopted_policies")
                .stream()
                .map(table -> table + " "
                        + texts("select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from " + table
                                        + " t")
                                .get(0))
                .toList();
    }
}
