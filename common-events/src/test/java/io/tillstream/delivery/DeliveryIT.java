package io.tillstream.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.stripe.StripeAutoConfiguration;
import io.tillstream.testing.CountedStatements;
import io.tillstream.testing.Seed;
import io.tillstream.testing.TestKafka;
import io.tillstream.testing.TestPostgres;
import io.tillstream.web.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(classes = DeliveryIT.App.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
class DeliveryIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    private static final Duration OFFSETS_EVERY = Duration.ofSeconds(2); // far above what an event takes

    private static final Duration CLAIMED_FOR = Duration.ofSeconds(14); // unlike any other rest here

    private static final String PREFIX = TestKafka.newPrefix();

    private static final TestPostgres.Database DATABASE = TestPostgres.newDatabase();

    @SpringBootApplication(exclude = StripeAutoConfiguration.class)
    static class App {
        @Bean
        CountedStatements statements() {
            return new CountedStatements();
        }
    }

    @Autowired
    Ledger ledger;

    @Autowired
    @Qualifier("stripeEvents")
    ConcurrentMessageListenerContainer<String, byte[]> container;

    @Autowired
    CountedStatements statements;

    @Autowired
    DatabaseClient database;

    @Autowired
    Transactions transactions;

    @Autowired
    Outbox outbox;

    @Autowired
    UnappliedEvents backlog;

    @Autowired
    SetAsideRecords records;

    @Autowired
    MeterRegistry meters;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry settings) {
        TestKafka.createTopics(3, PREFIX + "orders.events");
        settings.add("spring.r2dbc.url", () -> "r2dbc:" + DATABASE.url());
        settings.add("spring.r2dbc.username", DATABASE::user);
        settings.add("spring.r2dbc.password", DATABASE::password);
        settings.add("spring.r2dbc.pool.initial-size", () -> 2);
        settings.add("spring.r2dbc.pool.max-size", () -> 4);
        settings.add("spring.flyway.url", () -> "jdbc:" + DATABASE.url());
        settings.add("spring.flyway.user", DATABASE::user);
        settings.add("spring.flyway.password", DATABASE::password);
        settings.add("spring.flyway.locations", () -> "classpath:db/delivery,classpath:db/ledger");
        settings.add("spring.kafka.bootstrap-servers", TestKafka::bootstrapServers);
        settings.add("tillstream.delivery.prefix", () -> PREFIX);
        settings.add("tillstream.delivery.group", () -> "ledger");
        settings.add("tillstream.delivery.partitions", () -> 3);
        settings.add("tillstream.delivery.account", () -> "acct_ours");
        settings.add("tillstream.delivery.retry-first", () -> "25ms");
        settings.add("tillstream.delivery.retry-longest", () -> "500ms");
        settings.add("tillstream.delivery.parked-first", () -> "250ms");
        settings.add("tillstream.delivery.parked-every", () -> "100ms");
        settings.add("tillstream.delivery.claimed-for", () -> CLAIMED_FOR.toSeconds() + "s");
        settings.add("tillstream.delivery.offsets-every", () -> OFFSETS_EVERY.toMillis() + "ms");
        settings.add("tillstream.delivery.database-url", DATABASE::url);
        settings.add("tillstream.delivery.database-user", DATABASE::user);
        settings.add("tillstream.delivery.database-password", DATABASE::password);
    }

    @AfterEach
    void endFaults() {
        ledger.fault = null;
        ledger.onlyFor = null;
    }

    @Test
    void theSameEventTenTimesHasOneEffect() {
        String account = openAccount();
        byte[] event = event("evt_" + account, "money", account, 5);
        for (int i = 0; i < 10; i++) {
            publish(account, event);
        }
        publish(account, event("evt_last_" + account, "money", account, 100));
        awaitTotal(account, 105);
    }

    @Test
    void anEventThatComesBeforeItsObjectIsAppliedWhenTheObjectIsMade() {
        String account = newAccount();
        publish(account, event("evt_" + account, "money", account, 7));
        await().atMost(SOON).until(() -> parked(account) == 1);
        ledger.open(account).block(SOON);
        awaitTotal(account, 7);
        await().atMost(SOON).until(() -> parked(account) == 0);
    }

    @Test
    void aRepeatOfAParkedEventIsStillAppliedOnce() {
        String account = newAccount();
        byte[] event = event("evt_" + account, "money", account, 7);
        publish(account, event);
        await().atMost(SOON).until(() -> parked(account) == 1);
        ledger.open(account).block(SOON);
        publish(account, event);
        publish(account, event("evt_last_" + account, "money", account, 100));
        awaitTotal(account, 107);
        await().atMost(SOON).until(() -> parked(account) == 0);
        assertThat(ledger.total(account).block(SOON)).isEqualTo(107);
    }

    @Test
    void stripeIsAskedOnceWhereTheEventCannotTell() {
        String account = openAccount();
        int before = ledger.questions.get();
        publish(account, event("evt_" + account, "unclear", account, 1));
        awaitTotal(account, 42);
        assertThat(ledger.questions.get()).isEqualTo(before + 1);
    }

    @Test
    void anEventOfAVersionNobodyHasLookedAtIsSettledByReading() {
        String account = openAccount();
        int before = ledger.questions.get();
        String later = new String(event("evt_later" + account, "money", account, 1000), StandardCharsets.UTF_8)
                .replaceFirst("\\{", "{\"api_version\":\"2099-01-01.later\",");
        publish(account, later.getBytes(StandardCharsets.UTF_8));
        awaitTotal(account, 42);
        assertThat(ledger.questions.get()).isEqualTo(before + 1);
    }

    @Test
    void whatHappensInAConnectedAccountMovesNoMoneyOfOurs() {
        String account = openAccount();
        String theirs = new String(event("evt_theirs" + account, "money", account, 1000), StandardCharsets.UTF_8)
                .replaceFirst("\\{", "{\"account\":\"acct_somebody\",");
        publish(account, theirs.getBytes(StandardCharsets.UTF_8));
        publish(account, event("evt_ours" + account, "money", account, 3));
        awaitTotal(account, 3);
    }

    /** Where Stripe names our own account in each event, none of them would be applied. */
    @Test
    void anEventThatNamesOurAccountIsAppliedAndOneThatNamesAnotherIsCounted() {
        String account = openAccount();
        double before = ignored("abroad");
        publish(account, from("acct_somebody", event("evt_theirs" + account, "abroad", account, 1000)));
        publish(account, from("acct_ours", event("evt_ours" + account, "abroad", account, 3)));
        awaitTotal(account, 3);
        assertThat(ignored("abroad") - before).isEqualTo(1);
        assertThat(deadLetters(account)).isEmpty();
    }

    private static byte[] from(String stripeAccount, byte[] event) {
        return new String(event, StandardCharsets.UTF_8)
                .replaceFirst("\\{", "{\"account\":\"" + stripeAccount + "\",")
                .getBytes(StandardCharsets.UTF_8);
    }

    private double ignored(String type) {
        return meters.counter("tillstream_events", "type", type, "outcome", "ignored")
                .count();
    }

    @Test
    void poisonGoesToTheDeadLetterTopicAndTheNextEventIsApplied() {
        String account = openAccount();
        double before = meters.counter("tillstream.dead.letters").count();
        publish(account, "{\"no\": \"event\"}".getBytes(StandardCharsets.UTF_8));
        publish(account, event("evt_" + account, "money", account, 3));
        awaitTotal(account, 3);
        assertThat(deadLetters(account)).hasSize(1);
        assertThat(meters.counter("tillstream.dead.letters").count() - before)
                .as("counted, for the alert")
                .isEqualTo(1);
        assertThat(deadLetters(account).get(0).headers().lastHeader("kafka_dlt-exception-message"))
                .isNotNull();
    }

    /** Its header is enough: not even its body is read. */
    @Test
    void anEventOfATypeThatIsNotFollowedCostsTheDatabaseNothing() {
        String account = openAccount();
        publish(typed("com.stripe.gossip", 0, account, event("evt_heard" + account, "gossip", account, 1)));
        publish(typed("com.stripe.gossip", 0, account, "no event".getBytes(StandardCharsets.UTF_8)));
        publish(0, account, event("evt_told" + account, "gossip", account, 1)); // without a header
        publish(typed("com.stripe.money", 0, account, event("evt_" + account, "money", account, 3)));
        awaitTotal(account, 3);
        assertThat(named("evt_heard" + account)).isZero();
        assertThat(named("evt_told" + account)).isZero();
        assertThat(named("evt_" + account)).as("the counter counts").isPositive();
        assertThat(deadLetters(account)).isEmpty();
    }

    /** As an order's payment does to those who look for payments of invoices. */
    @Test
    void anEventWhoseObjectIsOfNoConcernCostsTheDatabaseNothing() {
        String account = openAccount();
        publish(typed("com.stripe.aside", 0, account, event("evt_aside" + account, "aside", account, 1)));
        publish(typed("com.stripe.money", 0, account, event("evt_" + account, "money", account, 3)));
        awaitTotal(account, 3);
        assertThat(named("evt_aside" + account)).isZero();
        assertThat(named("evt_" + account)).as("the counter counts").isPositive();
        assertThat(deadLetters(account)).isEmpty();
    }

    /** Of one partition and so of one consumer, whose polls take many of them. */
    @Test
    void offsetsAreCommittedAfterAPollNotAfterEachRecord() {
        String account = openAccount();
        double before = commits();
        List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            records.add(typed("com.stripe.gossip", 0, account, new byte[0]));
        }
        records.add(typed("com.stripe.money", 0, account, event("evt_" + account, "money", account, 3)));
        publish(records);
        awaitTotal(account, 3);
        assertThat(commits() - before).isLessThan(100);
    }

    /** Each in a poll of its own. Whoever goes on after a crash knows by the inbox what was applied since the last commit. */
    @Test
    void offsetsAreCommittedByTheClockAlsoWhereEventsComeOneByOne() {
        String account = openAccount();
        double before = commits();
        long begin = System.nanoTime();
        for (int i = 1; i <= 20; i++) {
            publish(account, event("evt_" + i + account, "money", account, 1));
            awaitTotal(account, i);
        }
        double periods = (System.nanoTime() - begin) / (double) OFFSETS_EVERY.toNanos();
        assertThat(commits() - before).isLessThan(2 * (periods + 2)); // of two consumers
        await().atMost(SOON).until(() -> commits() > before);
    }

    private double commits() {
        return container.metrics().values().stream()
                .flatMap(metrics -> metrics.entrySet().stream())
                .filter(metric -> metric.getKey().name().equals("commit-total"))
                .mapToDouble(metric -> (double) metric.getValue().metricValue())
                .sum();
    }

    private long named(String event) {
        return statements.sent().stream().filter(sent -> sent.names(event)).count();
    }

    @Test
    void aFaultThatPassesBurnsNoTries() {
        String account = openAccount();
        ledger.fault = new TransientFault("Stripe is away", new java.net.ConnectException());
        publish(account, event("evt_" + account, "money", account, 3));
        publish(account, event("evt_2" + account, "money", account, 30));
        await().during(Duration.ofSeconds(1)) // four tries of an unknown fault take 0.4 s
                .atMost(SOON)
                .until(() -> ledger.total(account).block(SOON) == 0);
        ledger.fault = null;
        awaitTotal(account, 33);
        assertThat(deadLetters(account)).isEmpty();
    }

    @Test
    void aRecordThatKeepsFailingStepsAsideForItsKeyAloneAndNobodyElsesMoneyWaits() {
        String failing = openAccount();
        ledger.fault = new TransientFault("Stripe is slow", new java.net.SocketTimeoutException());
        ledger.onlyFor = failing;
        int[] partitions = {0, 1, 2};
        for (int i = 1; i <= 5; i++) {
            publish(0, failing, event("evt_" + i + failing, "money", failing, i));
        }
        for (int partition : partitions) {
            String other = openAccount();
            publish(partition, other, event("evt_" + other, "money", other, 7));
            awaitTotal(other, 7);
        }
        await().atMost(SOON).until(() -> setAside(failing) == 5);
        assertThat(ledger.total(failing).block(SOON)).isZero();
        ledger.fault = null;
        publish(0, failing, event("evt_6" + failing, "money", failing, 6));
        execute("update set_aside_records set next_try_at = now() where record_key = '" + failing
                + "'"); // no rest is waited for
        awaitTotal(failing, 21);
        await().atMost(SOON).until(() -> sent(failing).size() == 6);
        assertThat(sent(failing).stream().map(this::amount)).as("in order").containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        await().atMost(SOON).until(() -> setAside(failing) == 0);
        assertThat(deadLetters(failing)).isEmpty();
    }

    /** Its next rest is a day, and its key's money waits with it; a fault that nobody knows is no reason to hurry. */
    @Test
    void aRecordThatStepsAsideIsAppliedWhenWhatWasAwayIsBack() {
        String account = openAccount();
        ledger.fault = new TransientFault("Stripe is away", new java.net.SocketTimeoutException());
        ledger.onlyFor = account;
        publish(0, account, event("evt_" + account, "money", account, 1));
        await().atMost(SOON).until(() -> setAside(account) == 1);
        execute("update set_aside_records set next_try_at = now() + interval '1 day', unknown_tries = 1"
                + " where record_key = '" + account + "'"); // before it is tried again, which would go through
        ledger.fault = null;
        var unused = records.makeDue(500).block(SOON);
        assertThat(ledger.total(account).block(SOON)).isZero();
        execute("update set_aside_records set unknown_tries = 0 where record_key = '" + account + "'");
        unused = records.makeDue(500).block(SOON);
        awaitTotal(account, 1);
    }

    @Test
    void aRecordThatTurnsOutToBeDefectWhileItWaitsIsADeadLetterAndItsKeyGoesOn() {
        String account = openAccount();
        ledger.fault = new TransientFault("Stripe is slow", new java.net.SocketTimeoutException());
        ledger.onlyFor = account;
        publish(0, account, event("evt_" + account, "money", account, 1));
        await().atMost(SOON).until(() -> setAside(account) == 1);
        ledger.fault = new IllegalStateException("a defect");
        execute("update set_aside_records set unknown_tries = 10, next_try_at = now()");
        await().atMost(SOON).until(() -> deadLetters(account).size() == 1);
        ledger.fault = null;
        publish(0, account, event("evt_2" + account, "money", account, 30));
        awaitTotal(account, 30);
    }

    /** A deadlock of two that come back at once, say. */
    @Test
    void aRecordThatWaitedOutAnOutageIsNoDeadLetterForOneUnknownFault() {
        String account = openAccount();
        ledger.fault = new TransientFault("Stripe is away", new java.net.SocketTimeoutException());
        ledger.onlyFor = account;
        publish(0, account, event("evt_" + account, "money", account, 1));
        await().atMost(SOON).until(() -> setAside(account) == 1);
        ledger.fault = new IllegalStateException("a race");
        execute("update set_aside_records set tries = 10, next_try_at = now()");
        await().atMost(SOON)
                .until(() -> database.sql("select unknown_tries from set_aside_records where record_key = :key")
                                .bind("key", account)
                                .map(row -> row.get(0, Integer.class))
                                .one()
                                .block(SOON)
                        == 1);
        ledger.fault = null;
        execute("update set_aside_records set next_try_at = now()");
        awaitTotal(account, 1);
        assertThat(deadLetters(account)).isEmpty();
    }

    /** Of a topic that was made anew, say: Kafka never gives it, and whatever comes for its key waits behind it. */
    @Test
    void aSetAsideRecordThatKafkaDoesNotHaveEndsAndItsKeyGoesOn() {
        String beyond = openAccount();
        String another = openAccount();
        publish(0, another, event("evt_0" + another, "money", another, 1));
        awaitTotal(another, 1);
        for (var lost : Map.of(beyond, 1_000_000, another, 0).entrySet()) {
            execute("insert into set_aside_records (record_key, topic, kafka_partition, kafka_offset, event_id, cause,"
                    + " next_try_at) values ('%s', '%sstripe.events', 0, %d, 'evt_lost', '', now())"
                            .formatted(lost.getKey(), PREFIX, lost.getValue()));
            publish(0, lost.getKey(), event("evt_" + lost.getKey(), "money", lost.getKey(), 30));
        }
        awaitTotal(beyond, 30);
        awaitTotal(another, 31);
        assertThat(meters.get("tillstream_set_aside_records_lost").counter().count())
                .isEqualTo(2);
    }

    /** The instance that took it may be gone. */
    @Test
    void aParkedEventThatWasTakenIsDueAgainAfterTheTimeOfTheSetting() {
        String account = newAccount();
        Sinks.Empty<Void> end = Sinks.empty();
        ledger.slowUntil = end.asMono();
        ledger.slowFor = account;
        try {
            ledger.open(account).block(SOON);
            execute("""
                insert into parked_events (event_id, type, waits_for, payload, next_try_at)
                select 'evt_' || account, 'money', account, convert_to('{"id":"evt_' || account || '","type":"money","created":1,'
                    || '"livemode":false,"data":{"object":{"id":"' || account || '","amount":7}}}', 'UTF8'), now()
                from (values ('%s')) due (account)""".formatted(account));
            await().atMost(SOON).until(() -> dueInSeconds(account) > CLAIMED_FOR.toSeconds() / 2);
            assertThat(dueInSeconds(account)).isLessThanOrEqualTo(CLAIMED_FOR.toSeconds());
        } finally {
            end.tryEmitEmpty();
            ledger.slowFor = null;
        }
        awaitTotal(account, 7);
    }

    private double dueInSeconds(String account) {
        return database.sql("select extract(epoch from next_try_at - now())::float8 as due from parked_events"
                        + " where waits_for = :account")
                .bind("account", account)
                .map(row -> row.get("due", Double.class))
                .one()
                .block(SOON);
    }

    /** All orders that wait for their event would wait for one question to payment-service that gets no answer. */
    @Test
    void aSlowParkedEventKeepsNobodyWaitingWhoWaitsForSomethingElse() {
        String slow = newAccount();
        String quick = newAccount();
        Sinks.Empty<Void> end = Sinks.empty();
        ledger.slowUntil = end.asMono();
        ledger.slowFor = slow;
        try {
            ledger.open(slow).block(SOON);
            ledger.open(quick).block(SOON);
            execute("""
                insert into parked_events (event_id, type, waits_for, payload, next_try_at, parked_at)
                select 'evt_' || account, 'money', account, convert_to('{"id":"evt_' || account || '","type":"money","created":1,'
                    || '"livemode":false,"data":{"object":{"id":"' || account || '","amount":7}}}', 'UTF8'), now(),
                    now() - interval '1 minute' / place
                from (values ('%s', 1), ('%s', 2)) due (account, place)""".formatted(slow, quick));
            awaitTotal(quick, 7);
        } finally {
            end.tryEmitEmpty();
            ledger.slowFor = null;
        }
        awaitTotal(slow, 7);
    }

    /** Fewer than half of them in the old days, when each round took the same 50. */
    @Test
    void parkedEventsThatAreNoLongerOursToApplyKeepNobodyWaiting() {
        String account = newAccount();
        publish(account, event("evt_" + account, "money", account, 7));
        await().atMost(SOON).until(() -> parked(account) == 1);
        execute("""
            insert into parked_events (event_id, type, waits_for, payload, next_try_at)
            select 'evt_live' || n, 'money', 'nobody', convert_to('{"id":"evt_live' || n || '","type":"money","created":1,'
                || '"livemode":true,"data":{"object":{"id":"x","amount":1}}}', 'UTF8'), now() - interval '1 day'
            from generate_series(1, 60) n""");
        ledger.open(account).block(SOON);
        awaitTotal(account, 7);
        await().atMost(SOON).until(() -> parked("nobody") == 0);
        assertThat(parked(account)).isZero();
    }

    @Test
    void stripeIsReadOnceMoreWhereSomethingCameBetweenReadingAndStoring() {
        String account = openAccount();
        publish(account, event("evt_" + account, "overtaken", account, 1));
        awaitTotal(account, 42);
        assertThat(Collections.frequency(ledger.tried, "evt_" + account)).isEqualTo(3);
    }

    /** With its cause in headers it is larger than Kafka takes by itself: it would stop its partition for good. */
    @Test
    void poisonOfOneMebibyteIsADeadLetterToo() {
        String account = openAccount();
        publish(0, account, new byte[1_048_000]);
        publish(0, account, event("evt_" + account, "money", account, 3));
        awaitTotal(account, 3);
        assertThat(deadLetters(account)).hasSize(1);
    }

    @Test
    void aDeadLetterWithoutABodyIsListedWithTheOthers() {
        String account = newAccount();
        publish(new ProducerRecord<>(PREFIX + "stripe.events.ledger.dlt", account, null));
        assertThat(backlogOf(account)).singleElement().satisfies(dead -> {
            assertThat(dead.letter().type()).isEmpty();
            assertThat(dead.letter().place().eventId()).isEmpty();
        });
    }

    /** As older releases left them: all ids are asked for at once, so one hid all of them from the operator. */
    @Test
    void aDeadLetterWithAnIdThatNoTableHasIsListedWithTheOthers() {
        String account = newAccount();
        var record = new ProducerRecord<>(
                PREFIX + "stripe.events.ledger.dlt", account, event("evt_" + account, "money", account, 3));
        record.headers().add("ce_id", ("evt_\0" + account).getBytes(StandardCharsets.UTF_8));
        publish(record);
        assertThat(backlogOf(account)).singleElement().satisfies(dead -> {
            assertThat(dead.letter().place().eventId()).isEqualTo("evt_\0" + account);
            assertThat(dead.isApplied()).isFalse();
        });
        assertThat(replay(account)).isZero();
    }

    @Test
    void whileKafkaIsAwayDeadLettersAreAnsweredWithTryAgain() {
        var reader = new DeadLetterReader(Map.of("bootstrap.servers", "127.0.0.1:1", "default.api.timeout.ms", 200));
        assertThatThrownBy(() -> reader.newest(List.of("stripe.events.ledger.dlt")))
                .isInstanceOfSatisfying(Problem.class, away -> {
                    assertThat(away.status()).isEqualTo(503);
                    assertThat(away.retryAfter()).isPositive();
                });
    }

    private long setAside(String key) {
        return database.sql("select count(*) as n from set_aside_records where record_key = :key")
                .bind("key", key)
                .map(row -> row.get("n", Long.class))
                .one()
                .block(SOON);
    }

    private void execute(String sql) {
        database.sql(sql).fetch().rowsUpdated().block(SOON);
    }

    @Test
    void aDefectGoesToTheDeadLetterTopicAfterAFewTries() {
        String account = openAccount();
        ledger.fault = new IllegalStateException("a defect");
        publish(account, event("evt_" + account, "money", account, 3));
        await().atMost(SOON).until(() -> deadLetters(account).size() == 1);
        ledger.fault = null;
        publish(account, event("evt_2" + account, "money", account, 30));
        awaitTotal(account, 30);
    }

    @Test
    void aDeadLetterThatIsReplayedIsAppliedOnceHoweverOftenItIs() {
        String account = openAccount();
        ledger.fault = new IllegalStateException("a defect");
        ledger.onlyFor = account;
        publish(account, event("evt_" + account, "money", account, 3));
        await().atMost(SOON).until(() -> deadLetters(account).size() == 1);
        assertThat(backlogOf(account)).singleElement().satisfies(dead -> {
            assertThat(dead.letter().cause()).contains("a defect");
            assertThat(dead.isApplied()).isFalse();
        });

        assertThat(replay(account)).as("while the defect is there").isEqualTo(1);
        await().atMost(SOON).until(() -> {
            execute("update set_aside_records set next_try_at = now()");
            return deadLetters(account).size() == 2;
        });
        assertThat(ledger.total(account).block(SOON)).isZero();

        ledger.fault = null;
        assertThat(replay(account)).as("one event, though it lies there twice").isEqualTo(1);
        awaitTotal(account, 3);
        await().atMost(SOON).until(() -> setAside(account) == 0);
        assertThat(replay(account)).isEqualTo(1);
        await().atMost(SOON).until(() -> setAside(account) == 0);

        assertThat(ledger.total(account).block(SOON)).isEqualTo(3);
        assertThat(backlogOf(account)).hasSize(2).allMatch(UnappliedEvents.DeadLetter::isApplied);
    }

    private int replay(String account) {
        return backlog.replay(letter -> letter.place().key().equals(account)).block(SOON);
    }

    private List<UnappliedEvents.DeadLetter> backlogOf(String account) {
        return backlog.deadLetters().block(SOON).stream()
                .filter(dead -> dead.letter().place().key().equals(account))
                .toList();
    }

    @Test
    void parkedEventsAreListedFromTheOneThatWaitsLongest() {
        String account = newAccount();
        publish(0, account, event("evt_a" + account, "money", account, 1));
        publish(0, account, event("evt_b" + account, "money", account, 1));
        await().atMost(SOON).until(() -> parked(account) == 2);

        List<UnappliedEvents.Parked> all =
                backlog.parked(null, null, 100).collectList().block(SOON);
        var first = all.stream()
                .filter(one -> one.waitsFor().equals(account))
                .findFirst()
                .orElseThrow();

        assertThat(first.eventId()).isEqualTo("evt_a" + account);
        assertThat(backlog.parked(first.parkedAt(), first.eventId(), 1)
                        .collectList()
                        .block(SOON))
                .extracting(UnappliedEvents.Parked::eventId)
                .containsExactly("evt_b" + account);
    }

    /** What PostgreSQL itself says to it: a sum that is no bigint, and a character that it does not keep. */
    @Test
    void aValueThatTheDatabaseCannotKeepIsADeadLetterAtOnce() {
        String account = openAccount();
        publish(account, event("evt_max" + account, "money", account, Long.MAX_VALUE));
        awaitTotal(account, Long.MAX_VALUE);
        publish(account, event("evt_more" + account, "money", account, 1));
        publish(account, event("evt_nul" + account, "money", "a\\u0000", 1));
        publish(account, event("evt_back" + account, "money", account, -5));
        awaitTotal(account, Long.MAX_VALUE - 5);
        await().atMost(SOON).until(() -> deadLetters(account).size() == 2);
        assertThat(ledger.tried.stream().filter(("evt_more" + account)::equals)).hasSize(1);
        assertThat(ledger.tried.stream().filter(("evt_nul" + account)::equals)).hasSize(1);
        assertThat(setAside(account)).isZero();
    }

    @Test
    void aHopelessValueInsideAFaultThatWouldPassIsADeadLetterToo() {
        String account = openAccount();
        ledger.fault = new TransientFault(
                "Stripe is away", new io.r2dbc.spi.R2dbcBadGrammarException("no such character", "22021"));
        ledger.onlyFor = account;
        publish(account, event("evt_" + account, "money", account, 3));
        await().atMost(SOON).until(() -> deadLetters(account).size() == 1);
        assertThat(ledger.tried.stream().filter(("evt_" + account)::equals)).hasSize(1);
    }

    @Test
    void aParkedEventThatTheDatabaseCannotKeepIsADeadLetterAtOnce() {
        String account = newAccount();
        publish(account, event("evt_" + account, "money", account, 1));
        await().atMost(SOON).until(() -> parked(account) == 1);
        ledger.fault = new org.springframework.dao.DataIntegrityViolationException(
                "breaks a check", new io.r2dbc.spi.R2dbcDataIntegrityViolationException("breaks a check", "23514"));
        ledger.onlyFor = account;
        execute("update parked_events set next_try_at = now() where waits_for = '" + account + "'");
        await().atMost(SOON).until(() -> parked(account) == 0);
        assertThat(deadLetters("evt_" + account)).hasSize(1);
    }

    @Test
    void domainEventsOfOneAggregateAreOnKafkaInTheOrderTheyWereWritten() {
        String account = openAccount();
        for (int i = 1; i <= 30; i++) {
            publish(account, event("evt_" + i + account, "money", account, i));
        }
        await().atMost(SOON).until(() -> sent(account).size() == 30);
        assertThat(sent(account).stream().map(this::amount))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 30).mapToObj(i -> (long) i).toList());
        ConsumerRecord<String, byte[]> first = sent(account).get(0);
        assertThat(header(first, "ce_type")).isEqualTo("io.tillstream.order.refunded.v1");
        assertThat(header(first, "ce_id")).isNotBlank();
        assertThat(header(first, "ce_subject")).isEqualTo(account);
        assertThat(sent(account).stream().map(r -> header(r, "ce_id")).distinct())
                .hasSize(30);
        assertThat(sent(account).stream().map(r -> header(r, "ce_sequence")))
                .allMatch(sequence -> sequence.matches("[0-9]{19}"))
                .doesNotHaveDuplicates()
                .isSorted();
        assertThat(sent(account).stream().map(r -> header(r, "traceparent")))
                .allMatch(trace -> trace.matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]"));
    }

    /** Each trial cancels a transaction at a random moment, then borrows its connection for a write of its own. */
    @Test
    void aClientThatGoesAwayCostsNobodyAnAcknowledgedWrite() {
        int trials = 150;
        Random random = Seed.random("when a client goes away");
        for (int i = 0; i < trials; i++) {
            Disposable abandoned = transactions
                    .run(insertAccount("abandoned-" + i)
                            .then(Mono.delay(Duration.ofMillis(20)))
                            .then())
                    .subscribe();
            Mono.delay(Duration.ofNanos(random.nextInt(6_000_000))).block(SOON);
            abandoned.dispose();
            transactions.run(insertAccount("kept-" + i)).block(SOON);
        }
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(count("kept-%")).isEqualTo(trials);
            assertThat(count("abandoned-%")).isEqualTo(trials);
        });
    }

    private Mono<Void> insertAccount(String id) {
        return database.sql("insert into account (id, total) values (:id, 0)")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .then();
    }

    private long count(String pattern) {
        return database.sql("select count(*) as n from account where id like :p")
                .bind("p", pattern)
                .map(row -> row.get("n", Long.class))
                .one()
                .block(SOON);
    }

    private String newAccount() {
        return "acct-" + UUID.randomUUID();
    }

    private String openAccount() {
        String account = newAccount();
        ledger.open(account).block(SOON);
        return account;
    }

    private void awaitTotal(String account, long total) {
        await().atMost(SOON).until(() -> ledger.total(account).block(SOON) == total);
    }

    private long parked(String account) {
        return database.sql("select count(*) as n from parked_events where waits_for = :key")
                .bind("key", account)
                .map(row -> row.get("n", Long.class))
                .one()
                .block(SOON);
    }

    private List<ConsumerRecord<String, byte[]>> deadLetters(String key) {
        return of(key, PREFIX + "stripe.events.ledger.dlt");
    }

    private List<ConsumerRecord<String, byte[]>> sent(String key) {
        return of(key, PREFIX + "orders.events");
    }

    private static List<ConsumerRecord<String, byte[]>> of(String key, String topic) {
        return TestKafka.records(topic).stream()
                .filter(record -> key.equals(record.key()))
                .toList();
    }

    private long amount(ConsumerRecord<String, byte[]> record) {
        return JsonMapper.shared()
                .readTree(record.value())
                .get("refunded")
                .get("amount")
                .longValue();
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static byte[] event(String id, String type, String object, long amount) {
        return """
                {"id":"%s","type":"%s","created":1,"livemode":false,"data":{"object":{"id":"%s","amount":%d}}}
                """.formatted(id, type, object, amount).getBytes(StandardCharsets.UTF_8);
    }

    private static void publish(String key, byte[] event) {
        publish(null, key, event);
    }

    private static ProducerRecord<String, byte[]> typed(String type, int partition, String key, byte[] event) {
        var record = new ProducerRecord<>(PREFIX + "stripe.events", partition, key, event);
        Headers headers = record.headers();
        headers.add("ce_type", type.getBytes(StandardCharsets.UTF_8));
        return record;
    }

    private static void publish(Integer partition, String key, byte[] event) {
        publish(new ProducerRecord<>(PREFIX + "stripe.events", partition, key, event));
    }

    private static void publish(ProducerRecord<String, byte[]> record) {
        publish(List.of(record));
    }

    private static void publish(List<ProducerRecord<String, byte[]>> records) {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", TestKafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            records.subList(0, records.size() - 1).forEach(producer::send);
            producer.send(records.get(records.size() - 1)).get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
