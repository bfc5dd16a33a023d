package io.tillstream.subscription.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.delivery.DomainEventHandler;
import io.tillstream.delivery.PublishedEvent;
import io.tillstream.delivery.Transactions;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.Subscriber;
import io.tillstream.testing.DatabaseTextSearch;
import io.tillstream.testing.Seed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Who is deleted leaves nothing that they wrote, and Stripe's late words do not bring it back. */
class PersonalDataErasureHandlerIT extends Subscriber {

    @Autowired
    private DomainEventHandler deleted;

    @Autowired
    private Transactions transactions;

    private final String mark = UUID.randomUUID().toString().substring(0, 8);
    private final String name = "Zenobia" + mark;

    private void isDeleted(Instant at) {
        var data = JSON.createObjectNode().put("userId", user).put("deletedAt", at.toString());
        var event = new PublishedEvent(UUID.randomUUID().toString(), "io.tillstream.customer.deleted.v1", data);
        transactions.run(deleted.apply(event).thenReturn(true)).block(WAIT);
    }

    @Test
    void whatTheyWroteIsErasedWhateverComesLate() {
        subscribes("starter-monthly", 1);
        ok(act("cancel", "{'when':'period_end','reason':'" + name + " moved to the sea.'}"));
        List<StripeEvent> late = new ArrayList<>(news());
        late.forEach(this::deliver);
        assertThat(DatabaseTextSearch.with(DATABASE, name)).contains("subscriptions.cancel_reason");

        STRIPE.delete("/v1/customers/" + customer);
        isDeleted(Instant.now());
        isDeleted(Instant.now());

        assertThat(DatabaseTextSearch.with(DATABASE, name)).isEmpty();
        late.addAll(news());
        assertThat(late).anyMatch(event -> event.raw().toString().contains(name));
        Collections.shuffle(late, Seed.random("a deleted customer's late events"));
        late.forEach(this::deliver);
        assertThat(DatabaseTextSearch.with(DATABASE, name)).isEmpty();
        assertThat(column("status")).isEqualTo("canceled");
    }

    @Test
    void whatTheyBeginAfterwardsIsNew() {
        Instant before = Instant.now().minusSeconds(5);
        subscribes("starter-monthly", 1);
        isDeleted(before);
        ok(act("cancel", "{'when':'period_end','reason':'" + name + " moved to the sea.'}"));
        deliverAll();
        assertThat(column("cancel_reason")).startsWith(name);
    }
}
