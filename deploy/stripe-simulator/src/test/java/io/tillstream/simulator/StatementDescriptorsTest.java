package io.tillstream.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** A shop whose payments Stripe would refuse for their words on the statement is told so before a buyer is. */
class StatementDescriptorsTest extends Subscribing {
    private static final String ON_CARDS =
            "The statement_descriptor parameter is not supported for the payment_method_type"
                    + " `card`. To continue supporting payment_method_type `card`, please pass in `statement_descriptor_suffix` or"
                    + " remove the `statement_descriptor` parameter altogether.";
    private static final String PAGE = "success_url=https://shop.example/done&mode=payment&line_items[0][quantity]=1"
            + "&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=900"
            + "&line_items[0][price_data][product_data][name]=Tea";

    private ObjectNode refused(String path, String form) {
        return refusedPost(400, path, form.split("&", -1));
    }

    /** support.stripe.com/questions/use-of-the-statement-descriptor-parameter-on-paymentintents-for-card-charges. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "&payment_method_types[0]=card",
                "&payment_method_types[0]=us_bank_account&payment_method_types[1]=card",
                "&automatic_payment_methods[enabled]=true",
                ""
            })
    void aPaymentThatACardMayPayHasTheAccountsWords(String methods) {
        ObjectNode error =
                refused("/v1/payment_intents", "amount=900&currency=usd&statement_descriptor=TEASHOP" + methods);
        assertThat(Json.text(error, "message")).isEqualTo(ON_CARDS);
        assertThat(Json.text(error, "param")).isEqualTo("statement_descriptor");
    }

    @Test
    void neitherAnUpdateNorACaptureIsAWayAround() {
        ObjectNode debit = post(
                "/v1/payment_intents",
                "amount=900",
                "currency=usd",
                "payment_method_types[0]=us_bank_account",
                "statement_descriptor=TEASHOP");
        assertThat(Json.text(debit, "statement_descriptor")).isEqualTo("TEASHOP");
        String path = "/v1/payment_intents/" + Json.textOf(debit, "id");
        assertThat(Json.text(refused(path, "payment_method_types[0]=card"), "message"))
                .isEqualTo(ON_CARDS);
        ObjectNode held = post(
                "/v1/payment_intents",
                "amount=900",
                "currency=usd",
                "payment_method=pm_card_visa",
                "payment_method_types[0]=card",
                "capture_method=manual",
                "confirm=true");
        String capture = "/v1/payment_intents/" + Json.textOf(held, "id") + "/capture";
        assertThat(Json.text(refused(capture, "statement_descriptor=TEASHOP"), "message"))
                .isEqualTo(ON_CARDS);
        assertThat(Json.text(post(capture, "statement_descriptor_suffix=TEA"), "status"))
                .isEqualTo("succeeded");
    }

    @Test
    void aPageAndALinkAreRefusedBeforeABuyerComes() {
        ObjectNode error =
                refused("/v1/checkout/sessions", PAGE + "&payment_intent_data[statement_descriptor]=TEASHOP");
        assertThat(Json.text(error, "message")).isEqualTo(ON_CARDS);
        assertThat(Json.text(error, "param")).isEqualTo("payment_intent_data[statement_descriptor]");
        ObjectNode debit = post(
                "/v1/checkout/sessions",
                (PAGE + "&payment_intent_data[statement_descriptor]=TEASHOP&payment_method_types[0]=us_bank_account")
                        .split("&", -1));
        assertThat(Json.text(debit, "status")).isEqualTo("open");
        String price =
                Json.textOf(post("/v1/prices", "currency=usd", "unit_amount=900", "product_data[name]=Tea"), "id");
        String link = "line_items[0][quantity]=1&line_items[0][price]=" + price;
        assertThat(Json.text(
                        refused("/v1/payment_links", link + "&payment_intent_data[statement_descriptor]=TEASHOP"),
                        "message"))
                .isEqualTo(ON_CARDS);
        assertThat(Json.textOf(
                        refused("/v1/payment_links", link + "&payment_intent_data[statement_descriptor_suffix]=12"),
                        "message"))
                .contains("at least one letter");
    }

    /** docs.stripe.com/get-started/account/statement-descriptors and the API reference of each parameter. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/products | name=Tea&statement_descriptor=TEA*SHOP | must not contain any of the characters",
                "/v1/products | name=Tea&statement_descriptor=12345 | must contain at least one letter",
                "/v1/prices | currency=usd&unit_amount=900&product_data[name]=Tea&product_data[statement_descriptor]=<TEA>"
                        + " | must not contain any of the characters",
                "/v1/plans | currency=usd&amount=900&interval=month&product[name]=Tea&product[statement_descriptor]=TEA'S"
                        + " | must not contain any of the characters",
                "/v1/charges | amount=900&currency=usd&source=tok_visa&statement_descriptor=TEA*"
                        + " | must not contain any of the characters",
                "/v1/charges | amount=900&currency=usd&source=tok_visa&statement_descriptor_suffix=123"
                        + " | must contain at least one letter",
                "/v1/invoices | customer={customer}&statement_descriptor=123 | must contain at least one letter",
                "/v1/payouts | amount=900&currency=usd&statement_descriptor=<TEA> | must not contain any of the characters",
                "/v1/checkout/sessions | {page}&payment_intent_data[statement_descriptor_suffix]=TEA*"
                        + " | must not contain any of the characters"
            })
    void wordsThatNoStatementCanShowAreRefused(String path, String form, String words) {
        String filled = form.replace("{customer}", payer("pm_card_visa")).replace("{page}", PAGE);
        assertThat(Json.textOf(refused(path, filled), "message")).contains(words);
    }

    @Test
    void whatAProductIsCalledMayBeShortAndOfAnyScript() {
        for (String words : new String[] {"Tea", "Чай Tea"}) {
            assertThat(Json.text(
                            post("/v1/products", "name=Tea", "statement_descriptor=" + words), "statement_descriptor"))
                    .isEqualTo(words);
        }
        ObjectNode charge = post("/v1/charges", "amount=900", "currency=usd", "source=tok_visa", "capture=false");
        assertThat(Json.textOf(
                        refused("/v1/charges/" + Json.textOf(charge, "id") + "/capture", "statement_descriptor=TEA*"),
                        "message"))
                .contains("must not contain any of the characters");
    }
}
