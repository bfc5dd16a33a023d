package io.tillstream.subscription.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.StripeEventHandler;
import io.tillstream.delivery.Transactions;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.Subscriber;
import io.tillstream.testing.VersionedStripeFixtures;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * A subscription, its invoices, their money that goes back and what is planned become the same whatever version of Stripe's
 * API tells of them. What comes in a version that nobody has looked at is counted, and read from Stripe.
 *
 * @see <a href="https://docs.stripe.com/webhooks/versioning">Stripe: versions of events</a>
 */
class StripeVersionsIT extends Subscriber {

    static final List<String> VERSIONS = VersionedStripeFixtures.ALL;
    static final List<String> UNKNOWN = VersionedStripeFixtures.UNKNOWN;
    private static final String NEWEST = VERSIONS.get(VERSIONS.size() - 1);

    @Autowired
    private StripeEventHandler handler;

    @Autowired
    private Transactions transactions;

    @Autowired
    private MeterRegistry meters;

    /** One life, in which each id is its own. */
    private final class Life {
        final String ours = UUID.randomUUID().toString().substring(0, 8);
        final List<String> untold = new ArrayList<>();
        private long clock = 1_790_000_700L;

        Life() {
            execute("insert into customers (stripe_customer_id, user_id) values ('cus_golden" + ours + "', 'user-"
                    + ours + "')");
        }

        String of(String object) {
            return object.replace("price_golden_pro", priceOf("pro-monthly"))
                    .replace("price_golden", priceOf("starter-monthly"))
                    .replace("_golden", "_golden" + ours)
                    .replace(
                            "5a2d9c54-2e0b-4b63-8e33-9f0c1d2e3f03",
                            UUID.randomUUID().toString());
        }

        /** Applied from the event alone: whoever has to read Stripe for it has not understood it. */
        void told(String type, String kind, String version) {
            StripeEvent event = StripeEvent.read(VersionedStripeFixtures.event(
                            type, clock++, version, of(VersionedStripeFixtures.object(kind, version)))
                    .getBytes(StandardCharsets.UTF_8));
            EventOutcome outcome =
                    transactions.run(handler.apply(event, Optional.empty())).block(WAIT);
            if (!(outcome instanceof EventOutcome.Applied)) {
                untold.add(kind + " in " + version + ": " + outcome);
            }
        }

        List<String> state() {
            List<String> all = new ArrayList<>(untold);
            String mine = "(select id from subscriptions where stripe_subscription_id = 'sub_golden" + ours + "')";
            for (String sql : List.of(
                    "select status || ' ' || plan_id || ' ' || quantity || ' ' || currency || ' ' ||"
                            + " current_period_start::text || ' ' || current_period_end::text || ' ' ||"
                            + " default_payment_method || ' ' || latest_invoice_id || ' ' || scheduled_plan_id || ' ' ||"
                            + " scheduled_at::text || ' ' || user_id from subscriptions where id in " + mine,
                    "select status || ' ' || number || ' ' || billing_reason || ' ' || currency || ' ' || total || ' '"
                            + " || amount_paid || ' ' || lines::text || ' ' || paid_at::text || ' ' || hosted_url"
                            + " from invoices where subscription_id in " + mine,
                    "select kind || ' ' || m.status || ' ' || amount || ' ' || counts || ' ' || fact::text"
                            + " from invoice_money_back m join invoices i using (stripe_invoice_id)"
                            + " where subscription_id in " + mine + " order by kind",
                    "select type from outbox where aggregate_id = 'user-" + ours + "' order by seq",
                    "select feature || ' ' || grade from entitlement_sources where user_id = 'user-" + ours
                            + "' order by feature")) {
                texts(sql).forEach(row -> all.add(row.replace(ours, "")));
            }
            return all;
        }
    }

    private List<String> lives(String version) {
        Life life = new Life();
        life.told("customer.subscription.created", "subscription", version);
        life.told("invoice.paid", "invoice", version);
        life.told("credit_note.created", "credit_note", version);
        execute("insert into invoice_payments (payment_intent, stripe_invoice_id) values ('pi_golden" + life.ours
                + "', 'in_golden" + life.ours + "')");
        life.told("refund.created", "refund", version);
        life.told("radar.early_fraud_warning.created", "radar.early_fraud_warning", version);
        life.told("charge.dispute.created", "dispute", version);
        life.told("subscription_schedule.updated", "subscription_schedule", version);
        life.told("payment_method.attached", "payment_method", version);
        life.told(
                "entitlements.active_entitlement_summary.updated", "entitlements.active_entitlement_summary", version);
        return life.state();
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void allBecomesTheSameInEachVersion(String version) {
        List<String> state = lives(version);
        assertThat(state).isEqualTo(lives(NEWEST));
        assertThat(state.get(0))
                .startsWith("active starter-monthly 2 eur 2026-09-21")
                .contains("pro-monthly");
        assertThat(state.get(1)).contains("subscription_create eur 2400 2400").contains(priceOf("starter-monthly"));
        assertThat(state)
                .anyMatch(row -> row.startsWith("refund succeeded 500 true"))
                .contains("golden-hall full");
    }

    private double counted() {
        return meters.find("tillstream_events_unknown_version").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static void tellsOfTomorrow(String type, String kind, String id) {
        tells("\"2099-01-31.zinnia\"", type, kind, id);
    }

    private static void tells(String version, String type, String kind, String id) {
        stripeSends(VersionedStripeFixtures.eventOf(
                type,
                System.currentTimeMillis() / 1000,
                version,
                "{\"object\": \"" + kind + "\", \"id\": \"" + id + "\", \"rest\": {\"is\": \"elsewhere\"}}"));
    }

    private static void soon(String sql, String... rows) {
        await().atMost(WAIT).untilAsserted(() -> assertThat(texts(sql)).containsExactly(rows));
    }

    /** A paid subscription at Stripe, of which nothing was told here. */
    private void isSubscribedAtStripe() {
        customer = customer();
        execute("insert into customers (stripe_customer_id, user_id) values ('" + customer + "', '" + user
                + "') on conflict do nothing");
        pays(GOOD_CARD);
        stripeId = STRIPE.post(
                        "/v1/subscriptions", "customer=" + customer + "&items[0][price]=" + priceOf("starter-monthly"))
                .path("id")
                .asString();
    }

    @ParameterizedTest
    @FieldSource("UNKNOWN")
    void aSubscriptionInAnUnknownVersionIsReadAndCounted(String version) {
        isSubscribedAtStripe();
        double before = counted();

        tells(version, "customer.subscription.created", "subscription", stripeId);

        soon("select status from subscriptions where stripe_subscription_id = '" + stripeId + "'", "active");
        assertThat(counted()).isGreaterThan(before);
    }

    @Test
    void billsAndTheirMoneyThatOnlyAVersionOfTomorrowTellsOfAreRead() {
        isSubscribedAtStripe();
        tellsOfTomorrow("customer.subscription.created", "subscription", stripeId);
        String invoice = shownAtStripe().path("latest_invoice").asString();

        tellsOfTomorrow("invoice.paid", "invoice", invoice);
        soon("select status from invoices where stripe_invoice_id = '" + invoice + "'", "paid");

        String intent = STRIPE.get("/v1/invoice_payments?invoice=" + invoice)
                .at("/data/0/payment/payment_intent")
                .asString();
        String refund = STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=100")
                .path("id")
                .asString();
        tellsOfTomorrow("refund.created", "refund", refund);
        soon("select amount from invoice_money_back where object_id = '" + refund + "'", "100");

        String note = STRIPE.post("/v1/credit_notes", "invoice=" + invoice + "&amount=50&credit_amount=50")
                .path("id")
                .asString();
        tellsOfTomorrow("credit_note.created", "credit_note", note);
        soon("select amount from invoice_money_back where object_id = '" + note + "'", "50");
    }

    @Test
    void whatIsPlannedAndOnlyAVersionOfTomorrowTellsOfIsRead() {
        isSubscribedAtStripe();
        tellsOfTomorrow("customer.subscription.created", "subscription", stripeId);
        soon("select status from subscriptions where stripe_subscription_id = '" + stripeId + "'", "active");
        String schedule = STRIPE.post("/v1/subscription_schedules", "from_subscription=" + stripeId)
                .path("id")
                .asString();

        tellsOfTomorrow("subscription_schedule.created", "subscription_schedule", schedule);

        soon("select status from subscription_schedules where stripe_schedule_id = '" + schedule + "'", "active");
    }

    @Test
    void aPlanWhoseNameOnlyAVersionOfTomorrowTellsOfIsRead() {
        String product = texts("select stripe_product_id from plans where id = 'pro-monthly' and stripe_price_id = '"
                        + priceOf("pro-monthly") + "'")
                .get(0);
        String name = texts("select name from plans where id = 'pro-monthly'").get(0);
        try {
            STRIPE.post("/v1/products/" + product, "name=Renamed");
            tellsOfTomorrow("product.updated", "product", product);
            soon("select distinct name from plans where stripe_product_id = '" + product + "'", "Renamed");
        } finally {
            STRIPE.post("/v1/products/" + product, "name=" + name);
            tellsOfTomorrow("product.updated", "product", product);
            soon("select distinct name from plans where stripe_product_id = '" + product + "'", name);
        }
    }

    @Test
    void aPageThatOnlyAVersionOfTomorrowTellsOfIsRead() {
        json(ask(
                        "/api/checkout/sessions",
                        "{'mode':'subscription','planId':'starter-monthly','successUrl':'http://localhost:8080/welcome',"
                                + "'cancelUrl':'http://localhost:8080/plans'}")
                .expectStatus()
                .isCreated());
        String session = texts("select checkout_session_id from subscriptions where user_id = '" + user + "'")
                .get(0);
        STRIPE.post("/v1/checkout/sessions/" + session + "/expire", "");

        tellsOfTomorrow("checkout.session.expired", "checkout.session", session);

        soon("select status from subscriptions where user_id = '" + user + "'", "failed");
    }
}
