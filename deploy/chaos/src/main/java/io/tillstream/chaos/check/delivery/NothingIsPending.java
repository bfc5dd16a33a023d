package io.tillstream.chaos.check.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.Metrics;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.ServiceDatabase.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * L1: nothing is left to do. All that Stripe told is handled, all that was written is published, no outcome is unknown, no breaker is
 * open, no connection is in use, no transaction is open. Cheap enough to be asked again and again until it is so.
 */
public final class NothingIsPending {

    private static final String L1 = "L1";
    private static final String STRIPE_EVENTS = "stripe.events";
    private static final Duration REST = Duration.ofMillis(500); // between two looks

    private static final String UNSENT =
            "select id, type || ' is not published' as what from outbox where sent_at is null";
    private static final String SET_ASIDE =
            "select event_id, 'waits behind a record that fails: ' || cause as what from set_aside_records";

    /** A commit and the next statement may be two seconds apart on a busy machine, not more. */
    private static final String OPEN_TRANSACTIONS = """
            select pid::text, 'transaction is open: ' || left(query, 60) as what from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
              and ((state like 'idle in transaction%' and now() - state_change > interval '2 seconds')
                   or (state = 'active' and now() - xact_start > interval '10 seconds'))
            """;

    /** Where its customer was deleted, a cancel waits for the bank or for a person who has the payment. */
    private static final String CANCELING = """
            select id, 'cancel has begun and not ended' as what from orders
            where cancel_requested_at is not null and canceled_at is null
              and not (customer_departed and status in ('PAYMENT_PROCESSING', 'MISMATCH'))
            """;

    /** Money that comes for it is neither kept nor given back. It waits for the bank, or a person has its wrong amount. */
    private static final String LEFT_PAYABLES = """
            select y.reference, 'payable of a deleted user is not closed' as what
            from payables y left join payments p on p.reference = y.reference and p.surplus is null
            where y.status = 'open' and y.left_at is not null
            group by y.reference
            having count(*) filter (where p.status = 'processing') = 0
              and (count(*) filter (where p.status = 'mismatched') = 0 or count(*) filter (where p.status = 'succeeded') > 0)
            """;

    private static final String DELAYED_REFUNDS = """
            select r.id, p.stripe_intent_id, 'refund is delayed: ' || coalesce(r.failure_reason, 'no reason') as what
            from refunds r join payments p on p.id = r.payment_id where r.status = 'delayed'
            """;

    /** Ids and what is pending, by service. Pages that wait for a buyer are none of these. */
    private static final Map<Service, List<String>> PENDING = Map.of(
            Service.ORDERS,
            List.of(
                    "select id, 'attempt to pay is ' || state as what from order_payments"
                            + " where state = 'ASKED' or (state = 'PROCESSING' and payment_intent is null)",
                    CANCELING),
            Service.PAYMENTS,
            List.of(
                    LEFT_PAYABLES,
                    "select id, 'payment is ' || status as what from payments where status in ('initiated', 'unknown')",
                    "select id, 'refund is ' || status as what from refunds where status in ('initiated', 'unknown')",
                    "select p.event_id, 'parked, but ' || p.waits_for || ' is here' as what from parked_events p"
                            + " where exists (select 1 from payments o"
                            + " where p.waits_for in (o.id::text, o.stripe_intent_id, o.reference))"),
            Service.SUBSCRIPTIONS,
            List.of(
                    "select id, 'subscription is starting' as what from subscriptions"
                            + " where status = 'starting' and checkout_session_id is null",
                    "select id, 'change is asked' as what from subscription_changes where status = 'asked'",
                    "select subscription_id, 'write to ' || stripe_schedule_id || ' is not sure to have left its end' as what"
                            + " from schedule_writes",
                    "select subscription_id, 'change to ' || plan_id || ' is not checked' as what"
                            + " from scheduled_change_checks",
                    "select subscription_id, 'change beside money that went back is not looked at' as what"
                            + " from refunded_change_checks",
                    "select stripe_invoice_id, 'Stripe was not asked what may come for a void invoice' as what"
                            + " from voided_invoice_checks where payment_intent is null",
                    "select subscription_id, 'start is owed its money: ' || why as what from start_refunds"
                            + " where dismissed_at is null and given_back_at is null and returned_at is null",
                    "select id, 'refund of an invoice is ' || status as what from invoice_refunds"
                            + " where status = 'asked' or next_attempt_at is not null",
                    "select p.event_id, 'parked, but ' || p.waits_for || ' is here' as what from parked_events p"
                            + " join subscriptions s on p.waits_for in (s.id::text, s.stripe_subscription_id)"));

    private final Observation seen;
    private final List<Breach> breaches = new ArrayList<>();

    private NothingIsPending(Observation seen) {
        this.seen = seen;
    }

    /**
     * What is pending at each of several looks: what is underway for a moment only, as a transaction of a machine that stood still,
     * is nothing that is left to do.
     *
     * @param seen the first
     * @param next what is seen then
     * @param looks how many at most
     */
    public static List<Breach> breaches(
            Observation seen, Supplier<Observation> next, List<Metrics> services, int looks) {
        List<Breach> left = breaches(seen, services);
        for (int look = 1; look < looks && !left.isEmpty(); look++) {
            LockSupport.parkNanos(REST.toNanos());
            left = breaches(next.get(), services);
        }
        return left;
    }

    /** At one look. */
    public static List<Breach> breaches(Observation seen, List<Metrics> services) {
        var invariant = new NothingIsPending(seen);
        invariant.deliveries();
        Set<String> orders = Set.copyOf(seen.database(Service.ORDERS).texts("select id from orders"));
        for (Service service : Service.values()) {
            invariant.lag(service);
            invariant.rows(service, UNSENT);
            invariant.rows(service, SET_ASIDE);
            PENDING.getOrDefault(service, List.of()).forEach(sql -> invariant.rows(service, sql));
            invariant.rows(service, OPEN_TRANSACTIONS);
            invariant.parked(service, orders);
        }
        invariant.delayedRefunds();
        services.forEach(invariant::metrics);
        return invariant.breaches;
    }

    private void deliveries() {
        JsonNode state = seen.stripe().get("/_simulator/deliveries/state");
        for (String what : List.of("underway", "held", "delayed", "waiting_for_retry")) {
            if (state.path(what).asLong() > 0) {
                breach(state.path(what).asLong() + " deliveries of Stripe are " + what.replace('_', ' '));
            }
        }
    }

    private void lag(Service service) {
        seen.topics()
                .lag(service.group(), STRIPE_EVENTS)
                .forEach((place, records) -> breach(
                        service.group() + " has " + records + " records of " + place + " to handle", place.toString()));
    }

    private void rows(Service service, String sql) {
        seen.rows(service, sql).forEach(row -> pending(service, row));
    }

    private void pending(Service service, Row row) {
        String id = row.text(row.columns().keySet().iterator().next());
        breach(service.database() + ": " + id + " " + row.text("what"), id);
    }

    /** Money that is owed, and refused for now. Where it is disputed, the bank decides when that is over. */
    private void delayedRefunds() {
        List<Row> delayed = seen.rows(Service.PAYMENTS, DELAYED_REFUNDS);
        if (!delayed.isEmpty()) { // else Stripe is not asked at each look
            Set<String> disputed = seen.disputedIntents();
            delayed.stream()
                    .filter(row -> !disputed.contains(row.text("stripe_intent_id")))
                    .forEach(row -> pending(Service.PAYMENTS, row));
        }
    }

    /** What waits for an order waits in any service until the order is there, not longer. */
    private void parked(Service service, Set<String> orders) {
        for (Row row : seen.rows(service, "select event_id, waits_for from parked_events")) {
            String order = row.text("waits_for");
            if (orders.contains(order)) {
                breach(
                        service.database() + ": " + row.text("event_id") + " is parked, but order " + order
                                + " is here",
                        row.text("event_id"),
                        order);
            }
        }
    }

    private void metrics(Metrics service) {
        Set<String> notClosed = Set.of("state=\"open\"", "state=\"half_open\"", "state=\"forced_open\"");
        service.aboveZero(series -> series.startsWith("resilience4j_circuitbreaker_state{")
                        && notClosed.stream().anyMatch(series::contains))
                .forEach(series -> breach("a breaker is not closed: " + series));
        service.aboveZero(series -> series.startsWith("r2dbc_pool_pending_connections"))
                .forEach(series -> breach("somebody waits for a connection: " + series));
        service.everAboveZero(series -> series.startsWith("r2dbc_pool_acquired_connections"))
                .forEach(series -> breach("a connection is never given back: " + series));
    }

    private void breach(String sentence, String... ids) {
        breaches.add(Breach.of(L1, sentence, ids));
    }
}
