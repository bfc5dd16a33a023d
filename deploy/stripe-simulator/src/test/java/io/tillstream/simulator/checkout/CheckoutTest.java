package io.tillstream.simulator.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.PaymentIntent;
import com.stripe.model.WebhookEndpoint;
import com.stripe.model.checkout.Session;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.WebhookEndpointCreateParams;
import com.stripe.param.checkout.SessionCreateParams;
import com.stripe.param.checkout.SessionListParams;
import com.stripe.param.checkout.SessionRetrieveParams;
import io.tillstream.simulator.Browser;
import io.tillstream.simulator.RunningSimulator;
import io.tillstream.simulator.WebhookReceiver;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckoutTest extends RunningSimulator {
    private final Browser browser = new Browser();

    private static SessionCreateParams.Builder books() {
        return SessionCreateParams.builder()
                .setMode(SessionCreateParams.Mode.PAYMENT)
                .setSuccessUrl("http://127.0.0.1:9/done?session={CHECKOUT_SESSION_ID}")
                .setCancelUrl("http://127.0.0.1:9/cart")
                .setClientReferenceId("alice")
                .putMetadata("order_id", "o1")
                .addLineItem(line("A book", 1999, 2))
                .addLineItem(line("<b>Bookmark</b>", 150, 1));
    }

    private static SessionCreateParams.LineItem line(String name, long amount, long quantity) {
        return SessionCreateParams.LineItem.builder()
                .setQuantity(quantity)
                .setPriceData(SessionCreateParams.LineItem.PriceData.builder()
                        .setCurrency("usd")
                        .setUnitAmount(amount)
                        .setProductData(SessionCreateParams.LineItem.PriceData.ProductData.builder()
                                .setName(name)
                                .build())
                        .build())
                .build();
    }

    private Session create(SessionCreateParams.Builder params) throws StripeException {
        return stripe.v1().checkout().sessions().create(params.build());
    }

    private Session read(Session session) throws StripeException {
        return stripe.v1().checkout().sessions().retrieve(session.getId());
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

    private static String done(Session session) {
        return "http://127.0.0.1:9/done?session=" + session.getId();
    }

    @Test
    void aSessionIsOpenAndHasNoIntentUntilTheBuyerPays() throws StripeException {
        Session session = create(books());
        assertThat(session.getId()).startsWith("cs_test_");
        assertThat(session.getStatus()).isEqualTo("open");
        assertThat(session.getPaymentStatus()).isEqualTo("unpaid");
        assertThat(session.getAmountTotal()).isEqualTo(4148);
        assertThat(session.getPaymentIntent()).isNull();
        assertThat(session.getUiMode()).isEqualTo("hosted_page");
        assertThat(session.getLineItems()).isNull();
        Session expanded = stripe.v1()
                .checkout()
                .sessions()
                .retrieve(
                        session.getId(),
                        SessionRetrieveParams.builder().addExpand("line_items").build());
        assertThat(expanded.getLineItems().getData())
                .extracting("description")
                .containsExactly("A book", "<b>Bookmark</b>");
        assertThat(stripe.v1()
                        .checkout()
                        .sessions()
                        .lineItems()
                        .list(session.getId())
                        .getData())
                .extracting("amountTotal")
                .containsExactly(3998L, 150L);
        String page = browser.open(session.getUrl()).body();
        assertThat(page).contains("$41.48").contains("&lt;b&gt;Bookmark").doesNotContain("<b>Bookmark");
    }

    @Test
    void aCardPaysAndTheBuyerGoesBackToTheShop() throws StripeException {
        Session session = create(books().setPaymentIntentData(SessionCreateParams.PaymentIntentData.builder()
                .putMetadata("order_id", "o1")
                .setReceiptEmail("alice@example.com")
                .build()));
        HttpResponse<String> paid = browser.submit(session.getUrl(), card("4242 4242 4242 4242"));
        assertThat(Browser.target(paid)).isEqualTo(done(session));
        Session complete = read(session);
        assertThat(complete.getStatus()).isEqualTo("complete");
        assertThat(complete.getPaymentStatus()).isEqualTo("paid");
        assertThat(complete.getUrl()).isNull();
        assertThat(complete.getCustomerDetails().getEmail()).isEqualTo("alice@example.com");
        assertThat(complete.getCustomer()).isNull();
        PaymentIntent intent = stripe.v1().paymentIntents().retrieve(complete.getPaymentIntent());
        assertThat(intent.getStatus()).isEqualTo("succeeded");
        assertThat(intent.getMetadata()).containsEntry("order_id", "o1");
        assertThat(intent.getReceiptEmail()).isEqualTo("alice@example.com");
        assertThat(eventsOf(session.getId())).containsExactly("checkout.session.completed");
        assertThat(eventsOf(intent.getId())).contains("payment_intent.created", "payment_intent.succeeded");
        assertThat(browser.open(session.getUrl()).body()).contains("all done here");
        assertThat(Browser.target(browser.submit(session.getUrl(), card("4242424242424242"))))
                .isEqualTo(done(session));
        assertThat(stripe.v1()
                        .checkout()
                        .sessions()
                        .list(SessionListParams.builder()
                                .setPaymentIntent(intent.getId())
                                .build())
                        .getData())
                .extracting(Session::getId)
                .containsExactly(session.getId());
    }

    @Test
    void aDeclineIsToldAndTheBuyerTriesAgainWithTheSameIntent() throws StripeException {
        Session session = create(books());
        HttpResponse<String> declined = browser.submit(session.getUrl(), card("4000000000009995"));
        assertThat(declined.statusCode()).isEqualTo(402);
        assertThat(declined.body()).contains("insufficient funds").doesNotContain("4000000000009995");
        String intent = read(session).getPaymentIntent();
        assertThat(read(session).getStatus()).isEqualTo("open");
        assertThat(Browser.target(browser.submit(session.getUrl(), card("4242424242424242"))))
                .isEqualTo(done(session));
        assertThat(read(session).getPaymentIntent()).isEqualTo(intent);
    }

    @Test
    void aCardThatIsMistypedIsToldSo() throws StripeException {
        Session session = create(books());
        assertThat(browser.submit(session.getUrl(), card("4242424242424241")).body())
                .contains("Your card number is incorrect.");
        assertThat(browser.submit(session.getUrl(), card("")).statusCode()).isEqualTo(402);
    }

    @Test
    void authenticationComesBetween() throws StripeException {
        Session session = create(books());
        String bank = Browser.target(browser.submit(session.getUrl(), card("4000002760003184")));
        assertThat(bank).contains("/3d_secure/authenticate/pi_");
        assertThat(browser.open(bank).body()).contains("Complete").contains("$41.48");
        String back = Browser.target(browser.submit(bank, Map.of("outcome", "fail")));
        assertThat(back).contains("redirect_status=failed");
        assertThat(browser.open(back).body()).contains("unable to authenticate");
        String again = Browser.target(browser.submit(session.getUrl(), card("4000002760003184")));
        String passed = Browser.target(browser.submit(again, Map.of("outcome", "complete")));
        assertThat(passed).contains("redirect_status=succeeded");
        assertThat(Browser.target(browser.open(passed))).isEqualTo(done(session));
        assertThat(read(session).getPaymentStatus()).isEqualTo("paid");
    }

    @Test
    void aDelayedPaymentCompletesUnpaidAndIsPaidLater() throws StripeException {
        Session session = create(books());
        assertThat(browser.open(session.getUrl()).body()).contains("US bank account");
        Map<String, String> form = card("");
        form.put("method", "us_bank_account");
        assertThat(Browser.target(browser.submit(session.getUrl(), form))).isEqualTo(done(session));
        await().untilAsserted(() -> assertThat(eventsOf(session.getId()))
                .containsExactly("checkout.session.completed", "checkout.session.async_payment_succeeded"));
        assertThat(lastEvent(session.getId(), "checkout.session.completed")
                        .at("/data/object/payment_status")
                        .asString())
                .isEqualTo("unpaid");
        assertThat(read(session).getPaymentStatus()).isEqualTo("paid");
    }

    @Test
    void aDelayedPaymentMayFail() throws StripeException {
        Session session = create(books());
        Map<String, String> form = card("");
        form.put("method", "us_bank_account");
        form.put("accountNumber", "000111111116");
        assertThat(Browser.target(browser.submit(session.getUrl(), form))).isEqualTo(done(session));
        await().untilAsserted(() -> assertThat(eventsOf(session.getId()))
                .containsExactly("checkout.session.completed", "checkout.session.async_payment_failed"));
        assertThat(read(session).getPaymentStatus()).isEqualTo("unpaid");
    }

    @Test
    void aNewCustomerIsMadeAndKeepsTheCard() throws StripeException {
        Session session = create(books().setCustomerCreation(SessionCreateParams.CustomerCreation.ALWAYS)
                .setPaymentIntentData(SessionCreateParams.PaymentIntentData.builder()
                        .setSetupFutureUsage(SessionCreateParams.PaymentIntentData.SetupFutureUsage.OFF_SESSION)
                        .build()));
        assertThat(Browser.target(browser.submit(session.getUrl(), card("4242424242424242"))))
                .isEqualTo(done(session));
        String customer = read(session).getCustomer();
        assertThat(stripe.v1().customers().retrieve(customer).getEmail()).isEqualTo("alice@example.com");
        assertThat(stripe.v1().customers().paymentMethods().list(customer).getData())
                .hasSize(1);
    }

    @Test
    void aCardIsSavedInSetupMode() throws StripeException {
        Customer customer =
                stripe.v1().customers().create(CustomerCreateParams.builder().build());
        Session session = create(SessionCreateParams.builder()
                .setMode(SessionCreateParams.Mode.SETUP)
                .setCurrency("usd")
                .setCustomer(customer.getId())
                .setSuccessUrl("http://127.0.0.1:9/done?session={CHECKOUT_SESSION_ID}"));
        assertThat(session.getSetupIntent()).startsWith("seti_");
        assertThat(session.getPaymentStatus()).isEqualTo("no_payment_required");
        assertThat(browser.open(session.getUrl()).body()).contains("Save card");
        assertThat(Browser.target(browser.submit(session.getUrl(), card("4242424242424242"))))
                .isEqualTo(done(session));
        assertThat(read(session).getStatus()).isEqualTo("complete");
        assertThat(stripe.v1()
                        .customers()
                        .paymentMethods()
                        .list(customer.getId())
                        .getData())
                .hasSize(1);
    }

    @Test
    void aSessionExpiresOnRequestAndOnItsOwn() throws StripeException {
        Session session = create(books());
        browser.submit(session.getUrl(), card("4000000000000002"));
        String intent = read(session).getPaymentIntent();
        InvalidRequestException around = refused(
                InvalidRequestException.class,
                () -> stripe.v1().paymentIntents().cancel(intent));
        assertThat(around.getMessage()).contains("Expire the Checkout Session instead");
        Session expired = stripe.v1().checkout().sessions().expire(session.getId());
        assertThat(expired.getStatus()).isEqualTo("expired");
        assertThat(eventsOf(session.getId())).containsExactly("checkout.session.expired");
        assertThat(stripe.v1().paymentIntents().retrieve(intent).getStatus()).isEqualTo("canceled");
        assertThat(browser.open(session.getUrl()).body()).contains("has expired");
        InvalidRequestException twice = refused(
                InvalidRequestException.class,
                () -> stripe.v1().checkout().sessions().expire(session.getId()));
        assertThat(twice.getMessage()).contains("status of `expired`");
        Session forgotten = create(books());
        control("PUT", "clock", "{'advance': 'PT24H1S'}");
        try {
            assertThat(read(forgotten).getStatus()).isEqualTo("expired");
        } finally {
            control("PUT", "clock", "{'reset': true}");
        }
    }

    @Test
    void theBuyerWaitsUntilTheShopKnows() throws StripeException {
        try (WebhookReceiver shop = new WebhookReceiver()) {
            WebhookEndpoint endpoint = stripe.v1()
                    .webhookEndpoints()
                    .create(WebhookEndpointCreateParams.builder()
                            .setUrl(shop.url())
                            .addEnabledEvent(WebhookEndpointCreateParams.EnabledEvent.ALL)
                            .build());
            shop.trusting(endpoint.getSecret());
            shop.pauseBeforeAnswers(Duration.ofMillis(300));
            Session session = create(books());
            String target = Browser.target(browser.submit(session.getUrl(), card("4242424242424242")));
            assertThat(target).isEqualTo(done(session));
            assertThat(shop.typesOf(session.getId())).containsExactly("checkout.session.completed");
            stripe.v1().webhookEndpoints().delete(endpoint.getId());
        }
    }

    @Test
    void whatIsWrongWithASessionIsSaid() {
        assertThat(problem("mode=payment&success_url=http://a.b/")).isEqualTo("Missing required param: line_items.");
        assertThat(problem("mode=setup&currency=usd")).isEqualTo("Missing required param: success_url.");
        assertThat(problem("mode=setup&currency=usd&success_url=nowhere")).startsWith("Not a valid URL");
        assertThat(problem("mode=setup&currency=usd&success_url=http://a.b/&expires_at=1"))
                .contains("at least 30 minutes");
        assertThat(problem("mode=setup&currency=usd&success_url=http://a.b/&customer=cus_none"))
                .isEqualTo("No such customer: 'cus_none'");
    }

    private String problem(String form) {
        HttpResponse<String> response = raw(SECRET_KEY, "POST", "/v1/checkout/sessions", form);
        assertThat(response.statusCode()).isEqualTo(400);
        return json(response).at("/error/message").asString();
    }

    @Test
    void anEmbeddedPageHasAClientSecretAndNoAddress() throws StripeException {
        Session session = create(SessionCreateParams.builder()
                .setMode(SessionCreateParams.Mode.PAYMENT)
                .setUiMode(SessionCreateParams.UiMode.EMBEDDED_PAGE)
                .setReturnUrl("http://127.0.0.1:9/back?session={CHECKOUT_SESSION_ID}")
                .addAllLineItem(List.of(line("A book", 1000, 1))));
        assertThat(session.getClientSecret()).startsWith(session.getId() + "_secret_");
        assertThat(session.getUrl()).isNull();
        HttpResponse<String> paid = browser.submit(base() + "/c/pay/" + session.getId(), card("4242424242424242"));
        assertThat(paid.body()).contains("data-target=\"http://127.0.0.1:9/back?session=" + session.getId());
    }
}
