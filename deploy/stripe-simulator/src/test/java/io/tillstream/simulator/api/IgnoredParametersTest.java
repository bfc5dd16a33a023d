package io.tillstream.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is told and has no effect is refused by its name: a shop that is answered 200 believes that it works. */
class IgnoredParametersTest extends Subscribing {
    private static final String PAGE = "success_url=https://shop.example/done&mode=payment&line_items[0][quantity]=1"
            + "&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=900";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "promotion_codes/{code} | restrictions[currency_options][eur][minimum_amount]=500"
                        + " | does not do restrictions[currency_options][eur][minimum_amount]",
                "promotion_codes | promotion[type]=coupon&promotion[coupon]={coupon}"
                        + "&restrictions[currency_options][eur][minimum_amount]=500"
                        + " | does not do restrictions[currency_options][eur][minimum_amount]",
                "checkout/sessions | {page}&line_items[0][price_data][product_data][name]=Tea"
                        + "&line_items[0][price_data][recurring][interval]=month"
                        + " | You specified `payment` mode but passed a recurring price",
                "checkout/sessions | {page}&line_items[0][price_data][product]=prod_none | No such product: 'prod_none'",
                "checkout/sessions | {page}&line_items[0][price_data][product_data][name]=Tea&line_items[0][price]={price}"
                        + " | one of these parameters: price, price_data",
                "checkout/sessions | {page}&line_items[0][price_data][product_data][name]=Tea"
                        + "&line_items[0][price_data][product]={product} | one of these parameters: product, product_data",
                "subscription_schedules | customer={customer}&phases[0][items][0][price]={price}"
                        + "&phases[0][add_invoice_items][0][price]={once}"
                        + "&phases[0][add_invoice_items][0][period][start][type]=phase_start"
                        + "&phases[0][add_invoice_items][0][period][end][type]=min_item_period_end"
                        + " | does not do phases[0][add_invoice_items][0][period][start][type]=phase_start",
                "subscription_schedules | customer={customer}&phases[0][items][0][price]={price}&billing_mode[type]=classic"
                        + " | does not do billing_mode[type]=classic",
                "subscriptions | customer={customer}&items[0][price]={price}&items[0][price_data][currency]=usd"
                        + "&items[0][price_data][product]={product}&items[0][price_data][unit_amount]=900"
                        + "&items[0][price_data][recurring][interval]=month | one of these parameters: price, price_data",
                "payment_intents | amount=900&currency=usd&payment_method=pm_card_visa&payment_method_data[type]=card"
                        + "&payment_method_data[card][token]=tok_visa"
                        + " | one of these parameters: payment_method, payment_method_data",
                "setup_intents | payment_method=pm_card_visa&payment_method_data[type]=card"
                        + "&payment_method_data[card][token]=tok_visa"
                        + " | one of these parameters: payment_method, payment_method_data",
                "payment_methods | type=card&card[token]=tok_visa&us_bank_account[account_number]=000123456789"
                        + " | does not do us_bank_account[account_number]",
                "billing_portal/configurations | features[payment_method_update][enabled]=true"
                        + "&features[payment_method_update][payment_method_configuration]=pmc_1"
                        + " | does not do features[payment_method_update][payment_method_configuration]",
                "billing_portal/sessions | customer={customer}&flow_data[type]=subscription_cancel"
                        + "&flow_data[subscription_cancel][subscription]={subscription}"
                        + "&flow_data[subscription_cancel][retention][type]=coupon_offer"
                        + "&flow_data[subscription_cancel][retention][coupon_offer][coupon]={coupon}"
                        + " | does not do flow_data[subscription_cancel][retention]",
                "billing_portal/sessions | customer={customer}&flow_data[type]=subscription_update_confirm"
                        + "&flow_data[subscription_update_confirm][subscription]={subscription}"
                        + "&flow_data[subscription_update_confirm][items][0][id]={item}"
                        + "&flow_data[subscription_update_confirm][discounts][0][coupon]={coupon}"
                        + " | does not do flow_data[subscription_update_confirm][discounts]",
                "coupons | percent_off=10&currency_options[eur][amount_off]=100 | unless `amount_off` is set",
                "charges/{charge} | customer={customer} | does not do customer",
                "invoiceitems | customer={customer}&price_data[currency]=usd&price_data[product]=prod_none"
                        + "&price_data[unit_amount]=900 | No such product: 'prod_none'",
                "invoiceitems | customer={customer}&currency=eur&pricing[price]={once} | doesn't match the expected currency",
                "payment_links | line_items[0][price]={once}&line_items[0][quantity]=1&payment_method_collection=if_required"
                        + " | You can not pass `payment_method_collection` in `payment` mode"
            })
    void whatNothingIsMadeOfIsRefused(String path, String form, String words) {
        Map<String, String> known = known();
        ObjectNode error = refusedPost(
                400, "/v1/" + filled(path, known), filled(form, known).split("&", -1));
        assertThat(Json.textOf(error, "message")).contains(words);
    }

    private Map<String, String> known() {
        String customer = payer("pm_card_visa");
        ObjectNode product = post("/v1/products", "name=Tea");
        String price = price("Society", 1500, "month");
        ObjectNode once =
                post("/v1/prices", "currency=usd", "unit_amount=900", "product=" + Json.textOf(product, "id"));
        ObjectNode subscription = subscribe(customer, price);
        ObjectNode coupon = post("/v1/coupons", "percent_off=10");
        ObjectNode code =
                post("/v1/promotion_codes", "promotion[type]=coupon", "promotion[coupon]=" + Json.textOf(coupon, "id"));
        ObjectNode charge = post("/v1/charges", "amount=900", "currency=usd", "source=tok_visa");
        return Map.ofEntries(
                Map.entry("page", PAGE),
                Map.entry("customer", customer),
                Map.entry("product", Json.textOf(product, "id")),
                Map.entry("price", price),
                Map.entry("once", Json.textOf(once, "id")),
                Map.entry("subscription", Json.textOf(subscription, "id")),
                Map.entry("item", Json.textOf(item(subscription), "id")),
                Map.entry("coupon", Json.textOf(coupon, "id")),
                Map.entry("code", Json.textOf(code, "id")),
                Map.entry("charge", Json.textOf(charge, "id")));
    }

    private static String filled(String text, Map<String, String> known) {
        String filled = text;
        for (Map.Entry<String, String> each : known.entrySet()) {
            filled = filled.replace("{" + each.getKey() + "}", each.getValue());
        }
        return filled;
    }

    @Test
    void whatWasDoneUntilThenIsTakenBack() {
        String customer = payer("pm_card_visa");
        ObjectNode subscription = subscribe(customer, price("Society", 1500, "month"));
        long later = end(subscription);
        List<String> told = events(subscription);
        ObjectNode error = refusedPost(
                400,
                "/v1/subscriptions/" + Json.textOf(subscription, "id"),
                "trial_end=" + (later + 86_400),
                "billing_cycle_anchor=now");
        assertThat(Json.text(error, "code")).isEqualTo("parameter_not_simulated");
        assertThat(Json.text(error, "param")).isEqualTo("billing_cycle_anchor");
        assertThat(Json.text(subscription(subscription), "status")).isEqualTo("active");
        assertThat(end(subscription(subscription))).isEqualTo(later);
        assertThat(events(subscription)).isEqualTo(told);
    }

    /** As real shops send them with each request, whether something comes of it or not. */
    @Test
    void whatWouldBeWithoutItIsTaken() {
        String customer = payer("pm_card_visa");
        ObjectNode subscription = subscribe(
                customer,
                price("Society", 1500, "month"),
                "automatic_tax[enabled]=false",
                "trial_period_days=3",
                "proration_behavior=none");
        post(
                "/v1/subscriptions/" + Json.textOf(subscription, "id"),
                "metadata[note]=hello",
                "payment_behavior=error_if_incomplete",
                "proration_behavior=none",
                "proration_date=" + start(subscription));
        String[] page = (PAGE + "&line_items[0][price_data][product_data][name]=Tea&automatic_tax[enabled]=false"
                        + "&phone_number_collection[enabled]=false&line_items[0][adjustable_quantity][enabled]=false")
                .split("&", -1);
        assertThat(Json.text(post("/v1/checkout/sessions", page), "status")).isEqualTo("open");
        assertThat(Json.text(
                        post(
                                "/v1/payment_intents",
                                "amount=900",
                                "currency=usd",
                                "payment_method_types[0]=card",
                                "automatic_payment_methods[enabled]=false",
                                "automatic_payment_methods[allow_redirects]=never"),
                        "status"))
                .isEqualTo("requires_payment_method");
    }

    @Test
    void whatAPageSellsCanBeLookedUp() {
        String[] form = (PAGE + "&line_items[0][price_data][product_data][name]=Tea"
                        + "&line_items[0][price_data][product_data][description]=From the hills"
                        + "&line_items[0][price_data][product_data][images][0]=https://shop.example/tea.png"
                        + "&line_items[0][price_data][product_data][metadata][sku]=T1&expand[0]=line_items")
                .split("&", -1);
        JsonNode line = post("/v1/checkout/sessions", form)
                .path("line_items")
                .path("data")
                .get(0);
        assertThat(Json.text(line, "description")).isEqualTo("Tea");
        ObjectNode product = get("/v1/products/" + Json.textOf(line, "price.product"));
        assertThat(Json.isTrue(product, "active")).isFalse();
        assertThat(Json.text(product, "description")).isEqualTo("From the hills");
        assertThat(product.path("images").get(0).asString()).isEqualTo("https://shop.example/tea.png");
        assertThat(Json.text(product, "metadata.sku")).isEqualTo("T1");
    }

    @Test
    void whatIsSaidOfAnAccountAndOfASetupIsShown() {
        ObjectNode account = post(
                "/v1/payment_methods",
                "type=us_bank_account",
                "us_bank_account[account_number]=000123456789",
                "us_bank_account[routing_number]=110000000",
                "us_bank_account[account_type]=savings",
                "us_bank_account[account_holder_type]=company");
        assertThat(Json.text(account, "us_bank_account.account_holder_type")).isEqualTo("company");
        assertThat(Json.text(account, "us_bank_account.account_type")).isEqualTo("savings");
        ObjectNode setup = post(
                "/v1/setup_intents",
                "payment_method_types[0]=us_bank_account",
                "payment_method_options[us_bank_account][verification_method]=instant");
        assertThat(Json.text(setup, "payment_method_options.us_bank_account.verification_method"))
                .isEqualTo("instant");
        assertThat(Json.text(post("/v1/coupons", "percent_off=10", "currency=usd"), "currency"))
                .isEqualTo("usd");
        assertThat(Json.text(post("/v1/products", "name=Tea", "type=good"), "type"))
                .isEqualTo("good");
    }

    @Test
    void anInvoiceItemIsCalledByItsProduct() {
        ObjectNode product = post("/v1/products", "name=Tea");
        ObjectNode item = post(
                "/v1/invoiceitems",
                "customer=" + payer("pm_card_visa"),
                "currency=usd",
                "price_data[currency]=usd",
                "price_data[product]=" + Json.textOf(product, "id"),
                "price_data[unit_amount]=900");
        assertThat(Json.text(item, "description")).isEqualTo("Tea");
        assertThat(Json.number(item, "amount")).isEqualTo(900);
    }
}
