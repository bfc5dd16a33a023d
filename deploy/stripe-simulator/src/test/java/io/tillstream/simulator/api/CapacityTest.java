package io.tillstream.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.simulator.RunningSimulator;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;

/**
 * How much a payment takes in memory. The whole claim is proven by
 *
 * <pre>mvn -pl deploy/stripe-simulator test -Dtest=CapacityTest -Dpayments=100000 -Dtest.jvm=-Xmx512m</pre>
 */
class CapacityTest extends RunningSimulator {
    private static final long BYTES_PER_PAYMENT = 4000; // a hundred thousand of them leave 130 MiB of 512 for the rest
    private static final int FIRST = 1200; // until the packing has learned what is usual
    private static final int PER_CUSTOMER = 10;
    private static final int PER_TURN = 100; // payments; what falls due meanwhile waits for the end of the turn
    private static final int MEASURED = 6000; // what else happens in this JVM, a few MiB, is little beside them
    private static final int COLLECTIONS = 5; // a single one leaves what other threads have just let go
    private static final Duration PATIENCE = Duration.ofMinutes(5); // a machine may have other work

    @Autowired
    private Execution execution;

    @Autowired
    private Timeline timeline;

    @Autowired
    private Stores stores;

    @Test
    void aHundredThousandPaymentsFitIntoHalfAGigabyte() {
        int payments = Integer.getInteger("payments", MEASURED);
        pay(FIRST);
        settled(FIRST);
        long before = used();
        pay(payments);
        settled(FIRST + payments);
        long after = used();
        long perPayment = (after - before) / payments;
        System.out.println("bytes per payment: " + perPayment + ", heap: " + after / 1024 / 1024 + " MiB");
        assertThat(perPayment).isLessThan(BYTES_PER_PAYMENT);
    }

    /** The other tests share this simulator: what they left, and what they wait for, is not measured. */
    @BeforeEach
    @AfterEach
    void forget() {
        control("POST", "reset", "{}");
    }

    /** In turns of {@link #PER_TURN}: the way between two threads, 14,000 times, would be most of the time. */
    private void pay(int count) {
        for (int paid = 0; paid < count; paid += PER_TURN) {
            int now = Math.min(PER_TURN, count - paid);
            assertThat(timeline.call(() -> payInOneTurn(now)).block(PATIENCE)).isEqualTo(now);
        }
    }

    private int payInOneTurn(int count) {
        String customer = "";
        for (int i = 0; i < count; i++) {
            if (i % PER_CUSTOMER == 0) {
                customer = ask("/v1/customers", "name=Alice&email=alice%40example.com&metadata[user_id]=alice");
            }
            ask(
                    "/v1/payment_intents",
                    "amount=" + (1000 + i) + "&currency=usd&customer=" + customer
                            + "&payment_method=pm_card_visa&payment_method_types[0]=card&confirm=true&metadata[order_id]="
                            + UUID.randomUUID() + "&metadata[attempt_id]=" + UUID.randomUUID()
                            + "&metadata[env]=local&metadata[user_id]=alice&description=Order");
        }
        return count;
    }

    private String ask(String path, String form) {
        HttpHeaders headers = new HttpHeaders();
        headers.set("Authorization", "Bearer " + SECRET_KEY);
        headers.set("Content-Type", "application/x-www-form-urlencoded");
        headers.set("Idempotency-Key", "v1:local:pay:" + UUID.randomUUID());
        Arrival arrival = new Arrival(Ids.nextShort("req"), "POST", path, null, form, headers);
        // The journal is left out: it ends at 20,000 requests, about 20 MB, and would count as if it grew on.
        Reply reply = execution.execute(arrival, execution.admit(arrival), null);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return Json.textOf(Json.parse(reply.body().getBytes(StandardCharsets.UTF_8)), "id");
    }

    private long transactions() {
        return Objects.requireNonNull(
                timeline.call(() -> stores.counts().get("balance_transaction")).block(PATIENCE));
    }

    private void settled(long count) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> transactions() >= count);
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
