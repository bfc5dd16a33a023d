package io.tillstream.web.settlement;

import io.tillstream.web.Problem;
import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The two ways to wait for a settlement: a request that takes longer, and a stream of what changes. */
public final class SettlementStream {

    /** Below what proxies on the way keep a silent connection open; the caller asks again. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    /** Whoever waits longer connects anew; so a forgotten page does not hold its place for ever. */
    private static final Duration LONGEST_STREAM = Duration.ofMinutes(5);

    /** A line now and then, so that nobody on the way takes the stream for dead. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private SettlementStream() {}

    /** How long a request waits that asks for {@code wait}, such as 20s; 400 for what is no duration. */
    public static Duration longestWait(String wait) {
        try {
            Duration asked = DurationStyle.detectAndParse(wait);
            if (asked.isNegative()) {
                throw new IllegalArgumentException("negative");
            }
            return asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
        } catch (IllegalArgumentException | ArithmeticException e) { // also one that no long holds
            throw Problem.malformed("wait", "is not a duration such as 20s");
        }
    }

    /**
     * A stream of what changes, for five minutes at most.
     *
     * @param told how it is now, and then as often as it is looked at
     * @param read what a look at Stripe shows, once, where something open has been waited for a while
     */
    public static <S extends SettlementStatus> Flux<ServerSentEvent<S>> of(Flux<S> told, Mono<S> read) {
        Flux<ServerSentEvent<S>> changes = Flux.merge(told, read)
                .scan((last, now) -> now.version() < last.version() ? last : now)
                .distinctUntilChanged()
                .map(status -> ServerSentEvent.builder(status)
                        .event("settlement")
                        .id(String.valueOf(status.version()))
                        .build());
        Flux<ServerSentEvent<S>> heartbeat = Flux.interval(HEARTBEAT)
                .onBackpressureDrop()
                .map(tick -> ServerSentEvent.<S>builder().comment("still here").build());
        return Flux.merge(changes, heartbeat).take(LONGEST_STREAM);
    }
}
