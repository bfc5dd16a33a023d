package io.tillstream.subscription.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.Transactions;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.Subscriber;
import io.tillstream.subscription.subscription.Subscriptions;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.node.ObjectNode;

/** A state that Stripe has added since: asking for ever would keep everybody's events waiting behind it. */
class UnknownStateIT extends Subscriber {

    @Autowired
    private SubscriptionEventHandler news;

    @Autowired
    private Subscriptions subscriptions;

    @Autowired
    private Transactions transactions;

    enum Unknown {
        STATUS,
        NO_ITEMS,
        NO_PERIOD;

        ObjectNode of(ObjectNode known) {
            switch (this) {
                case STATUS -> known.put("status", "dormant");
                case NO_ITEMS -> known.withObject("/items").putArray("data");
                case NO_PERIOD -> known.withObject("/items/data/0").putNull("current_period_end");
            }
            return known;
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEventThatNobodyCanReadThoughStripeWasAskedIsPutAside(Unknown unknown) {
        subscribes("starter-monthly", 1);
        ObjectNode object = unknown.of((ObjectNode) shownAtStripe());
        StripeEvent event = StripeEvent.read(JSON.createObjectNode()
                .put("id", "evt_" + UUID.randomUUID())
                .put("type", "customer.subscription.updated")
                .put("created", Instant.now().getEpochSecond() + 5)
                .set("data", JSON.createObjectNode().set("object", object)));
        assertThat(applied(event, Optional.empty())).isEqualTo(new EventOutcome.NeedsRefetch());
        var before = subscriptions.find(UUID.fromString(id)).block(WAIT).knowledge();
        EventOutcome outcome = applied(event, Optional.of(new RefetchResult(object, before, null)));
        assertThat(outcome).isInstanceOf(EventOutcome.Ignored.class);
        assertThat(column("status")).isEqualTo("active");
        assertThat(texts("select outcome from subscription_timeline where subscription_id = '" + id + "' and ref = '"
                        + event.id() + "'"))
                .containsExactly("ignored");
        assertThat(deliver(event)).as("Stripe has another state by now").isNotNull();
    }

    private EventOutcome applied(StripeEvent event, Optional<RefetchResult> refetched) {
        return transactions
                .run(news.apply(event, refetched.map(RefetchResult::toJson)))
                .block(WAIT);
    }
}
