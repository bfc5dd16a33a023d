package io.tillstream.simulator.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class TakenBackUpdatesTest extends Subscribing {

    @Test
    void anUpdateThatWaitsForItsPaymentIsTakenBackByVoidingItsInvoice() {
        String customer = payer("pm_card_visa");
        ObjectNode made = subscribe(customer, price("Starter", 900, "month"));
        give(customer, "pm_card_chargeCustomerFail");
        String dearer = price("Pro", 2900, "month");
        ObjectNode waiting = post(
                "/v1/subscriptions/" + Json.textOf(made, "id"),
                "items[0][id]=" + Json.textOf(item(made), "id"),
                "items[0][price]=" + dearer,
                "proration_behavior=always_invoice",
                "payment_behavior=pending_if_incomplete");
        assertThat(Json.present(waiting, "pending_update")).isTrue();

        post("/v1/invoices/" + Json.textOf(waiting, "latest_invoice") + "/void");

        ObjectNode now = subscription(made);
        assertThat(Json.present(now, "pending_update")).isFalse();
        assertThat(item(now).path("price").path("id").asString())
                .isEqualTo(item(made).path("price").path("id").asString());
        pass("P2D");
        assertThat(Json.textOf(subscription(made), "status")).isEqualTo("active");
    }
}
