package io.tillstream.simulator.portal;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import com.stripe.param.billingportal.ConfigurationListParams;
import com.stripe.param.billingportal.SessionCreateParams;
import io.tillstream.simulator.Browser;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A customer looks after cards and subscriptions without the shop. */
class PortalTest extends Subscribing {
    private final Browser browser = new Browser();

    private String open(String customer) throws StripeException {
        return stripe.v1()
                .billingPortal()
                .sessions()
                .create(SessionCreateParams.builder()
                        .setCustomer(customer)
                        .setReturnUrl("http://127.0.0.1:9/account")
                        .build())
                .getUrl();
    }

    private static Map<String, String> button(String action, ObjectNode subscription) {
        Map<String, String> form = new HashMap<>();
        form.put("action", action);
        form.put("subscription", Json.textOf(subscription, "id"));
        return form;
    }

    private static Map<String, String> card(String number) {
        return Map.of(
                "action",
                "add_card",
                "cardNumber",
                number,
                "cardExpiry",
                "12 / 40",
                "cardCvc",
                "123",
                "billingName",
                "Alice");
    }

    private String done(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(303);
        return Browser.target(response);
    }

    @Test
    void aCustomerCancelsAtTheEndOfThePeriodAndThinksBetterOfIt() throws StripeException {
        String customer = payer("pm_card_visa");
        ObjectNode subscription = subscribe(customer, price("Gold", 2000, "month"));
        String url = open(customer);
        String page = browser.open(url).body();
        assertThat(page)
                .contains("Gold, $20.00 each month")
                .contains("renews on 1 February 2027")
                .contains("id=\"cancel-" + Json.textOf(subscription, "id"))
                .contains("href=\"http://127.0.0.1:9/account\"")
                .contains("data-invoice=\"in_");
        Map<String, String> cancel = button("cancel", subscription);
        cancel.put("feedback", "too_expensive");
        assertThat(done(browser.submit(url, cancel))).contains("/p/session/");
        ObjectNode ending = subscription(subscription);
        assertThat(Json.isTrue(ending, "cancel_at_period_end")).isTrue();
        assertThat(Json.text(ending, "cancellation_details.feedback")).isEqualTo("too_expensive");
        assertThat(browser.open(url).body()).contains("ends on 1 February 2027");
        done(browser.submit(url, button("resume", subscription)));
        assertThat(Json.isTrue(subscription(subscription), "cancel_at_period_end"))
                .isFalse();
        assertThat(events(subscription)).endsWith("customer.subscription.updated", "customer.subscription.updated");
    }

    @Test
    void aCustomerChangesThePlan() throws StripeException {
        String customer = payer("pm_card_visa");
        ObjectNode subscription = subscribe(customer, price("Basic", 1000, "month"));
        String gold = price("Gold", 3000, "month");
        String url = open(customer);
        assertThat(browser.open(url).body()).contains("Gold, $30.00 each month");
        Map<String, String> change = button("switch", subscription);
        change.put("price", gold);
        change.put("quantity", "2");
        done(browser.submit(url, change));
        ObjectNode changed = subscription(subscription);
        assertThat(Json.text(item(changed), "price.id")).isEqualTo(gold);
        assertThat(Json.number(item(changed), "quantity")).isEqualTo(2);
        change.put("price", "price_none");
        HttpResponse<String> refused = browser.submit(url, change);
        assertThat(refused.statusCode()).isEqualTo(402);
        assertThat(refused.body()).contains("This plan is not offered.");
    }

    @Test
    void aCheaperPlanWaitsForTheEndOfThePeriodIfTheShopWantsItSo() {
        String customer = payer("pm_card_visa");
        String basic = price("Basic", 1000, "month");
        ObjectNode subscription = subscribe(customer, price("Gold", 3000, "month"));
        ObjectNode configuration = post(
                "/v1/billing_portal/configurations",
                "features[subscription_update][enabled]=true",
                "features[subscription_update][default_allowed_updates][0]=price",
                "features[subscription_update][proration_behavior]=always_invoice",
                "features[subscription_update][products][0][product]="
                        + Json.text(get("/v1/prices/" + basic), "product"),
                "features[subscription_update][products][0][prices][0]=" + basic,
                "features[subscription_update][schedule_at_period_end][conditions][0][type]=decreasing_item_amount");
        String url = Json.textOf(
                post(
                        "/v1/billing_portal/sessions",
                        "customer=" + customer,
                        "configuration=" + Json.textOf(configuration, "id")),
                "url");
        assertThat(browser.submit(url, button("cancel", subscription)).statusCode())
                .isEqualTo(402);
        Map<String, String> change = button("switch", subscription);
        change.put("price", basic);
        done(browser.submit(url, change));
        assertThat(Json.text(subscription(subscription), "schedule")).startsWith("sub_sched_");
        assertThat(Json.text(item(subscription(subscription)), "price.id")).isNotEqualTo(basic);
        clock(end(subscription) + 7200);
        assertThat(Json.text(item(subscription(subscription)), "price.id")).isEqualTo(basic);
        assertThat(Json.number(invoice(subscription(subscription)), "amount_paid"))
                .isEqualTo(1000);
    }

    @Test
    void aCustomerTakesAsManyAsTheShopOffers() {
        String customer = payer("pm_card_visa");
        String basic = price("Basic", 1000, "month");
        ObjectNode subscription = subscribe(customer, basic);
        String products = "features[subscription_update][products][0]";
        ObjectNode configuration = post(
                "/v1/billing_portal/configurations",
                "features[subscription_update][enabled]=true",
                "features[subscription_update][default_allowed_updates][0]=quantity",
                products + "[product]=" + Json.text(get("/v1/prices/" + basic), "product"),
                products + "[prices][0]=" + basic,
                products + "[adjustable_quantity][enabled]=true",
                products + "[adjustable_quantity][minimum]=2",
                products + "[adjustable_quantity][maximum]=4");
        JsonNode allowed = configuration.at("/features/subscription_update/products/0/adjustable_quantity");
        assertThat(Json.number(allowed, "minimum")).isEqualTo(2);
        assertThat(Json.number(allowed, "maximum")).isEqualTo(4);
        String url = Json.textOf(
                post(
                        "/v1/billing_portal/sessions",
                        "customer=" + customer,
                        "configuration=" + Json.textOf(configuration, "id")),
                "url");
        Map<String, String> change = button("switch", subscription);
        change.put("quantity", "5");
        assertThat(browser.submit(url, change).body()).contains("This quantity is not offered.");
        assertThat(Json.number(item(subscription(subscription)), "quantity")).isEqualTo(1);
        change.put("quantity", "4");
        done(browser.submit(url, change));
        assertThat(Json.number(item(subscription(subscription)), "quantity")).isEqualTo(4);
    }

    /** Less than one is offered only where the shop says so: an empty subscription would go on for nothing. */
    @Test
    void noneOfAPlanIsNoQuantityAndNothingIsLeftOfTheWish() throws StripeException {
        String customer = payer("pm_card_visa");
        ObjectNode subscription = subscribe(customer, price("Gold", 2000, "month"));
        Map<String, String> change = button("switch", subscription);
        for (String quantity : new String[] {"0", "-1"}) {
            change.put("quantity", quantity);
            assertThat(browser.submit(open(customer), change).statusCode()).isEqualTo(402);
        }
        assertThat(subscription(subscription)).isEqualTo(subscription);
    }

    @Test
    void aPortalThatDoesNotAllowCodesTakesNone() {
        String customer = payer("pm_card_visa");
        String basic = price("Basic", 1000, "month");
        ObjectNode subscription = subscribe(customer, basic);
        ObjectNode configuration = post(
                "/v1/billing_portal/configurations",
                "features[subscription_update][enabled]=true",
                "features[subscription_update][default_allowed_updates][0]=quantity");
        String url = Json.textOf(
                post(
                        "/v1/billing_portal/sessions",
                        "customer=" + customer,
                        "configuration=" + Json.textOf(configuration, "id")),
                "url");
        Map<String, String> change = button("switch", subscription);
        change.put("quantity", "2");
        change.put("promotionCode", "ANY");
        HttpResponse<String> refused = browser.submit(url, change);
        assertThat(refused.statusCode()).isEqualTo(402);
        assertThat(refused.body()).contains("This portal takes no promotion codes.");
        assertThat(Json.number(item(subscription(subscription)), "quantity")).isEqualTo(1);
    }

    @Test
    void aNewCardPaysFromNowOn() throws StripeException {
        String customer = payer("pm_card_visa");
        String own = Json.textOf(post("/v1/payment_methods/pm_card_mastercard/attach", "customer=" + customer), "id");
        ObjectNode subscription = subscribe(customer, price("Gold", 2000, "month"), "default_payment_method=" + own);
        String url = open(customer);
        HttpResponse<String> wrong = browser.submit(url, card("4242424242424241"));
        assertThat(wrong.statusCode()).isEqualTo(402);
        assertThat(wrong.body()).contains("Your card number is incorrect.");
        done(browser.submit(url, card("4000 0566 5566 5556")));
        String usual = Json.text(get("/v1/customers/" + customer), "invoice_settings.default_payment_method");
        assertThat(Json.text(get("/v1/payment_methods/" + usual), "card.last4")).isEqualTo("5556");
        assertThat(Json.text(subscription(subscription), "default_payment_method"))
                .isEqualTo(usual);
        assertThat(eventsOf(String.valueOf(usual))).contains("payment_method.attached");
        assertThat(eventsOf(customer)).endsWith("customer.updated");
        done(browser.submit(url, Map.of("action", "default_card", "payment_method", own)));
        assertThat(Json.text(get("/v1/customers/" + customer), "invoice_settings.default_payment_method"))
                .isEqualTo(own);
        done(browser.submit(url, Map.of("action", "remove_card", "payment_method", String.valueOf(usual))));
        assertThat(get("/v1/customers/" + customer + "/payment_methods").path("data"))
                .hasSize(2);
    }

    @Test
    void theBankIsAskedBeforeACardIsKept() throws StripeException {
        String customer = payer("pm_card_visa");
        String before = Json.text(get("/v1/customers/" + customer), "invoice_settings.default_payment_method");
        String url = open(customer);
        String bank = done(browser.submit(url, card("4000002500003155")));
        assertThat(bank).contains("/3d_secure/authenticate/seti_");
        String failed = Browser.target(browser.submit(bank, Map.of("outcome", "fail")));
        assertThat(browser.open(failed).body()).contains("unable to authenticate");
        assertThat(Json.text(get("/v1/customers/" + customer), "invoice_settings.default_payment_method"))
                .isEqualTo(before);
        String again = done(browser.submit(url, card("4000002500003155")));
        String back = Browser.target(browser.submit(again, Map.of("outcome", "complete")));
        assertThat(browser.open(back).body()).contains("Your card was added");
        assertThat(Json.text(get("/v1/customers/" + customer), "invoice_settings.default_payment_method"))
                .isNotEqualTo(before);
    }

    @Test
    void aSessionForOneThingLeadsBackAfterIt() {
        String customer = payer("pm_card_visa");
        ObjectNode subscription = subscribe(customer, price("Gold", 2000, "month"));
        ObjectNode session = post(
                "/v1/billing_portal/sessions",
                "customer=" + customer,
                "flow_data[type]=subscription_cancel",
                "flow_data[subscription_cancel][subscription]=" + Json.textOf(subscription, "id"),
                "flow_data[after_completion][type]=redirect",
                "flow_data[after_completion][redirect][return_url]=http://127.0.0.1:9/bye");
        String url = Json.textOf(session, "url");
        assertThat(browser.open(url).body()).contains("Cancel subscription").doesNotContain("Add card");
        assertThat(done(browser.submit(url, button("cancel", subscription)))).isEqualTo("http://127.0.0.1:9/bye");
    }

    @Test
    void theAddressIsGoodForAShortWhileAndForOneCustomerOnly() throws StripeException {
        String customer = payer("pm_card_visa");
        ObjectNode others = subscribe(payer("pm_card_visa"), price("Gold", 2000, "month"));
        String url = open(customer);
        assertThat(browser.submit(url, button("cancel", others)).statusCode()).isEqualTo(402);
        assertThat(Json.isTrue(subscription(others), "cancel_at_period_end")).isFalse();
        pass("PT50M");
        assertThat(browser.open(url).statusCode()).isEqualTo(200);
        pass("PT61M");
        assertThat(browser.open(url).statusCode()).isEqualTo(404);
        String unused = open(customer);
        pass("PT6M");
        assertThat(browser.open(unused).body()).contains("no longer valid");
        assertThat(stripe.v1()
                        .billingPortal()
                        .configurations()
                        .list(ConfigurationListParams.builder()
                                .setIsDefault(true)
                                .build())
                        .getData())
                .hasSize(1);
    }

    @Test
    void aCustomerCorrectsTheirDetails() throws StripeException {
        String customer = payer("pm_card_visa");
        done(browser.submit(
                open(customer),
                Map.of("action", "update_customer", "email", "new@example.com", "city", "Bonn", "country", "DE")));
        ObjectNode changed = get("/v1/customers/" + customer);
        assertThat(Json.text(changed, "email")).isEqualTo("new@example.com");
        assertThat(Json.text(changed, "address.city")).isEqualTo("Bonn");
    }
}
