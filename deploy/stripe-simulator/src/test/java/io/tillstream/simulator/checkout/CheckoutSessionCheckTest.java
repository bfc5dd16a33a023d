package io.tillstream.simulator.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** What a page promises is judged when it is made: a shop learns of its mistake, and no buyer does. */
class CheckoutSessionCheckTest extends Subscribing {
    private static final String SESSIONS = "/v1/checkout/sessions";

    private static String[] and(String[] some, String... more) {
        String[] all = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }

    private String[] subscription() {
        return new String[] {
            "mode=subscription",
            "success_url=https://shop.example/done",
            "line_items[0][quantity]=1",
            "line_items[0][price]=" + price("Gold", 1000, "month")
        };
    }

    private static String[] payment(String currency) {
        return new String[] {
            "mode=payment",
            "success_url=https://shop.example/done",
            "line_items[0][quantity]=1",
            "line_items[0][price_data][currency]=" + currency,
            "line_items[0][price_data][unit_amount]=900",
            "line_items[0][price_data][product_data][name]=Tea"
        };
    }

    private long now() {
        return Json.number(get("/v1/prices/" + price("Clock", 1, "day")), "created");
    }

    /** The words on trial_end are those that shops report (github.com/stripe/stripe-python/issues/679). */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trial_period_days=9999 | The maximum number of trial period days is 730 (2 years). | trial_period_days",
                "trial_period_days=0 | greater than or equal to 1 | trial_period_days",
                "trial_end=1000000000 | at least 2 days in the future | trial_end",
                "trial_end={+47} | at least 2 days in the future | trial_end",
                "trial_end={+20000} | The maximum number of trial period days is 730 (2 years). | trial_end",
                "trial_period_days=14&subscription_data[trial_end]={+72} | You may only specify one of these parameters"
                        + " | trial_end",
                "billing_cycle_anchor=1000000000 | billing_cycle_anchor must be in the future | billing_cycle_anchor",
                "billing_cycle_anchor={+1000} | cannot be later than next natural billing date | billing_cycle_anchor"
            })
    void aSubscriptionThatCannotBeginIsNotOffered(String data, String words, String param) {
        String[] hours = data.split("[{+}]+", -1);
        String given = hours.length == 1
                ? data
                : hours[0] + (now() + Long.parseLong(hours[1]) * 3600) + (hours.length > 2 ? hours[2] : "");
        for (String customer : new String[] {"", "customer=" + payer("pm_card_visa")}) {
            String[] form = and(subscription(), ("subscription_data[" + given.replaceFirst("=", "]=")).split("&", -1));
            ObjectNode error = refusedPost(400, SESSIONS, customer.isEmpty() ? form : and(form, customer));
            assertThat(Json.textOf(error, "message")).contains(words);
            assertThat(Json.text(error, "param")).isEqualTo("subscription_data[" + param + "]");
        }
    }

    @Test
    void aTrialOfTwoDaysAndMoreIsOffered() {
        post(SESSIONS, and(subscription(), "subscription_data[trial_end]=" + (now() + 49 * 3600)));
        post(SESSIONS, and(subscription(), "subscription_data[trial_period_days]=730"));
        post(SESSIONS, and(subscription(), "subscription_data[billing_cycle_anchor]=" + (now() + 49 * 3600)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "payment_intent_data[receipt_email]=nobody | Invalid email address: nobody | payment_intent_data[receipt_email]",
                "payment_intent_data[shipping][name]=A | Missing required param | payment_intent_data[shipping][address]",
                "customer_email=nobody | Invalid email address: nobody | customer_email",
                "customer={payer}&customer_creation=always | You may only specify one of these parameters: customer,"
                        + " customer_creation. | customer_creation",
                "line_items[1][quantity]=1&line_items[1][price_data][currency]=usd&line_items[1][price_data][unit_amount]=9"
                        + "&line_items[1][price_data][product]=prod_none | No such product: 'prod_none'"
                        + " | line_items[1][price_data][product]",
                "line_items[0][price_data][recurring][interval]=month | but passed a recurring price | mode"
            })
    void aPaymentThatCannotBeMadeIsNotOffered(String more, String words, String param) {
        String given = more.contains("{payer}") ? more.replace("{payer}", payer("pm_card_visa")) : more;
        ObjectNode error = refusedPost(400, SESSIONS, and(payment("usd"), given.split("&", -1)));
        assertThat(Json.textOf(error, "message")).contains(words);
        assertThat(Json.text(error, "param")).isEqualTo(param);
    }

    @Test
    void aProductThatThereIsIsSoldByItsName() {
        String product = Json.textOf(post("/v1/products", "name=Green tea"), "id");
        String[] form = payment("usd");
        form[5] = "line_items[0][price_data][product]=" + product;
        String session = Json.textOf(post(SESSIONS, form), "id");
        assertThat(Json.text(
                        get(SESSIONS + "/" + session + "/line_items")
                                .path("data")
                                .get(0),
                        "description"))
                .isEqualTo("Green tea");
    }

    @ParameterizedTest
    @CsvSource({
        "payment, usd, sepa_debit",
        "payment, eur, us_bank_account",
        "payment, gbp, sepa_debit",
        "setup, usd, sepa_debit",
        "setup, eur, us_bank_account",
        "subscription, usd, sepa_debit"
    })
    void aMethodThatTakesAnotherCurrencyIsNotOffered(String mode, String currency, String type) {
        String[] setup = {"mode=setup", "success_url=https://shop.example/done", "currency=" + currency};
        String[] form = mode.equals("payment") ? payment(currency) : mode.equals("setup") ? setup : subscription();
        String[] types = {"payment_method_types[0]=card", "payment_method_types[1]=" + type};
        ObjectNode error = refusedPost(400, SESSIONS, and(form, types));
        assertThat(Json.textOf(error, "message"))
                .startsWith("Invalid currency options `" + currency + "`. The payment method `" + type
                        + "` only supports the following currencies:");
        assertThat(Json.text(error, "param")).isEqualTo("payment_method_types");
    }

    @Test
    void aLinkIsJudgedAsItsPages() {
        String price = price("Gold", 1000, "month");
        String[] form = {"line_items[0][price]=" + price, "line_items[0][quantity]=1"};
        assertThat(Json.textOf(
                        refusedPost(
                                400,
                                "/v1/payment_links",
                                and(form, "payment_method_types[0]=card", "payment_method_types[1]=sepa_debit")),
                        "message"))
                .contains("only supports the following currencies: `eur`");
        assertThat(Json.text(
                        refusedPost(400, "/v1/payment_links", and(form, "subscription_data[trial_period_days]=9999")),
                        "param"))
                .isEqualTo("subscription_data[trial_period_days]");
        assertThat(get("/v1/payment_links").path("data")).isEmpty();
    }
}
