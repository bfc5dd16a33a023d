package io.tillstream.subscription.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.drift.report.DriftRounds;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.Subscriber;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import tools.jackson.databind.JsonNode;

/** What Stripe has of plans, subscriptions and invoices, and no event told of, is found, named and taken in. */
class SubscriptionDriftIT extends Subscriber {

    private static final String REPORTS = "/api/admin/drift-reports";
    private static final String HERE = "?service=subscriptions";
    private static final String PLAN = "starter-monthly";

    @Autowired
    private ApplicationContext context;

    private final Instant begun = Instant.now().minusSeconds(1).truncatedTo(ChronoUnit.SECONDS);

    /** Else each report would compare and repair what nine hundred other tests left. */
    @BeforeEach
    void whatOthersLeftIsOver() {
        String others = " where user_id <> '" + user + "'";
        execute("update invoices set status = 'void', issued_at = timestamp 'epoch'" + others
                + " and (status in ('draft', 'open') or issued_at > now() - interval '1 hour')");
        execute(
                "update subscriptions set status = 'canceled', stripe_subscription_id = 'over_' || stripe_subscription_id,"
                        + " created_at = timestamp 'epoch'" + others + " and stripe_subscription_id like 'sub\\_%'");
    }

    /** Of all that Stripe's clock has let happen. */
    private String compared() {
        String report = asked();
        goOn(report);
        return report;
    }

    private String asked() {
        return json(post(
                                "operator",
                                REPORTS + HERE,
                                "{'from': '" + begun + "', 'until': '"
                                        + Instant.now().plus(Duration.ofDays(40_000)) + "'}")
                        .expectStatus()
                        .isAccepted())
                .path("id")
                .asString();
    }

    private void repaired(String report) {
        post("operator", REPORTS + "/" + report + "/repair" + HERE, "{}")
                .expectStatus()
                .isAccepted();
        goOn(report);
    }

    private void goOn(String report) {
        await().atMost(DriftRounds.WAIT).until(() -> {
            DriftRounds.round(context);
            return List.of("done", "failed")
                    .contains(details(report).at("/report/status").asString());
        });
        assertThat(details(report).at("/report/status").asString()).isEqualTo("done");
    }

    private JsonNode details(String report) {
        return page(report, "");
    }

    private JsonNode page(String report, String place) {
        return json(as("operator")
                .get()
                .uri(REPORTS + "/" + report + HERE + "&limit=100" + place)
                .exchange()
                .expectStatus()
                .isOk());
    }

    private List<JsonNode> allDifferences(String report) {
        List<JsonNode> all = new ArrayList<>();
        String place = "";
        do {
            JsonNode page = page(report, place);
            page.path("data").forEach(all::add);
            place = page.path("nextCursor").asString("");
            place = place.isEmpty() ? "" : "&cursor=" + place;
        } while (!place.isEmpty());
        return all;
    }

    /** Of these objects alone: the world is that of other tests too, and may fill pages. */
    private List<String> differences(String report, String... stripeIds) {
        List<String> found = new ArrayList<>();
        for (JsonNode one : allDifferences(report)) {
            if (List.of(stripeIds).contains(one.path("stripeId").asString())) {
                found.add(String.join(
                        " ",
                        one.path("kind").asString(),
                        one.path("field").asString(),
                        one.path("ours").asString("-"),
                        one.path("stripes").asString("-"),
                        one.path("status").asString()));
            }
        }
        return found;
    }

    private String row(String column) {
        return texts("select " + column + " from subscriptions where id = '" + id + "'")
                .get(0);
    }

    @Test
    void whereAllEventsCameNothingDiffers() {
        subscribes(PLAN, 1);

        String report = compared();

        List<String> all = new ArrayList<>(List.of(stripeId, priceOf(PLAN)));
        invoices().forEach(invoice -> all.add(invoice.path("id").asString()));
        assertThat(all).hasSizeGreaterThan(2);
        assertThat(differences(report, all.toArray(String[]::new))).isEmpty();
        assertThat(texts("select 1 from drift_seen")).isEmpty();
    }

    /** It is refused for good: else the report would wait for somebody to give our key that right, and no other would begin. */
    @Test
    void aListThatOurKeyMayNotReadIsLeftOut() {
        subscribes(PLAN, 1);
        for (int failures = 0; failures < 5; failures++) {
            ON_THE_WAY.refuses(
                    "GET",
                    "/v1/subscriptions",
                    403,
                    "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Your key lacks the right.\"}}");
        }
        String report = asked();

        await().atMost(DriftRounds.WAIT).until(() -> {
            DriftRounds.round(context);
            return details(report).at("/report/status").asString().equals("failed");
        });

        assertThat(details(report).at("/report/problem").asString()).startsWith("subscriptions: ");
    }

    @Test
    void anEndOfWhichNobodyToldIsNamedAndTakenInWithItsCause() {
        subscribes(PLAN, 1);
        STRIPE.delete("/v1/subscriptions/" + stripeId);
        List<StripeEvent> late = news();

        String report = compared();
        assertThat(differences(report, stripeId)).containsExactly("subscriptions status active canceled confirmed");

        repaired(report);
        assertThat(row("status")).isEqualTo("canceled");
        assertThat(get("/api/subscriptions/" + id + "/timeline").toString())
                .contains("drift_" + report + ".1." + stripeId);
        assertThat(differences(report, stripeId)).containsExactly("subscriptions status active canceled repaired");
        late.forEach(this::deliver);
        assertThat(row("status")).isEqualTo("canceled");
    }

    @Test
    void whatTheDashboardChangedIsNamedFieldByField() {
        subscribes(PLAN, 1);
        STRIPE.post("/v1/subscriptions/" + stripeId, "cancel_at_period_end=true");
        var unused = news();

        String report = compared();
        assertThat(differences(report, stripeId))
                .contains("subscriptions cancel_at_period_end false true confirmed")
                .allMatch(one -> one.contains(" cancel_at"));

        repaired(report);
        assertThat(row("cancel_at_period_end")).isIn("true", "t");
        assertThat(differences(report, stripeId)).allMatch(one -> one.endsWith(" repaired"));
    }

    @Test
    void aMonthOfWhichNobodyToldIsTakenInWithItsInvoice() {
        subscribes(PLAN, 1);
        String before = row("current_period_end");
        STRIPE.advance("P31DT2H");
        String invoice = invoices().get(0).path("id").asString();
        var unused = news();

        String report = compared();
        assertThat(differences(report, invoice)).containsExactly("invoices object - paid confirmed");
        assertThat(differences(report, stripeId)).anyMatch(one -> one.startsWith("subscriptions current_period_end"));

        repaired(report);
        assertThat(row("current_period_end")).isNotEqualTo(before);
        assertThat(texts("select status from invoices where stripe_invoice_id = '" + invoice + "'"))
                .containsExactly("paid");
        assertThat(told()).filteredOn("invoice.paid"::equals).hasSize(2);
    }

    @Test
    void aSubscriptionThatSomebodyMadeAtStripeIsNamedAndBecomesOurs() {
        customer = customer();
        execute("insert into customers (stripe_customer_id, user_id) values ('" + customer + "', '" + user
                + "') on conflict do nothing");
        pays(GOOD_CARD);
        String made = STRIPE.post("/v1/subscriptions", "customer=" + customer + "&items[0][price]=" + priceOf(PLAN))
                .path("id")
                .asString();
        var unused = news();

        String report = compared();
        assertThat(differences(report, made)).containsExactly("subscriptions object - active confirmed");

        repaired(report);
        assertThat(texts("select user_id from subscriptions where stripe_subscription_id = '" + made + "'"))
                .containsExactly(user);
    }

    @Test
    void aPlanWhosePriceAndProductWereChangedIsNamedAndFollows() {
        String product = "d" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
        JsonNode plan = json(post(
                        "operator",
                        "/api/plans",
                        "{'name':'Team','product':'" + product
                                + "','interval':'month','prices':[{'amount':2000,'currency':'usd'}],'features':[]}")
                .expectStatus()
                .isCreated());
        String price = plan.path("stripePriceId").asString();
        deliverAll();
        STRIPE.post(
                "/v1/products/"
                        + STRIPE.get("/v1/prices/" + price).path("product").asString(),
                "name=Clan");
        STRIPE.post("/v1/prices/" + price, "active=false");
        var unused = news();

        String report = compared();
        assertThat(differences(report, price))
                .containsExactlyInAnyOrder(
                        "plans product.name Team Clan confirmed", "plans active true false confirmed");

        repaired(report);
        assertThat(texts("select name || ' ' || offered from plans where stripe_price_id = '" + price + "'"))
                .containsExactly("Clan false");
        assertThat(differences(report, price)).allMatch(one -> one.endsWith(" repaired"));
    }

    @Test
    void whatAPlanCostsInAnotherCurrencyIsComparedToo() {
        String product = "d" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
        String price = json(post(
                                "operator",
                                "/api/plans",
                                "{'name':'Team','product':'" + product + "','interval':'month','prices':"
                                        + "[{'amount':2000,'currency':'usd'},{'amount':1800,'currency':'eur'}],'features':[]}")
                        .expectStatus()
                        .isCreated())
                .path("stripePriceId")
                .asString();
        deliverAll();
        assertThat(differences(compared(), price)).isEmpty();
        STRIPE.post("/v1/prices/" + price, "currency_options[eur][unit_amount]=1900");
        var unused = news();

        String report = compared();
        assertThat(differences(report, price))
                .containsExactly("plans currency_options eur 1800, usd 2000 eur 1900, usd 2000 confirmed");

        repaired(report);
        assertThat(texts("select amounts->>'eur' from plans where stripe_price_id = '" + price + "'"))
                .containsExactly("1900");
        assertThat(differences(report, price)).allMatch(one -> one.endsWith(" repaired"));
    }

    @Test
    void onlyWhatIsHereIsComparedHere() {
        post("operator", REPORTS, "{}").expectStatus().isEqualTo(422);
        post(user, REPORTS + HERE, "{}").expectStatus().isForbidden();
    }
}
