package io.tillstream.chaos.check;

import static io.tillstream.chaos.check.observation.Service.ORDERS;
import static io.tillstream.chaos.check.observation.Service.PAYMENTS;
import static io.tillstream.chaos.check.observation.Service.SUBSCRIPTIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A world without a breach has none; L1 and X1: each breach is named that is planted. */
class CheckerIT {
    private final World world = new World();

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void aWorldInWhichAllIsRightHasNoBreach() {
        world.expected = world.expected.withFaultsEnded(Instant.now().minusSeconds(3600));

        Report report = world.fromOutside().check();

        assertThat(report.breaches()).isEmpty();
        assertThat(report.looked().values()).allMatch(count -> count > 0);
        assertThat(report.notes()).isEmpty();
        assertThat(report.text()).contains("3 orders", "No breach.");
    }

    @Test
    void aReportNamesEachBreachWithItsIds() {
        world.stripe.remove("/v1/refunds", "re_3");

        assertThat(world.check().text()).contains("M4: refund re_3 is not at Stripe [re_3, 2000");
    }

    @Test
    void aJournalThatHasLostItsBeginningIsSaid() {
        world.stripe.lists.get("/_simulator/journal").remove(0);

        assertThat(world.check().notes()).singleElement().asString().contains("lost its first 1 requests");
    }

    @Test
    void anInvariantThatCannotBeJudgedIsABreachAndTheOthersAreJudged() {
        world.stripe.broken.add("/v1/subscriptions");
        world.stripe.remove("/v1/refunds", "re_3");

        Report report = world.check();

        assertThat(report.breaches()).anySatisfy(breach -> {
            assertThat(breach.invariant()).isEqualTo("S1");
            assertThat(breach.sentence()).contains("cannot be judged", "500 to GET /v1/subscriptions");
        });
        assertThat(report.text()).contains("M4: refund re_3 is not at Stripe");
        assertThat(report.looked()).doesNotContainKey("subscriptions").containsKey("refunds");
        assertThat(report.notes()).singleElement().asString().contains("subscriptions could not be counted");
    }

    /** Else a test would look at topics that hold less than it says. */
    @Test
    void aRecordThatKafkaDoesNotTakeIsTold() {
        TopicRecords records = new TopicRecords();
        String tooLong = "x".repeat(2_000_000); // a record has 1 MB at most
        records.entries.add(new TopicRecords.Entry(TopicRecords.STRIPE, 0, "key", Map.of(), tooLong));

        assertThatThrownBy(records::publish).rootCause().isInstanceOf(RecordTooLargeException.class);
    }

    @Test
    void whatAGroupHasNotHandledIsABreach() {
        world.topics(records -> records.unhandled.put(PAYMENTS, 2L))
                .fromOutside()
                .hasBreach("L1", "payment-service has 2 records");
    }

    @Test
    void whatIsNotPublishedIsABreach() {
        world.sql(ORDERS, "update outbox set sent_at = null where seq = 1").hasBreach("L1", "is not published");
    }

    @Test
    void aRecordThatStepsAsideIsABreach() {
        world.sql(
                        SUBSCRIPTIONS,
                        "insert into set_aside_records (record_key, topic, kafka_partition, kafka_offset, event_id, cause,"
                                + " next_try_at) values ('cus_1', 'stripe.events', 0, 1, 'evt_1', 'a defect', now())")
                .hasBreach("L1", "evt_1", "a defect");
    }

    @ParameterizedTest
    @ValueSource(strings = {"initiated", "unknown"})
    void aPaymentOfUnknownOutcomeIsABreach(String status) {
        world.sql(PAYMENTS, "update payments set status = '" + status + "' where stripe_intent_id = 'pi_1'")
                .hasBreach("L1", "payment is " + status);
    }

    @Test
    void aRefundOfUnknownOutcomeIsABreach() {
        world.sql(PAYMENTS, "update refunds set status = 'unknown' where stripe_refund_id = 're_2'")
                .hasBreach("L1", "refund is unknown");
    }

    @Test
    void aRefundThatStripeRefusedForNowIsABreach() {
        delayedRefund().hasBreach("L1", "refund is delayed", "charge_disputed");
    }

    /** Nobody but the bank can end that. */
    @ParameterizedTest
    @ValueSource(strings = {"needs_response", "lost"})
    void aRefundThatADisputeForbidsIsNoBreach(String status) {
        world.stripe.add("/v1/disputes", "{'id': 'du_3', 'payment_intent': 'pi_3', 'status': '" + status + "'}");
        delayedRefund().hasNoBreach("L1", "refund is delayed");
    }

    @Test
    void aRefundWhoseDisputeWasWonIsABreach() {
        world.stripe.add("/v1/disputes", "{'id': 'du_3', 'payment_intent': 'pi_3', 'status': 'won'}");
        delayedRefund().hasBreach("L1", "refund is delayed");
    }

    private World delayedRefund() {
        return world.sql(
                PAYMENTS,
                "update refunds set status = 'delayed', failure_reason = 'charge_disputed', stripe_refund_id = null"
                        + " where stripe_refund_id = 're_3'");
    }

    @ParameterizedTest
    @CsvSource({"asked, null", "asked, now()", "flagged, now()"})
    void aRefundOfAnInvoiceThatIsStillDueIsABreach(String status, String next) {
        refundOfInvoice(status, next).hasBreach("L1", "refund of an invoice is " + status);
    }

    /** A person gives it back: nothing is done here until then. */
    @Test
    void aRefundOfAnInvoiceThatIsLeftToAPersonIsNoBreach() {
        refundOfInvoice("flagged", "null").isClean();
    }

    private World refundOfInvoice(String status, String next) {
        return world.sql(
                SUBSCRIPTIONS,
                "insert into invoice_refunds (id, stripe_invoice_id, purpose, amount, currency, status, next_attempt_at,"
                        + " created_at, updated_at) values ('40000000-0000-0000-0000-000000000001', 'in_1',"
                        + " 'late_payment', 100, 'usd', '" + status + "', " + next + ", now(), now())");
    }

    @Test
    void aCancelThatDidNotEndIsABreach() {
        begunCancel("AWAITING_PAYMENT", false).hasBreach("L1", "cancel has begun and not ended");
        begunCancel("AWAITING_PAYMENT", true).hasBreach("L1", "cancel has begun and not ended");
    }

    /** Of others the cancel is taken back when the bank is at it; of those who are gone it stays until the bank has decided. */
    @Test
    void aCancelOfADeletedCustomerThatWaitsForTheBankIsNoBreach() {
        begunCancel("PAYMENT_PROCESSING", true).hasNoBreach("L1", "cancel has begun");
        begunCancel("PAYMENT_PROCESSING", false).hasBreach("L1", "cancel has begun");
    }

    private World begunCancel(String status, boolean isCustomerGone) {
        return world.sql(
                ORDERS,
                "update orders set status = '" + status + "', cancel_requested_at = now(), customer_departed = "
                        + isCustomerGone + " where payment_intent = 'pi_1'");
    }

    /** Its money is neither the user's nor the shop's. */
    @ParameterizedTest
    @ValueSource(strings = {"succeeded", "failed"})
    void aPayableOfADeletedUserThatIsNeverClosedIsABreach(String status) {
        leftPayable(status).hasBreach("L1", "00000000-0000-0000-0000-000000000001", "deleted user is not closed");
    }

    @Test
    void aPayableOfADeletedUserWhoseRightMoneyIsHeldBesideAWrongAmountIsABreach() {
        leftPayable("succeeded");
        world.sql(
                PAYMENTS,
                "update payments set status = 'mismatched', surplus = null,"
                        + " reference = '00000000-0000-0000-0000-000000000001' where stripe_intent_id = 'pi_2'");
        world.hasBreach("L1", "deleted user is not closed");
    }

    /** Nobody but the bank, or whoever sees to the wrong amount, can end that. */
    @ParameterizedTest
    @ValueSource(strings = {"processing", "mismatched"})
    void aPayableOfADeletedUserThatWaitsForTheBankOrAPersonIsNoBreach(String status) {
        leftPayable(status).hasNoBreach("L1", "deleted user is not closed");
    }

    private World leftPayable(String paymentStatus) {
        String reference = "where reference = '00000000-0000-0000-0000-000000000001'";
        return world.sql(
                PAYMENTS,
                "update payables set status = 'open', settled_by = null, left_at = now() " + reference,
                "update payments set status = '" + paymentStatus + "' " + reference);
    }

    @Test
    void anAttemptWithoutAnAnswerIsABreach() {
        world.sql(ORDERS, "update order_payments set state = 'ASKED' where payment_intent = 'pi_1'")
                .hasBreach("L1", "attempt to pay is ASKED");
    }

    @Test
    void aStartWithoutAnAnswerIsABreach() {
        world.sql(SUBSCRIPTIONS, "update subscriptions set checkout_session_id = null where status = 'starting'")
                .hasBreach("L1", "subscription is starting");
    }

    /** Each is a loss, of an end or of money, that nobody has ruled out yet. */
    @Test
    void whatIsNotSureYetOfASubscriptionIsABreach() {
        String id = "30000000-0000-0000-0000-000000000001";
        world.sql(
                SUBSCRIPTIONS,
                "insert into schedule_writes (request_id, subscription_id, stripe_schedule_id, next_attempt_at) values"
                        + " (gen_random_uuid(), '" + id + "', 'sub_sched_1', now() + interval '1 hour')",
                "insert into scheduled_change_checks (subscription_id, plan_id, next_attempt_at) values ('" + id
                        + "', 'pro-monthly', now() + interval '1 hour')",
                "insert into start_refunds (subscription_id, stripe_invoice_id, amount, currency, why, tries,"
                        + " next_attempt_at, created_at) values ('" + id
                        + "', 'in_1', 900, 'usd', 'balance_insufficient', 1, now() + interval '1 hour', now())",
                "insert into refunded_change_checks (subscription_id, next_attempt_at) values ('" + id
                        + "', now() + interval '1 hour')",
                "insert into voided_invoice_checks (stripe_invoice_id) values ('in_void')");
        world.hasBreach("L1", id, "money that went back");
        world.hasBreach("L1", "in_void", "not asked");
        world.hasBreach("L1", id, "sub_sched_1", "end");
        world.hasBreach("L1", id, "pro-monthly", "not checked");
        world.hasBreach("L1", id, "balance_insufficient");
    }

    /** The user has their money by another way. */
    @Test
    void whatWasPaidForAStartAndIsDismissedIsNoBreach() {
        world.sql(
                SUBSCRIPTIONS,
                "insert into start_refunds (subscription_id, stripe_invoice_id, amount, currency, why, tries,"
                        + " next_attempt_at, created_at, dismissed_at) values ('30000000-0000-0000-0000-000000000001',"
                        + " 'in_1', 900, 'usd', 'balance_insufficient', 1, 'infinity', now(), now())");
        world.isClean();
    }

    /** It is at its bank; and what that sent back is left to a person, who was told. */
    @ParameterizedTest
    @ValueSource(strings = {"given_back_at", "returned_at"})
    void whatWasGivenBackOfAStartIsNoBreach(String since) {
        world.sql(
                SUBSCRIPTIONS,
                "insert into start_refunds (subscription_id, stripe_invoice_id, amount, currency, why, tries,"
                        + " next_attempt_at, created_at, " + since + ") values ('30000000-0000-0000-0000-000000000001',"
                        + " 'in_1', 900, 'usd', 'pending', 1, 'infinity', now(), now())");
        world.isClean();
    }

    @Test
    void anEventThatWaitsForAnOrderThatIsHereIsABreach() {
        world.sql(ORDERS, "update parked_events set waits_for = '00000000-0000-0000-0000-000000000001'")
                .hasBreach("L1", "evt_parked", "is here");
    }

    @Test
    void aBreakerThatIsNotClosedIsABreach() {
        world.stripe.metrics = "resilience4j_circuitbreaker_state{name=\"stripe\",state=\"half_open\"} 1.0\n";
        world.hasBreach("L1", "breaker", "half_open");
    }

    @Test
    void aConnectionThatIsNeverGivenBackIsABreach() {
        world.stripe.metrics = "r2dbc_pool_acquired_connections{name=\"connectionFactory\"} 1.0\n";
        world.hasBreach("L1", "never given back");
    }

    @Test
    void aDeliveryThatIsStillToComeIsABreach() {
        world.stripe.deliveriesState.put("waiting_for_retry", 3);
        world.hasBreach("L1", "3 deliveries of Stripe are waiting for retry");
    }

    /** On a machine with other work something is always for a moment. */
    @Test
    void whatIsOverAtTheNextLookIsNoBreach() {
        world.stripe.onTheirWay.set(1);
        world.looks = 2;
        world.hasNoBreach("L1", "deliveries of Stripe");
    }

    @Test
    void whatIsStillToComeAtTheLastLookIsABreach() {
        world.stripe.onTheirWay.set(2);
        world.looks = 2;
        world.hasBreach("L1", "1 deliveries of Stripe are underway");
    }

    @Test
    void aTransactionThatIsLeftOpenIsABreach() throws SQLException {
        world.fromOutside();
        try (Connection forgotten = CleanDatabases.of(ORDERS).connect();
                Statement statement = forgotten.createStatement()) {
            forgotten.setAutoCommit(false);
            statement.execute("select 'left open'");

            await().atMost(Duration.ofSeconds(120))
                    .untilAsserted(() -> world.hasBreach("L1", "transaction is open", "left open"));
        }
    }

    @Test
    void anEventThatWasAppliedLongAfterTheFaultIsABreach() {
        world.sql(ORDERS, "update inbox set applied_at = now() + interval '1 day' where event_id = 'evt_1'");
        world.isClean();

        world.expected = world.expected.withFaultsEnded(Instant.now());
        world.hasBreach("L1", "order-service applied evt_1", "s after it could");
    }

    @Test
    void anEventThatWasPublishedLongAfterTheFaultIsABreach() {
        world.sql(ORDERS, "update outbox set sent_at = now() + interval '1 day' where seq = 1");
        world.expected = world.expected.withFaultsEnded(Instant.now());
        world.hasBreach("L1", "order-service published", "s after it could");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sk_test_1234",
                "whsec_abcd",
                "pi_1_secret_x",
                "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2ln",
                "to ann@example.com",
                "{\"cvc\": \"123\"}",
                "card 5555 5555 5555 4444",
                "42=4000000000000077;",
                "0x4242424242424242",
            })
    void aSecretInATableOrALogIsABreach(String secret) {
        world.sql(ORDERS, "update order_timeline set why = '" + secret + "' where ref = 'evt_1'")
                .hasBreach("X1", "orders.order_timeline");
        world.log(secret).hasBreach("X1", "order-service.log");
    }

    @Test
    void aSecretInAColumnOfBytesIsABreach() {
        world.sql(ORDERS, "update parked_events set payload = convert_to('{\"to\": \"ann@example.com\"}', 'UTF8')")
                .hasBreach("X1", "orders.parked_events", "e-mail");
    }

    /** The answer of a key is encrypted: three letters around an @ stand there by chance. */
    @Test
    void whatIsEncryptedHoldsNoAddress() {
        world.sql(
                ORDERS,
                "insert into idempotency_keys (key_hash, request_hash, owner, lease_until, answer, expires_at,"
                        + " derives_id) values ('k', 'r', gen_random_uuid(), now(), decode('e66c40582e6c', 'hex'),"
                        + " now() + interval '1 day', false)");
        world.isClean();
    }

    @Test
    void aSecretOnATopicIsABreach() {
        world.topics(records -> records.published(
                        ORDERS,
                        new String[] {"x", "io.tillstream.order.placed.v1", "y", "{\"to\": \"ann@example.com\"}"},
                        Instant.now()))
                .hasBreach("X1", "topic orders.events", "e-mail");
    }

    /** They are what Stripe tells, byte for byte; a card number or a key of ours it never tells. */
    @Test
    void whatStripeTellsMayHoldAnAddressAndAClientSecretButNoCard() {
        world.topics(records -> records.stripe(
                "evt_1",
                "payment_intent.succeeded",
                ", \"email\": \"ann@example.com\", \"client_secret\": \"pi_1_secret_x\""));
        world.isClean();

        world.topics(records -> records.stripe("evt_1", "payment_intent.succeeded", ", \"note\": \"4242424242424242\""))
                .hasBreach("X1", "topic stripe.events", "card number");
    }

    @Test
    void aWordThatTheRunNamesAsSecretIsABreach() {
        world.expected = world.expected.withSecrets(Set.of("correct-horse"));
        world.log("the password is correct-horse").hasBreach("X1", "a word that is secret");
    }

    /** Numbers that only look like a card's: a time in microseconds, a part of an id, one whose last digit is wrong. */
    @Test
    void otherLongNumbersAreNoCards() {
        world.log(
                "1785123456789012 4bf92f3577b34da6a3ce929d0e0e4736 4242424242424241x 4111-1111-1111-1112 0.4000000000000077");
        world.isClean();
    }
}
