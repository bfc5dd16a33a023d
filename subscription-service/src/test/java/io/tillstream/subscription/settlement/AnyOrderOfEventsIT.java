package io.tillstream.subscription.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.SimulatedStripe;
import io.tillstream.testing.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Any sequence of a life's events, with repeats, ends in the same state, and that is Stripe's. */
class AnyOrderOfEventsIT extends SimulatedStripe {

    /** Of each life. {@code -Dsequences=} takes more: the long form, see CONTRIBUTING.md. */
    private static final int SEQUENCES = Integer.getInteger("sequences", 8);

    private static final List<String> TYPES = List.of("customer.subscription.", "subscription_schedule.", "invoice.");

    private static final String END = """
            select concat_ws('|', status, plan_id, stripe_price_id, quantity,
                             extract(epoch from current_period_start)::bigint,
                             extract(epoch from current_period_end)::bigint,
                             coalesce(extract(epoch from trial_end)::bigint, 0),
                             coalesce(extract(epoch from cancel_at)::bigint, 0), cancel_at_period_end,
                             coalesce(extract(epoch from canceled_at)::bigint, 0),
                             coalesce(extract(epoch from ended_at)::bigint, 0),
                             coalesce(pause_behavior, '-'), pending_until is not null,
                             coalesce(stripe_schedule_id, '-'), coalesce(latest_invoice_id, '-'))
            from subscriptions where user_id = '%s'
            """;

    private static final String ACCESS = """
            select feature || ' ' || grade from entitlements where user_id = '%s' order by feature
            """;

    @ParameterizedTest
    @EnumSource
    void everySequenceComesToStripesState(StripeLives lives) {
        var life = new StripeLife(STRIPE, prices(), UUID.randomUUID(), user, customer());
        lives.live(life);
        List<StripeEvent> events = events(life);
        String refetched = refetch(life);
        List<String> access = null;
        for (int seed = 0; seed < SEQUENCES; seed++) {
            forget(life, seed % 2 == 0);
            tell(sequence(events, Seed.random(seed)), lives + ", seed " + seed);
            assertThat(texts(END.formatted(user)))
                    .as(
                            "%s, seed %d: %s",
                            lives, seed, texts("select id from subscriptions where user_id = '" + user + "'"))
                    .containsExactly(refetched);
            assertThat(toldTwice()).as("%s, seed %d", lives, seed).isEmpty();
            assertThat(owed())
                    .as("%s, seed %d: nobody paid too much", lives, seed)
                    .isEmpty();
            List<String> now = texts(ACCESS.formatted(user));
            access = access == null ? now : access;
            assertThat(now).as("%s, seed %d: access", lives, seed).isEqualTo(access);
        }
    }

    private static List<StripeEvent> sequence(List<StripeEvent> events, Random random) {
        List<StripeEvent> sequence = new ArrayList<>(events);
        for (StripeEvent event : events) {
            if (random.nextInt(3) == 0) {
                sequence.add(event);
            }
        }
        Collections.shuffle(sequence, random);
        return sequence;
    }

    /** What waits for something is told again, as the drain of parked events does it. */
    private void tell(List<StripeEvent> events, String which) {
        List<StripeEvent> left = events;
        while (!left.isEmpty()) {
            List<StripeEvent> parked = new ArrayList<>();
            for (StripeEvent event : left) {
                if (deliver(event) instanceof EventOutcome.Parked) {
                    parked.add(event);
                }
            }
            assertThat(parked.size()).as("%s: parked for ever", which).isLessThan(left.size());
            left = parked;
        }
    }

    /** All that was told of the customer's subscription and invoices, oldest first. */
    private static List<StripeEvent> events(StripeLife life) {
        List<StripeEvent> events = new ArrayList<>();
        String after = "";
        JsonNode page;
        do {
            page = STRIPE.get("/v1/events?limit=100" + after);
            for (JsonNode event : page.path("data")) {
                after = "&starting_after=" + event.path("id").asString();
                boolean followed = TYPES.stream()
                        .anyMatch(type -> event.path("type").asString().startsWith(type));
                String customer =
                        event.path("data").path("object").path("customer").asString("");
                if (followed && customer.equals(life.customer)) {
                    events.add(StripeEvent.read(event));
                }
            }
        } while (page.path("has_more").asBoolean());
        Collections.reverse(events);
        assertThat(events).isNotEmpty();
        return events;
    }

    private static String refetch(StripeLife life) {
        JsonNode now = life.now();
        JsonNode item = now.path("items").path("data").path(0);
        String price = item.path("price").path("id").asString();
        return String.join(
                "|",
                now.path("status").asString(),
                plan(life, price),
                price,
                String.valueOf(item.path("quantity").asInt()),
                String.valueOf(item.path("current_period_start").asLong()),
                String.valueOf(item.path("current_period_end").asLong()),
                String.valueOf(now.path("trial_end").asLong(0)),
                String.valueOf(now.path("cancel_at").asLong(0)),
                now.path("cancel_at_period_end").asBoolean() ? "t" : "f",
                String.valueOf(now.path("canceled_at").asLong(0)),
                String.valueOf(now.path("ended_at").asLong(0)),
                now.path("pause_collection").path("behavior").asString("-"),
                now.path("pending_update").isObject() ? "t" : "f",
                now.path("schedule").asString("-"),
                now.path("latest_invoice").asString("-"));
    }

    private static String plan(StripeLife life, String price) {
        return List.of("starter-monthly", "starter-yearly", "pro-monthly").stream()
                .filter(plan -> life.price(plan).equals(price))
                .findFirst()
                .orElseThrow();
    }

    /** As if nothing had been told; with a row of ours that began it, or without one, as if it were made elsewhere. */
    private void forget(StripeLife life, boolean begunHere) {
        String own = "in (select id from subscriptions where user_id = '" + user + "')";
        execute("delete from entitlements where user_id = '" + user + "'");
        execute("delete from entitlement_sources where user_id = '" + user + "'");
        execute("delete from invoices where user_id = '" + user + "'");
        for (String table :
                List.of("invoice_told", "subscription_told", "subscription_timeline", "subscription_history")) {
            execute("delete from " + table + " where subscription_id " + own);
        }
        execute("delete from subscription_schedules where stripe_subscription_id = '" + life.subscription + "'");
        execute("delete from subscriptions where user_id = '" + user + "'");
        execute("delete from outbox where aggregate_id = '" + user + "'");
        execute("insert into customers (stripe_customer_id, user_id) values ('" + life.customer + "', '" + user
                + "') on conflict do nothing");
        if (begunHere) {
            execute("insert into subscriptions (id, user_id, plan_id, currency, status, version, request, created_at,"
                    + " updated_at) values ('" + life.id + "', '" + user
                    + "', 'starter-monthly', 'usd', 'starting', 1, '{}', now(), now())");
            execute("insert into subscription_history values ('" + life.id
                    + "', 1, null, 'starting', 'request', 'test', now())");
        }
    }

    private List<String> owed() {
        return texts(
                "select purpose || ' ' || r.amount from invoice_refunds r join invoices i using (stripe_invoice_id)"
                        + " where i.user_id = '" + user + "'");
    }

    private List<String> toldTwice() {
        return texts("select type from outbox where aggregate_id = '" + user + "' and type like '%subscription%'"
                + " group by type, payload having count(*) > 1");
    }

    private static Map<String, String> prices() {
        Map<String, String> prices = new HashMap<>();
        for (String plan : List.of("starter-monthly", "starter-yearly", "pro-monthly")) {
            Awaitility.await()
                    .atMost(WAIT)
                    .until(() -> texts("select stripe_price_id from plans where id = '" + plan
                                            + "' and stripe_price_id is not null")
                                    .size()
                            == 1);
            prices.put(
                    plan,
                    texts("select stripe_price_id from plans where id = '" + plan + "'")
                            .get(0));
        }
        return prices;
    }
}
