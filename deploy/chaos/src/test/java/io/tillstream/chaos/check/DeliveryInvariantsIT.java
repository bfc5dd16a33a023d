package io.tillstream.chaos.check;

import static io.tillstream.chaos.check.observation.Service.ORDERS;
import static io.tillstream.chaos.check.observation.Service.PAYMENTS;
import static io.tillstream.chaos.check.observation.Service.SUBSCRIPTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.chaos.check.observation.RelayOutage;
import io.tillstream.chaos.check.observation.Service;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** T1, E1 and W1: each breach is named that is planted. */
class DeliveryInvariantsIT {
    private static final String ORDER = "00000000-0000-0000-0000-000000000001";
    private static final String PAID = "10000000-0000-0000-0000-000000000002"; // its event

    private final World world = new World();

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void aGapInAHistoryIsABreach() {
        world.sql(ORDERS, "update order_history set version = 2 where version = 1 and order_id = '" + ORDER + "'")
                .hasBreach("T1", ORDER, "gap");
    }

    @Test
    void aHistoryThatLacksItsBeginningIsABreach() {
        world.sql(PAYMENTS, "delete from payment_history where version = 0 and cause = 'api'")
                .hasBreach("T1", "begins with a move from initiated");
    }

    @Test
    void aThingWithoutAHistoryIsABreach() {
        world.sql(SUBSCRIPTIONS, "delete from subscription_history where cause_id like '%2'")
                .hasBreach("T1", "subscription 30000000-0000-0000-0000-000000000002 has no history");
    }

    @Test
    void aMoveFromWhereItWasNotIsABreach() {
        world.sql(ORDERS, "update order_history set from_status = 'ACTION_REQUIRED' where cause_id = 'evt_1'")
                .hasBreach("T1", ORDER, "went from ACTION_REQUIRED, but was AWAITING_PAYMENT");
    }

    @Test
    void aMoveThatIsNotAllowedIsABreach() {
        world.sql(
                        PAYMENTS,
                        "update payment_history set to_status = 'failed' where version = 1 and cause = 'event:evt_1'",
                        "insert into payment_history (payment_id, version, from_status, to_status, cause) values"
                                + " ('00000000-0000-0000-0000-00000000000a', 2, 'failed', 'unknown', 'api')")
                .hasBreach("T1", "may not go from failed to unknown");
    }

    @Test
    void aRowEditedByHandIsABreach() {
        world.sql(SUBSCRIPTIONS, "update subscriptions set status = 'unpaid' where status = 'active'")
                .hasBreach("T1", "is unpaid at 2, its history says active at 2");
    }

    @Test
    void aMoveByAnEventThatNeverHappenedIsABreach() {
        world.sql(PAYMENTS, "update payment_history set cause = 'event:evt_7' where cause = 'event:evt_1'")
                .hasBreach("T1", "evt_7, which never happened");
    }

    @Test
    void aMoveByAnEventThatIsNotInTheInboxIsABreach() {
        world.sql(ORDERS, "delete from inbox where event_id = 'evt_1'")
                .hasBreach("T1", ORDER, "evt_1, which is not in the inbox");
    }

    /** No event of Stripe's says it. */
    @Test
    void aMoveByWhatAComparisonTookInIsNoBreach() {
        String cause = "drift_1.1.pi_1.payment_intent.succeeded";
        world.sql(
                ORDERS,
                "update order_history set cause_id = '" + cause + "' where cause_id = 'evt_1'",
                "insert into inbox (event_id, type) values ('" + cause + "', 'payment_intent.succeeded')");
        assertThat(world.check().breaches())
                .noneMatch(breach -> breach.sentence().contains(cause));
    }

    @Test
    void aMoveByAComparisonThatIsNotInTheInboxIsABreach() {
        world.sql(ORDERS, "update order_history set cause_id = 'drift_1.1.pi_1' where cause_id = 'evt_1'")
                .hasBreach("T1", ORDER, "drift_1.1.pi_1, which is not in the inbox");
    }

    @Test
    void aMoveByAnAttemptThatIsNotThereIsABreach() {
        world.sql(ORDERS, "delete from order_payments where id = '00000000-0000-0000-0000-00000000000c'")
                .hasBreach("T1", "payment_answer 00000000-0000-0000-0000-00000000000c, which is not there");
    }

    @Test
    void aMoveWithoutACauseIsABreach() {
        world.sql(ORDERS, "update order_history set cause_id = '' where cause_id = 'evt_1'")
                .hasBreach("T1", ORDER, "without a cause");
    }

    @Test
    void aMoveOfNoKnownKindOfCauseIsABreach() {
        world.sql(ORDERS, "update order_history set cause_kind = 'by_hand' where cause_id = 'evt_1'")
                .hasBreach("T1", ORDER, "by_hand, which is no kind of cause");
    }

    @Test
    void anEventThatWasNeverPublishedIsABreach() {
        world.topics(records -> records.remove(PAID)).hasBreach("E1", PAID, "never published");
    }

    @Test
    void anEventPublishedTwiceIsABreachUnlessARelayDied() {
        world.topics(records -> records.entries.add(records.of(PAID))).hasBreach("E1", PAID, "2 times");

        world.expected = world.expected.withRelayOutages(List.of(outage(ORDERS, Duration.ZERO)));
        world.isClean();
    }

    @Test
    void anEventPublishedTwiceIsABreachWhereAnotherRelayDiedOrAtAnotherTime() {
        world.expected = world.expected.withRelayOutages(
                List.of(outage(PAYMENTS, Duration.ZERO), outage(ORDERS, Duration.ofMinutes(5))));

        world.topics(records -> records.entries.add(records.of(PAID))).hasBreach("E1", PAID, "2 times");
    }

    /** One that ended so long ago, and began before anything of this test. */
    private static RelayOutage outage(Service service, Duration ago) {
        Instant end = Instant.now().minus(ago);
        return new RelayOutage(Set.of(service), end.minusSeconds(3600), end);
    }

    @Test
    void anEventOutOfNowhereIsABreach() {
        world.topics(records -> records.published(
                        ORDERS,
                        new String[] {"nobody-wrote-it", "io.tillstream.order.disputed.v1", ORDER, "{}"},
                        Instant.now()))
                .hasBreach("E1", "nobody-wrote-it", "by nobody");
    }

    @Test
    void anEventUnderAnotherKeyIsABreach() {
        world.topics(records -> {
                    var right = records.of(PAID);
                    records.remove(PAID);
                    records.entries.add(new TopicRecords.Entry(
                            right.topic(), right.partition(), "another", right.headers(), right.value()));
                })
                .hasBreach("E1", PAID, "another key");
    }

    @Test
    void eventsOfOneOrderInTheWrongOrderAreABreach() {
        world.topics(records -> Collections.swap(
                        records.entries,
                        records.entries.indexOf(records.of("10000000-0000-0000-0000-000000000001")),
                        records.entries.indexOf(records.of(PAID))))
                .hasBreach("E1", ORDER, "[2, 1]");
    }

    @Test
    void eventsOfOneOrderOnTwoPartitionsAreABreach() {
        world.topics(records -> {
                    var right = records.of(PAID);
                    records.remove(PAID);
                    records.entries.add(
                            new TopicRecords.Entry(right.topic(), 1, right.key(), right.headers(), right.value()));
                })
                .hasBreach("E1", ORDER, "several partitions");
    }

    @Test
    void aMoveWithoutItsEventIsABreach() {
        world.sql(ORDERS, "delete from outbox where id = '" + PAID + "'")
                .topics(records -> records.remove(PAID))
                .hasBreach("E1", "order.paid of " + ORDER, "0 times");
    }

    @Test
    void moneyThatMovedAnOrderMoreOftenThanItWasToldIsABreach() {
        String refunded = "10000000-0000-0000-0000-000000000007";
        world.sql(ORDERS, "delete from outbox where id = '" + refunded + "'")
                .topics(records -> records.remove(refunded))
                .hasBreach("E1", "moved 2 times by money, and published 1");
    }

    @Test
    void anOrderThatWasToldPaidTwiceIsABreach() {
        String[] again = {"10000000-0000-0000-0000-0000000000ee", "io.tillstream.order.paid.v1", ORDER, "{}"};
        world.sql(
                        ORDERS,
                        "insert into outbox (id, shard, topic, aggregate_id, type, payload, sent_at) values ('"
                                + again[0] + "', 1, 'orders.events', '" + ORDER + "', '" + again[1] + "', '{}', now())")
                .topics(records -> records.published(ORDERS, again, Instant.now()))
                .hasBreach("E1", "order.paid of " + ORDER, "2 times");
    }

    @Test
    void aPaymentWhoseSuccessWasNotToldIsABreach() {
        String event = "10000000-0000-0000-0000-000000000011";
        world.sql(PAYMENTS, "delete from outbox where id = '" + event + "'")
                .topics(records -> records.remove(event))
                .hasBreach("E1", "payment.succeeded of 00000000-0000-0000-0000-00000000000a", "0 times");
    }

    @Test
    void aRefundThatWasNotToldIsABreach() {
        String event = "10000000-0000-0000-0000-000000000014";
        world.sql(PAYMENTS, "delete from outbox where id = '" + event + "'")
                .topics(records -> records.remove(event))
                .hasBreach("E1", "refund re_3", "0 times");
    }

    @Test
    void aSubscriptionWhoseBeginningWasNotToldIsABreach() {
        String event = "10000000-0000-0000-0000-000000000021";
        world.sql(SUBSCRIPTIONS, "delete from outbox where id = '" + event + "'")
                .topics(records -> records.remove(event))
                .hasBreach("E1", "subscription.created", "0 times");
    }

    @Test
    void anAnsweredEventThatIsNotOnTheTopicIsABreach() {
        world.stripe.add(
                "/_simulator/deliveries", "{'number': 5, 'event': 'evt_lost', 'endpoint': 'we_ours', 'status': 204}");
        world.hasBreach("W1", "evt_lost", "not on the topic");
    }

    @Test
    void anEventThatAServiceNeverHandledIsABreach() {
        world.sql(PAYMENTS, "delete from inbox where event_id = 'evt_2'")
                .hasBreach("W1", "evt_2", "inbox of payment-service");
    }

    @Test
    void anAppliedEventThatNeverCameIsABreach() {
        world.sql(ORDERS, "insert into inbox (event_id, type) values ('evt_forged', 'payment_intent.succeeded')")
                .hasBreach("W1", "evt_forged", "never came");
    }

    @Test
    void aDeadLetterThatIsNoPoisonIsABreach() {
        world.topics(records -> records.deadLetter(ORDERS, "evt_1", 0, 0))
                .hasBreach("W1", "evt_1 is a dead letter of order-service");
    }

    @Test
    void poisonThatIsNobodysDeadLetterIsABreach() {
        world.expected = world.expected.withPoison(Set.of(TopicRecords.POISON, "evt_planted"));
        world.hasBreach("W1", "evt_planted", "nobody's dead letter");
    }

    @Test
    void poisonThatOneServiceSwallowedIsABreach() {
        world.topics(records ->
                        records.entries.removeIf(entry -> entry.topic().equals("stripe.events.payment-service.dlt")))
                .hasBreach("W1", TopicRecords.POISON, "no dead letter of payment-service");
    }
}
