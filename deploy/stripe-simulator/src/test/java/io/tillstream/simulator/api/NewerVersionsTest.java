package io.tillstream.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What Stripe's libraries of today ask for: docs.stripe.com/changelog/endive. */
class NewerVersionsTest extends Subscribing {
    private static final String NEWEST = "2026-11-18.endive";

    private HttpResponse<String> ask(String version, String path, String form) {
        return raw(SECRET_KEY, "POST", path, form, "Stripe-Version", version);
    }

    private JsonNode refused(String path, String form) {
        HttpResponse<String> answer = ask(NEWEST, path, form);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        return json(answer).path("error");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-08-26.dahlia", "2026-09-30.endive", "2026-10-28.endive", NEWEST})
    void theyAreAnswered(String version) {
        HttpResponse<String> answer = ask(version, "/v1/payment_intents", "amount=900&currency=usd");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Stripe-Version")).contains(version);
        assertThat(Json.text(
                        post(
                                "/v1/webhook_endpoints",
                                "url=http://127.0.0.1:9/hooks",
                                "enabled_events[0]=*",
                                "api_version=" + version),
                        "api_version"))
                .isEqualTo(version);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/payment_intents, amount=900&currency=usd",
        "/v1/payment_intents/PI, description=x",
        "/v1/payment_intents/PI/confirm, payment_method=pm_card_visa",
        "/v1/setup_intents, usage=off_session",
        "/v1/setup_intents/SI, description=x"
    })
    void methodsAreNoLongerNamedForAnIntent(String path, String form) {
        String intent = Json.textOf(post("/v1/payment_intents", "amount=900", "currency=usd"), "id");
        String setup = Json.textOf(post("/v1/setup_intents"), "id");
        String there = path.replace("PI", intent).replace("SI", setup);
        JsonNode error = refused(there, form + "&payment_method_types[]=card");
        assertThat(Json.text(error, "code")).isEqualTo("payment_method_types_no_longer_supported");
        assertThat(Json.text(error, "param")).isEqualTo("payment_method_types");
        HttpResponse<String> before = ask("2026-08-26.dahlia", there, form + "&payment_method_types[]=card");
        assertThat(before.body()).doesNotContain("no_longer_supported");
    }

    @Test
    void methodsAreNoLongerNamedForAPage() {
        String page = "mode=setup&currency=usd&success_url=https://shop.example/done";
        assertThat(Json.text(refused("/v1/checkout/sessions", page + "&payment_method_types[]=card"), "code"))
                .isEqualTo("parameter_unknown");
        assertThat(Json.text(refused("/v1/checkout/sessions", page + "&allowed_payment_method_types[]=card"), "code"))
                .isEqualTo("parameter_not_simulated");
        assertThat(ask(NEWEST, "/v1/checkout/sessions", page).statusCode()).isEqualTo(200);
    }

    @Test
    void aNewAnchorIsAnObject() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Gold", 1000, "month"));
        pass("P3D");
        String path = "/v1/subscriptions/" + Json.textOf(made, "id");
        assertThat(Json.text(refused(path, "billing_cycle_anchor=now"), "message"))
                .isEqualTo("Invalid object");
        assertThat(Json.text(refused(path, "billing_cycle_anchor[type]=timestamp"), "message"))
                .contains("must be one of now, unchanged");
        String previews = "/v1/invoices/create_preview";
        String preview = "subscription=" + Json.textOf(made, "id");
        assertThat(Json.text(refused(previews, preview + "&subscription_details[billing_cycle_anchor]=now"), "param"))
                .isEqualTo("subscription_details[billing_cycle_anchor]");
        assertThat(ask(NEWEST, previews, preview + "&subscription_details[billing_cycle_anchor][type]=now")
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> answer = ask(NEWEST, path, "billing_cycle_anchor[type]=now&proration_behavior=none");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(Json.number(json(answer), "billing_cycle_anchor"))
                .isBetween(start(made) + 3 * 86_400, start(made) + 3 * 86_400 + 60); // the clock runs
    }

    @Test
    void aNewAnchorTakesNothingItDoesNotKnow() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Gold", 1000, "month"));
        String path = "/v1/subscriptions/" + Json.textOf(made, "id");
        JsonNode error = refused(path, "billing_cycle_anchor[type]=now&billing_cycle_anchor[colour]=red");
        assertThat(Json.text(error, "code")).isEqualTo("parameter_unknown");
        assertThat(Json.text(error, "param")).isEqualTo("billing_cycle_anchor[colour]");
    }
}
