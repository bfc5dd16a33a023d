package io.tillstream.subscription.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tillstream.delivery.TransientFault;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.Subscriber;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    private String copyOfOurCustomer() {
        String copy = stranger();
        STRIPE.post(
                "/v1/customers/" + copy, "metadata[user_id]=" + user + "&metadata[env]=test&metadata[generation]=1");
        return copy;
    }

    /** They would have what they did not pay for, see somebody's invoices, and could end somebody's subscription. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCustomerOfAnotherSystemWithACopyOfOurMetadataMakesNobodyASubscriber(boolean hasOneOfTheirOwn) {
        if (hasOneOfTheirOwn) {
            customer();
        }
        String copy = copyOfOurCustomer();
        STRIPE.post("/v1/subscriptions", "customer=" + copy + "&items[0][price]=" + priceOf("starter-monthly"));

        deliverAll();

        assertThat(get("/api/subscriptions").path("data")).isEmpty();
        assertThat(get("/api/entitlements").path("data")).isEmpty();
        assertThat(get("/api/invoices").path("data")).isEmpty();
        assertThat(texts("select user_id from customers where stripe_customer_id = '" + copy + "'"))
                .isEmpty();
    }

    /** Stripe's answer is not kept there yet: what was paid meanwhile is not lost. */
    @Test
    void aSubscriptionOfACustomerWhoIsBeingMadeWaitsForThem() {
        customer = copyOfOurCustomer();
        isBeingMade(user, customer);
        STRIPE.post("/v1/subscriptions", "customer=" + customer + "&items[0][price]=" + priceOf("starter-monthly"));
        List<StripeEvent> events = news();
        StripeEvent begun = events.stream()
                .filter(event -> event.type().equals("customer.subscription.created"))
                .findFirst()
                .orElseThrow();
        assertThatThrownBy(() -> deliver(begun)).isInstanceOf(TransientFault.class);

        isMade(user, customer);
        events.forEach(this::deliver);
        events.forEach(this::deliver); // what was parked comes again

        assertThat(get("/api/subscriptions").path("data")).hasSize(1);
        assertThat(get("/api/entitlements").path("data")).isNotEmpty();
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
