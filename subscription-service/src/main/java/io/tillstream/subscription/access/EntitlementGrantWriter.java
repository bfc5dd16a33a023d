package io.tillstream.subscription.access;

import io.tillstream.delivery.Outbox;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Changes what one source gives a user, and tells what that changes for the user, once. */
@Component
class EntitlementGrantWriter {

    private static final Logger log = LoggerFactory.getLogger(EntitlementGrantWriter.class);

    private final EntitlementGrants sources;
    private final EntitlementRepository entitlements;
    private final Outbox outbox;

    EntitlementGrantWriter(EntitlementGrants sources, EntitlementRepository entitlements, Outbox outbox) {
        this.sources = sources;
        this.entitlements = entitlements;
        this.outbox = outbox;
    }

    /** When a change happens, and why. */
    record Moment(Instant now, String cause) {}

    /**
     * What the source gave becomes what {@code next} makes of it. Inside the caller's transaction.
     *
     * @param next all rows of the source, those that give nothing any more among them
     */
    Mono<Void> change(
            String userId,
            String source,
            Moment moment,
            Function<List<EntitlementGrant>, List<EntitlementGrant>> next) {
        return entitlements
                .lock(userId)
                .then(sources.of(userId, source))
                .flatMap(before -> store(before, next.apply(before), moment))
                .then(Mono.defer(() -> Mono.zip(entitlements.byFeature(userId), sources.counted(userId))))
                .flatMap(both -> settle(both.getT1(), Entitlement.of(both.getT2()), moment));
    }

    /** What a subscription gives is looked at again soon. */
    Mono<Void> due(UUID subscriptionId, Instant now) {
        return sources.due(subscriptionId, now);
    }

    private Mono<Void> store(List<EntitlementGrant> before, List<EntitlementGrant> next, Moment moment) {
        return Flux.fromIterable(next)
                .filter(given -> given.isStripes() || !before.contains(given)) // the time counts, too, see Sources
                .concatMap(given -> sources.put(given, moment.now()))
                .then();
    }

    private Mono<Void> settle(Map<String, Entitlement> before, Map<String, Entitlement> after, Moment moment) {
        return Flux.fromStream(Stream.concat(before.keySet().stream(), after.keySet().stream())
                        .distinct()
                        .sorted())
                .concatMap(feature -> settle(before.get(feature), after.get(feature), moment))
                .then();
    }

    private Mono<Void> settle(@Nullable Entitlement before, @Nullable Entitlement after, Moment moment) {
        if (after == null) {
            return before == null ? Mono.empty() : entitlements.remove(before).then(tell(before, null, moment));
        }
        Entitlement kept = before == null ? after : after.since(before.since());
        return kept.equals(before) ? Mono.empty() : entitlements.put(kept).then(tell(before, kept, moment));
    }

    private Mono<Void> tell(@Nullable Entitlement before, @Nullable Entitlement after, Moment moment) {
        return Flux.fromIterable(Entitlement.change(before, after, moment.now()))
                .doOnNext(event -> log.info(
                        "{} of {}: {} -> {}, because of {}",
                        event.feature(),
                        event.userId(),
                        grade(before),
                        grade(after),
                        moment.cause()))
                .concatMap(outbox::append)
                .then();
    }

    private static String grade(@Nullable Entitlement entitlement) {
        return entitlement == null ? "none" : entitlement.grade().text();
    }
}
