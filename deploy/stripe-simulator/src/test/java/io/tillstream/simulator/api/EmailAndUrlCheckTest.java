package io.tillstream.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Where a receipt or a buyer could not arrive is refused wherever it is given: stripe.com/docs/error-codes has both codes. */
class EmailAndUrlCheckTest extends Subscribing {
    private static final String PAID =
            "amount=900&currency=usd&payment_method=pm_card_visa&payment_method_types[0]=card&confirm=true";

    private String filled(String text) {
        return text.replace("{customer}", text.contains("{customer}") ? payer("pm_card_visa") : "")
                .replace("{charge}", text.contains("{charge}") ? charge() : "")
                .replace("{method}", text.contains("{method}") ? method() : "");
    }

    private String charge() {
        return Json.textOf(post("/v1/payment_intents", PAID.split("&", -1)), "latest_charge");
    }

    private String method() {
        return Json.textOf(get("/v1/customers/" + payer("pm_card_visa")), "invoice_settings.default_payment_method");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/customers | email=nobody | email",
                "/v1/payment_intents | amount=900&currency=usd&receipt_email=a@b@c | receipt_email",
                "/v1/charges/{charge} | receipt_email=no one@shop.example | receipt_email",
                "/v1/charges | amount=900&currency=usd&source=tok_visa&receipt_email=@shop.example | receipt_email",
                "/v1/payment_methods | type=card&card[token]=tok_visa&billing_details[email]=nobody | billing_details[email]",
                "/v1/payment_methods/{method} | billing_details[email]=nobody | billing_details[email]",
                "/v1/payment_intents | amount=900&currency=usd&payment_method_data[type]=card"
                        + "&payment_method_data[card][token]=tok_visa&payment_method_data[billing_details][email]=nobody"
                        + " | payment_method_data[billing_details][email]"
            })
    void mailThatCannotArriveIsRefused(String path, String form, String param) {
        ObjectNode error = refusedPost(400, filled(path), form.split("&", -1));
        assertThat(Json.text(error, "code")).isEqualTo("email_invalid");
        assertThat(Json.text(error, "param")).isEqualTo(param);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/payment_intents | " + PAID + "&return_url=shop.example | return_url",
                "/v1/payment_intents | " + PAID + "&return_url=shop:///back | return_url",
                "/v1/setup_intents | payment_method=pm_card_visa&confirm=true&return_url=back | return_url",
                "/v1/billing_portal/sessions | customer={customer}&return_url=shop.example | return_url",
                "/v1/billing_portal/sessions | customer={customer}&flow_data[type]=payment_method_update"
                        + "&flow_data[after_completion][type]=redirect"
                        + "&flow_data[after_completion][redirect][return_url]=shop"
                        + " | flow_data[after_completion][redirect][return_url]",
                "/v1/billing_portal/configurations | features[invoice_history][enabled]=true&default_return_url=ftp://shop.example"
                        + " | default_return_url",
                "/v1/products | name=Tea&url=shop | url"
            })
    void aPageThatNobodyComesToIsRefused(String path, String form, String param) {
        ObjectNode error = refusedPost(400, path, filled(form).split("&", -1));
        assertThat(Json.text(error, "code")).isEqualTo("url_invalid");
        assertThat(Json.text(error, "param")).isEqualTo(param);
    }

    @Test
    void aBuyerComesBackToAnApp() {
        post("/v1/payment_intents", (PAID + "&return_url=shop-app://back").split("&", -1));
    }
}
