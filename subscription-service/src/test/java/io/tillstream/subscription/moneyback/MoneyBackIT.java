package io.tillstream.subscription.moneyback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.Subscriber;
import io.tillstream.testing.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Money of a subscription that goes back or comes late is seen, told, and ends what it paid for. */
class MoneyBackIT extends Subscriber {

    @Autowired
    private RefundSweep sweep;

    @AfterEach
    void stripeIsWell() {
        STRIPE.delete("/_simulator/faults");
    }

    private List<String> features() {
        return texts("select feature || ' ' || grade from entitlements where user_id = '" + user + "' order by 1");
    }

    private String invoice() {
        return invoices().get(0).path("id").asString();
    }

    private String intent() {
        return STRIPE.get("/v1/invoice_payments?invoice=" + invoice())
                .at("/data/0/payment/payment_intent")
                .asString();
    }

    private String charge() {
        return STRIPE.get("/v1/payment_intents/" + intent())
                .path("latest_charge")
                .asString();
    }

    private WebTestClient.ResponseSpec refunds(String body) {
        return post(
                "operator",
                "/api/admin/invoices/" + invoice() + "/refunds",
                body,
                UUID.randomUUID().toString());
    }

    private List<String> toldOfInvoices() {
        return told().stream().filter(type -> type.startsWith("invoice.")).toList();
    }

    @Test
    void whatTheDashboardGivesBackWholeGivesNothingAnyMore() {
        subscribes("starter-monthly", 1);
        STRIPE.post("/v1/refunds", "payment_intent=" + intent() + "&amount=400");
        deliverAll();
        assertThat(features()).as("a part").containsExactly("reading-room full");
        assertThat(get("/api/invoices/" + invoice())
                        .at("/amountRefunded/amount")
                        .asLong())
                .isEqualTo(400);

        STRIPE.post("/v1/refunds", "payment_intent=" + intent() + "&amount=500");
        deliverAll();

        assertThat(features()).isEmpty();
        assertThat(toldOfInvoices()).containsExactly("invoice.paid", "invoice.refunded", "invoice.refunded");
        assertThat(texts("select payload::json ->> 'full' from outbox where type like '%invoice.refunded%'"
                        + " and aggregate_id = '" + user + "' order by seq"))
                .containsExactly("false", "true");
    }

    /** Metadata is anybody's to write: an order's number in it does not hide whose money goes back. */
    @Test
    void aRefundThatNamesAnOrderIsSeenAllTheSame() {
        subscribes("starter-monthly", 1);
        STRIPE.post(
                "/v1/refunds",
                "payment_intent=" + intent() + "&metadata[order_id]=" + UUID.randomUUID() + "&metadata[env]=test");
        deliverAll();
        assertThat(features()).isEmpty();
        assertThat(toldOfInvoices()).containsExactly("invoice.paid", "invoice.refunded");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDisputeTakesAccessAndOneThatIsWonGivesItBack(boolean won) {
        subscribes("starter-monthly", 1);
        STRIPE.control("/_simulator/charges/" + charge() + "/dispute", "{}");
        deliverAll();
        assertThat(features()).isEmpty();
        refused(refunds("{}"), 409, "payment-disputed");

        String dispute =
                STRIPE.get("/v1/disputes?charge=" + charge()).at("/data/0/id").asString();
        STRIPE.control("/_simulator/disputes/" + dispute + "/close", "{\"won\":" + won + "}");
        deliverAll();

        assertThat(features()).isEqualTo(won ? List.of("reading-room full") : List.of());
        assertThat(toldOfInvoices()).containsExactly("invoice.paid", "invoice.disputed", "invoice.dispute_closed");
    }

    /** A customer can take a dispute back at their bank after it was decided. */
    @Test
    void oneThatIsWonAfterItWasLostGivesAccessBackAndIsTold() {
        subscribes("starter-monthly", 1);
        STRIPE.control("/_simulator/charges/" + charge() + "/dispute", "{}");
        String dispute =
                STRIPE.get("/v1/disputes?charge=" + charge()).at("/data/0/id").asString();
        STRIPE.control("/_simulator/disputes/" + dispute + "/close", "{\"won\":false}");
        deliverAll();
        assertThat(features()).isEmpty();

        STRIPE.control("/_simulator/disputes/" + dispute + "/close", "{\"won\":true}");
        deliverAll();

        assertThat(features()).isEqualTo(List.of("reading-room full"));
        assertThat(toldOfInvoices())
                .containsExactly(
                        "invoice.paid", "invoice.disputed", "invoice.dispute_closed", "invoice.dispute_closed");
    }

    /** One seat more would keep all the others, which are not paid any more. */
    @Test
    void aDisputeThatIsLostTakesAccessThoughASmallChangeWasPaidSince() {
        subscribes("pro-monthly", 1);
        String paid = charge();
        String quote = ok(act("quote", "{'quantity':2}")).path("quote").asString();
        ok(act("change", "{'quote':'" + quote + "'}"));
        deliverAll();
        assertThat(features()).isNotEmpty();
        STRIPE.control("/_simulator/charges/" + paid + "/dispute", "{}");
        deliverAll();
        String dispute =
                STRIPE.get("/v1/disputes?charge=" + paid).at("/data/0/id").asString();
        STRIPE.control("/_simulator/disputes/" + dispute + "/close", "{\"won\":false}");
        deliverAll();

        assertThat(features()).isEmpty();
        refused(act("quote", "{'planId':'starter-monthly'}"), 409, "period-not-paid");
    }

    /** Stripe would credit what is left of a period whose money is gone, and that would pay a cheaper plan for months. */
    @Test
    void moneyThatWentBackPaysForNoOtherPlan() {
        subscribes("pro-monthly", 2);
        String quote =
                ok(act("quote", "{'planId':'starter-monthly'}")).path("quote").asString();
        STRIPE.control("/_simulator/charges/" + charge() + "/dispute", "{}");
        deliverAll();

        refused(act("quote", "{'planId':'starter-monthly'}"), 409, "period-not-paid");
        refused(act("change", "{'quote':'" + quote + "'}"), 409, "period-not-paid");
        refused(act("change", "{'planId':'starter-monthly','when':'now'}"), 409, "period-not-paid");
        refused(act("change", "{'quantity':1,'when':'now'}"), 409, "period-not-paid");

        assertThat(STRIPE.get("/v1/customers/" + customer).path("balance").asLong())
                .isZero();
        ok(act("change", "{'planId':'starter-monthly','when':'period_end'}"));
    }

    private void paidAndGivenBackAtStripe() {
        customer = customer();
        execute("insert into customers (stripe_customer_id, user_id) values ('" + customer + "', '" + user + "')");
        pays(GOOD_CARD);
        stripeId = STRIPE.post(
                        "/v1/subscriptions", "customer=" + customer + "&items[0][price]=" + priceOf("starter-monthly"))
                .path("id")
                .asString();
        STRIPE.post("/v1/refunds", "payment_intent=" + intent() + "&amount=900");
    }

    /** Whoever ships by these would else be told of money that goes back before any came. */
    @Test
    void aPaymentIsToldBeforeItsRefundThoughStripeToldItAfter() {
        paidAndGivenBackAtStripe();
        List<StripeEvent> events = new ArrayList<>(news());
        List<StripeEvent> paid = events.stream()
                .filter(event -> event.type().startsWith("invoice.pa"))
                .toList();
        assertThat(paid).isNotEmpty();
        events.removeAll(paid);

        events.forEach(this::deliver);
        events.forEach(this::deliver); // what was parked comes again
        assertThat(toldOfInvoices()).containsExactly("invoice.paid", "invoice.refunded");
        paid.forEach(this::deliver);

        assertThat(toldOfInvoices()).containsExactly("invoice.paid", "invoice.refunded");
        assertThat(features()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void inWhateverOrderAndHoweverOftenTheEndIsTheSame(int shuffle) {
        paidAndGivenBackAtStripe();
        List<StripeEvent> events = new ArrayList<>(news());
        events.addAll(events);
        Collections.shuffle(events, Seed.random("money back " + shuffle));

        for (int round = 0; round < 3; round++) {
            events.forEach(this::deliver); // what was parked comes again
        }

        assertThat(features()).isEmpty();
        assertThat(toldOfInvoices()).containsExactly("invoice.paid", "invoice.refunded");
    }

    @Test
    void anOperatorGivesBackNeverMoreThanWasPaid() {
        subscribes("starter-monthly", 1);
        List<Integer> answers = Stream.of(1, 2, 3, 4)
                .map(one -> CompletableFuture.supplyAsync(() -> refunds("{'amount':400}")
                        .expectBody()
                        .returnResult()
                        .getStatus()
                        .value()))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .sorted()
                .toList();
        assertThat(answers).containsExactly(201, 201, 409, 409);
        refused(refunds("{'amount':101}"), 409, "refund-exceeds-paid");
        JsonNode rest = expect(refunds("{'reason':'requested_by_customer'}"), 201);
        assertThat(rest.at("/amount/amount").asLong()).isEqualTo(100);
        assertThat(rest.path("status").asString()).isEqualTo("done");
        deliverAll();

        assertThat(features()).isEmpty();
        assertThat(STRIPE.get("/v1/refunds?payment_intent=" + intent()).path("data"))
                .hasSize(3);
        as(user).post()
                .uri("/api/admin/invoices/" + invoice() + "/refunds")
                .header("Idempotency-Key", "k")
                .header("Content-Type", "application/json")
                .bodyValue("{}")
                .exchange()
                .expectStatus()
                .isForbidden();
    }

    @Test
    void aRefundWithoutAnAnswerIsMadeOnce() {
        subscribes("starter-monthly", 1);
        STRIPE.next("POST /v1/refunds", "error_after");
        assertThat(expect(refunds("{}"), 201).path("status").asString()).isEqualTo("processing");
        execute("update invoice_refunds set next_attempt_at = now() - interval '1 day' where stripe_invoice_id = '"
                + invoice() + "'");
        deliverAll();

        sweep.round().block(WAIT);

        assertThat(STRIPE.get("/v1/refunds?payment_intent=" + intent()).path("data"))
                .hasSize(1);
        assertThat(features()).isEmpty();
    }

    /** Stripe keeps a key for a day; asked with it after that, it would give back as much again. */
    @Test
    void aRefundWhoseKeyStripeHasForgottenIsNotMadeTwice() {
        subscribes("starter-monthly", 1);
        STRIPE.next("POST /v1/refunds", "error_after");
        assertThat(expect(refunds("{'amount':400}"), 201).path("status").asString())
                .isEqualTo("processing");
        STRIPE.advance("P2D");
        execute("update invoice_refunds set next_attempt_at = now() - interval '1 day' where stripe_invoice_id = '"
                + invoice() + "'");

        sweep.round().block(WAIT);

        assertThat(STRIPE.get("/v1/refunds?payment_intent=" + intent()).path("data"))
                .hasSize(1);
        assertThat(statusOfRefunds()).containsExactly("done");
    }

    @Test
    void aFailureThatStripeKeepsForTheKeyOfARefundIsNotTheEndOfIt() {
        subscribes("starter-monthly", 1);
        STRIPE.next("POST /v1/refunds", "error_before");
        assertThat(expect(refunds("{'amount':400}"), 201).path("status").asString())
                .isEqualTo("processing");
        execute("update invoice_refunds set next_attempt_at = now() - interval '1 day' where stripe_invoice_id = '"
                + invoice() + "'");

        sweep.round().block(WAIT); // Stripe repeats it
        sweep.round().block(WAIT);

        assertThat(STRIPE.get("/v1/refunds?payment_intent=" + intent()).path("data"))
                .hasSize(1);
        assertThat(statusOfRefunds()).containsExactly("done");
    }

    /** Metadata is anybody's to write: what is still owed to the user would be over with somebody's refund of a part of it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRefundAtStripeThatCopiesTheMetadataOfOursIsOneOfItsOwn(boolean told) {
        subscribes("starter-monthly", 1);
        STRIPE.next("POST /v1/refunds", "close_before");
        String ours = expect(refunds("{'amount':400}"), 201).path("id").asString();
        await().atMost(WAIT)
                .untilAsserted(() -> assertThat(STRIPE.get("/_simulator/faults").path("faults"))
                        .isEmpty());
        STRIPE.post(
                "/v1/refunds",
                "payment_intent=" + intent() + "&amount=100&metadata[invoice_id]=" + invoice()
                        + "&metadata[invoice_refund_id]=" + ours + "&metadata[env]=test");
        if (told) {
            deliverAll();
        }
        execute("update invoice_refunds set next_attempt_at = now() - interval '1 day' where stripe_invoice_id = '"
                + invoice() + "'");

        sweep.round().block(WAIT);
        deliverAll();

        assertThat(STRIPE.get("/v1/refunds?payment_intent=" + intent())
                        .path("data")
                        .valueStream()
                        .map(one -> one.path("amount").asLong()))
                .containsExactlyInAnyOrder(400L, 100L);
        assertThat(statusOfRefunds()).containsExactly("done");
        assertThat(get("/api/invoices/" + invoice())
                        .at("/amountRefunded/amount")
                        .asLong())
                .isEqualTo(500);
    }

    private List<String> statusOfRefunds() {
        return texts("select status from invoice_refunds where stripe_invoice_id = '" + invoice() + "'");
    }

    @Test
    void moneyThatComesAfterTheEndGoesBack() {
        subscribes("starter-monthly", 1);
        pays(EMPTY_CARD);
        STRIPE.advance("P20D");
        deliverAll();
        STRIPE.advance("P11DT2H");
        deliverAll();
        String owed = invoice();
        assertThat(column("status")).isEqualTo("past_due");
        STRIPE.delete("/v1/subscriptions/" + stripeId);
        deliverAll();
        pays(GOOD_CARD);
        STRIPE.advance("PT1H");
        STRIPE.post("/v1/invoices/" + owed + "/pay", "");
        deliverAll();
        assertThat(toldOfInvoices()).contains("invoice.late_payment");

        sweep.round().block(WAIT);
        deliverAll();

        JsonNode back = STRIPE.get("/v1/refunds?payment_intent=" + intent()).path("data");
        assertThat(back).hasSize(1);
        assertThat(back.path(0).path("amount").asLong()).isEqualTo(900);
        assertThat(features()).isEmpty();
        assertThat(toldOfInvoices()).containsOnlyOnce("invoice.late_payment").contains("invoice.refunded");
    }

    @Test
    void aWarningOfFraudAndACreditNoteAreTold() {
        subscribes("starter-monthly", 1);
        STRIPE.control("/_simulator/charges/" + charge() + "/fraud_warning", "{}");
        STRIPE.post("/v1/credit_notes", "invoice=" + invoice() + "&amount=900&credit_amount=900");
        deliverAll();

        assertThat(toldOfInvoices()).contains("invoice.fraud_warning", "invoice.credited");
        assertThat(features()).as("what was paid is the customer's credit").isEmpty();
    }

    @Test
    void aRefundThatFailsGivesBackWhatItTook() {
        subscribes("starter-monthly", 1);
        String refund = STRIPE.post("/v1/refunds", "payment_intent=" + intent())
                .path("id")
                .asString();
        deliverAll();
        assertThat(features()).isEmpty();

        STRIPE.control("/_simulator/refunds/" + refund + "/fail", "{}");
        deliverAll();

        assertThat(features()).containsExactly("reading-room full");
        assertThat(toldOfInvoices()).contains("invoice.refund_failed");
    }
}
