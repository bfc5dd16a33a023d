package io.tillstream.subscription.settlement;

import io.micrometer.core.instrument.MeterRegistry;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.settlement.StatusWatcher;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/** Browsers that wait for a subscription to begin. */
@Component
class SubscriptionStatusWatcher extends StatusWatcher<Subscription> {

    private final Subscriptions subscriptions;

    SubscriptionStatusWatcher(Subscriptions subscriptions, MeterRegistry meters) {
        super(meters);
        this.subscriptions = subscriptions;
    }

    @Override
    protected Flux<Subscription> all(List<UUID> ids) {
        return subscriptions.all(ids);
    }

    @Override
    protected UUID id(Subscription subscription) {
        return subscription.id();
    }
}
