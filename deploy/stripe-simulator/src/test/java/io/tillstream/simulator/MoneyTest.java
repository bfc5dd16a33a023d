package io.tillstream.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Money that does not come by card, or goes: bank transfers, payouts, customers' discounts, what a preview adds. */
class MoneyTest extends Subscribing {
    private ObjectNode transfer(String customer, int amount) {
        return post(
                "/v1/payment_intents",
                "amount=" + amount,
                "currency=eur",
                "customer=" + customer,
                "payment_method_types[0]=customer_balance",
                "payment_method_data[type]=customer_balance",
                "payment_method_options[customer_balance][funding_type]=bank_transfer",
                "payment_method_options[customer_balance][bank_transfer][type]=gb_bank_transfer",
                "confirm=true");
    }

    private ObjectNode intent(ObjectNode known) {
        return get("/v1/payment_intents/" + Json.textOf(known, "id"));
    }

    /** docs.stripe.com/payments/customer-balance/reconciliation: automatic, the oldest first. */
    @Test
    void aTransferPaysTheOldestIntentFirst() {
        String customer = Json.textOf(post("/v1/customers"), "id");
        ObjectNode first = transfer(customer, 1000);
        ObjectNode second = transfer(customer, 2000);
        assertThat(Json.text(first, "status")).isEqualTo("requires_action");
        String fund = "/v1/test_helpers/customers/" + customer + "/fund_cash_balance";
        post(fund, "amount=1500", "currency=eur");
        assertThat(Json.text(intent(first), "status")).isEqualTo("succeeded");
        JsonNode left = intent(second).path("next_action").path("display_bank_transfer_instructions");
        assertThat(Json.number(left, "amount_remaining")).isEqualTo(1500);
        assertThat(events(second)).contains("payment_intent.partially_funded");
        post(fund, "amount=1600", "currency=eur");
        assertThat(Json.text(intent(second), "status")).isEqualTo("succeeded");
        assertThat(Json.number(
                        get("/v1/customers/" + customer + "/cash_balance").path("available"), "eur"))
                .isEqualTo(100);
        assertThat(get("/v1/customers/" + customer + "/cash_balance_transactions")
                        .path("data"))
                .hasSize(5);
    }

    /** docs.stripe.com/api/payouts. */
    @Test
    void onlyWhatIsAvailableIsPaidOut() {
        post(
                "/v1/payment_intents",
                "amount=2000",
                "currency=usd",
                "payment_method_types[0]=card",
                "payment_method=pm_card_bypassPending",
                "confirm=true");
        assertThat(Json.text(refusedPost(400, "/v1/payouts", "amount=2000", "currency=usd"), "code"))
                .isEqualTo("balance_insufficient"); // there was a fee
        ObjectNode payout = post("/v1/payouts", "amount=1900", "currency=usd");
        assertThat(Json.number(get("/v1/balance").path("available").get(0), "amount"))
                .isEqualTo(2000 - 88 - 1900);
        pass("PT10S");
        String path = "/v1/payouts/" + Json.textOf(payout, "id");
        await().until(() -> Json.is(get(path), "status", "paid"));
        refusedPost(400, path + "/cancel");
    }

    /** A request without a version may be of an older one: until 2025-09-30 customers took coupons. */
    @Test
    void aCustomersCouponLowersTheirSubscriptions() {
        String coupon = Json.textOf(post("/v1/coupons", "percent_off=20", "duration=forever"), "id");
        String customer = payer("pm_card_visa");
        post("/v1/customers/" + customer, "coupon=" + coupon);
        ObjectNode subscription = subscribe(customer, price("Gold", 1000, "month"));
        assertThat(Json.number(invoice(subscription), "total")).isEqualTo(800);
        ObjectNode gone = delete("/v1/customers/" + customer + "/discount");
        assertThat(Json.isTrue(gone, "deleted")).isTrue();
        pass("P40D");
        assertThat(Json.number(invoice(subscription(subscription)), "total")).isEqualTo(1000);
        assertThat(raw(
                                SECRET_KEY,
                                "POST",
                                "/v1/customers",
                                "coupon=" + coupon,
                                "Stripe-Version",
                                SimulatorSettings.API_VERSION)
                        .body())
                .contains("parameter_unknown");
    }

    /** docs.stripe.com/api/invoices/create_preview. */
    @Test
    void aPreviewHasWhatWouldBeAdded() {
        ObjectNode subscription = subscribe(payer("pm_card_visa"), price("Gold", 1000, "month"));
        String rate = Json.textOf(post("/v1/tax_rates", "display_name=VAT", "percentage=10", "inclusive=false"), "id");
        String[] asked = {
            "subscription=" + Json.textOf(subscription, "id"),
            "invoice_items[0][amount]=500",
            "invoice_items[0][description]=Set-up",
            "invoice_items[1][unit_amount]=100",
            "invoice_items[1][quantity]=3",
            "subscription_details[default_tax_rates][0]=" + rate
        };
        ObjectNode preview = post("/v1/invoices/create_preview", asked);
        assertThat(amounts(preview)).containsExactly(500L, 300L, 1000L);
        assertThat(Json.number(preview, "total")).isEqualTo(1980);
        String[] exempt = Arrays.copyOf(asked, asked.length + 1);
        exempt[asked.length] = "customer_details[tax_exempt]=exempt";
        assertThat(Json.number(post("/v1/invoices/create_preview", exempt), "total"))
                .isEqualTo(1800);
        assertThat(Json.text(refusedPost(400, "/v1/invoices/create_preview", "schedule=sub_sched_1"), "code"))
                .isEqualTo("resource_missing");
        assertThat(Json.text(refusedPost(400, "/v1/invoices/create_preview", "issuer[type]=self", asked[0]), "code"))
                .isEqualTo("parameter_not_simulated");
    }

    @Test
    void aSchedulesNextPhaseIsPreviewed() {
        String gold = price("Gold", 1000, "month");
        String platinum = price("Platinum", 3000, "month");
        ObjectNode schedule = post(
                "/v1/subscription_schedules",
                "customer=" + payer("pm_card_visa"),
                "start_date=now",
                "phases[0][duration][interval]=month",
                "phases[0][items][0][price]=" + gold,
                "phases[1][duration][interval]=month",
                "phases[1][items][0][price]=" + platinum,
                "phases[1][items][0][quantity]=2");
        String id = Json.textOf(schedule, "id");
        assertThat(amounts(post("/v1/invoices/create_preview", "schedule=" + id)))
                .containsExactly(6000L);
        ObjectNode later = post(
                "/v1/subscription_schedules",
                "customer=" + payer("pm_card_visa"),
                "start_date=2000000000",
                "phases[0][items][0][price]=" + gold);
        assertThat(amounts(post("/v1/invoices/create_preview", "schedule=" + Json.textOf(later, "id"))))
                .containsExactly(1000L);
        clock(Json.number(schedule.path("current_phase"), "end_date") + 60);
        ObjectNode subscription = get("/v1/subscriptions/" + Json.textOf(schedule, "subscription"));
        assertThat(amounts(invoice(subscription))).containsExactly(6000L);
    }
}
