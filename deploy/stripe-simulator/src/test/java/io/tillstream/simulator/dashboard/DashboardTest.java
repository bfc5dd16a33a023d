package io.tillstream.simulator.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.Browser;
import io.tillstream.simulator.RunningSimulator;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class DashboardTest extends RunningSimulator {
    private final Browser browser = new Browser();

    private ObjectNode post(String path, String form) {
        return json(raw(SECRET_KEY, "POST", path, form));
    }

    private ObjectNode get(String path) {
        return json(raw(SECRET_KEY, "GET", path, ""));
    }

    private String page() {
        return browser.open(base() + "/_simulator/dashboard").body();
    }

    private String press(String action, String id, String amount) {
        String target = Browser.target(
                browser.submit(base() + "/_simulator/dashboard", Map.of("action", action, "id", id, "amount", amount)));
        return URLDecoder.decode(target, StandardCharsets.UTF_8);
    }

    private ObjectNode paid() {
        return post(
                "/v1/payment_intents",
                "amount=2500&currency=usd&payment_method_types[]=card&confirm=true&payment_method=pm_card_visa");
    }

    @Test
    void theRootLeadsHere() {
        assertThat(Browser.target(browser.open(base() + "/"))).endsWith("/_simulator/dashboard");
    }

    @Test
    void aPaymentIsRefundedAndTheRefundFails() {
        ObjectNode intent = paid();
        String id = intent.path("id").asString();
        assertThat(page()).contains(id).contains("$25.00").contains("payment_intent.succeeded");
        assertThat(press("refund", id, "1000")).contains("is done");
        String refund = get("/v1/refunds?payment_intent=" + id).at("/data/0/id").asString();
        assertThat(page()).contains(refund).contains("$10.00");
        assertThat(press("fail-refund", refund, "")).contains("is done");
        assertThat(get("/v1/refunds/" + refund).path("status").asString()).isEqualTo("failed");
        assertThat(press("refund", id, "999999")).contains("Not done: ");
    }

    @Test
    void aChargeIsDisputedAndWarnedOf() {
        ObjectNode intent = paid();
        String charge = intent.path("latest_charge").asString();
        assertThat(press("warn", charge, "")).contains("is done");
        assertThat(press("dispute", charge, "")).contains("is done");
        String dispute = get("/v1/disputes?charge=" + charge).at("/data/0/id").asString();
        assertThat(page()).contains(dispute);
        assertThat(press("win", dispute, "")).contains("is done");
        assertThat(get("/v1/disputes/" + dispute).path("status").asString()).isEqualTo("won");
    }

    @Test
    void aCardIsRenewedThenDetachedAndTheCustomerDeleted() {
        String customer = post("/v1/customers", "name=<i>Eve</i>&payment_method=pm_card_visa")
                .path("id")
                .asString();
        ObjectNode card = (ObjectNode) get("/v1/customers/" + customer + "/payment_methods")
                .path("data")
                .get(0);
        String method = card.path("id").asString();
        assertThat(page()).contains("visa •••• 4242").contains("&lt;i&gt;Eve").doesNotContain("<i>Eve");
        assertThat(press("update-card", method, "")).contains("is done");
        assertThat(lastEvent(method, "payment_method.automatically_updated")
                        .at("/data/previous_attributes/card/exp_year")
                        .asInt())
                .isEqualTo(card.at("/card/exp_year").asInt());
        ObjectNode renewed = control(
                "POST", "payment_methods/" + method + "/automatic_update", "{'exp_year': 2050, 'last4': '0005'}");
        assertThat(renewed.at("/card/last4").asString()).isEqualTo("0005");
        assertThat(press("detach", method, "")).contains("is done");
        assertThat(press("delete-customer", customer, "")).contains("is done");
        assertThat(get("/v1/customers/" + customer).path("deleted").asBoolean()).isTrue();
        assertThat(press("detach", method, "")).contains("Not done");
    }
}
