package io.tillstream.simulator.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** What Stripe does not take is not taken here, or a shop learns of it on the day it switches. */
class LateRefusalsTest extends Subscribing {
    private static final String PAGE = "success_url=https://shop.example/done&mode=payment&line_items[0][quantity]=1"
            + "&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=900"
            + "&line_items[0][price_data][product_data][name]=Tea&payment_intent_data[capture_method]=manual";

    /** In the words that github.com/abantecart/abantecart-src/issues/1750 and github.com/stripe/stripe-python/issues/925 have. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "payment_intents | amount=900&currency=usd&capture_method=manual&payment_method_types[0]=us_bank_account"
                        + " | is not supported by payment method type `us_bank_account` | capture_method",
                "payment_intents | amount=900&currency=eur&capture_method=manual&payment_method_types[0]=card"
                        + "&payment_method_types[1]=sepa_debit"
                        + " | is not supported by payment method type `sepa_debit` | capture_method",
                "checkout/sessions | {page}&payment_method_types[0]=us_bank_account"
                        + " | is not supported by payment method type `us_bank_account`"
                        + " | payment_intent_data[capture_method]",
                "invoices | customer={customer}&collection_method=send_invoice&due_date=1000"
                        + " | must be an integer Unix timestamp in the future | due_date",
                "invoices | customer={customer}&collection_method=send_invoice&due_date=1999999999&days_until_due=3"
                        + " | one of these parameters: days_until_due, due_date | due_date",
                "invoices/{invoice} | due_date=1000 | must be an integer Unix timestamp in the future | due_date",
                "invoices | customer={stranger}&subscription={subscription} | another customer | subscription",
                "subscriptions/{subscription} | pause_collection[behavior]=void&pause_collection[resumes_at]=1000"
                        + " | in the future | pause_collection[resumes_at]",
                "quotes | expires_at=1000&line_items[0][price]={price}&line_items[0][quantity]=1"
                        + " | in the future | expires_at",
                "promotion_codes | promotion[type]=coupon&promotion[coupon]={coupon}&max_redemptions=0"
                        + " | Invalid positive integer | max_redemptions",
                "promotion_codes | promotion[type]=coupon&promotion[coupon]={coupon}&code=a b"
                        + " | letters, digits and dashes only | code",
                "products | name=Tea&tax_code=food | No such tax code: 'food' | tax_code",
                "payment_intents/{held}/capture | amount_to_capture=0 | greater than or equal to 1 | amount_to_capture"
            })
    void whatStripeDoesNotTakeIsRefused(String path, String form, String words, String param) {
        String customer = payer("pm_card_visa");
        ObjectNode subscription = subscribe(customer, price("Gold", 1000, "month"));
        String held = Json.textOf(
                post(
                        "/v1/payment_intents",
                        "amount=900",
                        "currency=usd",
                        "capture_method=manual",
                        "payment_method_types[0]=card",
                        "payment_method=pm_card_visa",
                        "confirm=true"),
                "id");
        String sent = Json.textOf(
                post("/v1/invoices", "customer=" + customer, "collection_method=send_invoice", "days_until_due=3"),
                "id");
        String[] params = form.replace("{page}", PAGE)
                .replace("{customer}", customer)
                .replace("{price}", price("Silver", 500, "month"))
                .replace("{coupon}", Json.textOf(post("/v1/coupons", "percent_off=10"), "id"))
                .replace("{stranger}", Json.textOf(post("/v1/customers"), "id"))
                .replace("{subscription}", Json.textOf(subscription, "id"))
                .split("&", -1);
        String at = path.replace("{subscription}", Json.textOf(subscription, "id"))
                .replace("{held}", held)
                .replace("{invoice}", sent);

        ObjectNode error = refusedPost(400, "/v1/" + at, params);

        assertThat(Json.textOf(error, "message")).contains(words);
        assertThat(Json.text(error, "param")).isEqualTo(param);
    }

    /** Methods that Stripe chooses are those that can be held. */
    @Test
    void nobodyIsOfferedADebitThatCannotBeHeld() {
        ObjectNode intent = post("/v1/payment_intents", "amount=900", "currency=usd", "capture_method=manual");
        assertThat(intent.path("payment_method_types")).singleElement().satisfies(type -> assertThat(type.asString())
                .isEqualTo("card"));
        ObjectNode page = post("/v1/checkout/sessions", PAGE.split("&", -1));
        assertThat(page.path("payment_method_types")).singleElement().satisfies(type -> assertThat(type.asString())
                .isEqualTo("card"));
    }

    /** An invoice of a subscription may name its customer too. */
    @Test
    void anInvoiceNamesItsSubscriptionAndItsCustomer() {
        String customer = payer("pm_card_visa");
        String subscription = Json.textOf(subscribe(customer, price("Gold", 1000, "month")), "id");
        ObjectNode invoice = post("/v1/invoices", "customer=" + customer, "subscription=" + subscription);
        assertThat(Json.text(invoice, "customer")).isEqualTo(customer);
    }

    /** docs.stripe.com/billing/subscriptions/cancel sends the body of a DELETE as a form. */
    @Test
    void whatADeleteSaysIsDoneAndNotDropped() {
        String customer = payer("pm_card_visa");
        ObjectNode subscription = subscribe(customer, price("Gold", 1000, "month"));
        String path = "/v1/subscriptions/" + Json.textOf(subscription, "id");
        HttpResponse<String> wrong = raw(SECRET_KEY, "DELETE", path, "invoice_now=maybe");
        assertThat(wrong.statusCode()).as(wrong.body()).isEqualTo(400);
        clock((start(subscription) + end(subscription)) / 2);

        HttpResponse<String> done =
                raw(SECRET_KEY, "DELETE", path, "invoice_now=true&prorate=true&cancellation_details[comment]=moved");

        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        assertThat(Json.text(json(done), "cancellation_details.comment")).isEqualTo("moved");
        assertThat(Json.number(invoice(subscription(subscription)), "total")).isEqualTo(-500);
    }
}
