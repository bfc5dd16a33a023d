package io.tillstream.subscription.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.Transactions;
import io.tillstream.delivery.TransientFault;
import io.tillstream.stripeevents.StripeEvent;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What somebody changes at Stripe's dashboard is seen here. */
class DashboardIT extends OnePlan {

    @Autowired
    private PlanEventHandler events;

    @Autowired
    private Transactions transactions;

    /** The shop would sell under the older name until somebody changes it again. */
    @Test
    void whatWasReadBeforeAnOperatorsChangeDoesNotTakeItsPlace() {
        JsonNode made = made(900);
        deliver(told(made, 2_000_000_000L, "Newer", "evt_newer"));
        StripeEvent sameSecond = told(made, 2_000_000_000L, "Other", "evt_other");
        assertThat(transactions.run(events.apply(sameSecond, Optional.empty())).block(WAIT))
                .isEqualTo(new EventOutcome.NeedsRefetch());
        JsonNode read = events.refetch(sameSecond).block(WAIT);
        changed("{'name':'Newest','interval':'month','prices':[{'amount':900,'currency':'usd'}]}");

        assertThatThrownBy(() -> transactions
                        .run(events.apply(sameSecond, Optional.of(read)))
                        .block(WAIT))
                .isInstanceOf(TransientFault.class);

        assertThat(shown().path("name").asString()).isEqualTo("Newest");
        deliver(sameSecond);
        deliverAll();
        assertThat(shown().path("name").asString()).isEqualTo("Newest");
    }

    @Test
    void whatIsChangedAtTheDashboardComesBackInWhateverOrderItIsTold() {
        made(900);
        deliverAll();
        STRIPE.post("/v1/products/tillstream_test_" + product, "name=Club&description=For+many.");
        STRIPE.post("/v1/products/tillstream_test_" + product, "name=Clan");
        List<StripeEvent> told = newsOfIt();
        assertThat(told).hasSize(2);
        for (int i : List.of(1, 0, 1, 0, 0, 1)) {
            deliver(told.get(i));
        }
        assertThat(shown().path("name").asString()).isEqualTo("Clan");
        assertThat(shown().path("description").asString()).isEqualTo("For many.");
        STRIPE.post("/v1/products/tillstream_test_" + product, "active=false");
        deliverAll();
        assertThat(shown().path("active").asBoolean()).isFalse();
    }

    @Test
    void anOlderEventChangesNothing() {
        JsonNode made = made(900);
        StripeEvent newer = told(made, 2_000_000_000L, "Newer", "evt_newer");
        StripeEvent older = told(made, 1_999_999_999L, "Older", "evt_older");
        assertThat(deliver(newer)).isEqualTo(new EventOutcome.Applied());
        assertThat(deliver(older)).isEqualTo(new EventOutcome.Ignored("older than what is known"));
        assertThat(deliver(newer)).isEqualTo(new EventOutcome.Ignored("says nothing new"));
        assertThat(shown().path("name").asString()).isEqualTo("Newer");
    }

    private StripeEvent told(JsonNode plan, long created, String name, String id) {
        JsonNode product = JSON.readTree(
                STRIPE.get("/v1/products/" + plan.path("stripeProductId").asString())
                        .toString()
                        .replace("\"Team\"", "\"" + name + "\""));
        return StripeEvent.read(JSON.createObjectNode()
                .put("id", id)
                .put("type", "product.updated")
                .put("created", created)
                .set("data", JSON.createObjectNode().set("object", product)));
    }

    @Test
    void aPriceThatIsArchivedAtTheDashboardIsNotOfferedAnyMore() {
        String price = made(900).path("stripePriceId").asString();
        deliverAll();
        STRIPE.post("/v1/prices/" + price, "active=false");
        List<StripeEvent> told = newsOfIt();
        told.forEach(this::deliver);
        told.forEach(this::deliver);
        assertThat(shown().path("active").asBoolean()).isFalse();
        assertThat(idsOf("/api/plans")).doesNotContain(plan);
    }

    @Test
    void aPriceThatIsGivenThePlansKeyAtTheDashboardIsThePlansPrice() {
        String former = made(900).path("stripePriceId").asString();
        deliverAll();
        String present = STRIPE.post(
                        "/v1/prices",
                        "product=tillstream_test_" + product
                                + "&currency=usd&unit_amount=1234&recurring[interval]=year&lookup_key=tillstream_test_"
                                + plan + "&transfer_lookup_key=true&currency_options[eur][unit_amount]=1111")
                .path("id")
                .asString();
        List<StripeEvent> told = newsOfIt();
        assertThat(told).hasSizeGreaterThanOrEqualTo(2);
        for (int i = told.size() - 1; i >= 0; i--) {
            deliver(told.get(i));
        }
        told.forEach(this::deliver);
        JsonNode now = shown();
        assertThat(now.path("stripePriceId").asString()).isEqualTo(present);
        assertThat(now.at("/prices/0/amount").asLong()).isEqualTo(1234);
        assertThat(now.at("/prices/1/amount").asLong()).isEqualTo(1111);
        assertThat(now.path("interval").asString()).isEqualTo("year");
        assertThat(plans.byPrice(former).block(WAIT).id()).isEqualTo(plan);
        // A later change of the name leaves the dashboard's price in force.
        changed("{'name':'Club','description':'For one.','interval':'year','prices':[{'amount':1234,'currency':'usd'},"
                + "{'amount':1111,'currency':'eur'}]}");
        assertThat(shown().path("stripePriceId").asString()).isEqualTo(present);
    }

    @Test
    void newsThatComeWhileOurChangeIsOnItsWayAreJudgedAfterIt() {
        made(900);
        deliverAll();
        execute("update plans set sync_due_at = now() + interval '1 hour', changes = changes + 1 where id = '" + plan
                + "'");
        STRIPE.post("/v1/products/tillstream_test_" + product, "name=Meanwhile");
        StripeEvent told = newsOfIt().get(0);
        assertThat(deliver(told)).isEqualTo(new EventOutcome.Parked("plan:" + plan));
        execute("update plans set sync_due_at = null, synced_at = now() + interval '1 minute' where id = '" + plan
                + "'");
        deliver(told);
        assertThat(shown().path("name").asString()).isEqualTo("Meanwhile");
    }
}
