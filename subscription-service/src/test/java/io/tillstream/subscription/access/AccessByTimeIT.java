package io.tillstream.subscription.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Access that changes without any event: by our clock alone, or as a plan gives something else. */
class AccessByTimeIT extends Subscriber {

    @Autowired
    private AccessSweep sweep;

    private final String product =
            "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);

    @BeforeEach
    void aPlan() {
        post("operator", "/api/plans", plan("['rooms','exports']"))
                .expectStatus()
                .is2xxSuccessful();
    }

    private String plan(String features) {
        return "{'name':'Team','product':'" + product
                + "','interval':'month','prices':[{'amount':2000,'currency':'usd'}],'features':" + features + "}";
    }

    private void planGives(String features) {
        put("operator", "/api/plans/" + product + "-monthly", plan(features))
                .expectStatus()
                .is2xxSuccessful();
    }

    private List<String> features() {
        return texts("select feature || ' ' || grade from entitlements where user_id = '" + user + "' order by 1");
    }

    private List<String> toldOthers() {
        return texts("select replace(replace(type, 'io.tillstream.entitlement.', ''), '.v1', '') || ' '"
                + " || (payload::json ->> 'feature') from outbox where aggregate_id = '" + user
                + "' and type like 'io.tillstream.entitlement%' order by seq");
    }

    /** Three instances look at the same time, beside the one that looks by itself. */
    private void sweptByAllAtOnce() {
        List<CompletableFuture<Void>> instances = Stream.of(1, 2, 3)
                .map(instance -> CompletableFuture.runAsync(() -> sweep.round().block(WAIT)))
                .toList();
        instances.forEach(CompletableFuture::join);
        whoCouldNotLockIsNotAwaited();
    }

    /** Who waited too long for one that another had has put it off, a minute from now: by then it looks again. */
    private void whoCouldNotLockIsNotAwaited() {
        String putOff = "user_id = '" + user + "' and changes_at > now() and changes_at < now() + interval '2 minutes'";
        if (!texts("select 1 from entitlement_sources where " + putOff).isEmpty()) {
            execute("update entitlement_sources set changes_at = now() where " + putOff);
            sweep.round().block(WAIT);
        }
    }

    private void owesARenewal() {
        subscribes(product + "-monthly", 1);
        pays(EMPTY_CARD);
        STRIPE.advance("P20D"); // Stripe lists the events of the last 30 days
        deliverAll();
        STRIPE.advance("P11DT2H");
        deliverAll();
        assertThat(column("status")).isEqualTo("past_due");
    }

    /** As if the first try had failed so long ago, and nothing had been told since. */
    private void failedSince(String interval) {
        String at = "now() - interval '" + interval + "'";
        execute("update subscriptions set known_at = " + at + " where id = '" + id + "'");
        execute("update invoices set failed_at = " + at + " where subscription_id = '" + id
                + "' and failed_at is not null");
        execute("update entitlement_sources set changes_at = now() - interval '1 second' where source = '" + id
                + "' and grade <> 'none'");
    }

    @Test
    void whoOwesIsLimitedAndThenBlockedThoughNothingIsToldAndOthersHearOfEachOnce() {
        owesARenewal();
        assertThat(features()).containsExactly("exports full", "rooms full");
        failedSince("3 days 1 minute");
        sweptByAllAtOnce();
        assertThat(features()).containsExactly("exports limited", "rooms limited");
        assertThat(texts("select distinct date_trunc('minute', changes_at - now()) between interval '17 days'"
                        + " and interval '18 days' from entitlement_sources where source = '" + id + "'"))
                .containsExactly("t");
        failedSince("21 days 1 minute");
        sweptByAllAtOnce();
        assertThat(features()).isEmpty();
        assertThat(toldOthers())
                .containsExactly(
                        "granted exports",
                        "granted rooms",
                        "limited exports",
                        "limited rooms",
                        "revoked exports",
                        "revoked rooms");
        assertThat(texts("select 1 from entitlement_sources where source = '" + id + "' and changes_at <= now()"))
                .isEmpty();
    }

    /** Ten thousand who owe at one moment: the last would use what they do not pay for a quarter of an hour more. */
    @Test
    void oneRoundFollowsAllWhoAreDueHoweverManyTheyAre() {
        execute("""
                with owing as (
                    insert into subscriptions (id, user_id, plan_id, currency, status, request, stripe_subscription_id,
                        created_at, updated_at)
                    select gen_random_uuid(), '%1$s-' || n, '%2$s-monthly', 'usd', 'canceled', '{}',
                        'sub_gone_' || gen_random_uuid(), now(), now()
                    from generate_series(1, 250) n
                    returning id, user_id)
                insert into entitlement_sources (user_id, source, feature, grade, since, changes_at, told_at, updated_at)
                select user_id, id::text, 'rooms', 'full', now(), now() - interval '1 day', now() - interval '1 day', now()
                from owing""".formatted(user, product));

        sweep.round().block(WAIT);

        assertThat(texts("select distinct grade from entitlement_sources where user_id like '" + user + "-%'"))
                .containsExactly("none");
    }

    @Test
    void whoAsksSeesTheGradeOfTheMoment() {
        owesARenewal();
        failedSince("3 days 1 minute");
        assertThat(get("/api/entitlements").at("/data/0/grade").asString()).isEqualTo("limited");
        failedSince("22 days");
        assertThat(get("/api/entitlements").path("data")).isEmpty();
        sweptByAllAtOnce();
        assertThat(toldOthers()).hasSize(6);
    }

    @Test
    void whoPaidKeepsAccessHoweverOftenItIsLookedAt() {
        subscribes(product + "-monthly", 1);
        sweptByAllAtOnce();
        sweptByAllAtOnce();
        assertThat(features()).containsExactly("exports full", "rooms full");
        assertThat(toldOthers()).containsExactly("granted exports", "granted rooms");
    }

    @Test
    void whoHasThePlanGainsAndLosesWithIt() {
        subscribes(product + "-monthly", 1);
        String since = texts("select since from entitlements where user_id = '" + user + "' and feature = 'rooms'")
                .get(0);
        planGives("['rooms','seats']");
        sweptByAllAtOnce();
        assertThat(features()).containsExactly("rooms full", "seats full");
        assertThat(texts("select since from entitlements where user_id = '" + user + "' and feature = 'rooms'"))
                .containsExactly(since);
        planGives("['rooms','exports','seats']");
        sweptByAllAtOnce();
        assertThat(features()).containsExactly("exports full", "rooms full", "seats full");
        assertThat(toldOthers())
                .containsExactlyInAnyOrder(
                        "granted exports", "granted rooms", "granted seats", "revoked exports", "granted exports");
    }

    @Test
    void whoOwesGainsNoMoreThanWhatOwingLeaves() {
        owesARenewal();
        failedSince("3 days 1 minute");
        sweptByAllAtOnce();
        planGives("['rooms','exports','seats']");
        sweptByAllAtOnce();
        assertThat(features()).containsExactly("exports limited", "rooms limited", "seats limited");
        failedSince("21 days 1 minute");
        sweptByAllAtOnce();
        planGives("['rooms','exports','seats','tours']");
        sweptByAllAtOnce();
        assertThat(features()).isEmpty();
    }

    @Test
    void onePlanThatCannotBeFollowedKeepsNobodyOfAnotherFromWhatItGives() {
        subscribes(product + "-monthly", 1);
        subscribes("starter-monthly", 1);
        String words = "'name':'Starter','product':'starter','interval':'month','prices':[{'amount':900,"
                + "'currency':'usd'},{'amount':800,'currency':'eur'}],'features':";
        execute("alter table entitlements add constraint cursed check (feature <> 'cursed') not valid");
        try {
            planGives("['rooms','cursed']");
            put("operator", "/api/plans/starter-monthly", "{" + words + "['reading-room','lamp']}")
                    .expectStatus()
                    .is2xxSuccessful();

            sweep.round().block(WAIT);

            assertThat(features()).contains("lamp full");
        } finally {
            execute("alter table entitlements drop constraint cursed");
            put("operator", "/api/plans/starter-monthly", "{" + words + "['reading-room']}")
                    .expectStatus()
                    .is2xxSuccessful();
        }
        sweep.round().block(WAIT);
        assertThat(features()).contains("cursed full");
    }

    @Test
    void whoNeverPaidGainsNothing() {
        subscribes("starter-monthly", 1);
        STRIPE.post(
                "/v1/subscriptions",
                "customer=" + customer + "&payment_behavior=default_incomplete&items[0][price]="
                        + priceOf(product + "-monthly"));
        deliverAll();
        planGives("['rooms','seats']");
        sweptByAllAtOnce();
        assertThat(features()).containsExactly("reading-room full");
    }
}
