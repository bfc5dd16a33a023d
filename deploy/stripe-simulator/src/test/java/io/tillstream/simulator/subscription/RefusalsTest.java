package io.tillstream.simulator.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.Browser;
import io.tillstream.simulator.state.Json;
import java.net.http.HttpResponse;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What Stripe refuses is refused here too, in its words where shops have reported them, and what it answers is answered. */
class RefusalsTest extends Subscribing {
    private static final String MANDATE = "mandate_data[customer_acceptance][type]=offline";
    private static final String[] PAGE = {
        "success_url=https://shop.example/done",
        "line_items[0][quantity]=1",
        "line_items[0][price_data][product_data][name]=Tea"
    };

    /** By docs.stripe.com/currencies (decimals, minimum, maximum) and the API reference of each parameter. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "amount=1001&currency=kwd | divisible by 10",
                "amount=1001&currency=bhd | divisible by 10",
                "amount=1050&currency=ugx | divisible by 100",
                "amount=1050&currency=isk | divisible by 100",
                "amount=1000000000000&currency=idr | Amount must be no more than",
                "amount=100000000&currency=usd | Amount must be no more than",
                "amount=10000000000&currency=cop | Amount must be no more than",
                "amount=1000000000&currency=inr | Amount must be no more than",
                "amount=900&currency=zzz | Invalid currency: zzz",
                "amount=900&currency=usd&statement_descriptor=SHOP | must be between 5 and 22 characters",
                "amount=900&currency=usd&statement_descriptor=SHOP*TEA | must not contain any of the characters",
                "amount=900&currency=usd&statement_descriptor=SHOP'S TEA | must not contain any of the characters",
                "amount=900&currency=usd&statement_descriptor=12345 | must contain at least one letter",
                "amount=900&currency=usd&statement_descriptor=МАГАЗИН | must contain only Latin characters",
                "amount=900&currency=usd&statement_descriptor_suffix=123 | must contain at least one letter",
                "amount=900&currency=usd&statement_descriptor_suffix=<A> | must not contain any of the characters",
                "amount=49&currency=usd | Amount must be at least $0.50 usd",
                "amount=900&currency=usd&return_url=https://shop.example | unless `confirm` is set to true",
                "amount=900&currency=usd&error_on_requires_action=true | unless `confirm` is set to true",
                "amount=900&currency=usd&mandate_data[customer_acceptance][type]=offline | unless `confirm` is set to true",
                "amount=900&currency=usd&payment_method_types[]=sepa_debit | support the following currencies: eur",
                "amount=900&currency=eur&payment_method_types[]=us_bank_account | support the following currencies: usd",
                "amount=900&currency=usd&payment_method=pm_card_visa&payment_method_types[]=card&confirm=true"
                        + "&statement_descriptor=TEASHOP | please pass in `statement_descriptor_suffix`",
                "amount=900&currency=usd&statement_descriptor_suffix=12345678901234567890123 | must be at most 22 characters",
                "amount=900&currency=usd&shipping[name]=A&shipping[address][line1]=x&shipping[address][country]=XX"
                        + " | Country 'XX' is unknown",
                "amount=900&currency=usd&payment_method_options[card][request_three_d_secure]=any"
                        + " | does not do payment_method_options[card][request_three_d_secure]=any",
                "amount=900&currency=usd&payment_method_types[]=us_bank_account&confirm=true"
                        + "&payment_method=pm_usBankAccount_success | requires a mandate, but no existing mandate was found"
            })
    void aPaymentThatStripeRefusesIsRefused(String form, String words) {
        assertThat(Json.textOf(refusedPost(400, "/v1/payment_intents", form.split("&", -1)), "message"))
                .contains(words);
    }

    @Test
    void aDebitWithAMandateIsTaken() {
        ObjectNode debit = post(
                "/v1/payment_intents",
                "amount=900",
                "currency=eur",
                "payment_method_types[0]=sepa_debit",
                "payment_method_data[type]=sepa_debit",
                "payment_method_data[sepa_debit][iban]=AT321904300235473204",
                "confirm=true",
                MANDATE);
        assertThat(Json.text(debit, "status")).isEqualTo("processing");
        pass("PT4M");
        assertThat(Json.text(get("/v1/payment_intents/" + Json.textOf(debit, "id")), "status"))
                .isEqualTo("succeeded");
    }

    @Test
    void moneyThatIsHeldIsNotMadeMore() {
        ObjectNode held = post(
                "/v1/payment_intents",
                "amount=900",
                "currency=usd",
                "payment_method=pm_card_visa",
                "payment_method_types[0]=card",
                "capture_method=manual",
                "confirm=true");
        String path = "/v1/payment_intents/" + Json.textOf(held, "id");
        assertThat(Json.textOf(refusedPost(400, path, "amount=1900"), "message"))
                .contains("because it has a status of requires_capture");
        assertThat(Json.number(get(path), "amount")).isEqualTo(900);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "customer_email=a@example.com | one of these parameters: customer, customer_email",
                "locale=xx | Invalid locale",
                "shipping_options[0][shipping_rate]=shr_1 | does not do shipping_options[0][shipping_rate]",
                "automatic_tax[enabled]=true | does not do automatic_tax[enabled]=true",
                "invoice_creation[enabled]=true | does not do invoice_creation[enabled]=true",
                "custom_fields[0][key]=a | does not do custom_fields[0][key]",
                "consent_collection[promotions]=auto | does not do consent_collection[promotions]",
                "phone_number_collection[enabled]=true | does not do phone_number_collection[enabled]=true",
                "line_items[0][adjustable_quantity][enabled]=true | does not do line_items[0][adjustable_quantity]",
                "optional_items[0][price]=price_1 | does not do optional_items[0][price]"
            })
    void aPageThatCannotBeAsToldIsRefused(String param, String words) {
        String[] form = Arrays.copyOf(PAGE, PAGE.length + 5);
        form[PAGE.length] = "mode=payment";
        form[PAGE.length + 1] = "line_items[0][price_data][currency]=usd";
        form[PAGE.length + 2] = "line_items[0][price_data][unit_amount]=900";
        form[PAGE.length + 3] = "customer=" + payer("pm_card_visa");
        form[PAGE.length + 4] = param;
        assertThat(Json.textOf(refusedPost(400, "/v1/checkout/sessions", form), "message"))
                .contains(words);
    }

    @Test
    void aPageForLessThanCanBeChargedIsRefused() {
        String[] form = Arrays.copyOf(PAGE, PAGE.length + 3);
        form[PAGE.length] = "mode=payment";
        form[PAGE.length + 1] = "line_items[0][price_data][currency]=usd";
        form[PAGE.length + 2] = "line_items[0][price_data][unit_amount]=30";
        assertThat(Json.textOf(refusedPost(400, "/v1/checkout/sessions", form), "message"))
                .isEqualTo("The Checkout Session's total amount due must add up to at least $0.50 usd");
    }

    /** docs.stripe.com/currencies and docs.stripe.com/api/checkout/sessions/create. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "payment | currency=usd | unit_amount=100000000 | must be no more than",
                "payment | currency=kwd | unit_amount=1001 | must be divisible by 10",
                "payment | currency=isk | unit_amount=150 | must be divisible by 100",
                "payment | currency=zzz | unit_amount=900 | Invalid currency: zzz",
                "payment | currency=usd | unit_amount=900&redirect_on_completion=always | You cannot use `redirect_on_completion`"
            })
    void aPageThatNobodyCouldPayIsRefused(String mode, String currency, String more, String words) {
        String form = String.join("&", PAGE) + "&mode=" + mode + "&line_items[0][price_data]["
                + currency.replace("=", "]=") + "&line_items[0][price_data][" + more.replaceFirst("=", "]=");
        assertThat(Json.textOf(refusedPost(400, "/v1/checkout/sessions", form.split("&", -1)), "message"))
                .contains(words);
    }

    @Test
    void aPageHasTheRulesOfItsMode() {
        String setup = "mode=setup&success_url=https://shop.example/done";
        assertThat(Json.textOf(refusedPost(400, "/v1/checkout/sessions", setup.split("&", -1)), "message"))
                .contains("Missing required param: currency");
        String currency = setup + "&currency=usd";
        assertThat(Json.textOf(
                        refusedPost(400, "/v1/checkout/sessions", (currency + "&submit_type=pay").split("&", -1)),
                        "message"))
                .contains("`submit_type` in `setup` mode");
        assertThat(Json.text(
                        post("/v1/checkout/sessions", (currency + "&customer_creation=always").split("&", -1)),
                        "customer_creation"))
                .isEqualTo("always");
        StringBuilder many = new StringBuilder("mode=subscription&success_url=https://shop.example/done");
        String price = price("Gold", 1000, "month");
        for (int i = 0; i <= 20; i++) {
            many.append("&line_items[")
                    .append(i)
                    .append("][quantity]=1&line_items[")
                    .append(i)
                    .append("][price]=")
                    .append(price);
        }
        assertThat(Json.textOf(
                        refusedPost(
                                400, "/v1/checkout/sessions", many.toString().split("&", -1)),
                        "message"))
                .contains("up to 20 line items");
    }

    @Test
    void aPartOfAPaymentHasTheStepOfItsCurrency() {
        ObjectNode held = post(
                "/v1/payment_intents",
                "amount=10000",
                "currency=kwd",
                "payment_method=pm_card_visa",
                "payment_method_types[0]=card",
                "capture_method=manual",
                "confirm=true");
        String path = "/v1/payment_intents/" + Json.textOf(held, "id");
        assertThat(Json.text(refusedPost(400, path + "/capture", "amount_to_capture=15"), "param"))
                .isEqualTo("amount_to_capture");
        post(path + "/capture", "amount_to_capture=9000");
        String intent = "payment_intent=" + Json.textOf(held, "id");
        assertThat(Json.textOf(refusedPost(400, "/v1/refunds", intent, "amount=15"), "message"))
                .contains("divisible by 10");
        assertThat(Json.textOf(
                        refusedPost(400, "/v1/refunds", intent, "charge=" + Json.textOf(get(path), "latest_charge")),
                        "message"))
                .contains("charge, payment_intent");
        post("/v1/refunds", intent, "amount=10");
    }

    @Test
    void daysUntilDueAreForInvoicesThatAreSent() {
        String customer = payer("pm_card_visa");
        String price = "items[0][price]=" + price("Gold", 1000, "month");
        assertThat(Json.text(
                        refusedPost(400, "/v1/subscriptions", "customer=" + customer, price, "days_until_due=5"),
                        "param"))
                .isEqualTo("days_until_due");
        ObjectNode sent = post(
                "/v1/subscriptions",
                "customer=" + customer,
                price,
                "collection_method=send_invoice",
                "days_until_due=5");
        assertThat(Json.present(
                        post("/v1/subscriptions/" + Json.textOf(sent, "id"), "collection_method=charge_automatically"),
                        "days_until_due"))
                .isFalse();
    }

    /** In the words of woocommerce-payments' issue 7732: "subscription schedule, discount, quote, or invoice item". */
    @ParameterizedTest
    @ValueSource(strings = {"schedule", "discount", "quote", "item"})
    void whatIsToBeBilledInTheFirstCurrencyForbidsASecond(String what) {
        String customer = payer("pm_card_visa");
        String ours = "customer=" + customer;
        switch (what) {
            case "schedule" ->
                post(
                        "/v1/subscription_schedules",
                        ours,
                        "start_date=2000000000",
                        "phases[0][items][0][price]=" + price("Gold", 900, "month"));
            case "discount" ->
                post(
                        "/v1/customers/" + customer,
                        "coupon=" + Json.textOf(post("/v1/coupons", "amount_off=100", "currency=usd"), "id"));
            case "quote" ->
                post("/v1/quotes/"
                        + Json.textOf(
                                post(
                                        "/v1/quotes",
                                        ours,
                                        "line_items[0][quantity]=1",
                                        "line_items[0][price]=" + price("Gold", 900, "month")),
                                "id")
                        + "/finalize");
            default -> post("/v1/invoiceitems", ours, "amount=900", "currency=usd");
        }
        String second = "items[0][price]=" + both();
        assertThat(Json.textOf(refusedPost(400, "/v1/subscriptions", ours, second, "currency=eur"), "message"))
                .startsWith("You cannot combine currencies on a single customer.")
                .endsWith("with currency usd.");
        post("/v1/subscriptions", ours, second, "currency=usd");
    }

    @Test
    void aDiscountIsUsedOnlyByWhatWasPaid() {
        String coupon = Json.textOf(post("/v1/coupons", "percent_off=10"), "id");
        String customer = payer("pm_card_visa");
        give(customer, "pm_card_chargeCustomerFail");
        String price = "items[0][price]=" + price("Gold", 1000, "month");
        String discount = "discounts[0][coupon]=" + coupon;
        refusedPost(
                402,
                "/v1/subscriptions",
                "customer=" + customer,
                price,
                discount,
                "payment_behavior=error_if_incomplete");
        assertThat(Json.number(get("/v1/coupons/" + coupon), "times_redeemed")).isZero();
        give(customer, "pm_card_visa");
        String first = Json.textOf(post("/v1/coupons", "percent_off=5"), "id");
        ObjectNode made = post("/v1/subscriptions", "customer=" + customer, price, "discounts[0][coupon]=" + first);
        String path = "/v1/subscriptions/" + Json.textOf(made, "id");
        give(customer, "pm_card_chargeCustomerFail");
        String[] update = {
            "items[0][id]=" + Json.textOf(item(made), "id"),
            "items[0][price]=" + price("Platinum", 3000, "month"),
            "proration_behavior=always_invoice",
            "payment_behavior=error_if_incomplete",
            discount
        };
        refusedPost(402, path, update);
        assertThat(Json.number(get("/v1/coupons/" + coupon), "times_redeemed")).isZero();
        assertThat(get(path).path("discounts")).isEqualTo(made.path("discounts"));
        give(customer, "pm_card_visa");
        ObjectNode updated = post(path, update);
        assertThat(Json.number(get("/v1/coupons/" + coupon), "times_redeemed")).isEqualTo(1);
        assertThat(updated.path("discounts")).hasSize(1).isNotEqualTo(made.path("discounts"));
    }

    @Test
    void aSecondCurrencyIsRefusedWhileTheFirstIsSubscribedOrOffered() {
        String customer = payer("pm_card_visa");
        ObjectNode first = subscribe(customer, both(), "currency=usd");
        assertThat(Json.textOf(
                        refusedPost(
                                400,
                                "/v1/subscriptions",
                                "customer=" + customer,
                                "items[0][price]=" + both(),
                                "currency=eur"),
                        "message"))
                .startsWith("You cannot combine currencies on a single customer.");
        delete("/v1/subscriptions/" + Json.textOf(first, "id"));
        ObjectNode page = offer(customer, "usd");
        ObjectNode second = refusedPost(400, "/v1/checkout/sessions", offered(customer, "eur"));
        assertThat(Json.textOf(second, "message")).startsWith("You cannot combine currencies on a single customer.");
        assertThat(second.has("param")).isFalse();
        post("/v1/checkout/sessions/" + Json.textOf(page, "id") + "/expire");
        assertThat(Json.text(offer(customer, "eur"), "currency")).isEqualTo("eur");
    }

    @Test
    void aPageInAnotherCurrencyIsBilledInThat() {
        ObjectNode page = offer(payer("pm_card_visa"), "eur");
        assertThat(Json.number(page, "amount_total")).isEqualTo(900);
        HttpResponse<String> paid = new Browser()
                .submit(
                        Json.textOf(page, "url"),
                        java.util.Map.of(
                                "method", "card",
                                "email", "a@example.com",
                                "cardNumber", "4242424242424242",
                                "cardExpiry", "12/40",
                                "cardCvc", "123",
                                "billingName", "A",
                                "billingCountry", "US",
                                "billingPostalCode", "12345"));
        assertThat(paid.statusCode()).as(paid.body()).isEqualTo(303);
        String made = Json.textOf(get("/v1/checkout/sessions/" + Json.textOf(page, "id")), "subscription");
        ObjectNode subscription = get("/v1/subscriptions/" + made);
        assertThat(Json.text(subscription, "currency")).isEqualTo("eur");
        assertThat(Json.number(invoice(subscription), "amount_paid")).isEqualTo(900);
    }

    private String both() {
        return Json.textOf(
                post(
                        "/v1/prices",
                        "currency=usd",
                        "unit_amount=1000",
                        "recurring[interval]=month",
                        "product_data[name]=Gold",
                        "currency_options[eur][unit_amount]=900"),
                "id");
    }

    private String[] offered(String customer, String currency) {
        return new String[] {
            "mode=subscription",
            "success_url=https://shop.example/done",
            "customer=" + customer,
            "currency=" + currency,
            "line_items[0][quantity]=1",
            "line_items[0][price]=" + both()
        };
    }

    private ObjectNode offer(String customer, String currency) {
        return post("/v1/checkout/sessions", offered(customer, currency));
    }

    @Test
    void aCouponOfAnotherCurrencyIsRefusedAndLeavesNoSubscription() {
        String coupon = Json.textOf(post("/v1/coupons", "amount_off=100", "currency=eur"), "id");
        String code =
                Json.textOf(post("/v1/promotion_codes", "promotion[type]=coupon", "promotion[coupon]=" + coupon), "id");
        String customer = payer("pm_card_visa");
        for (String discount :
                new String[] {"discounts[0][coupon]=" + coupon, "discounts[0][promotion_code]=" + code}) {
            ObjectNode error = refusedPost(
                    400,
                    "/v1/subscriptions",
                    "customer=" + customer,
                    "items[0][price]=" + price("Gold", 1000, "month"),
                    discount);
            assertThat(Json.textOf(error, "message")).contains("its currency (eur) does not match");
        }
        assertThat(get("/v1/subscriptions?status=all&customer=" + customer).path("data"))
                .isEmpty();
    }

    @Test
    void aTrialThatIsEndedWithoutACardEndsAsWasAgreed() {
        String customer = Json.textOf(post("/v1/customers", "email=payer@example.com"), "id");
        for (String end : new String[] {"pause", "cancel"}) {
            ObjectNode trial = subscribe(
                    customer,
                    price("Gold", 1000, "month"),
                    "trial_period_days=14",
                    "trial_settings[end_behavior][missing_payment_method]=" + end);
            ObjectNode ended = post("/v1/subscriptions/" + Json.textOf(trial, "id"), "trial_end=now");
            assertThat(Json.text(ended, "status")).isEqualTo(end.equals("pause") ? "paused" : "canceled");
            assertThat(Json.number(ended, "trial_end")).isLessThanOrEqualTo(Json.number(trial, "created") + 60);
        }
    }

    @Test
    void anInvoicePaidOutOfBandIsCreditedButNotRefunded() {
        String customer = payer("pm_card_visa");
        post("/v1/invoiceitems", "customer=" + customer, "amount=900", "currency=usd");
        String invoice = Json.textOf(
                post("/v1/invoices", "customer=" + customer, "pending_invoice_items_behavior=include"), "id");
        post("/v1/invoices/" + invoice + "/finalize");
        post("/v1/invoices/" + invoice + "/pay", "paid_out_of_band=true");
        ObjectNode error =
                refusedPost(400, "/v1/credit_notes", "invoice=" + invoice, "amount=900", "refund_amount=900");
        assertThat(Json.textOf(error, "message")).contains("paid out of band");
        ObjectNode note = post("/v1/credit_notes", "invoice=" + invoice, "amount=900", "out_of_band_amount=900");
        assertThat(Json.number(note, "out_of_band_amount")).isEqualTo(900);
    }

    @Test
    void theNextInvoiceIsCollectedAfterThePeriodAndNotInAnHour() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Gold", 1000, "month"));
        JsonNode next = post("/v1/invoices/create_preview", "subscription=" + Json.textOf(made, "id"));
        assertThat(Json.number(next, "next_payment_attempt")).isEqualTo(end(made) + 3600);
    }

    @Test
    void aReceiptCanBeOpened() {
        ObjectNode paid = post(
                "/v1/payment_intents",
                "amount=900",
                "currency=usd",
                "payment_method=pm_card_visa",
                "payment_method_types[0]=card",
                "confirm=true");
        pass("PT1M");
        String receipt = Json.textOf(get("/v1/charges/" + Json.textOf(paid, "latest_charge")), "receipt_url");
        assertThat(new Browser().open(receipt).body()).contains("$9.00");
    }

    @Test
    void anAnswerHasTheVersionThatWasAskedFor() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Gold", 1000, "month"));
        String path = "/v1/subscriptions/" + Json.textOf(made, "id");
        HttpResponse<String> older = raw(SECRET_KEY, "GET", path, "", "Stripe-Version", "2024-06-20");
        assertThat(Json.number(json(older), "current_period_end")).isEqualTo(end(made));
        assertThat(older.headers().firstValue("Stripe-Version")).contains("2024-06-20");
        assertThat(get(path).has("current_period_end")).isFalse();
        HttpResponse<String> unknown = raw(SECRET_KEY, "GET", path, "", "Stripe-Version", "2024-06-21");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(json(unknown).at("/error/message").asString()).contains("Invalid Stripe API version: 2024-06-21");
    }
}
