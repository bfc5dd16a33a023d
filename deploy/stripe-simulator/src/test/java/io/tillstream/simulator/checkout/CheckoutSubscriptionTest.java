package io.tillstream.simulator.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import com.stripe.model.Subscription;
import com.stripe.model.checkout.Session;
import com.stripe.param.checkout.SessionCreateParams;
import io.tillstream.simulator.Browser;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A buyer subscribes on the hosted page. */
class CheckoutSubscriptionTest extends Subscribing {
    private static final String CARD = "4242424242424242";
    private static final String ASKS_FOR_AUTHENTICATION = "4000002760003184";
    private static final String DECLINED = "4000000000009995";

    private final Browser browser = new Browser();

    private SessionCreateParams.Builder gold() {
        return SessionCreateParams.builder()
                .setMode(SessionCreateParams.Mode.SUBSCRIPTION)
                .setSuccessUrl("http://127.0.0.1:9/done")
                .addLineItem(SessionCreateParams.LineItem.builder()
                        .setPrice(price("Gold", 1500, "month"))
                        .setQuantity(2L)
                        .build());
    }

    private Session create(SessionCreateParams.Builder params) throws StripeException {
        return stripe.v1().checkout().sessions().create(params.build());
    }

    private Session read(Session session) throws StripeException {
        return stripe.v1().checkout().sessions().retrieve(session.getId());
    }

    private Subscription subscription(Session session) throws StripeException {
        return stripe.v1().subscriptions().retrieve(read(session).getSubscription());
    }

    private static Map<String, String> card(String number) {
        Map<String, String> form = new HashMap<>();
        form.put("method", "card");
        form.put("email", "alice@example.com");
        form.put("cardNumber", number);
        form.put("cardExpiry", "12 / 40");
        form.put("cardCvc", "123");
        form.put("billingName", "Alice");
        form.put("billingCountry", "US");
        form.put("billingPostalCode", "12345");
        return form;
    }

    private static SessionCreateParams.SubscriptionData trial() {
        return SessionCreateParams.SubscriptionData.builder()
                .setTrialPeriodDays(14L)
                .putMetadata("subscription_id", "s1")
                .build();
    }

    /** docs.stripe.com/currencies#minimum-and-maximum-charge-amounts: the page could not take it. A trial takes nothing. */
    @Test
    void aPageForLessThanACardCanPayIsRefusedWhenItIsMade() {
        String page = "/v1/checkout/sessions";
        String[] asked = {
            "mode=subscription",
            "success_url=https://shop.example/done",
            "line_items[0][price]=" + price("Penny", 1, "month"),
            "line_items[0][quantity]=49"
        };
        assertThat(Json.text(refusedPost(400, page, asked), "code")).isEqualTo("amount_too_small");
        post(page, asked[0], asked[1], asked[2], "line_items[0][quantity]=50");
        post(page, asked[0], asked[1], asked[2], asked[3], "subscription_data[trial_period_days]=7");
    }

    @Test
    void aCardPaysTheFirstInvoiceAndTheRenewalsAfterIt() throws StripeException {
        Session session = create(gold().setSubscriptionData(SessionCreateParams.SubscriptionData.builder()
                .putMetadata("subscription_id", "s1")
                .build()));
        assertThat(session.getAmountTotal()).isEqualTo(3000);
        assertThat(session.getSubscription()).isNull();
        assertThat(browser.open(session.getUrl()).body())
                .contains("Subscribe")
                .contains("Gold")
                .contains("each month");
        assertThat(Browser.target(browser.submit(session.getUrl(), card(CARD)))).isEqualTo("http://127.0.0.1:9/done");
        Session complete = read(session);
        assertThat(complete.getStatus()).isEqualTo("complete");
        assertThat(complete.getPaymentStatus()).isEqualTo("paid");
        assertThat(complete.getPaymentIntent()).isNull();
        Subscription made = subscription(session);
        assertThat(made.getStatus()).isEqualTo("active");
        assertThat(made.getMetadata()).containsEntry("subscription_id", "s1");
        assertThat(made.getLatestInvoice()).isEqualTo(complete.getInvoice());
        assertThat(made.getCustomer()).isEqualTo(complete.getCustomer());
        assertThat(made.getDefaultPaymentMethod()).startsWith("pm_");
        assertThat(made.getItems().getData().get(0).getQuantity()).isEqualTo(2);
        assertThat(eventsOf(session.getId())).containsExactly("checkout.session.completed");
        pass("P32D");
        assertThat(Json.number(get("/v1/invoices/" + subscription(session).getLatestInvoice()), "amount_paid"))
                .isEqualTo(3000);
    }

    @Test
    void aTrialCostsNothingTodayAndKeepsTheCardForItsEnd() throws StripeException {
        Session session = create(gold().setSubscriptionData(trial()));
        assertThat(session.getAmountTotal()).isZero();
        assertThat(session.getPaymentStatus()).isEqualTo("no_payment_required");
        browser.submit(session.getUrl(), card(CARD));
        assertThat(read(session).getPaymentStatus()).isEqualTo("no_payment_required");
        assertThat(subscription(session).getStatus()).isEqualTo("trialing");
        assertThat(subscription(session).getDefaultPaymentMethod()).startsWith("pm_");
        pass("P14DT2H");
        assertThat(subscription(session).getStatus()).isEqualTo("active");
        assertThat(Json.number(get("/v1/invoices/" + subscription(session).getLatestInvoice()), "amount_paid"))
                .isEqualTo(3000);
    }

    @Test
    void aTrialWithoutACardEndsAsTheShopSaid() throws StripeException {
        Session session = create(gold().setPaymentMethodCollection(
                        SessionCreateParams.PaymentMethodCollection.IF_REQUIRED)
                .setSubscriptionData(SessionCreateParams.SubscriptionData.builder()
                        .setTrialPeriodDays(7L)
                        .setTrialSettings(SessionCreateParams.SubscriptionData.TrialSettings.builder()
                                .setEndBehavior(SessionCreateParams.SubscriptionData.TrialSettings.EndBehavior.builder()
                                        .setMissingPaymentMethod(
                                                SessionCreateParams.SubscriptionData.TrialSettings.EndBehavior
                                                        .MissingPaymentMethod.CANCEL)
                                        .build())
                                .build())
                        .build()));
        browser.submit(session.getUrl(), card(""));
        assertThat(subscription(session).getStatus()).isEqualTo("trialing");
        pass("P8D");
        assertThat(subscription(session).getStatus()).isEqualTo("canceled");
    }

    @Test
    void aDeclineAndAnAuthenticationLeadToOneSubscriptionOnly() throws StripeException {
        Session session = create(gold());
        HttpResponse<String> declined = browser.submit(session.getUrl(), card(DECLINED));
        assertThat(declined.statusCode()).isEqualTo(402);
        assertThat(declined.body()).contains("insufficient funds");
        assertThat(read(session).getSubscription()).isNull();
        String bank = Browser.target(browser.submit(session.getUrl(), card(ASKS_FOR_AUTHENTICATION)));
        String failed = Browser.target(browser.submit(bank, Map.of("outcome", "fail")));
        assertThat(browser.open(failed).body()).contains("unable to authenticate");
        String again = Browser.target(browser.submit(session.getUrl(), card(ASKS_FOR_AUTHENTICATION)));
        String back = Browser.target(browser.submit(again, Map.of("outcome", "complete")));
        assertThat(Browser.target(browser.open(back))).isEqualTo("http://127.0.0.1:9/done");
        assertThat(subscription(session).getStatus()).isEqualTo("active");
        assertThat(stripe.v1().subscriptions().list().getData()).hasSize(1);
    }

    @Test
    void aTrialMayAskForAuthenticationToo() throws StripeException {
        Session session = create(gold().setSubscriptionData(trial()));
        String bank = Browser.target(browser.submit(session.getUrl(), card("4000002500003155")));
        String back = Browser.target(browser.submit(bank, Map.of("outcome", "complete")));
        assertThat(Browser.target(browser.open(back))).isEqualTo("http://127.0.0.1:9/done");
        assertThat(subscription(session).getStatus()).isEqualTo("trialing");
    }

    @Test
    void aPromotionCodeIsTakenOffTheFirstInvoice() throws StripeException {
        post("/v1/coupons", "id=HALF", "percent_off=50");
        post("/v1/promotion_codes", "code=HALFOFF", "promotion[type]=coupon", "promotion[coupon]=HALF");
        Session session = create(gold().setAllowPromotionCodes(true));
        Map<String, String> form = card(CARD);
        form.put("promotionCode", "HALFOFF");
        browser.submit(session.getUrl(), form);
        JsonNode invoice = get("/v1/invoices/" + read(session).getInvoice());
        assertThat(Json.number(invoice, "amount_paid")).isEqualTo(1500);
        assertThat(read(session).getAmountTotal()).isEqualTo(1500);
        assertThat(Json.number(get("/v1/coupons/HALF"), "times_redeemed")).isEqualTo(1);
    }

    @Test
    void whatWasBegunAndNotPaidEndsWithItsSession() throws StripeException {
        Session session = create(gold());
        browser.submit(session.getUrl(), card(DECLINED));
        stripe.v1().checkout().sessions().expire(session.getId());
        assertThat(get("/v1/subscriptions?status=all").path("data"))
                .hasSize(1)
                .allSatisfy(each -> assertThat(Json.text(each, "status")).isEqualTo("incomplete_expired"));
    }

    @Test
    void aPriceMadeForTheSessionAndOneSoldOnceBothStandOnTheInvoice() {
        JsonNode session = post(
                "/v1/checkout/sessions",
                "mode=subscription",
                "success_url=http://127.0.0.1:9/done",
                "line_items[0][quantity]=1",
                "line_items[0][price_data][currency]=usd",
                "line_items[0][price_data][unit_amount]=900",
                "line_items[0][price_data][recurring][interval]=year",
                "line_items[0][price_data][product_data][name]=Yearly",
                "line_items[1][quantity]=1",
                "line_items[1][price_data][currency]=usd",
                "line_items[1][price_data][unit_amount]=100",
                "line_items[1][price_data][product_data][name]=Set-up");
        assertThat(Json.number(session, "amount_total")).isEqualTo(1000);
        browser.submit(Json.textOf(session, "url"), card(CARD));
        JsonNode complete = get("/v1/checkout/sessions/" + Json.textOf(session, "id"));
        assertThat(Json.number(get("/v1/invoices/" + Json.textOf(complete, "invoice")), "amount_paid"))
                .isEqualTo(1000);
    }
}
