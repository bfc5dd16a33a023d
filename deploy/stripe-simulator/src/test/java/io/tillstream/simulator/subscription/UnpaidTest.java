package io.tillstream.simulator.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.node.ObjectNode;

/** An account that keeps subscriptions nobody pays for. */
@TestPropertySource(properties = "simulator.subscriptions.given-up=unpaid")
class UnpaidTest extends Subscribing {
    @Test
    void anUnpaidSubscriptionBillsNobodyUntilItsDebtIsPaid() {
        String customer = payer("pm_card_visa");
        ObjectNode made = subscribe(customer, price("Gold", 1000, "month"));
        give(customer, "pm_card_chargeCustomerFail");
        clock(end(made) + 20 * 86_400);
        ObjectNode unpaid = subscription(made);
        assertThat(Json.text(unpaid, "status")).isEqualTo("unpaid");
        clock(end(unpaid) + 86_400);
        assertThat(Json.text(invoice(subscription(made)), "status")).isEqualTo("draft");
        give(customer, "pm_card_visa");
        post("/v1/invoices/" + Json.textOf(unpaid, "latest_invoice") + "/pay");
        assertThat(Json.text(subscription(made), "status")).isEqualTo("active");
    }
}
