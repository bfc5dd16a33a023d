package io.tillstream.simulator.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.Browser;
import io.tillstream.simulator.RunningSimulator;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class StripeJsTest extends RunningSimulator {
    private final Browser browser = new Browser();

    @Test
    void theScriptAndItsFrameAreServed() {
        for (String path : new String[] {"/v3", "/v3/"}) {
            HttpResponse<String> script = browser.open(base() + path);
            assertThat(script.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/javascript");
            assertThat(script.body()).contains("window.Stripe").contains("confirmPayment");
        }
        assertThat(browser.open(base() + "/v3/frame?type=payment").body()).contains("Card number");
        assertThat(browser.open(base() + "/v3/frame.js").body()).contains("luhn");
    }

    @Test
    void aPageOfAnotherOriginMayConfirmWithThePublishableKey() {
        HttpResponse<String> answer = raw(
                PUBLISHABLE_KEY,
                "POST",
                "/v1/tokens",
                "card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=40&card[cvc]=123",
                "Origin",
                "http://shop.example");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isPresent();
        assertThat(json(answer).path("id").asString()).startsWith("tok_");
    }

    @Test
    void withinStripeJsTheBanksPageTellsThePageAround() {
        ObjectNode intent = json(raw(
                SECRET_KEY,
                "POST",
                "/v1/payment_intents",
                "amount=1500&currency=usd&payment_method_types[]=card&confirm=true&use_stripe_sdk=true"
                        + "&payment_method=pm_card_authenticationRequired"));
        String page = intent.at("/next_action/use_stripe_sdk/stripe_js").asString();
        assertThat(browser.open(page).body()).contains("$15.00");
        HttpResponse<String> done = browser.submit(page, Map.of("outcome", "complete"));
        assertThat(done.statusCode()).isEqualTo(200);
        assertThat(done.body())
                .contains("postMessage")
                .contains(intent.path("id").asString());
        assertThat(browser.submit(page, Map.of("outcome", "fail")).statusCode()).isEqualTo(200);
        assertThat(json(raw(
                                SECRET_KEY,
                                "GET",
                                "/v1/payment_intents/" + intent.path("id").asString(),
                                ""))
                        .path("status")
                        .asString())
                .isEqualTo("succeeded");
    }
}
