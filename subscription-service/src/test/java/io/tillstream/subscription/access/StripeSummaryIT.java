package io.tillstream.subscription.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.Transactions;
import io.tillstream.delivery.TransientFault;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.Subscriber;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Features that Stripe itself gives a customer are what the user has, whatever order its summaries come in. */
class StripeSummaryIT extends Subscriber {

    private final long now = Instant.now().getEpochSecond();

    @Autowired
    private ActiveEntitlementSummaryHandler events;

    @Autowired
    private Transactions transactions;

    @BeforeEach
    void aCustomer() {
        customer = customer();
        execute("insert into customers (stripe_customer_id, user_id) values ('" + customer + "', '" + user + "')");
        pays(GOOD_CARD);
    }

    private StripeEvent summary(String customer, long created, String... features) {
        ObjectNode summary = JSON.createObjectNode()
                .put("object", "entitlements.active_entitlement_summary")
                .put("customer", customer)
                .put("livemode", false);
        ObjectNode list =
                summary.putObject("entitlements").put("object", "list").put("has_more", false);
        var data = list.putArray("data");
        for (String feature : features) {
            data.addObject()
                    .put("id", "ent_" + feature)
                    .put("object", "entitlements.active_entitlement")
                    .put("lookup_key", feature);
        }
        return told(created, summary);
    }

    private static StripeEvent told(long created, ObjectNode summary) {
        return StripeEvent.read(JSON.createObjectNode()
                .put("id", "evt_" + UUID.randomUUID())
                .put("type", "entitlements.active_entitlement_summary.updated")
                .put("created", created)
                .set("data", JSON.createObjectNode().set("object", summary)));
    }

    private List<String> features() {
        return get("/api/entitlements")
                .path("data")
                .valueStream()
                .map(one ->
                        one.path("feature").asString() + " " + one.path("grade").asString())
                .toList();
    }

    private List<String> toldOthers() {
        return texts("select replace(replace(type, 'io.tillstream.entitlement.', ''), '.v1', '') || ' '"
                + " || (payload::json ->> 'feature') from outbox where aggregate_id = '" + user
                + "' and type like 'io.tillstream.entitlement%' order by seq");
    }

    /** A product with a feature that no plan of ours has, and the customer subscribed to it. */
    private String givenByStripe() {
        String key = "f" + UUID.randomUUID().toString().substring(0, 8);
        String feature = made("/v1/entitlements/features", "name=F&lookup_key=" + key);
        String product = made("/v1/products", "name=Elsewhere");
        made("/v1/products/" + product + "/features", "entitlement_feature=" + feature);
        String price =
                made("/v1/prices", "product=" + product + "&currency=usd&unit_amount=100&recurring[interval]=month");
        made("/v1/subscriptions", "customer=" + customer + "&items[0][price]=" + price);
        return key;
    }

    private static String made(String path, String form) {
        JsonNode answer = STRIPE.post(path, form);
        assertThat(answer.has("id")).as(answer.toString()).isTrue();
        return answer.path("id").asString();
    }

    /** They would lose what they were just given, until Stripe's next summary. */
    @Test
    void whatWasReadBeforeANewerSummaryDoesNotTakeItsPlace() {
        deliver(summary(customer, now, "one"));
        StripeEvent sameSecond = summary(customer, now, "two");
        assertThat(transactions.run(events.apply(sameSecond, Optional.empty())).block(WAIT))
                .isEqualTo(new EventOutcome.NeedsRefetch());
        JsonNode read = events.refetch(sameSecond).block(WAIT);
        deliver(summary(customer, now + 5, "three"));

        assertThatThrownBy(() -> transactions
                        .run(events.apply(sameSecond, Optional.of(read)))
                        .block(WAIT))
                .isInstanceOf(TransientFault.class);

        assertThat(features()).containsExactly("three full");
    }

    @Test
    void whatStripeGivesIsGivenOnceAndAnOlderSummaryTakesNothingBack() {
        StripeEvent newer = summary(customer, now, "maps", "tours");
        assertThat(deliver(newer)).isEqualTo(new EventOutcome.Applied());
        assertThat(deliver(summary(customer, now - 1, "maps")))
                .isEqualTo(new EventOutcome.Ignored("older than what is known"));
        assertThat(deliver(summary(customer, now - 2))).isEqualTo(new EventOutcome.Ignored("older than what is known"));
        deliver(newer);
        deliver(summary(customer, now, "tours", "maps"));
        assertThat(features()).containsExactly("maps full", "tours full");
        assertThat(toldOthers()).containsExactly("granted maps", "granted tours");
    }

    @Test
    void whatStripeTakesIsRevokedOnceAndCanBeGivenAgain() {
        deliver(summary(customer, now, "maps", "tours"));
        StripeEvent fewer = summary(customer, now + 1, "maps");
        deliver(fewer);
        deliver(fewer);
        assertThat(features()).containsExactly("maps full");
        deliver(summary(customer, now + 2, "maps", "tours"));
        assertThat(toldOthers()).containsExactly("granted maps", "granted tours", "revoked tours", "granted tours");
    }

    @Test
    void twoOfOneSecondThatDifferAreSettledByWhatStripeHasNow() {
        String key = givenByStripe();
        StripeEvent first = summary(customer, now, "maps");
        StripeEvent second = summary(customer, now, "tours");
        deliver(first);
        assertThat(deliver(second)).isEqualTo(new EventOutcome.Applied());
        assertThat(features()).containsExactly(key + " full");
        deliver(first);
        assertThat(features()).containsExactly(key + " full");
        deliverAll();
        assertThat(features()).containsExactly(key + " full");
        assertThat(toldOthers()).containsExactly("granted maps", "granted " + key, "revoked maps");
    }

    @Test
    void aListThatIsCutOffIsReadWholeBeforeAnythingIsTaken() {
        String key = givenByStripe();
        deliver(summary(customer, now, key));
        ObjectNode cut = (ObjectNode) summary(customer, now + 1).object().deepCopy();
        ((ObjectNode) cut.path("entitlements")).put("has_more", true);
        deliver(told(now + 1, cut));
        assertThat(features()).containsExactly(key + " full");
        assertThat(toldOthers()).containsExactly("granted " + key);
    }

    @Test
    void threeInstancesTellOnce() {
        StripeEvent event = summary(customer, now, "maps");
        List<CompletableFuture<EventOutcome>> instances = Stream.of(1, 2, 3)
                .map(instance -> CompletableFuture.supplyAsync(() -> deliver(event)))
                .toList();
        instances.forEach(CompletableFuture::join);
        assertThat(toldOthers()).containsExactly("granted maps");
    }

    @Test
    void whatStripeGivesBeforeItsCustomerIsKnownIsGivenAllTheSame() {
        String key = givenByStripe();
        execute("delete from customers where stripe_customer_id = '" + customer + "'");

        assertThat(deliver(summary(customer, now, key))).isEqualTo(new EventOutcome.Applied());

        assertThat(features()).containsExactly(key + " full");
    }

    @Test
    void aCustomerOfAnotherSystemIsNobodyHere() {
        assertThat(deliver(summary("cus_elsewhere", now, "maps")))
                .isEqualTo(new EventOutcome.Ignored("a customer of another system"));
    }

    /** Metadata is anybody's to write: whose customer it is, payment-service says. */
    @Test
    void aCustomerOfAnotherSystemWithACopyOfOurMetadataIsNobodyHere() {
        String copy = made("/v1/customers", "metadata[user_id]=" + user + "&metadata[env]=test&metadata[generation]=1");

        assertThat(deliver(summary(copy, now, "maps")))
                .isEqualTo(new EventOutcome.Ignored("a customer of another system"));

        assertThat(features()).isEmpty();
    }

    /** Stripe's summary of a subscription may be told before and after the subscription's end. */
    @Test
    void whatAPlanGaveIsOverWithItUnlessStripeStillSaysSoLater() {
        subscribes("starter-monthly", 1);
        deliver(summary(customer, now, "reading-room"));
        assertThat(features()).containsExactly("reading-room full");
        STRIPE.delete("/v1/subscriptions/" + stripeId);
        deliverAll();
        assertThat(features()).isEmpty();
        deliver(summary(customer, now + 3600, "reading-room"));
        assertThat(features()).containsExactly("reading-room full");
        assertThat(toldOthers())
                .containsExactly("granted reading-room", "revoked reading-room", "granted reading-room");
    }
}
