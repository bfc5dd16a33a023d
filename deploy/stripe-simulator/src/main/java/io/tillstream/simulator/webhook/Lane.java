package io.tillstream.simulator.webhook;

import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The way to one endpoint: deliveries set out in the order they came, a few at a time. */
final class Lane {
    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    private final Sinks.Many<Delivery> queue = Sinks.many().unicast().onBackpressureBuffer();
    private final Disposable running;

    Lane(int parallel, Function<Delivery, Mono<Attempt>> attempt) {
        this.running = queue.asFlux()
                .flatMap(
                        delivery -> attempt.apply(delivery).onErrorResume(error -> {
                            log.error("the delivery of {} failed", delivery.event, error);
                            return Mono.empty();
                        }),
                        parallel)
                .subscribe();
    }

    void add(Delivery delivery) {
        queue.tryEmitNext(delivery).orThrow();
    }

    void close() {
        running.dispose();
    }
}
