package io.tillstream.subscription.settlement;

import io.tillstream.delivery.DomainEventHandler;
import io.tillstream.delivery.PublishedEvent;
import io.tillstream.events.CustomerEvent;
import io.tillstream.events.DomainEvent;
import io.tillstream.events.PaymentEvent;
import io.tillstream.subscription.subscription.Subscriptions;
import java.time.Instant;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Forgets what a deleted customer said in their own words. Their subscriptions end by Stripe's events, which deletes the
 * customer; what they begin after the wish is new.
 */
@Component
class PersonalDataErasureHandler implements DomainEventHandler {

    private static final Logger LOG = LoggerFactory.getLogger(PersonalDataErasureHandler.class);

    private final Subscriptions subscriptions;

    PersonalDataErasureHandler(Subscriptions subscriptions) {
        this.subscriptions = subscriptions;
    }

    @Override
    public String topic() {
        return PaymentEvent.TOPIC;
    }

    @Override
    public Set<String> types() {
        return Set.of(DomainEvent.type(CustomerEvent.Deleted.class));
    }

    @Override
    public Mono<Void> apply(PublishedEvent event) {
        CustomerEvent.Deleted deleted = event.as(CustomerEvent.Deleted.class);
        return subscriptions
                .forgetReasons(deleted.userId(), Instant.parse(deleted.deletedAt()))
                .doOnNext(count -> LOG.info("Event {}: {} subscriptions lost their user's words", event.id(), count))
                .then();
    }
}
