package io.tillstream.simulator.feature;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Event;
import com.stripe.model.Product;
import com.stripe.model.ProductFeature;
import com.stripe.model.entitlements.ActiveEntitlement;
import com.stripe.model.entitlements.Feature;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.EventListParams;
import com.stripe.param.ProductCreateParams;
import com.stripe.param.ProductFeatureCreateParams;
import com.stripe.param.entitlements.ActiveEntitlementListParams;
import com.stripe.param.entitlements.FeatureCreateParams;
import io.tillstream.simulator.RunningSimulator;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Timeline;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.node.ObjectNode;

/** What customers may use follows what their subscriptions tell, told here by hand. */
class EntitlementsTest extends RunningSimulator {
    @Autowired
    private Events events;

    @Autowired
    private Timeline timeline;

    @AfterEach
    void forgetAll() {
        control("POST", "reset", "{}");
    }

    private Product product() throws StripeException {
        return stripe.v1()
                .products()
                .create(ProductCreateParams.builder().setName("Pro").build());
    }

    private Feature feature(String key) throws StripeException {
        return stripe.v1()
                .entitlements()
                .features()
                .create(FeatureCreateParams.builder()
                        .setLookupKey(key)
                        .setName("Feature " + key)
                        .build());
    }

    private ProductFeature attach(Product product, Feature feature) throws StripeException {
        return stripe.v1()
                .products()
                .features()
                .create(
                        product.getId(),
                        ProductFeatureCreateParams.builder()
                                .setEntitlementFeature(feature.getId())
                                .build());
    }

    private String customer() throws StripeException {
        Customer made =
                stripe.v1().customers().create(CustomerCreateParams.builder().build());
        return made.getId();
    }

    private void tell(String type, String customer, String status, Product product, long period) {
        ObjectNode subscription = Json.literal("{'id':'sub_1','object':'subscription','customer':'" + customer
                + "','status':'" + status + "','items':{'data':[{'current_period_start':" + period
                + ",'price':{'product':'" + product.getId() + "'}}]}}");
        timeline.call(() -> {
                    events.emit("customer.subscription." + type, subscription);
                    return true;
                })
                .block(java.time.Duration.ofSeconds(60));
    }

    private List<String> keys(String customer) throws StripeException {
        return stripe
                .v1()
                .entitlements()
                .activeEntitlements()
                .list(ActiveEntitlementListParams.builder()
                        .setCustomer(customer)
                        .build())
                .getData()
                .stream()
                .map(ActiveEntitlement::getLookupKey)
                .toList();
    }

    private List<Event> summaries() throws StripeException {
        return stripe.v1()
                .events()
                .list(EventListParams.builder()
                        .setType("entitlements.active_entitlement_summary.updated")
                        .build())
                .getData();
    }

    @Test
    void aSubscriptionGrantsTheFeaturesOfItsProductUntilItEnds() throws StripeException {
        Product product = product();
        attach(product, feature("reports"));
        String customer = customer();
        tell("created", customer, "incomplete", product, 1);
        assertThat(keys(customer)).isEmpty();
        tell("updated", customer, "active", product, 1);
        assertThat(keys(customer)).containsExactly("reports");
        tell("updated", customer, "active", product, 1);
        assertThat(summaries()).hasSize(1);
        tell("deleted", customer, "canceled", product, 1);
        assertThat(keys(customer)).isEmpty();
        assertThat(summaries()).hasSize(2);
        String told = summaries().get(1).toJson();
        assertThat(told).contains("\"lookup_key\": \"reports\"").contains("\"customer\": \"" + customer + "\"");
    }

    @Test
    void whatIsAttachedLaterIsGrantedFromTheNextPeriodOn() throws StripeException {
        Product product = product();
        String customer = customer();
        tell("created", customer, "trialing", product, 1);
        attach(product, feature("exports"));
        tell("updated", customer, "active", product, 1);
        assertThat(keys(customer)).isEmpty();
        tell("updated", customer, "active", product, 2);
        assertThat(keys(customer)).containsExactly("exports");
    }

    @Test
    void aFeatureHangsOnAProductOnce() throws StripeException {
        Product product = product();
        Feature feature = feature("reports");
        ProductFeature attached = attach(product, feature);
        assertThat(attached.getEntitlementFeature().getLookupKey()).isEqualTo("reports");
        assertThat(refused(InvalidRequestException.class, () -> attach(product, feature))
                        .getCode())
                .isEqualTo("resource_already_exists");
        assertThat(refused(InvalidRequestException.class, () -> feature("reports"))
                        .getCode())
                .isEqualTo("resource_already_exists");
        assertThat(stripe.v1().products().features().list(product.getId()).getData())
                .hasSize(1);
        stripe.v1().products().features().delete(product.getId(), attached.getId());
        assertThat(stripe.v1().products().features().list(product.getId()).getData())
                .isEmpty();
    }
}
