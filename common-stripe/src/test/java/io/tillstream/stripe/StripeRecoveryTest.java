package io.tillstream.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Stripe is back, and a payment that nobody knows the end of would wait for the next of its rests. */
class StripeRecoveryTest {

    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration NEVER = Duration.ofHours(1);

    private final CircuitBreaker circuit = StripeBreaker.circuit(new SimpleMeterRegistry(), NEVER);
    private final StripeBreaker breaker = new StripeBreaker(circuit, NEVER, Schedulers.parallel());
    private final AtomicInteger told = new AtomicInteger();
    private final AtomicInteger probed = new AtomicInteger();
    private final AtomicInteger probedWhenTold = new AtomicInteger();
    private final AtomicBoolean up = new AtomicBoolean();
    private final AtomicBoolean comesBack = new AtomicBoolean(); // after the next probe
    private StripeRecovery recovery;

    private StripeRecovery recovery(Duration every) {
        var made = new StripeRecovery(breaker, this::probe, every);
        made.whenItAnswersAgain(told::incrementAndGet);
        return made;
    }

    private Mono<Void> probe() {
        return Mono.fromRunnable(() -> {
            probed.incrementAndGet();
            call(up.get() ? null : new IOException("gone"));
            up.compareAndSet(false, comesBack.get());
        });
    }

    private void call(Throwable fault) {
        if (!breaker.tryAcquire()) {
            return;
        }
        if (fault == null) {
            breaker.answered(1);
        } else {
            breaker.failed(1, fault);
        }
    }

    @BeforeEach
    void listen() {
        recovery = new StripeRecovery(breaker, this::probe, NEVER);
    }

    @AfterEach
    void stop() {
        recovery.stop();
    }

    @Test
    void aFailureThatPassedIsToldOnce() {
        recovery = recovery(SOON);
        recovery.start();
        up.set(true);
        call(null);
        for (int times = 1; times <= 3; times++) {
            call(new IOException("gone"));
            int once = times;
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(told).hasValue(once));
            assertThat(recovery.isAway()).isFalse();
        }
        assertThat(probed).as("while Stripe answers it is not probed").hasValue(3);
    }

    @Test
    void aBreakerThatClosesTellsAndNotBefore() {
        recovery.whenItAnswersAgain(told::incrementAndGet);
        circuit.transitionToOpenState();
        circuit.transitionToHalfOpenState();
        for (int i = 0; i < 4; i++) {
            call(null);
        }
        assertThat(told).as("what was due now would not get through").hasValue(0);
        call(null);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(told).hasValue(1);
    }

    @Test
    void aBreakerThatOpensAgainDoesNotTell() {
        recovery.whenItAnswersAgain(told::incrementAndGet);
        circuit.transitionToOpenState();
        circuit.transitionToHalfOpenState();
        for (int i = 0; i < 5; i++) {
            call(new IOException("gone"));
        }
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(told).hasValue(0);
    }

    @Test
    void anInstanceThatIsAskedForNothingNoticesAllTheSame() {
        recovery = recovery(SOON);
        recovery.start();
        comesBack.set(true);
        recovery.whenItAnswersAgain(() -> probedWhenTold.compareAndSet(0, probed.get()));

        call(new IOException("gone"));

        await().atMost(Duration.ofMinutes(1)).until(() -> told.get() > 0 && probedWhenTold.get() > 0);
        assertThat(probedWhenTold)
                .as("by the first that was answered, not by the one that failed")
                .hasValue(2);
    }

    @Test
    void theProbesDecideForABreakerThatTries() {
        recovery = recovery(SOON);
        recovery.start();
        up.set(true);
        circuit.transitionToOpenState();
        circuit.transitionToHalfOpenState();
        await().atMost(Duration.ofMinutes(1)).until(() -> breaker.state() == State.CLOSED);
        await().atMost(Duration.ofMinutes(1)).until(() -> told.get() > 0);
    }

    /** It would be asked again and again for a day. */
    @Test
    void aFailureThatStripeKeepsForAKeyIsAnAnswer() throws Exception {
        try (FakeStripe fake = new FakeStripe()) {
            fake.thenReplayed(500, FakeStripe.error("api_error", "failed_before", ""));
            var settings = new StripeSettings(fake.uri(), "sk_test_1", "local", NEVER, NEVER, 20, SOON, NEVER);
            var beans = new StripeAutoConfiguration();
            try (StripeCalls calls =
                    beans.stripeCalls(beans.stripeClient(settings), settings, breaker, new SimpleMeterRegistry())) {
                assertThat(calls.write("charge", "a1", (stripe, options) -> stripe.v1()
                                        .paymentIntents()
                                        .cancel("pi_1", options))
                                .onErrorResume(OutcomeUnknown.class, unknown -> Mono.empty())
                                .block(Duration.ofMinutes(1)))
                        .isNull();
            }
        }
        assertThat(recovery.isAway()).isFalse();
    }
}
