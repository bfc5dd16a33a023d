package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** After all the others: looks at what they left, on Stripe's side, in the databases and on the topics. */
@Alone(Stage.AFTERWARDS)
class AfterwardsIT {

    @BeforeAll
    static void allHasArrived() {
        Deliveries.retryNow();
        Quiet.everywhere();
    }

    @Test
    void noInvariantWasBroken() {
        finallySees(
                () -> { // what is gathered one after the other may change in between
                    Evidence evidence = Witness.evidence(Set.of());

                    List<String> breaches = Invariants.breachesIn(evidence);

                    assertThat(evidence.orders()).isNotEmpty();
                    assertThat(breaches).as("%d breaches", breaches.size()).isEmpty();
                });
    }

    private static void finallySees(ThrowingRunnable fact) {
        await().atMost(User.PATIENCE).pollDelay(Duration.ZERO).untilAsserted(fact);
    }

    @Test
    void whatOthersAreToldAreCloudEvents() {
        assertThat(Stream.of(Topic.ORDERS, Topic.PAYMENTS, Topic.SUBSCRIPTIONS)
                        .flatMap(topic -> Topic.read(topic).stream()))
                .isNotEmpty()
                .allSatisfy(message -> {
                    assertThat(message.header("ce_specversion")).isEqualTo("1.0");
                    assertThat(message.header("ce_id")).isNotEmpty();
                    assertThat(message.header("ce_time")).isNotEmpty();
                    assertThat(message.header("ce_subject")).isEqualTo(message.key());
                    assertThat(message.header("ce_source"))
                            .isIn("/order-service", "/payment-service", "/subscription-service");
                    assertThat(message.header("ce_sequence")).matches("[0-9]{19}");
                    assertThat(message.header("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]");
                    assertThat(message.type())
                            .matches("io\\.tillstream\\.(order|payment|payment_method|customer|subscription|invoice"
                                    + "|entitlement)\\.[a-z_]+\\.v1");
                    assertThat(message.header("content-type")).startsWith("application/json");
                    assertThat(message.json().isObject()).isTrue();
                });
        assertThat(Topic.read(Topic.STRIPE)).isNotEmpty().allSatisfy(message -> {
            assertThat(message.header("ce_id"))
                    .isEqualTo(message.json().path("id").asString());
            assertThat(message.type())
                    .isEqualTo("com.stripe." + message.json().path("type").asString());
            assertThat(message.header("ce_subject")).as(message.value()).isNotEmpty();
        });
    }

    @Test
    void allEventsOfOneCustomerAreOnOnePartition() {
        Map<String, Set<Integer>> partitions = new HashMap<>();
        Topic.read(Topic.STRIPE).forEach(message -> partitions
                .computeIfAbsent(message.key(), key -> new HashSet<>())
                .add(message.partition()));

        assertThat(partitions)
                .isNotEmpty()
                .allSatisfy((key, of) -> assertThat(of).as(key).hasSize(1));
    }

    @Test
    void nothingWaitsForAnOrderThatIsHere() {
        Set<String> orders = Databases.rows(Databases.ORDERS, "select id from orders").stream()
                .map(row -> row.text("id"))
                .collect(Collectors.toSet());
        for (String database : Databases.ALL) {
            finallySees(() -> assertThat(Databases.rows(database, "select waits_for from parked_events"))
                    .as(database)
                    .noneMatch(row -> orders.contains(row.text("waits_for"))));
        }
    }

    /** Services were started again and again meanwhile, and each start looks for cards that expire. */
    @Test
    void noCardsExpiryWasToldTwice() {
        assertThat(Topic.read(Topic.PAYMENTS).stream()
                        .filter(message -> message.type().equals("io.tillstream.payment_method.expiring.v1"))
                        .map(Topic.Message::value))
                .doesNotHaveDuplicates();
    }

    @Test
    void noAttemptIsLeftUnknown() {
        finallySees(() -> assertThat(Databases.rows(
                        Databases.PAYMENTS, "select id, status from payments where status in ('initiated', 'unknown')"))
                .isEmpty());
    }

    @Test
    void noTransactionWasLeftOpen() {
        finallySees(() -> assertThat(Databases.count(
                        Databases.ORDERS,
                        "select count(*) from pg_stat_activity where state = 'idle in transaction' and now() -"
                                + " state_change > interval '2 seconds'"))
                .isZero());
    }

    /** A service's jar holds other modules: one that was not made anew would have all that is above tested with old ones. */
    @Test
    void thePagesThatWereTestedAreThoseThatAreHere() throws IOException {
        Path files = Stack.repository().resolve("deploy/storefront/src/main/resources/storefront");
        try (Stream<Path> all = Files.walk(files)) {
            List<Path> modules =
                    all.filter(file -> file.toString().endsWith(".js")).toList();
            assertThat(modules).hasSizeGreaterThan(30).allSatisfy(file -> {
                String served = Web.send(
                                "GET",
                                URI.create(Stack.gateway() + "/shop/" + files.relativize(file)),
                                Map.of(),
                                (String) null)
                        .expect(200)
                        .body();
                assertThat(served).as(file.toString()).isEqualTo(Files.readString(file));
            });
        }
    }
}
