package io.tillstream.subscription.settlement;

import io.tillstream.subscription.subscription.Subscription;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** One look at Stripe for all who wait for the same subscription, and for whoever asks again at once: it would show the same. */
@Component
class SharedRefresh {

    private static final Duration GOOD_FOR = Duration.ofSeconds(1); // a gateway lets a user ask five times a second

    private final Map<UUID, Mono<Subscription>> running = new ConcurrentHashMap<>();

    /** {@code look} is begun by the first who asks, and goes on when they have gone. */
    Mono<Subscription> of(UUID id, Mono<Subscription> look) {
        return Mono.defer(() -> running.computeIfAbsent(
                id, key -> look.doFinally(end -> forgetLater(key)).cache()));
    }

    private void forgetLater(UUID id) {
        var unused =
                Schedulers.parallel().schedule(() -> running.remove(id), GOOD_FOR.toMillis(), TimeUnit.MILLISECONDS);
    }
}
