package io.tillstream.simulator.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** What a refused request leaves behind: the attempt that Stripe shows, and nothing else. */
class LeftBehindTest extends Subscribing {
    @Test
    void aCustomerWhoseFirstCardIsDeclinedIsNotMade() {
        ObjectNode error = refusedPost(
                402, "/v1/customers", "email=declined@example.com", "payment_method=pm_card_chargeDeclined");
        assertThat(Json.text(error, "code")).isEqualTo("card_declined");
        assertThat(get("/v1/customers?email=declined@example.com").path("data")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"finalize", "send", "pay"})
    void aFailedFinalizationIsToldAndTheInvoiceStaysADraft(String action) {
        String invoice = draft(99_999_999, "collection_method=send_invoice", "days_until_due=7");
        ObjectNode error = refusedPost(400, "/v1/invoices/" + invoice + "/" + action);
        ObjectNode left = get("/v1/invoices/" + invoice);
        assertThat(Json.text(left, "status")).isEqualTo("draft");
        assertThat(Json.text(left.path("last_finalization_error"), "code")).isEqualTo("amount_too_large");
        assertThat(Json.text(error, "code")).isEqualTo("amount_too_large");
        assertThat(eventsOf(invoice)).endsWith("invoice.finalization_failed");
    }

    @Test
    void anAttemptToPayWithoutAPaymentMethodIsTold() {
        String invoice = draft(900);
        post("/v1/invoices/" + invoice + "/finalize");
        refusedPost(400, "/v1/invoices/" + invoice + "/pay");
        ObjectNode left = get("/v1/invoices/" + invoice);
        assertThat(Json.text(left, "status")).isEqualTo("open");
        assertThat(Json.isTrue(left, "attempted")).isTrue();
        assertThat(eventsOf(invoice)).contains("invoice.payment_failed");
    }

    @Test
    void aDeclinedPaymentLeavesItsIntentAndItsCharge() {
        ObjectNode error = refusedPost(
                402,
                "/v1/payment_intents",
                "amount=900",
                "currency=usd",
                "payment_method=pm_card_chargeDeclined",
                "payment_method_types[0]=card",
                "confirm=true");
        ObjectNode left = get("/v1/payment_intents/" + Json.textOf(error.path("payment_intent"), "id"));
        assertThat(Json.text(left, "status")).isEqualTo("requires_payment_method");
        assertThat(Json.text(get("/v1/charges/" + Json.textOf(error, "charge")), "status"))
                .isEqualTo("failed");
    }

    /** With two items of this amount. */
    private String draft(long amount, String... params) {
        String customer = Json.textOf(post("/v1/customers", "email=payer@example.com"), "id");
        for (int i = 0; i < 2; i++) {
            post("/v1/invoiceitems", "customer=" + customer, "currency=usd", "amount=" + amount);
        }
        String[] all = new String[params.length + 3];
        all[0] = "customer=" + customer;
        all[1] = "currency=usd";
        all[2] = "pending_invoice_items_behavior=include";
        System.arraycopy(params, 0, all, 3, params.length);
        return Json.textOf(post("/v1/invoices", all), "id");
    }
}
