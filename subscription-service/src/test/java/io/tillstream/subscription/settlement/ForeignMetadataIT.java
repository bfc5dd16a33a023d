package io.tillstream.subscription.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.subscription.simulated.Subscriber;
import org.junit.jupiter.api.Test;

/** Metadata is anybody's to write: a copy of ours gives nobody what they have not paid for. */
class ForeignMetadataIT extends Subscriber {

    private String opensPage() {
        return json(post(
                                "/api/checkout/sessions",
                                "{'mode':'subscription','planId':'starter-monthly',"
                                        + "'successUrl':'http://localhost:8080/welcome',"
                                        + "'cancelUrl':'http://localhost:8080/plans'}")
                        .expectStatus()
                        .isCreated())
                .path("subscriptionId")
                .asString();
    }

    private static String stranger() {
        String stranger = STRIPE.post("/v1/customers", "").path("id").asString();
        String card = STRIPE.post("/v1/payment_methods/pm_card_visa/attach", "customer=" + stranger)
                .path("id")
                .asString();
        STRIPE.post("/v1/customers/" + stranger, "invoice_settings[default_payment_method]=" + card);
        return stranger;
    }

    @Test
    void anotherCustomersSubscriptionThatNamesAStartOfOursBeginsNothing() {
        String start = opensPage();
        STRIPE.post(
                "/v1/subscriptions",
                "customer=" + stranger() + "&items[0][price]=" + priceOf("starter-monthly")
                        + "&metadata[subscription_id]=" + start + "&metadata[env]=test&metadata[user_id]=" + user);

        deliverAll();

        assertThat(texts("select status from subscriptions where id = '" + start + "'"))
                .containsExactly("starting");
        assertThat(get("/api/entitlements").path("data")).isEmpty();
        assertThat(get("/api/invoices").path("data")).isEmpty();
    }

    @Test
    void aSubscriptionOfOurCustomerToSomethingElseThatNamesAStartBeginsNothing() {
        String start = opensPage();
        customer = customer();
        pays(GOOD_CARD);
        String cheap = STRIPE.post(
                        "/v1/prices", "currency=usd&unit_amount=1&recurring[interval]=month&product_data[name]=Cheap")
                .path("id")
                .asString();
        STRIPE.post(
                "/v1/subscriptions",
                "customer=" + customer + "&items[0][price]=" + cheap + "&metadata[subscription_id]=" + start
                        + "&metadata[env]=test");

        deliverAll();

        assertThat(texts("select status from subscriptions where id = '" + start + "'"))
                .containsExactly("starting");
        assertThat(get("/api/entitlements").path("data")).isEmpty();
        assertThat(get("/api/invoices").path("data")).isEmpty();
    }
}
