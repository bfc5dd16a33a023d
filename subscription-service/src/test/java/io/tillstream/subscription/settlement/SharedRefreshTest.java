package io.tillstream.subscription.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.subscription.subscription.Subscription;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class SharedRefreshTest {

    private final SharedRefresh shared = new SharedRefresh();

    /** Else each of a user's requests is a request to Stripe, of which all users together have only so many. */
    @Test
    void whoAsksWhileStripeIsAskedAsksItNoSecondTime() {
        var asked = new AtomicInteger();
        Sinks.One<Subscription> answer = Sinks.one();
        Mono<Subscription> look = Mono.defer(() -> {
            asked.incrementAndGet();
            return answer.asMono();
        });
        UUID id = UUID.randomUUID();

        var first = shared.of(id, look).subscribe();
        first.dispose(); // its client has gone
        var second = shared.of(id, look).subscribe();
        var other = shared.of(UUID.randomUUID(), look).subscribe();

        assertThat(asked).hasValue(2);
        second.dispose();
        other.dispose();
    }

    /** Else what was so once would be shown for ever. */
    @Test
    void whoAsksLaterHasStripeAskedAgain() {
        var asked = new AtomicInteger();
        Mono<Subscription> look = Mono.fromRunnable(asked::incrementAndGet);
        UUID id = UUID.randomUUID();

        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            shared.of(id, look).block();
            assertThat(asked).hasValueGreaterThan(1);
        });
    }
}
