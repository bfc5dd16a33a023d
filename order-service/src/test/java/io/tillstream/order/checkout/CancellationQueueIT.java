package io.tillstream.order.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.delivery.Transactions;
import io.tillstream.order.FakePaymentService;
import io.tillstream.order.RunningService;
import io.tillstream.order.order.CancellationQueue;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;

/** Cancels that payment-service cannot end for long keep no other open. */
class CancellationQueueIT extends RunningService {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final int STUCK = 45; // more than two batches

    @Autowired
    private CancellationQueue queue;

    @Autowired
    private CancellationSweep sweep;

    @Autowired
    private DatabaseClient database;

    @Autowired
    private Transactions transactions;

    private final String user = "cancels-" + UUID.randomUUID();

    @AfterEach
    void nobodyElseFindsThem() {
        execute("delete from orders where user_id = '" + user + "-stuck'");
    }

    private static String halfCanceled(String user, int count, int attempts, String tried, String since) {
        return """
                insert into orders (id, user_id, status, version, amount, currency, lines, created_at, updated_at,
                    cancel_requested_at, cancel_tried_at, cancel_attempts)
                select gen_random_uuid(), '%s', 'AWAITING_PAYMENT', 1, 1, 'usd', '[]', now(), now(),
                    now() - interval '%s', now() - interval '%s', %d
                from generate_series(1, %d)""".formatted(user, since, tried, attempts, count);
    }

    /** In one transaction that takes the rows away again: the running sweep does not see them. */
    private List<String> claimed(String... rows) {
        String claimed = transactions
                .run(database.sql(String.join(";\n", rows))
                        .fetch()
                        .rowsUpdated()
                        .then(queue.claim(Duration.ofSeconds(30), PERIOD).collectList())
                        .flatMap(ids -> database.sql(
                                        "select user_id from orders where id = any(:ids) and user_id = any(:own)")
                                .bind("ids", ids.toArray(UUID[]::new))
                                .bind("own", own())
                                .map(row -> String.valueOf(row.get("user_id", String.class)))
                                .all()
                                .collectList())
                        .flatMap(users -> database.sql("delete from orders where user_id = any(:own)")
                                .bind("own", own())
                                .fetch()
                                .rowsUpdated()
                                .thenReturn(String.join(",", users))))
                .block(SOON);
        return claimed == null || claimed.isEmpty() ? List.of() : List.of(claimed.split(","));
    }

    /** Once more where the machine took so many seconds for it: by then they may be due. */
    private List<String> claimedWithin(int seconds, String rows) {
        long start;
        List<String> claimed;
        do {
            start = System.nanoTime();
            claimed = claimed(rows);
        } while (System.nanoTime() - start >= Duration.ofSeconds(seconds).toNanos());
        return claimed;
    }

    private String[] own() {
        return new String[] {user, user + "-new", user + "-stuck"};
    }

    @Test
    void aCancelOfTodayWaitsForNoneThatCouldNotEnd() {
        List<String> claimed = claimed(
                halfCanceled(user + "-stuck", STUCK, 30, "1 hour", "3 hours"),
                halfCanceled(user + "-new", 1, 0, "1 minute", "1 minute"));

        assertThat(claimed).containsOnlyOnce(user + "-new");
        assertThat(claimed.stream().filter(one -> one.endsWith("-stuck")).count())
                .isBetween(1L, 10L);
    }

    @ParameterizedTest
    @CsvSource({"1, 10", "2, 20", "3, 40", "5, 160", "6, 300", "60, 300"})
    void theRestsBeginWithThePeriodAndDouble(int attempts, long seconds) {
        assertThat(claimedWithin(5, halfCanceled(user, 1, attempts, (seconds - 5) + " seconds", "3 hours")))
                .isEmpty();
        assertThat(claimed(halfCanceled(user, 1, attempts, seconds + " seconds", "3 hours")))
                .hasSize(1);
    }

    @Test
    void whatCannotEndIsNotAskedForInEveryRoundAndTheNewOneIsCanceled() {
        execute(halfCanceled(user + "-stuck", STUCK, 12, "0 seconds", "3 hours"));
        List<String> stuck = query("select id from orders where user_id = '" + user + "-stuck'");
        stuck.forEach(id -> PAYMENTS.closesWith(id, FakePaymentService.CLOSES_NEVER));
        String fresh = placed(user);
        execute("update orders set cancel_tried_at = now() - interval '1 hour' where user_id = '" + user + "-stuck'");
        execute("update orders set cancel_requested_at = now() - interval '1 minute' where id = '" + fresh + "'");

        await().atMost(SOON).untilAsserted(() -> assertThat(stuck).allMatch(id -> PAYMENTS.closeRequests(id) > 0));
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(order(user, fresh).path("status").asString()).isEqualTo("canceled"));
        for (int i = 0; i < 5; i++) {
            sweep.round().block(SOON);
        }

        assertThat(stuck).allMatch(id -> PAYMENTS.closeRequests(id) == 1);
    }
}
