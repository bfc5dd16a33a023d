package io.tillstream.subscription.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.subscription.simulated.Subscriber;
import io.tillstream.subscription.subscription.PendingChangeRefundCheckQueue;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Stripe credits what is left of a period though its money went back: its buyer would have that twice. */
class RefundedPeriodIT extends Subscriber {

    private static final String FEWER = "{'quantity':1,'when':'now'}";

    @Autowired
    private ChangeSweep sweep;

    @Autowired
    private PendingChangeRefundCheck check;

    @Autowired
    private PendingChangeRefundCheckQueue queue;

    private String bill = "";

    @AfterEach
    void stripeIsWell() {
        STRIPE.delete("/_simulator/faults");
    }

    private void subscribesForAYear() {
        subscribes("pro-yearly", 10);
        bill = invoices().get(0).path("id").asString();
    }

    private long credit() {
        return -STRIPE.get("/v1/customers/" + customer).path("balance").asLong();
    }

    private WebTestClient.ResponseSpec refunds(String body) {
        return post(
                "operator",
                "/api/admin/invoices/" + bill + "/refunds",
                body,
                UUID.randomUUID().toString());
    }

    private void isReserved() {
        execute(
                "insert into invoice_refunds (id, stripe_invoice_id, purpose, amount, currency, status, created_at, updated_at)"
                        + " values (gen_random_uuid(), '" + bill
                        + "', 'requested', 100, 'usd', 'asked', now(), now())");
    }

    private void givesNoCredit() {
        refused(act("quote", "{'quantity':1}"), 409, "period-not-paid");
        refused(act("change", FEWER), 409, "period-not-paid");
        assertThat(credit()).isZero();
    }

    @Test
    void whatWasGivenBackInPartIsNotCreditedToo() {
        subscribesForAYear();
        JsonNode quote = quoted("{'quantity':1}");
        expect(refunds("{'amount':5000}"), 201);

        givesNoCredit();
        refused(changes(quote), 409, "period-not-paid");
        assertThat(credit()).isZero();
    }

    @Test
    void aRefundThatItsBankSentBackStandsInNoChangesWay() {
        subscribesForAYear();
        expect(refunds("{'amount':5000}"), 201);
        deliverAll();
        String intent = STRIPE.get("/v1/invoice_payments?invoice=" + bill)
                .at("/data/0/payment/payment_intent")
                .asString();
        String refund = STRIPE.get("/v1/refunds?payment_intent=" + intent)
                .at("/data/0/id")
                .asString();
        STRIPE.control("/_simulator/refunds/" + refund + "/fail", "{}");
        deliverAll();

        ok(act("change", FEWER));

        assertThat(credit()).isPositive();
    }

    @Test
    void whatIsAboutToGoBackIsNotCreditedToo() {
        subscribesForAYear();
        isReserved();

        givesNoCredit();
    }

    /** An operator and the user at once: both would have seen the money there. */
    @Test
    void aRefundThatIsReservedWhileAChangeIsCheckedIsNotCreditedToo() {
        subscribesForAYear();
        JsonNode quote = quoted("{'quantity':1}");
        ON_THE_WAY.next("POST", "/create_preview", form -> {
            isReserved();
            return form;
        });

        refused(changes(quote), 409, "period-not-paid");

        assertThat(credit()).isZero();
    }

    /** The other way round: what it credits is not known yet. */
    @Test
    void nothingIsGivenBackOfWhatAChangeMayBeCrediting() {
        subscribesForAYear();
        execute(
                "insert into subscription_changes (id, request_id, subscription_id, plan_id, stripe_price_id, stripe_item_id,"
                        + " quantity, status, created_at, updated_at) values (gen_random_uuid(), gen_random_uuid(), '"
                        + id
                        + "', 'pro-yearly', 'price_1', 'si_1', 1, 'asked', now(), now())");

        refused(refunds("{'amount':5000}"), 409, "change-in-progress");

        execute("update subscription_changes set status = 'refused' where subscription_id = '" + id + "'");
        expect(refunds("{'amount':5000}"), 201);
    }

    private void waitsForItsPayment() {
        subscribes("starter-yearly", 1);
        bill = invoices().get(0).path("id").asString();
        pays(EMPTY_CARD);
        expect(act("change", "{'planId':'pro-yearly','when':'now'}"), 402);
    }

    /** It was reckoned from all that was paid: the rest of the dear plan would be had for what the cheap one left. */
    @Test
    void nothingIsGivenBackOfWhatAChangeCreditsThatWaitsForItsPayment() {
        waitsForItsPayment();

        refused(refunds("{'amount':500}"), 409, "change-in-progress");

        ok(act("change/revoke", ""));
        expect(refunds("{'amount':500}"), 201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"&amount=500", ""})
    void aWaitingChangeIsNotPaidWithMoneyThatTheDashboardGaveBack(String part) {
        waitsForItsPayment();
        String paid = STRIPE.get("/v1/invoice_payments?invoice=" + bill)
                .at("/data/0/payment/payment_intent")
                .asString();
        String waiting = invoices().get(0).path("id").asString();
        STRIPE.post("/v1/refunds", "payment_intent=" + paid + part);
        deliverAll();
        pays(GOOD_CARD);

        refused(ask("/api/invoices/" + waiting + "/pay", "{}"), 409, "period-not-paid");
        sweep.round().block(WAIT);

        assertThat(STRIPE.get("/v1/invoices/" + waiting).path("status").asString())
                .isEqualTo("void");
        assertThat(column("pending_plan_id")).isNull();
        sweep.round().block(WAIT);
        execute("update refunded_change_checks set next_attempt_at = now() - interval '1 day'");
        sweep.round().block(WAIT);
        assertThat(texts("select count(*) from refunded_change_checks where subscription_id = '" + id + "'"))
                .containsExactly("0");
    }

    private String checks() {
        return texts("select count(*) from refunded_change_checks where subscription_id = '" + id + "'")
                .get(0);
    }

    /** Its answer is stored between two reads of who looks: it would be paid with the money that went back. */
    @Test
    void aChangeWhoseAnswerComesWhileItIsLookedAtIsNotLeftToBePaid() throws Exception {
        waitsForItsPayment();
        String waiting = invoices().get(0).path("id").asString();
        String paid = STRIPE.get("/v1/invoice_payments?invoice=" + bill)
                .at("/data/0/payment/payment_intent")
                .asString();
        STRIPE.post("/v1/refunds", "payment_intent=" + paid + "&amount=500");
        deliverAll();
        assertThat(checks()).isEqualTo("1");
        execute("update subscription_changes set status = 'asked' where subscription_id = '" + id + "'");
        execute("update subscriptions set pending_plan_id = null, pending_quantity = null, pending_until = null"
                + " where id = '" + id + "'");

        try (Connection answer = DATABASE.connect();
                Statement statement = answer.createStatement()) {
            answer.setAutoCommit(false);
            statement.execute("lock table subscription_changes in access exclusive mode");
            CompletableFuture<Void> looks = check.round(fault -> {}).toFuture();
            await().atMost(WAIT).until(() -> !texts("select pid from pg_locks where not granted"
                            + " and database = (select oid from pg_database where datname = current_database())"
                            + " and relation = 'subscription_changes'::regclass")
                    .isEmpty());
            statement.execute("update subscription_changes set status = 'done' where subscription_id = '" + id + "'");
            statement.execute("update subscriptions set pending_plan_id = 'pro-yearly' where id = '" + id + "'");
            answer.commit();
            var unused = looks.get(WAIT.toSeconds(), TimeUnit.SECONDS);
        }

        assertThat(STRIPE.get("/v1/invoices/" + waiting).path("status").asString())
                .isEqualTo("void");
        assertThat(checks()).isEqualTo("0");
    }

    /** Forgotten with what was seen before it, a change that waits would be paid with it. */
    @Test
    void moneyThatWentBackWhileAWaitingChangeIsLookedAtIsLookedAtToo() {
        waitsForItsPayment();
        UUID subscription = UUID.fromString(id);
        queue.check(subscription).block(WAIT);
        var claimed = Objects.requireNonNull(queue.claimDue().collectList().block(WAIT)).stream()
                .filter(due -> due.subscriptionId().equals(subscription))
                .toList();
        assertThat(claimed).hasSize(1);

        queue.check(subscription).block(WAIT);
        queue.end(claimed.get(0)).block(WAIT);

        assertThat(checks()).isEqualTo("1");
        execute("delete from refunded_change_checks where subscription_id = '" + id + "'");
    }

    /** It cannot be called back, and would come for nothing: docs.stripe.com/payments/ach-direct-debit. */
    @Test
    void aDebitThatIsOnItsWayForAWaitingChangeDoesNotComeForNothing() {
        subscribes("starter-yearly", 1);
        bill = invoices().get(0).path("id").asString();
        pays("pm_usBankAccount_processing");
        ok(act("change", "{'planId':'pro-yearly','when':'now'}"));
        String paid = STRIPE.get("/v1/invoice_payments?invoice=" + bill)
                .at("/data/0/payment/payment_intent")
                .asString();
        STRIPE.post("/v1/refunds", "payment_intent=" + paid + "&amount=500");
        deliverAll();

        sweep.round().block(WAIT);

        assertThat(invoices().get(0).path("status").asString()).isEqualTo("open");
        assertThat(texts("select count(*) from refunded_change_checks where subscription_id = '" + id + "'"))
                .containsExactly("1");
    }

    /** Its bank sent the refund back, say. */
    @Test
    void aWaitingChangeWhosePeriodIsPaidAgainIsLeftToItsUser() {
        waitsForItsPayment();
        execute("insert into refunded_change_checks (subscription_id, next_attempt_at) values ('" + id + "', now())");

        sweep.round().block(WAIT);

        assertThat(column("pending_plan_id")).isEqualTo("pro-yearly");
        assertThat(texts("select count(*) from refunded_change_checks where subscription_id = '" + id + "'"))
                .containsExactly("0");
    }

    private void onlyWhatWasNotCreditedIsGivenBack() {
        long paid = STRIPE.get("/v1/invoices/" + bill).path("amount_paid").asLong();
        assertThat(credit()).isPositive();

        JsonNode refund = expect(refunds("{}"), 201);

        assertThat(refund.at("/amount/amount").asLong() + credit()).isEqualTo(paid);
    }

    /** Its invoice is not known before its event, and the change is over: nothing else would keep its credit from going back. */
    @Test
    void whatAChangeCreditedWhoseAnswerWasLostIsNotGivenBackToo() {
        subscribesForAYear();
        STRIPE.next("POST /v1/subscriptions/*", "close_after");
        ok(act("change", FEWER));

        onlyWhatWasNotCreditedIsGivenBack();
    }

    @Test
    void whatAChangeCreditedThatWasFoundLongAfterIsNotGivenBackToo() {
        subscribesForAYear();
        ok(act("change", FEWER));
        String change = invoices().get(0).path("id").asString();
        execute("delete from invoices where stripe_invoice_id = '" + change + "'");
        execute("update subscription_changes set status = 'asked', created_at = now() - interval '16 minutes',"
                + " next_ask_at = now() - interval '1 day' where subscription_id = '" + id + "'");

        sweep.round().block(WAIT);

        onlyWhatWasNotCreditedIsGivenBack();
    }
}
