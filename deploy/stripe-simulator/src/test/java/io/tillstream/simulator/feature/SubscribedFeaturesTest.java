package io.tillstream.simulator.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What customers may use, with subscriptions as they are made, renewed and ended. */
class SubscribedFeaturesTest extends Subscribing {
    private List<String> keys(String customer) {
        return StreamSupport.stream(
                        get("/v1/entitlements/active_entitlements?customer=" + customer)
                                .path("data")
                                .spliterator(),
                        false)
                .map(each -> Json.textOf(each, "lookup_key"))
                .toList();
    }

    private void attach(String price, String key) {
        ObjectNode feature = post("/v1/entitlements/features", "name=" + key, "lookup_key=" + key);
        post(
                "/v1/products/" + Json.text(get("/v1/prices/" + price), "product") + "/features",
                "entitlement_feature=" + Json.text(feature, "id"));
    }

    @Test
    void aCustomerHasTheFeaturesOfWhatIsPaidForAsLongAsItRuns() {
        String gold = price("Gold", 2000, "month");
        attach(gold, "reports");
        String customer = payer("pm_card_visa");
        ObjectNode subscription = subscribe(customer, gold);
        assertThat(keys(customer)).containsExactly("reports");
        attach(gold, "exports");
        assertThat(keys(customer)).containsExactly("reports");
        clock(end(subscription) + 7200);
        assertThat(keys(customer)).containsExactlyInAnyOrder("reports", "exports");
        delete("/v1/subscriptions/" + Json.textOf(subscription, "id"));
        assertThat(keys(customer)).isEmpty();
    }

    @Test
    void whoDoesNotPayTheFirstInvoiceMayUseNothing() {
        String gold = price("Gold", 2000, "month");
        attach(gold, "reports");
        String customer = payer("pm_card_chargeCustomerFail");
        subscribe(customer, gold);
        assertThat(keys(customer)).isEmpty();
    }
}
