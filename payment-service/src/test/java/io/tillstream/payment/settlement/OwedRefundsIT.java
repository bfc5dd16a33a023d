package io.tillstream.payment.settlement;

import static io.tillstream.payment.fake.FakeStripe.Fault.CHARGE_DISPUTED;
import static io.tillstream.payment.fake.FakeStripe.Fault.NOT_REFUNDABLE;
import static io.tillstream.payment.fake.FakeStripe.Fault.NO_BALANCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.payment.fake.FakeStripe.Fault;
import io.tillstream.payment.fake.StripeObjects;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.refund.RefundFlow;
import io.tillstream.payment.refund.RefundStatus;
import io.tillstream.testing.TestTokens;
import io.tillstream.testing.TestWebClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Money that came twice or late, and Stripe says no to giving it back: it stays owed. */
class OwedRefundsIT extends Attempted {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String DELAYED = "io.tillstream.payment.refund_delayed.v1";
    private static final String LATE = "io.tillstream.payment.late_refunded.v1";

    @Autowired
    private RefundFlow flow;

    @LocalServerPort
    private int port;

    /** A payment that came after its order was canceled, whose refund met {@code no}. */
    private Payment late(Fault no) {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        payables.lock(reference).flatMap(payables::close).block(WAIT);
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, 1999);
        STRIPE.nextRefund(StripeObjects.id(intent), no);
        since(before).forEach(this::deliver);
        await().atMost(SOON).untilAsserted(() -> assertThat(told()).containsExactly(DELAYED));
        return payments.find(payment.id()).block(WAIT);
    }

    /** A sweep that is at it at this very moment may set its own rest after ours: said again until it is heard. */
    private void restIsOverAfter(int refusals) {
        database.sql("""
                        update refunds set next_ask_at = now() - interval '1 day'
                        where reference = :reference and refusals = :refusals and next_ask_at is not null
                        """)
                .bind("reference", reference)
                .bind("refusals", refusals)
                .fetch()
                .rowsUpdated()
                .block(WAIT);
    }

    private List<String> statuses() {
        return texts("select status from refunds where reference = :reference order by created_at");
    }

    private List<String> flags() {
        return texts("select attention from refunds where reference = :reference and attention is not null");
    }

    private void seesTold(String... types) {
        await().atMost(SOON).untilAsserted(() -> assertThat(told()).containsExactly(types));
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"NO_BALANCE", "CHARGE_DISPUTED"})
    void aRefusalThatPassesIsToldAtOnceAndTriedAgainUntilTheMoneyIsBack(Fault no) {
        Payment payment = late(no);
        assertThat(statuses()).containsExactly("delayed");
        assertThat(flags()).isEmpty();
        STRIPE.nextRefund(
                StripeObjects.id(
                        STRIPE.objects.ofAttempt("payment_intent", payment.id()).get(0)),
                no);
        await().atMost(SOON).untilAsserted(() -> {
            restIsOverAfter(1);
            assertThat(texts("select refusals from refunds where reference = :reference"))
                    .containsExactly("2");
        });
        assertThat(told()).as("once").containsExactly(DELAYED);
        await().atMost(SOON).untilAsserted(() -> {
            restIsOverAfter(2);
            assertThat(told()).containsExactly(DELAYED, LATE);
        });
        assertThat(statuses()).containsExactly("succeeded");
        assertThat(STRIPE.objects.ofAttempt("refund", payment.id())).hasSize(1);
    }

    @Test
    void aDisputeThatEndsLetsItsRefundGoAtOnce() {
        Payment payment = late(CHARGE_DISPUTED);
        ObjectNode dispute = STRIPE.objects
                .object("dp", "dispute", Map.of())
                .put("amount", 1999)
                .put("currency", "usd")
                .put("payment_intent", payment.intentId())
                .put("status", "won");
        deliver(STRIPE.objects.tell("charge.dispute.closed", dispute));
        await().atMost(SOON).untilAsserted(() -> assertThat(told()).contains(LATE));
    }

    @Test
    void whatTheBankTookBackIsNotGivenBackASecondTime() {
        Payment payment = late(CHARGE_DISPUTED);
        ObjectNode dispute = STRIPE.objects
                .object("dp", "dispute", Map.of())
                .put("amount", 1999)
                .put("currency", "usd")
                .put("payment_intent", payment.intentId())
                .put("status", "lost");
        deliver(STRIPE.objects.tell("charge.dispute.closed", dispute));
        await().atMost(SOON).untilAsserted(() -> assertThat(statuses()).containsExactly("refused"));
        assertThat(STRIPE.objects.ofAttempt("refund", payment.id())).isEmpty();
    }

    @Test
    void whatCannotPassByItselfIsFlaggedListedAndReachedByAnOperatorsRefund() {
        Payment payment = late(NOT_REFUNDABLE);
        assertThat(flags()).containsExactly("charge_not_refundable");
        assertThat(listed()).contains(payment.id().toString(), "charge_not_refundable");

        var wish = new RefundFlow.RefundCommand(UUID.randomUUID(), reference, null, payment.intentId(), null, null);
        assertThat(flow.refund(wish).block(WAIT).status()).isEqualTo(RefundStatus.SUCCEEDED);

        assertThat(flags()).isEmpty();
        assertThat(listed()).doesNotContain(payment.id().toString());
        restIsOverAfter(1);
        assertThat(STRIPE.objects.ofAttempt("refund", payment.id())).hasSize(1);
    }

    @Test
    void afterAPartByAnOperatorOnlyTheRestGoesBack() {
        Payment payment = late(NO_BALANCE);
        var part = new RefundFlow.RefundCommand(
                UUID.randomUUID(), reference, 500L, payment.id().toString(), null, null);
        flow.refund(part).block(WAIT);
        await().atMost(SOON).untilAsserted(() -> {
            restIsOverAfter(1);
            assertThat(told()).contains(LATE);
        });
        assertThat(STRIPE.objects.ofAttempt("refund", payment.id()).stream()
                        .map(refund -> refund.get("amount").longValue()))
                .containsExactlyInAnyOrder(500L, 1499L);
    }

    private ObjectNode atTheDashboard(Payment payment, long amount, String status) {
        ObjectNode refund = STRIPE.objects
                .object("re", "refund", Map.of())
                .put("amount", amount)
                .put("currency", "usd")
                .put("payment_intent", payment.intentId())
                .put("status", status);
        STRIPE.objects.all.put(StripeObjects.id(refund), refund);
        deliver(STRIPE.objects.tell("refund.created", refund));
        return refund;
    }

    /** Counted twice, the larger part would end what is left of the smaller: the buyer never gets it. */
    @Test
    void thePartThatWentBackDoesNotEndTheRestThatItLeft() {
        Payment payment = late(NO_BALANCE);
        ObjectNode part = atTheDashboard(payment, 1500, "pending");
        STRIPE.nextRefund(payment.intentId(), NO_BALANCE);
        await().atMost(SOON).untilAsserted(() -> {
            restIsOverAfter(1);
            assertThat(
                            texts(
                                    "select refusals || ' ' || amount from refunds where reference = :reference and purpose = 'late'"))
                    .containsExactly("2 499");
        });

        deliver(STRIPE.objects.tell("refund.updated", part.put("status", "succeeded")));

        assertThat(statuses()).containsExactly("delayed", "succeeded");
        await().atMost(SOON).untilAsserted(() -> {
            restIsOverAfter(2);
            assertThat(told()).contains(LATE);
        });
        assertThat(STRIPE.objects.ofAttempt("refund", payment.id()).stream()
                        .map(refund -> refund.get("amount").longValue()))
                .containsExactly(499L);
    }

    @Test
    void aRefundThatTheBankSentBackIsForAPerson() {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        payables.lock(reference).flatMap(payables::close).block(WAIT);
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, 1999);
        since(before).forEach(this::deliver);
        seesTold(LATE);
        ObjectNode refund = STRIPE.objects.ofAttempt("refund", payment.id()).get(0);
        refund.put("status", "failed").put("failure_reason", "lost_or_stolen_card");
        deliver(STRIPE.objects.tell("refund.failed", refund));
        assertThat(flags()).containsExactly("lost_or_stolen_card");
        assertThat(StripeObjects.id(intent)).isNotBlank();
    }

    private ObjectNode sentBack(Payment payment, ObjectNode intent) {
        payables.lock(reference).flatMap(payables::close).block(WAIT);
        int before = STRIPE.objects.events.size();
        STRIPE.objects.succeed(intent, 1999);
        since(before).forEach(this::deliver);
        seesTold(LATE);
        return STRIPE.objects
                .ofAttempt("refund", payment.id())
                .get(0)
                .put("status", "failed")
                .put("failure_reason", "lost_or_stolen_card");
    }

    private static ObjectNode disputed(ObjectNode intent) {
        return STRIPE.objects
                .object("dp", "dispute", Map.of())
                .put("amount", 1999)
                .put("currency", "usd")
                .put("payment_intent", StripeObjects.id(intent))
                .put("status", "needs_response");
    }

    /** Nothing is left that anybody could give back: the alarm would stand for ever. */
    @Test
    void whatTheBankSentBackNeedsNobodyOnceADisputeTookIt() {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        ObjectNode refund = sentBack(payment, intent);
        deliver(STRIPE.objects.tell("refund.failed", refund));
        ObjectNode dispute = disputed(intent);
        deliver(STRIPE.objects.tell("charge.dispute.created", dispute));
        assertThat(flags()).as("it may be won").containsExactly("lost_or_stolen_card");

        deliver(STRIPE.objects.tell("charge.dispute.closed", dispute.put("status", "lost")));

        assertThat(flags()).isEmpty();
        assertThat(listed()).doesNotContain(payment.id().toString());

        deliver(STRIPE.objects.tell("charge.dispute.closed", dispute.put("status", "won")));
        assertThat(flags()).as("the shop has the buyer's money again").containsExactly("dispute_won");
        assertThat(listed()).contains(payment.id().toString());
    }

    /** The two facts come in either order. */
    @Test
    void whatTheBankSendsBackAfterTheDisputeIsLostNeedsNobody() {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        ObjectNode refund = sentBack(payment, intent);
        ObjectNode dispute = disputed(intent);
        deliver(STRIPE.objects.tell("charge.dispute.created", dispute));
        deliver(STRIPE.objects.tell("charge.dispute.closed", dispute.put("status", "lost")));

        deliver(STRIPE.objects.tell("refund.failed", refund));

        assertThat(flags()).isEmpty();
        assertThat(listed()).doesNotContain(payment.id().toString());
    }

    /** Stripe may refuse what is only asked for: the buyer would be forgotten. */
    @Test
    void whatIsOnlyAskedForDoesNotEndWhatIsOwed() {
        Payment payment = attempt();
        ObjectNode intent = intent(payment);
        ObjectNode refund = sentBack(payment, intent);
        deliver(STRIPE.objects.tell("refund.failed", refund));
        DATABASE.execute(
                "insert into refunds (id, payment_id, reference, purpose, amount, currency, status, next_ask_at,"
                        + " created_at, updated_at) select gen_random_uuid(), payment_id, reference, 'requested', amount, currency,"
                        + " 'initiated', now() + interval '1 day', now(), now() from refunds where payment_id = '"
                        + payment.id()
                        + "'");

        deliver(STRIPE.objects.tell("charge.dispute.created", disputed(intent)));

        assertThat(flags()).containsExactly("lost_or_stolen_card");
    }

    private String listed() {
        JsonNode page = TestWebClient.to("http://127.0.0.1:" + port)
                .responseTimeout(WAIT)
                .build()
                .get()
                .uri("/api/admin/payments/owed-refunds?attention=true&limit=100")
                .header("Authorization", "Bearer " + TestTokens.shared().operator())
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody();
        return String.valueOf(page);
    }
}
