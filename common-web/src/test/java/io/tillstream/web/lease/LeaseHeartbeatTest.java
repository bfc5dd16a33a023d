package io.tillstream.web.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Who holds what others wait for: as long as one works, and not for longer. */
class LeaseHeartbeatTest {

    private static final Duration WAIT = Duration.ofSeconds(60);

    private final LeaseHeartbeat heartbeat = new LeaseHeartbeat("a thing", Duration.ofSeconds(1));
    private final AtomicInteger beats = new AtomicInteger();
    private final Sinks.Empty<Void> fourthBeat = Sinks.empty();

    private Mono<Boolean> renewed(boolean held) {
        return Mono.fromSupplier(() -> {
            if (beats.incrementAndGet() == 4) {
                fourthBeat.tryEmitEmpty();
            }
            return held;
        });
    }

    @Test
    void noLeaseKeepsOthersWaitingForLongerThanFifteenSeconds() {
        assertThatThrownBy(() -> new LeaseHeartbeat("a thing", Duration.ofMillis(15_001)))
                .hasMessage("a thing is from 1s to 15s");
        assertThatThrownBy(() -> new LeaseHeartbeat("a thing", Duration.ofMillis(999)))
                .hasMessage("a thing is from 1s to 15s");
        assertThatNoException().isThrownBy(() -> new LeaseHeartbeat("a thing", Duration.ofSeconds(15)));
    }

    @Test
    void workThatLastsLongerThanALeaseIsRenewedAllTheTime() {
        assertThat(heartbeat
                        .during(renewed(true), fourthBeat.asMono().thenReturn("done"))
                        .block(WAIT))
                .isEqualTo("done");
    }

    @Test
    void workEndsWhereAnotherHasTakenOver() {
        assertThatThrownBy(() -> heartbeat.during(renewed(false), Mono.never()).block(WAIT))
                .isInstanceOf(LeaseLost.class);
    }

    /** A call to Stripe under way is not given up half done. */
    @Test
    void workThatIsNotToBeEndedHalfWayGoesOnWhereAnotherHasTakenOver() {
        assertThat(heartbeat
                        .alongside(renewed(false), fourthBeat.asMono().thenReturn("done"))
                        .block(WAIT))
                .isEqualTo("done");
    }

    /** A database that does not answer once is no reason to stop; one that is away for a lease is. */
    @Test
    void oneBeatThatFailsIsNoLossAndAWholeLeaseOfThemIs() {
        Mono<Boolean> failsOnce = renewed(true)
                .flatMap(held -> beats.get() == 1 ? Mono.error(new IllegalStateException("away")) : Mono.just(held));
        boolean isLost = true;
        for (int times = 0; isLost && times < 20; times++) {
            beats.set(0);
            long begun = System.nanoTime();
            isLost = heartbeat
                    .during(failsOnce, fourthBeat.asMono().thenReturn(false))
                    .onErrorReturn(LeaseLost.class, true)
                    .block(WAIT);
            if (System.nanoTime() - begun < heartbeat.lease().toNanos()) {
                break; // else the beat came later than a lease lasts, as the machine is busy
            }
        }
        assertThat(isLost).as("for one beat").isFalse();

        assertThatThrownBy(() -> heartbeat
                        .during(Mono.error(new IllegalStateException("away")), Mono.never())
                        .block(WAIT))
                .isInstanceOf(LeaseLost.class);
    }

    @Test
    void aFaultOfTheWorkIsTold() {
        assertThatThrownBy(() -> heartbeat
                        .during(renewed(true), Mono.error(new IllegalStateException("refused")))
                        .block(WAIT))
                .hasMessage("refused");
    }
}
