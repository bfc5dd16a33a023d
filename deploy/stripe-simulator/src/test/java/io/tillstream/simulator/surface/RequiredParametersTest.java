package io.tillstream.simulator.surface;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** What Stripe requires within an object is asked for as well as what it requires at all, by the name it has in the request. */
class RequiredParametersTest extends Subscribing {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "payment_intents | amount=900&currency=eur&confirm=true&payment_method_types[0]=sepa_debit"
                        + "&payment_method_data[type]=sepa_debit&payment_method_data[sepa_debit][iban]=AT611904300234573201"
                        + "&mandate_data[customer_acceptance][accepted_at]=1 | mandate_data[customer_acceptance][type]",
                "payment_intents | amount=900&currency=usd&shipping[name]=A | shipping[address]",
                "payment_intents | amount=900&currency=usd&payment_method_data[billing_details][name]=A"
                        + " | payment_method_data[type]",
                "payment_intents | amount=900&currency=usd&automatic_payment_methods[allow_redirects]=never"
                        + " | automatic_payment_methods[enabled]",
                "checkout/sessions | mode=payment&success_url=https://shop.example&line_items[0][quantity]=1"
                        + "&line_items[0][price_data][unit_amount]=900&line_items[0][price_data][product_data][name]=Tea"
                        + " | line_items[0][price_data][currency]",
                "checkout/sessions | mode=payment&success_url=https://shop.example&line_items[0][quantity]=1"
                        + "&line_items[0][price_data][unit_amount]=900&line_items[0][price_data][currency]=usd"
                        + "&line_items[0][price_data][product_data][description]=Tea"
                        + " | line_items[0][price_data][product_data][name]",
                "customers | shipping[name]=A | shipping[address]",
                "invoiceitems | customer=cus_1&amount=900&currency=usd&period[start]=1 | period[end]",
                "prices | currency=usd&unit_amount=900&product=prod_1&recurring[interval_count]=2 | recurring[interval]",
                "billing_portal/configurations | features[customer_update][allowed_updates][0]=email"
                        + " | features[customer_update][enabled]",
                "customers/cus_1/balance_transactions | currency=usd | amount",
                "test_helpers/test_clocks/clock_1/advance | | frozen_time"
            })
    void whatIsMissingIsNamed(String path, String form, String param) {
        String[] params = form == null ? new String[0] : form.split("&", -1);
        ObjectNode error = refusedPost(400, "/v1/" + path, params);
        assertThat(Json.textOf(error, "param")).startsWith(param);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "promotion_codes | promotion[type]=coupon&promotion[coupon]={coupon}&restrictions[minimum_amount]=500"
                        + "&restrictions[minimum_amount_currency]=zzz | Invalid currency: zzz",
                "promotion_codes | promotion[type]=coupon&promotion[coupon]={coupon}&restrictions[minimum_amount]=-5"
                        + "&restrictions[minimum_amount_currency]=usd | Invalid positive integer",
                "coupons | amount_off=100&currency=usd&currency_options[eur][amount_off]=-100 | Invalid positive integer",
                "coupons/{coupon} | currency_options[eur][amount_off]=-100 | Invalid positive integer"
            })
    void anAmountOffIsSomeOfACurrencyThatThereIs(String path, String form, String words) {
        String coupon = Json.textOf(post("/v1/coupons", "amount_off=100", "currency=usd"), "id");
        String[] params = form.replace("{coupon}", coupon).split("&", -1);
        assertThat(Json.textOf(refusedPost(400, "/v1/" + path.replace("{coupon}", coupon), params), "message"))
                .contains(words);
    }
}
