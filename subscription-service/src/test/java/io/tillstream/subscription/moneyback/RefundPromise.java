package io.tillstream.subscription.moneyback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.subscription.simulated.Subscriber;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** An invoice of which an operator was told that a refund is under way. */
abstract class RefundPromise extends Subscriber {

    protected static final String NO_BALANCE =
            "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"balance_insufficient\",\"message\":\"Too little.\"}}";

    @Autowired
    protected RefundSweep sweep;

    protected String bill = "";
    protected String intent = "";

    @BeforeEach
    protected void aRefundIsUnderWay() {
        subscribes("starter-monthly", 1);
        bill = invoices().get(0).path("id").asString();
        intent = STRIPE.get("/v1/invoice_payments?invoice=" + bill)
                .at("/data/0/payment/payment_intent")
                .asString();
        // What is meant for ours is not theirs.
        execute("update invoice_refunds set next_attempt_at = now() + interval '1 hour'"
                + " where next_attempt_at is not null and stripe_invoice_id <> '" + bill + "'");
        isUnderWay(400);
    }

    /** Nothing came of the first try, which did reach Stripe. */
    protected void isUnderWay(long amount) {
        JsonNode planted = STRIPE.control("/_simulator/faults", """
                {"operation":"POST /v1/refunds","kind":"close_before","times":1,"params":{"payment_intent":"%s"}}
                """.formatted(intent));
        assertThat(planted.has("id")).as(planted.toString()).isTrue();
        assertThat(expect(refunds("{'amount':" + amount + "}"), 201)
                        .path("status")
                        .asString())
                .isEqualTo("processing");
        await().atMost(WAIT)
                .untilAsserted(() -> assertThat(STRIPE.get("/_simulator/faults").path("faults"))
                        .as("Stripe was asked")
                        .noneMatch(fault ->
                                fault.at("/params/payment_intent").asString("").equals(intent)));
    }

    @AfterEach
    protected void stripeIsWell() {
        STRIPE.delete("/_simulator/faults");
    }

    protected WebTestClient.ResponseSpec refunds(String body) {
        return post(
                "operator",
                "/api/admin/invoices/" + bill + "/refunds",
                body,
                UUID.randomUUID().toString());
    }

    protected void sweeps() {
        execute("update invoice_refunds set next_attempt_at = now() - interval '1 day'"
                + " where status = 'asked' and stripe_invoice_id = '" + bill + "'");
        sweep.round().block(WAIT);
    }

    protected ListAssert<String> assertThatStatuses() {
        String of = " from invoice_refunds where stripe_invoice_id = '" + bill + "' order by created_at";
        return assertThat(texts("select status" + of))
                .as(texts("select concat_ws(' ', amount, status, why, keys, stripe_refund_id, failed_at, gone_before)"
                                + of)
                        .toString());
    }

    /** Reason and amount of what operators are shown of the invoice. */
    protected List<String> listed(boolean attention) {
        JsonNode page = json(as("operator")
                .get()
                .uri("/api/admin/invoices/owed-refunds?limit=100&attention=" + attention)
                .exchange()
                .expectStatus()
                .isOk());
        return StreamSupport.stream(page.path("data").spliterator(), false)
                .filter(one -> one.path("invoiceId").asString().equals(bill))
                .map(one -> one.path("reason").asString() + " "
                        + one.at("/amount/amount").asLong())
                .toList();
    }

    /** As too much, Stripe refuses it for good. */
    protected void isAskedFor(long amount, long changed) {
        ON_THE_WAY.next(
                "POST", "/v1/refunds", intent, form -> form.replace("amount=" + amount, "amount=" + changed), () -> {});
    }

    protected List<String> timeline() {
        return texts("select outcome || ' ' || why from subscription_timeline where subscription_id = '" + id
                + "' and what = 'POST /v1/refunds' and why is not null order by id");
    }

    protected long failuresTold() {
        return told().stream().filter("invoice.refund_failed"::equals).count();
    }

    /** Stripe refuses each that is due, for now. */
    protected void areRefused(int refunds) {
        for (int i = 0; i < refunds; i++) {
            ON_THE_WAY.refuses("POST", "/v1/refunds", intent, NO_BALANCE, () -> {});
        }
        sweeps();
    }

    /** Of several, only the first of this order is tried now. */
    protected void onlyOneIsDue(String order) {
        execute("update invoice_refunds set next_attempt_at = case when id = (select id from invoice_refunds"
                + " where stripe_invoice_id = '" + bill + "' order by " + order
                + " limit 1) then now() - interval '1 day'"
                + " else now() + interval '1 day' end where stripe_invoice_id = '" + bill + "'");
    }

    protected String aPersonGivesBack(long amount) {
        String refund = STRIPE.post("/v1/refunds", "payment_intent=" + intent + "&amount=" + amount)
                .path("id")
                .asString();
        deliverAll();
        return refund;
    }

    protected List<Long> refundedAtStripe() {
        return STRIPE.get("/v1/refunds?payment_intent=" + intent)
                .path("data")
                .valueStream()
                .map(one -> one.path("amount").asLong())
                .toList();
    }
}
