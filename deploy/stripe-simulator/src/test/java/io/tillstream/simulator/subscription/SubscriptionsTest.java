package io.tillstream.simulator.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import com.stripe.model.Subscription;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.SubscriptionListParams;
import io.tillstream.simulator.state.Json;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A subscription's life: begun, paid, renewed, unpaid, ended. */
class SubscriptionsTest extends Subscribing {
    @Test
    void aFirstPaymentActivatesASubscription() throws StripeException {
        String customer = payer("pm_card_visa");
        Subscription made = stripe.v1()
                .subscriptions()
                .create(SubscriptionCreateParams.builder()
                        .setCustomer(customer)
                        .addItem(SubscriptionCreateParams.Item.builder()
                                .setPrice(price("Gold", 1000, "month"))
                                .setQuantity(2L)
                                .build())
                        .putMetadata("order", "7")
                        .addExpand("latest_invoice.confirmation_secret")
                        .build());
        assertThat(made.getStatus()).isEqualTo("active");
        assertThat(made.getLatestInvoiceObject().getAmountPaid()).isEqualTo(2000);
        assertThat(made.getLatestInvoiceObject().getBillingReason()).isEqualTo("subscription_create");
        assertThat(made.getItems().getData().get(0).getCurrentPeriodEnd()).isEqualTo(made.getCreated() + 31 * 86_400);
        assertThat(eventsOf(made.getId()))
                .containsExactly("customer.subscription.created", "customer.subscription.updated");
        assertThat(lastEvent(made.getId(), "customer.subscription.updated")
                        .at("/data/previous_attributes/status")
                        .asString())
                .isEqualTo("incomplete");
        assertThat(stripe.v1()
                        .subscriptions()
                        .list(SubscriptionListParams.builder()
                                .setCustomer(customer)
                                .build())
                        .getData())
                .hasSize(1);
    }

    @Test
    void aBrowserPaysWhatDefaultIncompleteLeavesOpen() {
        String customer = Json.textOf(post("/v1/customers", "email=a@example.com"), "id");
        ObjectNode made = subscribe(
                customer,
                price("Gold", 1000, "month"),
                "payment_behavior=default_incomplete",
                "payment_settings[save_default_payment_method]=on_subscription",
                "expand[]=latest_invoice.confirmation_secret");
        assertThat(Json.text(made, "status")).isEqualTo("incomplete");
        String secret =
                made.at("/latest_invoice/confirmation_secret/client_secret").asString();
        String intent = secret.substring(0, secret.indexOf("_secret_"));
        post(
                "/v1/payment_intents/" + intent + "/confirm",
                "payment_method=pm_card_visa",
                "return_url=https://shop.example/back");
        ObjectNode paid = subscription(made);
        assertThat(Json.text(paid, "status")).isEqualTo("active");
        assertThat(Json.text(paid, "default_payment_method")).startsWith("pm_");
    }

    @Test
    void aFirstInvoiceThatNobodyPaysIsVoidAfter23Hours() {
        ObjectNode made = subscribe(payer("pm_card_chargeCustomerFail"), price("Gold", 1000, "month"));
        assertThat(Json.text(made, "status")).isEqualTo("incomplete");
        pass("PT23H");
        ObjectNode expired = subscription(made);
        assertThat(Json.text(expired, "status")).isEqualTo("incomplete_expired");
        assertThat(Json.text(invoice(expired), "status")).isEqualTo("void");
    }

    @Test
    void anErrorIfIncompleteLeavesNothing() {
        String customer = payer("pm_card_chargeCustomerFail");
        ObjectNode error = refusedPost(
                402,
                "/v1/subscriptions",
                "customer=" + customer,
                "items[0][price]=" + price("Gold", 1000, "month"),
                "payment_behavior=error_if_incomplete");
        assertThat(Json.text(error, "code")).isEqualTo("card_declined");
        assertThat(get("/v1/subscriptions?status=all&customer=" + customer).path("data"))
                .isEmpty();
    }

    @Test
    void aSubscriberOfThe31stIsBilledOnTheLastOfFebruaryAndOnThe31stAgain() {
        clock("2027-01-31T12:00:00Z");
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Gold", 1000, "month"));
        clock("2027-05-02T00:00:00Z");
        ObjectNode later = subscription(made);
        assertThat(Instant.ofEpochSecond(start(later)).toString()).startsWith("2027-04-30T12:0");
        assertThat(Instant.ofEpochSecond(end(later)).toString()).startsWith("2027-05-31T12:0");
        JsonNode invoices =
                get("/v1/invoices?subscription=" + Json.textOf(made, "id")).path("data");
        assertThat(invoices).hasSize(4).allSatisfy(each -> assertThat(Json.text(each, "status"))
                .isEqualTo("paid"));
        assertThat(Json.text(invoices.get(0), "billing_reason")).isEqualTo("subscription_cycle");
    }

    @Test
    void aRenewalIsADraftForAnHour() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Gold", 1000, "month"));
        clock(end(made) + 60);
        assertThat(Json.text(invoice(subscription(made)), "status")).isEqualTo("draft");
        pass("PT1H");
        assertThat(Json.text(invoice(subscription(made)), "status")).isEqualTo("paid");
    }

    @Test
    void aRenewalThatIsNeverPaidEndsTheSubscription() {
        String customer = payer("pm_card_visa");
        ObjectNode made = subscribe(customer, price("Gold", 1000, "month"));
        give(customer, "pm_card_chargeCustomerFail");
        clock(end(made) + 7200);
        assertThat(Json.text(subscription(made), "status")).isEqualTo("past_due");
        pass("P20D");
        ObjectNode ended = subscription(made);
        assertThat(Json.text(ended, "status")).isEqualTo("canceled");
        assertThat(Json.text(ended.path("cancellation_details"), "reason")).isEqualTo("payment_failed");
        assertThat(events(made)).endsWith("customer.subscription.deleted");
    }

    @Test
    void payingTheOpenInvoiceEndsArrears() {
        String customer = payer("pm_card_visa");
        ObjectNode made = subscribe(customer, price("Gold", 1000, "month"));
        give(customer, "pm_card_chargeCustomerFail");
        clock(end(made) + 7200);
        ObjectNode late = subscription(made);
        give(customer, "pm_card_visa");
        post("/v1/invoices/" + Json.textOf(late, "latest_invoice") + "/pay");
        assertThat(Json.text(subscription(made), "status")).isEqualTo("active");
    }

    @Test
    void aTrialIsAnnouncedThreeDaysBeforeItsEndAndThenBilled() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Gold", 1000, "month"), "trial_period_days=14");
        assertThat(Json.text(made, "status")).isEqualTo("trialing");
        assertThat(Json.number(invoice(made), "total")).isZero();
        pass("PT" + (11 * 24 + 1) + "H");
        assertThat(events(made)).endsWith("customer.subscription.trial_will_end");
        pass("P3D");
        ObjectNode active = subscription(made);
        assertThat(Json.text(active, "status")).isEqualTo("active");
        pass("PT2H");
        assertThat(Json.number(invoice(active), "amount_paid")).isEqualTo(1000);
        assertThat(start(active)).isEqualTo(Json.number(made, "trial_end"));
    }

    @Test
    void aTrialWithoutPaymentMethodIsPausedAndResumedForMoney() {
        String customer = Json.textOf(post("/v1/customers", "email=a@example.com"), "id");
        ObjectNode made = subscribe(
                customer,
                price("Gold", 1000, "month"),
                "trial_period_days=7",
                "trial_settings[end_behavior][missing_payment_method]=pause");
        pass("P8D");
        assertThat(Json.text(subscription(made), "status")).isEqualTo("paused");
        assertThat(events(made)).endsWith("customer.subscription.paused");
        give(customer, "pm_card_visa");
        ObjectNode resumed = post("/v1/subscriptions/" + Json.textOf(made, "id") + "/resume");
        assertThat(Json.text(resumed, "status")).isEqualTo("active");
        assertThat(Json.number(invoice(resumed), "amount_paid")).isEqualTo(1000);
        assertThat(events(made)).endsWith("customer.subscription.resumed");
    }

    /** A trial whose only card is gone would renew and be owed. */
    @Test
    void aCardThatWasDetachedPaysNoTrialsEnd() {
        String customer = Json.textOf(post("/v1/customers", "email=a@example.com"), "id");
        String card = Json.textOf(post("/v1/payment_methods/pm_card_visa/attach", "customer=" + customer), "id");
        ObjectNode made = subscribe(
                customer,
                price("Gold", 1000, "month"),
                "trial_period_days=7",
                "default_payment_method=" + card,
                "trial_settings[end_behavior][missing_payment_method]=cancel");
        post("/v1/payment_methods/" + card + "/detach");
        pass("P8D");
        assertThat(Json.text(subscription(made), "status")).isEqualTo("canceled");
    }

    @Test
    void aTrialSetsUpACardForItsEnd() {
        String customer = Json.textOf(post("/v1/customers", "email=a@example.com"), "id");
        ObjectNode made = subscribe(
                customer,
                price("Gold", 1000, "month"),
                "trial_period_days=7",
                "payment_behavior=default_incomplete",
                "payment_settings[save_default_payment_method]=on_subscription");
        String setup = Json.textOf(made, "pending_setup_intent");
        post(
                "/v1/setup_intents/" + setup + "/confirm",
                "payment_method=pm_card_visa",
                "return_url=https://shop.example/back");
        ObjectNode ready = subscription(made);
        assertThat(Json.present(ready, "pending_setup_intent")).isFalse();
        assertThat(Json.text(ready, "default_payment_method")).startsWith("pm_");
        pass("P8D");
        assertThat(Json.number(invoice(subscription(made)), "amount_paid")).isEqualTo(1000);
    }

    @Test
    void aSubscriptionRunsUntilTheEndOfWhatWasPaid() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Gold", 1000, "month"));
        String path = "/v1/subscriptions/" + Json.textOf(made, "id");
        ObjectNode ending = post(path, "cancel_at_period_end=true");
        assertThat(Json.number(ending, "cancel_at")).isEqualTo(end(made));
        assertThat(Json.text(post(path, "cancel_at_period_end=false"), "cancel_at"))
                .isNull();
        post(path, "cancel_at_period_end=true", "cancellation_details[feedback]=too_expensive");
        clock(end(made) - 60);
        assertThat(Json.text(subscription(made), "status")).isEqualTo("active");
        clock(end(made) + 1);
        ObjectNode ended = subscription(made);
        assertThat(Json.text(ended, "status")).isEqualTo("canceled");
        assertThat(Json.number(ended, "ended_at")).isEqualTo(end(made));
        assertThat(get("/v1/invoices?subscription=" + Json.textOf(made, "id")).path("data"))
                .hasSize(1);
    }

    @Test
    void aPausedCollectionBillsNothingUntilItResumes() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Gold", 1000, "month"));
        post(
                "/v1/subscriptions/" + Json.textOf(made, "id"),
                "pause_collection[behavior]=void",
                "pause_collection[resumes_at]=" + (end(made) + 86_400));
        clock(end(made) + 7200);
        assertThat(Json.text(invoice(subscription(made)), "status")).isEqualTo("void");
        assertThat(Json.text(subscription(made), "status")).isEqualTo("active");
        pass("P1D");
        assertThat(Json.present(subscription(made), "pause_collection")).isFalse();
    }

    @Test
    void aDeletedCustomerIsChargedNoMore() {
        String customer = payer("pm_card_visa");
        ObjectNode made = subscribe(customer, price("Gold", 1000, "month"));
        delete("/v1/customers/" + customer);
        assertThat(Json.text(subscription(made), "status")).isEqualTo("canceled");
    }

    @Test
    void aCouponForOneInvoiceLowersThatOneOnly() {
        String coupon = Json.textOf(post("/v1/coupons", "percent_off=25", "duration=once"), "id");
        ObjectNode made =
                subscribe(payer("pm_card_visa"), price("Gold", 1000, "month"), "discounts[0][coupon]=" + coupon);
        assertThat(Json.number(invoice(made), "amount_paid")).isEqualTo(750);
        clock(end(made) + 7200);
        assertThat(Json.number(invoice(subscription(made)), "amount_paid")).isEqualTo(1000);
    }
}
