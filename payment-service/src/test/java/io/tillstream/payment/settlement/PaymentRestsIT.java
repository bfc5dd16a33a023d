package io.tillstream.payment.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.tillstream.delivery.Transactions;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.PaymentSweepQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Mono;

/** A short outage must not cost a buyer minutes. */
class PaymentRestsIT extends Attempted {

    @Autowired
    private PaymentSweepQueue queue;

    @Autowired
    private Transactions transactions;

    @Autowired
    private CircuitBreaker breaker;

    /** Each has a rest of a day; none of them may be left to it once Stripe is back. */
    @ParameterizedTest
    @CsvSource({
        "unknown, 0, true",
        "unknown, 9, true",
        "initiated, 1, true",
        "initiated, 0, false", // its own request is under way
        "processing, 3, false", // its bank is at it
        "action_required, 0, false", // its buyer is
    })
    void whatIsUnknownIsDueAtOnceWhenStripeIsBack(String status, int asks, boolean due) {
        Payment resting = resting(status, asks);
        Boolean isDue = transactions
                .run(Mono.defer(queue::makeDue)
                        .repeat()
                        .takeUntil(more -> more == 0)
                        .then(database.sql("select next_ask_at <= now() as due from payments where id = :id")
                                .bind("id", resting.id())
                                .map(row -> row.get("due", Boolean.class))
                                .one()))
                .block(WAIT);
        assertThat(isDue).isEqualTo(due);
    }

    @Test
    void aBreakerThatClosesHasWhatIsUnknownAskedFor() {
        Payment resting = resting("unknown", 5);
        breaker.transitionToOpenState();
        breaker.transitionToClosedState();
        await().atMost(WAIT).untilAsserted(() -> assertThat(status(resting)).isNotEqualTo(PaymentStatus.UNKNOWN));
    }

    private Payment resting(String status, int asks) {
        Payment payment = attempt();
        database.sql(
                        "update payments set status = :status, version = 1, asks = :asks, next_ask_at = now() + interval '1 day',"
                                + " created_at = now() - interval '1 hour' where id = :id")
                .bind("status", status)
                .bind("asks", asks)
                .bind("id", payment.id())
                .fetch()
                .rowsUpdated()
                .block(WAIT);
        return payment;
    }

    @ParameterizedTest
    @CsvSource({"0, 60", "1, 120", "2, 240", "3, 300", "4, 300", "5, 3600", "6, 86400"})
    void theRestsBeginWithTheFirstAndDouble(int asks, long seconds) {
        Payment unknown = attempt();
        Long rest = transactions
                .run(database.sql("update payments set status = 'unknown', version = 1, asks = :asks,"
                                + " next_ask_at = now() - interval '1 day' where id = :id")
                        .bind("asks", asks)
                        .bind("id", unknown.id())
                        .fetch()
                        .rowsUpdated()
                        .thenMany(queue.claim(0)) // in one transaction: the sweep does not see it
                        .then(database.sql(
                                        "select extract(epoch from next_ask_at - now())::bigint as rest from payments"
                                                + " where id = :id")
                                .bind("id", unknown.id())
                                .map(row -> row.get("rest", Long.class))
                                .one()))
                .block(WAIT);
        assertThat(rest).isEqualTo(seconds);
    }
}
