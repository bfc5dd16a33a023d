package io.tillstream.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Money that is set aside is what the bank agreed to: neither taken twice, nor from somebody else, nor as something else. */
class HeldMoneyTest extends Subscribing {
    private ObjectNode held() {
        return post(
                "/v1/payment_intents",
                "amount=900",
                "currency=usd",
                "payment_method=pm_card_visa",
                "payment_method_types[0]=card",
                "capture_method=manual",
                "confirm=true");
    }

    /** Stripe's words by what shops report: github.com/stripe/stripe-php issues, "payment_method could not be updated". */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "amount=1900",
                "payment_method=pm_card_visa",
                "payment_method_data[type]=card",
                "payment_method_types[0]=us_bank_account",
                "currency=eur",
                "customer=",
                "capture_method=automatic",
                "setup_future_usage=off_session",
                "statement_descriptor_suffix=TEA"
            })
    void moneyThatIsHeldStaysAsItIs(String param) {
        ObjectNode held = held();
        String path = "/v1/payment_intents/" + Json.textOf(held, "id");
        String value = param.equals("customer=") ? param + payer("pm_card_visa") : param;
        ObjectNode error = refusedPost(400, path, value);
        String name = param.replaceFirst("[=\\[].*", "");
        assertThat(Json.text(error, "code")).isEqualTo("payment_intent_unexpected_state");
        assertThat(Json.textOf(error, "message"))
                .startsWith("This PaymentIntent's " + name + " could not be updated because it has a status of"
                        + " requires_capture. You may only update the " + name + " of a PaymentIntent with one of the"
                        + " following statuses:");
        ObjectNode still = get(path);
        for (String field : new String[] {"status", "amount", "currency", "payment_method", "capture_method"}) {
            assertThat(still.get(field)).as(field).isEqualTo(held.get(field));
        }
    }

    @Test
    void whatSaysNothingOfTheMoneyMayBeSaid() {
        String path = "/v1/payment_intents/" + Json.textOf(held(), "id");
        ObjectNode changed = post(path, "metadata[order]=7", "description=Tea", "receipt_email=a@example.com");
        assertThat(Json.text(changed, "status")).isEqualTo("requires_capture");
        assertThat(Json.text(changed, "metadata.order")).isEqualTo("7");
    }

    /** docs.stripe.com/currencies: minimum, maximum and step are those of the currency, whichever of the two is changed. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "amount=50&currency=usd | currency=huf | Amount must be at least",
                "amount=1001&currency=usd | currency=kwd | divisible by 10",
                "amount=1000000000&currency=idr | currency=usd | Amount must be no more than",
                "amount=17500&currency=huf | amount=50 | Amount must be at least"
            })
    void anotherCurrencyHasItsOwnLimits(String first, String change, String words) {
        ObjectNode intent = post("/v1/payment_intents", (first + "&payment_method_types[0]=card").split("&", -1));
        String path = "/v1/payment_intents/" + Json.textOf(intent, "id");
        assertThat(Json.textOf(refusedPost(400, path, change), "message")).contains(words);
        assertThat(get(path).get("currency")).isEqualTo(intent.get("currency"));
    }

    /** docs.stripe.com/api/setup_intents/cancel: "You can't cancel the SetupIntent for a Checkout Session." */
    @Test
    void theSetupOfAPageEndsWithThePage() {
        ObjectNode page =
                post("/v1/checkout/sessions", "mode=setup", "currency=usd", "success_url=https://shop.example/done");
        String path = "/v1/setup_intents/" + Json.textOf(page, "setup_intent");
        assertThat(Json.textOf(refusedPost(400, path + "/cancel"), "message"))
                .contains("Expire the Checkout Session instead");
        post("/v1/checkout/sessions/" + Json.textOf(page, "id") + "/expire");
        assertThat(Json.text(get(path), "status")).isEqualTo("canceled");
    }
}
