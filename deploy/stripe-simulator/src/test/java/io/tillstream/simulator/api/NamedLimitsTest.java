package io.tillstream.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** What the README says is not simulated says so itself, by name: nobody finds out by a bill that is wrong. */
class NamedLimitsTest extends Subscribing {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "subscriptions | items[1][price]={year} | items",
                "subscriptions | items[0][discounts][0][coupon]={coupon} | items[0][discounts][0][coupon]",
                "subscriptions | items[0][tax_rates][0]={rate} | items[0][tax_rates][0]",
                "subscriptions | billing_cycle_anchor_config[day_of_month]=3 | billing_cycle_anchor_config[day_of_month]",
                "subscriptions | backdate_start_date=1790000000 | backdate_start_date",
                "subscriptions | automatic_tax[enabled]=true | automatic_tax[enabled]",
                "subscription_items | subscription={subscription}&price={other}&discounts[0][coupon]={coupon}"
                        + " | discounts[0][coupon]",
                "subscription_items | subscription={subscription}&price={other}&tax_rates[0]={rate} | tax_rates[0]",
                "subscription_schedules | phases[0][items][0][price]={price}&phases[0][items][0][tax_rates][0]={rate}"
                        + " | phases[0][items][0][tax_rates][0]",
                "subscription_schedules | phases[0][items][0][price]={price}&phases[0][default_tax_rates][0]={rate}"
                        + " | phases[0][default_tax_rates][0]",
                "quotes | line_items[0][price]={price}&line_items[0][tax_rates][0]={rate} | line_items[0][tax_rates][0]",
                "quotes | line_items[0][price]={price}&line_items[0][discounts][0][coupon]={coupon}"
                        + " | line_items[0][discounts][0][coupon]",
                "invoices/create_preview | invoice_items[0][amount]=100&invoice_items[0][tax_behavior]=exclusive"
                        + " | invoice_items[0][tax_behavior]",
                "invoices/create_preview | invoice_items[0][amount]=100&automatic_tax[enabled]=true"
                        + " | automatic_tax[enabled]"
            })
    void aLimitIsToldByItsName(String path, String form, String param) {
        String customer = payer("pm_card_visa");
        String price = price("Gold", 1000, "month");
        String whole =
                "customer=" + customer + (path.equals("subscriptions") ? "&items[0][price]=" + price : "") + "&" + form;
        if (path.equals("subscription_items")) {
            whole = form.replace("{subscription}", Json.textOf(subscribe(customer, price), "id"));
        }
        String[] params = whole.replace("{price}", price)
                .replace("{other}", price("Silver", 500, "month"))
                .replace("{year}", price("Year", 9000, "year"))
                .replace("{coupon}", Json.textOf(post("/v1/coupons", "percent_off=10"), "id"))
                .replace(
                        "{rate}",
                        Json.textOf(post("/v1/tax_rates", "display_name=VAT", "percentage=9", "inclusive=false"), "id"))
                .split("&", -1);

        ObjectNode error = refusedPost(400, "/v1/" + path, params);

        assertThat(Json.text(error, "code")).isEqualTo("parameter_not_simulated");
        assertThat(Json.text(error, "param")).isEqualTo(param);
    }

    /** docs.stripe.com/invoicing/preview: "can be retrieved via the /v1/invoices/:id endpoint for the following 72 hours". */
    @Test
    void aPreviewThatIsGoneSaysWhy() {
        String preview =
                Json.textOf(post("/v1/invoices/create_preview", "currency=usd", "invoice_items[0][amount]=900"), "id");
        for (String path : new String[] {preview, preview + "/lines"}) {
            ObjectNode error = json(raw(SECRET_KEY, "GET", "/v1/invoices/" + path, ""));
            assertThat(Json.text(error.path("error"), "code")).isEqualTo("operation_not_simulated");
        }
    }
}
