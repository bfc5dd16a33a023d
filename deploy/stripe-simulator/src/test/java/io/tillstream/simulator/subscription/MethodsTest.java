package io.tillstream.simulator.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** By which methods something is to be paid or set up: those that there are, and in their currencies. */
class MethodsTest extends Subscribing {
    @ParameterizedTest
    @CsvSource({
        "sepa_debit, Invalid currency options `usd`",
        "acss_debit, ",
        "paypal, does not do payment_settings[payment_method_types]",
        "pigeon, Invalid payment_settings[payment_method_types]"
    })
    void whatIsBilledIsPaidByMethodsOfItsCurrency(String type, @Nullable String words) {
        String customer = "customer=" + payer("pm_card_visa");
        String types = "payment_settings[payment_method_types][0]=" + type;
        String made =
                "/v1/subscriptions/" + Json.textOf(subscribe(payer("pm_card_visa"), price("Gold", 900, "month")), "id");
        if (words == null) {
            post(made, types);
            post("/v1/invoices", customer, "currency=usd", types);
            return;
        }
        String price = "items[0][price]=" + price("Gold", 900, "month");
        assertThat(Json.textOf(refusedPost(400, "/v1/subscriptions", customer, price, types), "message"))
                .contains(words);
        assertThat(Json.textOf(refusedPost(400, made, types), "message")).contains(words);
        assertThat(Json.textOf(refusedPost(400, "/v1/invoices", customer, "currency=usd", types), "message"))
                .contains(words);
        String draft = Json.textOf(post("/v1/invoices", customer, "currency=usd"), "id");
        assertThat(Json.textOf(refusedPost(400, "/v1/invoices/" + draft, types), "message"))
                .contains(words);
    }

    @Test
    void whatIsSetUpIsOfTheTypesThatWereAskedFor() {
        ObjectNode account = refusedPost(
                400, "/v1/setup_intents", "payment_method_types[0]=card", "payment_method=pm_usBankAccount_success");
        assertThat(Json.textOf(account, "message"))
                .startsWith("The PaymentMethod provided (us_bank_account) is not allowed");
        String setup = "/v1/setup_intents/"
                + Json.textOf(post("/v1/setup_intents", "payment_method_types[0]=us_bank_account"), "id");
        assertThat(Json.text(refusedPost(400, setup, "payment_method=pm_card_visa"), "param"))
                .isEqualTo("payment_method");
        assertThat(Json.text(refusedPost(400, setup + "/confirm", "payment_method=pm_card_visa"), "param"))
                .isEqualTo("payment_method");
        post(setup, "payment_method=pm_usBankAccount_success");
        assertThat(Json.text(
                        refusedPost(
                                400,
                                setup + "/confirm",
                                "payment_method_types[0]=card",
                                "mandate_data[customer_acceptance][type]=offline"),
                        "param"))
                .as("whoever confirms names no types")
                .isEqualTo("payment_method_types");
    }

    /** github.com/stripe/stripe-node/issues/1881 has the words on what is missing. */
    @Test
    void theDashboardsMethodsAreNotNamedToo() {
        String[] both = {"automatic_payment_methods[enabled]=true", "payment_method_types[0]=card"};
        assertThat(Json.textOf(refusedPost(400, "/v1/setup_intents", both), "message"))
                .isEqualTo("You may only specify one of these parameters: automatic_payment_methods,"
                        + " payment_method_types.");
        assertThat(Json.textOf(
                        refusedPost(400, "/v1/setup_intents", "automatic_payment_methods[allow_redirects]=never"),
                        "message"))
                .isEqualTo("Missing required param: automatic_payment_methods[enabled].");
    }

    @Test
    void theDashboardsMethodsAreAllThereAre() {
        ObjectNode setup = post(
                "/v1/setup_intents",
                "automatic_payment_methods[enabled]=true",
                "automatic_payment_methods[allow_redirects]=never",
                "payment_method=pm_usBankAccount_success");
        assertThat(Json.text(setup, "status")).isEqualTo("requires_confirmation");
    }
}
