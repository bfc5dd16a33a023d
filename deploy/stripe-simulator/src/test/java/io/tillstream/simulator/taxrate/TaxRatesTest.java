package io.tillstream.simulator.taxrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** docs.stripe.com/billing/taxes/tax-rates. */
class TaxRatesTest extends Subscribing {
    private String rate(String percentage, boolean inclusive) {
        return Json.textOf(
                post("/v1/tax_rates", "display_name=VAT", "percentage=" + percentage, "inclusive=" + inclusive), "id");
    }

    @Test
    void taxComesOnTopOfWhatTheDiscountLeaves() {
        String coupon = Json.textOf(post("/v1/coupons", "percent_off=10", "duration=forever"), "id");
        ObjectNode invoice = invoice(subscribe(
                payer("pm_card_visa"),
                price("Gold", 1000, "month"),
                "default_tax_rates[0]=" + rate("19", false),
                "discounts[0][coupon]=" + coupon));
        assertThat(Json.number(invoice, "subtotal")).isEqualTo(1000);
        assertThat(Json.number(invoice, "total")).isEqualTo(900 + 171);
        assertThat(Json.number(invoice, "total_excluding_tax")).isEqualTo(900);
        JsonNode tax = invoice.path("total_taxes").get(0);
        assertThat(Json.number(tax, "amount")).isEqualTo(171);
        assertThat(Json.text(tax, "tax_behavior")).isEqualTo("exclusive");
        assertThat(Json.number(invoice, "amount_paid")).isEqualTo(1071);
    }

    @Test
    void aRateThatIsInclusiveIsPartOfThePrice() {
        ObjectNode invoice = invoice(subscribe(
                payer("pm_card_visa"), price("Gold", 1190, "month"), "default_tax_rates[0]=" + rate("19", true)));
        assertThat(Json.number(invoice, "total")).isEqualTo(1190);
        assertThat(Json.number(invoice, "total_excluding_tax")).isEqualTo(1000);
        assertThat(Json.number(invoice, "subtotal_excluding_tax")).isEqualTo(1000);
        assertThat(Json.number(invoice.path("total_taxes").get(0), "amount")).isEqualTo(190);
    }

    @Test
    void anItemsOwnRateComesBeforeTheInvoices() {
        String customer = payer("pm_card_visa");
        post(
                "/v1/invoiceitems",
                "customer=" + customer,
                "amount=1000",
                "currency=usd",
                "tax_rates[0]=" + rate("7", false));
        post("/v1/invoiceitems", "customer=" + customer, "amount=1000", "currency=usd");
        ObjectNode invoice = post(
                "/v1/invoices",
                "customer=" + customer,
                "pending_invoice_items_behavior=include",
                "default_tax_rates[0]=" + rate("19", false));
        assertThat(Json.number(invoice, "total")).isEqualTo(2000 + 70 + 190);
        ObjectNode untaxed = post("/v1/invoices/" + Json.textOf(invoice, "id"), "default_tax_rates=");
        assertThat(Json.number(untaxed, "total")).isEqualTo(2070);
    }

    @Test
    void whoIsExemptPaysNone() {
        String customer = payer("pm_card_visa");
        post("/v1/customers/" + customer, "tax_exempt=exempt");
        ObjectNode invoice =
                invoice(subscribe(customer, price("Gold", 1000, "month"), "default_tax_rates[0]=" + rate("19", false)));
        assertThat(Json.number(invoice, "total")).isEqualTo(1000);
    }

    @Test
    void aRateIsArchivedButNeverChanged() {
        String rate = rate("8.25", false);
        refusedPost(400, "/v1/tax_rates/" + rate, "percentage=9");
        post("/v1/tax_rates/" + rate, "active=false");
        assertThat(get("/v1/tax_rates?active=true").path("data")).isEmpty();
        assertThat(Json.text(
                        refusedPost(
                                400,
                                "/v1/subscriptions",
                                "customer=" + payer("pm_card_visa"),
                                "items[0][price]=" + price("Gold", 1000, "month"),
                                "default_tax_rates[0]=" + rate),
                        "param"))
                .isEqualTo("default_tax_rates");
        assertThat(Json.text(
                        refusedPost(400, "/v1/tax_rates", "display_name=x", "percentage=120", "inclusive=false"),
                        "param"))
                .isEqualTo("percentage");
    }
}
