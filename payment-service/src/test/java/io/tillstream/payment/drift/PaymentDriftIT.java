package io.tillstream.payment.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.drift.report.DriftRounds;
import io.tillstream.payment.simulated.SimulatedStripe;
import io.tillstream.stripeevents.StripeEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What Stripe has and we do not know, as each of its events was lost, is found, named and taken in. */
class PaymentDriftIT extends SimulatedStripe {

    private static final String REPORTS = "/api/admin/drift-reports";

    @Autowired
    private ApplicationContext context;

    @Autowired
    private MeterRegistry meters;

    private final Instant begun = Instant.now().minusSeconds(1).truncatedTo(ChronoUnit.SECONDS);

    private String pay(String card) {
        String answer = """
                {"reference": "%s", "userId": "%s", "amount": 1999, "currency": "usd", "description": "Books",
                 "lines": [{"name": "Emma", "quantity": 1, "unitAmount": 1999}],
                 "payment": {"method": "card", "paymentMethodId": "%s"}}
                """.formatted("order-" + UUID.randomUUID(), user, card);
        return json(as("service")
                        .post()
                        .uri("/internal/payments")
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", UUID.randomUUID().toString())
                        .bodyValue(answer)
                        .exchange())
                .path("id")
                .asString();
    }

    private String intent() {
        return texts("select stripe_intent_id from payments where user_id = '" + user + "'")
                .get(0);
    }

    private String charge() {
        return STRIPE.get("/v1/payment_intents/" + intent())
                .path("latest_charge")
                .asString();
    }

    private String ask() {
        return json(post(
                                "operator",
                                REPORTS,
                                "{\"from\": \"" + begun + "\", \"until\": \""
                                        + Instant.now().plusSeconds(60) + "\"}")
                        .expectStatus()
                        .isAccepted())
                .path("id")
                .asString();
    }

    private JsonNode details(String report) {
        return page(report, "");
    }

    private JsonNode page(String report, String place) {
        return json(as("operator")
                .get()
                .uri(REPORTS + "/" + report + "?limit=100" + place)
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

    private String status(String report) {
        return details(report).at("/report/status").asString();
    }

    private void goOn(String report) {
        await().atMost(WAIT).until(() -> {
            DriftRounds.round(context);
            return List.of("done", "failed").contains(status(report));
        });
        assertThat(status(report)).isEqualTo("done");
    }

    private String compared() {
        String report = ask();
        goOn(report);
        return report;
    }

    private void repaired(String report) {
        post("operator", REPORTS + "/" + report + "/repair", "{}")
                .expectStatus()
                .isAccepted();
        goOn(report);
    }

    /** Of these objects alone: the world is that of other tests too. */
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

    @Test
    void whereAllEventsCameNothingDiffers() {
        saved("pm_card_visa");
        pay("pm_card_visa");
        String refund = STRIPE.post("/v1/refunds", "payment_intent=" + intent() + "&amount=100")
                .path("id")
                .asString();
        String dispute = disputed(charge());
        await().atMost(WAIT).untilAsserted(() -> {
            deliverAll();
            assertThat(texts("select stripe_dispute_id from disputes")).contains(dispute);
        });

        String report = compared();

        String card = texts("select payment_method_id from cards where user_id = '" + user + "'")
                .get(0);
        assertThat(differences(report, intent(), refund, dispute, customerId(), card))
                .isEmpty();
        assertThat(details(report).at("/report/progress/compared").asInt()).isGreaterThanOrEqualTo(5);
        assertThat(texts("select 1 from drift_seen")).isEmpty();
    }

    @Test
    void aPaymentOfWhichNobodyToldIsNamedAndTakenInWithItsCause() {
        String payment = pay("pm_card_threeDSecure2Required");
        STRIPE.control("/_simulator/payment_intents/" + intent() + "/authenticate", "{\"success\": true}");

        String report = compared();

        assertThat(differences(report, intent())).contains("payments status requires_action succeeded confirmed");
        assertThat(allDifferences(report).stream()
                        .filter(one -> one.path("stripeId").asString().equals(intent()))
                        .map(one -> one.path("ourId").asString()))
                .containsOnly(payment);
        assertThat(meters.get("tillstream.drift.differences")
                        .tag("kind", "payments")
                        .gauge()
                        .value())
                .isPositive();

        repaired(report);

        assertThat(texts("select status from payments where id = '" + payment + "'"))
                .containsExactly("succeeded");
        assertThat(texts("select cause from payment_history where payment_id = '" + payment
                        + "' and to_status = 'succeeded'"))
                .singleElement()
                .asString()
                .startsWith("event:drift_" + report + ".1." + intent());
        assertThat(told("payment.succeeded.v1", payment)).isTrue();
        assertThat(differences(report, intent())).allMatch(one -> one.endsWith(" repaired"));
    }

    private static boolean told(String type, String payment) {
        return !texts("select 1 from outbox where type like '%" + type + "' and payload like '%" + payment + "%'")
                .isEmpty();
    }

    @Test
    void aRefundAtTheDashboardIsNamedAndTakenIn() {
        pay("pm_card_visa");
        deliverAll();
        String refund = STRIPE.post("/v1/refunds", "payment_intent=" + intent() + "&amount=300")
                .path("id")
                .asString();

        String report = compared();
        assertThat(differences(report, refund)).containsExactly("refunds object - succeeded confirmed");

        repaired(report);
        assertThat(texts("select purpose || amount from refunds where stripe_refund_id = '" + refund + "'"))
                .containsExactly("dashboard300");
        assertThat(differences(report, refund)).containsExactly("refunds object - succeeded repaired");
    }

    @Test
    void aRefundThatFailedSinceIsNamedAndTakenIn() {
        pay("pm_card_visa");
        String refund = STRIPE.post("/v1/refunds", "payment_intent=" + intent() + "&amount=300")
                .path("id")
                .asString();
        deliverAll();
        STRIPE.control("/_simulator/refunds/" + refund + "/fail", "{\"reason\": \"expired_or_canceled_card\"}");

        String report = compared();
        assertThat(differences(report, refund)).containsExactly("refunds status succeeded failed confirmed");

        repaired(report);
        assertThat(differences(report, refund)).containsExactly("refunds status succeeded failed repaired");
    }

    private static String disputed(String charge) {
        STRIPE.control("/_simulator/charges/" + charge + "/dispute", "{\"reason\": \"fraudulent\"}");
        return STRIPE.get("/v1/disputes?charge=" + charge).at("/data/0/id").asString();
    }

    @Test
    void aDisputeIsNamedAndTakenInAndSoIsItsEnd() {
        pay("pm_card_visa");
        deliverAll();
        String dispute = disputed(charge());

        String report = compared();
        assertThat(differences(report, dispute)).containsExactly("disputes object - needs_response confirmed");
        repaired(report);
        assertThat(differences(report, dispute)).containsExactly("disputes object - needs_response repaired");

        STRIPE.control("/_simulator/disputes/" + dispute + "/close", "{\"won\": true}");
        String later = compared();
        assertThat(differences(later, dispute)).containsExactly("disputes status needs_response won confirmed");
        repaired(later);
        assertThat(texts("select fact->>'status' from disputes where stripe_dispute_id = '" + dispute + "'"))
                .containsExactly("won");
    }

    /** As Stripe tells of it now and when it is looked at again. */
    private void namesItsChargeAlone(String list, String id) {
        for (String path : List.of(list, list + "/" + id, list + "/" + id)) {
            ON_THE_WAY.alters("GET", path, answer -> {
                JsonNode told = JSON.readTree(answer);
                for (JsonNode one : told.has("data") ? told.path("data") : List.of(told)) {
                    if (one.path("id").asString().equals(id)) {
                        ((ObjectNode) one).putNull("payment_intent");
                    }
                }
                return told.toString();
            });
        }
    }

    /** Its event is lost, and each hour would take it for another system's: money is gone of which nobody hears. */
    @Test
    void aRefundThatNamesItsChargeAloneIsNamedAndTakenIn() {
        pay("pm_card_visa");
        deliverAll();
        String refund = STRIPE.post("/v1/refunds", "payment_intent=" + intent() + "&amount=300")
                .path("id")
                .asString();
        namesItsChargeAlone("/v1/refunds", refund);

        String report = compared();
        assertThat(differences(report, refund)).containsExactly("refunds object - succeeded confirmed");

        repaired(report);
        assertThat(texts("select purpose || amount from refunds where stripe_refund_id = '" + refund + "'"))
                .containsExactly("dashboard300");
        assertThat(differences(report, refund)).containsExactly("refunds object - succeeded repaired");
    }

    @Test
    void aDisputeThatNamesItsChargeAloneIsNamedAndTakenIn() {
        pay("pm_card_visa");
        deliverAll();
        String dispute = disputed(charge());
        namesItsChargeAlone("/v1/disputes", dispute);

        String report = compared();
        assertThat(differences(report, dispute)).containsExactly("disputes object - needs_response confirmed");

        repaired(report);
        assertThat(differences(report, dispute)).containsExactly("disputes object - needs_response repaired");
    }

    @Test
    void ofACustomerItIsSaidWhatDiffersAndNotWhatItIs() {
        saved("pm_card_visa");
        deliverAll();
        STRIPE.post("/v1/customers/" + customerId(), "email=changed@dashboard.example&name=Changed");

        String report = compared();

        assertThat(differences(report, customerId()))
                .containsExactlyInAnyOrder(
                        "customers email (not shown) (not shown) confirmed",
                        "customers name (not shown) (not shown) confirmed");
        repaired(report);
        assertThat(texts("select email from customers where user_id = '" + user + "'"))
                .containsExactly("changed@dashboard.example");
    }

    @Test
    void aCustomerThatIsDeletedAtTheDashboardIsNamedAndEnds() {
        saved("pm_card_visa");
        deliverAll();
        String customer = customerId();
        STRIPE.delete("/v1/customers/" + customer);

        String report = compared();
        assertThat(differences(report, customer)).containsExactly("customers deleted false true confirmed");

        repaired(report);
        assertThat(texts("select 1 from former_customers where stripe_customer_id = '" + customer + "'"))
                .hasSize(1);
    }

    /** Reports are kept for weeks, and longer than who is deleted meanwhile. */
    @Test
    void nothingThatIsOnACardRestsInAReport() {
        String changed = saved("pm_card_visa");
        deliverAll();
        execute("update cards set brand = 'amex', last_four = '9173', exp_month = exp_month % 12 + 1"
                + " where payment_method_id = '" + changed + "'");

        String report = compared();

        assertThat(differences(report, changed))
                .containsExactlyInAnyOrder(
                        "cards brand (not shown) (not shown) confirmed",
                        "cards last4 (not shown) (not shown) confirmed",
                        "cards exp_month (not shown) (not shown) confirmed");
    }

    @Test
    void cardsThatCameWentAndChangedAreNamedAndTakenIn() {
        String changed = saved("pm_card_visa");
        String gone = saved("pm_card_mastercard");
        deliverAll();
        STRIPE.post("/v1/payment_methods/" + changed, "card[exp_year]=2041");
        STRIPE.post("/v1/payment_methods/" + gone + "/detach", "");
        String came = STRIPE.post("/v1/payment_methods/pm_card_amex/attach", "customer=" + customerId())
                .path("id")
                .asString();

        String report = compared();

        assertThat(differences(report, came)).containsExactly("cards object - there confirmed");
        assertThat(differences(report, gone)).containsExactly("cards object there - confirmed");
        assertThat(differences(report, changed)).containsExactly("cards exp_year (not shown) (not shown) confirmed");
        repaired(report);
        assertThat(texts("select payment_method_id || ' ' || exp_year from cards where user_id = '" + user + "'"))
                .hasSize(2)
                .contains(changed + " 2041")
                .noneMatch(card -> card.startsWith(gone));
    }

    @Test
    void whatIsKnownHereAndNotAtStripeIsForAPerson() {
        pay("pm_card_visa");
        String lost = "pi_lost" + UUID.randomUUID().toString().replace("-", "");
        execute("update payments set stripe_intent_id = '" + lost + "' where user_id = '" + user + "'");

        String report = compared();
        assertThat(differences(report, lost)).containsExactly("payments object succeeded - confirmed");

        repaired(report);
        assertThat(allDifferences(report).stream()
                        .filter(one -> one.path("stripeId").asString().equals(lost))
                        .map(one -> one.path("outcome").asString()))
                .containsExactly("Stripe has no such object: a person has to decide");
        execute("delete from payment_history where payment_id in (select id from payments where user_id = '" + user
                + "')");
        execute("delete from payments where user_id = '" + user + "'");
    }

    /** What happened a moment ago is no drift. */
    @Test
    void whatItsEventTellsMeanwhileIsNoDifference() {
        pay("pm_card_visa");
        deliverAll();
        String refund = STRIPE.post("/v1/refunds", "payment_intent=" + intent() + "&amount=300")
                .path("id")
                .asString();
        String report = ask();
        DriftRounds.Instance instance = DriftRounds.instance(context);
        assertThat(instance.claims()).isTrue();
        await().atMost(WAIT).until(() -> instance.step().startsWith("confirm "));
        assertThat(differences(report, refund)).containsExactly("refunds object - succeeded suspected");

        deliverAll();
        goOn(report);

        assertThat(differences(report, refund)).containsExactly("refunds object - succeeded settled");
        assertThat(details(report).at("/report/differences/settled").asInt()).isPositive();
    }

    @Test
    void whatIsMendedOtherwiseIsNotCountedAnyMore() {
        pay("pm_card_visa");
        deliverAll();
        String refund = STRIPE.post("/v1/refunds", "payment_intent=" + intent() + "&amount=300")
                .path("id")
                .asString();
        List<StripeEvent> late = news();
        String report = compared();
        assertThat(differences(report, refund)).containsExactly("refunds object - succeeded confirmed");

        late.forEach(this::deliver);
        compared();

        assertThat(differences(report, refund)).containsExactly("refunds object - succeeded settled");
    }

    /** The lists are read a hundred at a time, and what they had is not asked for again. */
    @Test
    void aHundredObjectsAreOneCall() {
        for (int i = 0; i < 205; i++) {
            STRIPE.post("/v1/payment_intents", "amount=500&currency=usd");
        }
        long before = journal().size();

        String report = compared();

        List<String> asked =
                journal().subList(Math.toIntExact(before), journal().size());
        assertThat(asked.stream().filter("GET /v1/payment_intents"::equals)).hasSizeBetween(3, 4);
        assertThat(details(report).at("/report/progress/compared").asInt()).isGreaterThanOrEqualTo(205);
        assertThat(details(report).at("/report/progress/calls").asInt()).isBetween(3, asked.size());
    }

    /** Of a payment that its buyer left, and that nobody asks about any more, no hour asks again. */
    @Test
    void aPaymentThatItsBuyerLeftIsNotAskedForInEveryReport() {
        pay("pm_card_threeDSecure2Required");
        String asked = "GET /v1/payment_intents/" + intent();
        String mine = " where user_id = '" + user + "'";
        execute("update payments set created_at = now() - interval '9 days', next_ask_at = now() + interval '1 hour'"
                + mine);
        assertThat(askedIn(Instant.now().plusSeconds(3600))).contains(asked);

        execute("update payments set next_ask_at = null" + mine);

        assertThat(askedIn(Instant.now().plusSeconds(3600))).doesNotContain(asked);
    }

    /** What Stripe is asked by a report of an hour. */
    private List<String> askedIn(Instant from) {
        int before = journal().size();
        goOn(json(post("operator", REPORTS, "{'from': '" + from + "', 'until': '" + from.plusSeconds(3600) + "'}")
                        .expectStatus()
                        .isAccepted())
                .path("id")
                .asString());
        List<String> now = journal();
        return now.subList(before, now.size());
    }

    @Test
    void metadataThatLooksLikeAnIdOfOursIsNoFault() {
        JsonNode made = STRIPE.post(
                "/v1/payment_intents",
                "amount=500&currency=usd&confirm=true&payment_method=pm_card_visa&payment_method_types[]=card"
                        + "&metadata[env]=test&metadata[attempt_id]=" + "-".repeat(36));
        assertThat(made.path("status").asString()).as(made.toString()).isEqualTo("succeeded");

        assertThat(differences(compared(), made.path("id").asString())).isEmpty();
    }

    private static List<String> journal() {
        List<String> requests = new ArrayList<>();
        long after = 0;
        JsonNode page;
        do {
            page = STRIPE.get("/_simulator/journal?limit=1000&after=" + after).path("requests");
            for (JsonNode one : page) {
                after = one.path("number").asLong();
                requests.add(
                        one.path("method").asString() + " " + one.path("path").asString());
            }
        } while (!page.isEmpty());
        return requests.stream().filter(one -> one.contains(" /v1/")).toList();
    }

    @Test
    void anotherInstanceGoesOnWhereOneDied() {
        for (int i = 0; i < 150; i++) {
            STRIPE.post("/v1/payment_intents", "amount=500&currency=usd");
        }
        String report = ask();
        DriftRounds.Instance first = DriftRounds.instance(context);
        assertThat(first.claims()).isTrue();
        String place = first.step();
        assertThat(place).startsWith("list payments pi_");

        DriftRounds.Instance second = DriftRounds.instance(context);
        assertThat(second.claims()).as("one runs at a time").isFalse();
        execute("update drift_reports set lease_until = '-infinity' where id = '" + report + "'"); // its 15 s are over
        assertThat(second.claims()).isTrue();
        assertThat(second.step()).isNotEqualTo(place);
        assertThatThrownBy(first::step).hasMessageContaining("Another goes on");
        execute("update drift_reports set lease_until = '-infinity' where id = '" + report + "'");

        goOn(report);
        assertThat(details(report).at("/report/progress/compared").asInt()).isGreaterThanOrEqualTo(150);
    }

    @Test
    void aReportIsRepairedOnlyOnceItIsDone() {
        String report = ask();

        post("operator", REPORTS + "/" + report + "/repair", "{}")
                .expectStatus()
                .isEqualTo(409);
        goOn(report);

        assertThat(json(as("operator").get().uri(REPORTS + "?limit=1").exchange())
                        .at("/data/0/id")
                        .asString())
                .isEqualTo(report);
    }

    @Test
    void whatRanByItselfIsRepairedWhileTheNextRunsByItself() {
        String insert =
                "insert into drift_reports (id, asked_by, span_from, span_until, phase, kind, next_step_at, finished_at)"
                        + " values ('%s', 'schedule', now(), now(), '%s', 'payments', %s)";
        UUID done = UUID.randomUUID();
        execute(insert.formatted(done, "done", "now(), now()"));
        execute(insert.formatted(UUID.randomUUID(), "list", "now() + interval '1 hour', null"));

        post("operator", REPORTS + "/" + done + "/repair", "{}").expectStatus().isAccepted();

        execute("delete from drift_reports where asked_by = 'schedule'"); // or all others wait for them
    }

    @Test
    void onlyOperatorsCompareAndOnlyWhatIsHere() {
        post(user, REPORTS, "{}").expectStatus().isForbidden();
        as(user).get().uri(REPORTS).exchange().expectStatus().isForbidden();
        post("operator", REPORTS + "?service=subscriptions", "{}")
                .expectStatus()
                .isEqualTo(422);
        post("operator", REPORTS, "{'from': '2026-02-01T00:00:00Z', 'until': '2026-01-01T00:00:00Z'}")
                .expectStatus()
                .isEqualTo(422);
        as("operator")
                .get()
                .uri(REPORTS + "/" + UUID.randomUUID())
                .exchange()
                .expectStatus()
                .isNotFound();
    }
}
