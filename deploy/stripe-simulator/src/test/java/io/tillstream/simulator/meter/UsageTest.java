package io.tillstream.simulator.meter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** docs.stripe.com/products-prices/pricing-models#tiered-pricing and docs.stripe.com/billing/subscriptions/usage-based. */
class UsageTest extends Subscribing {
    private String tiered(String mode) {
        return Json.textOf(
                post(
                        "/v1/prices",
                        "currency=usd",
                        "product_data[name]=Seats",
                        "recurring[interval]=month",
                        "billing_scheme=tiered",
                        "tiers_mode=" + mode,
                        "tiers[0][up_to]=5",
                        "tiers[0][unit_amount]=700",
                        "tiers[1][up_to]=10",
                        "tiers[1][unit_amount]=650",
                        "tiers[2][up_to]=inf",
                        "tiers[2][unit_amount]=600",
                        "tiers[2][flat_amount]=1000"),
                "id");
    }

    @ParameterizedTest
    @CsvSource({
        "volume,1,700",
        "volume,5,3500",
        "volume,6,3900",
        "volume,20,13000",
        "graduated,5,3500",
        "graduated,6,4150",
        "graduated,20,13750"
    })
    void tiersPriceAQuantity(String mode, int quantity, long total) {
        ObjectNode subscription = subscribe(payer("pm_card_visa"), tiered(mode), "items[0][quantity]=" + quantity);
        assertThat(Json.number(invoice(subscription), "total")).isEqualTo(total);
    }

    @Test
    void tiersAreShownWhenExpanded() {
        String price = tiered("volume");
        assertThat(get("/v1/prices/" + price).has("tiers")).isFalse();
        JsonNode tiers = get("/v1/prices/" + price + "?expand[]=tiers").path("tiers");
        assertThat(tiers).hasSize(3);
        assertThat(Json.number(tiers.get(2), "flat_amount")).isEqualTo(1000);
        assertThat(tiers.get(2).path("up_to").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "tiers[0][up_to]=10, tiers[0][unit_amount]=1",
        "tiers[0][up_to]=inf, tiers[0][up_to]=inf",
        "tiers[0][up_to]=inf, unit_amount=5"
    })
    void tiersThatAreNoneAreRefused(String one, String other) {
        refusedPost(
                400,
                "/v1/prices",
                "currency=usd",
                "product_data[name]=Seats",
                "recurring[interval]=month",
                "billing_scheme=tiered",
                "tiers_mode=volume",
                one,
                other);
    }

    private ObjectNode meter(String formula) {
        return post(
                "/v1/billing/meters",
                "display_name=Calls",
                "event_name=calls",
                "default_aggregation[formula]=" + formula);
    }

    private String metered(ObjectNode meter) {
        return Json.textOf(
                post(
                        "/v1/prices",
                        "currency=usd",
                        "product_data[name]=Calls",
                        "recurring[interval]=month",
                        "recurring[usage_type]=metered",
                        "recurring[meter]=" + Json.textOf(meter, "id"),
                        "unit_amount_decimal=0.5"),
                "id");
    }

    private void use(String customer, String value, String identifier) {
        post(
                "/v1/billing/meter_events",
                "event_name=calls",
                "payload[stripe_customer_id]=" + customer,
                "payload[value]=" + value,
                "identifier=" + identifier);
    }

    @Test
    void usageIsBilledWhenThePeriodIsOver() {
        ObjectNode meter = meter("sum");
        String customer = payer("pm_card_visa");
        ObjectNode subscription = subscribe(customer, metered(meter));
        assertThat(Json.number(invoice(subscription), "total")).isZero();
        assertThat(item(subscription).has("quantity")).isFalse();
        pass("P10D");
        use(customer, "1000", "one");
        use(customer, "501", "two");
        clock("2027-02-01T00:30:00Z");
        use(customer, "70000", "next period");
        ObjectNode renewed = subscription(subscription);
        JsonNode invoice = invoice(renewed);
        assertThat(amounts(invoice)).containsExactly(751L);
        assertThat(Json.number(invoice.path("lines").path("data").get(0), "quantity"))
                .isEqualTo(1501);
        pass("PT2H");
        assertThat(Json.text(invoice(renewed), "status")).isEqualTo("paid");
        String path = "/v1/billing/meters/" + Json.textOf(meter, "id") + "/event_summaries?customer=" + customer;
        long january = Instant.parse("2027-01-01T00:00:00Z").getEpochSecond();
        long february = Instant.parse("2027-02-01T00:00:00Z").getEpochSecond();
        JsonNode summary = get(path + "&start_time=" + january + "&end_time=" + february);
        assertThat(Json.number(summary.path("data").get(0), "aggregated_value")).isEqualTo(1501);
    }

    @Test
    void aLastInvoiceHasWhatWasUsed() {
        String customer = payer("pm_card_visa");
        ObjectNode subscription = subscribe(customer, metered(meter("count")));
        use(customer, "1", "a");
        use(customer, "1", "b");
        pass("P1D");
        ObjectNode ended = delete("/v1/subscriptions/" + Json.textOf(subscription, "id") + "?invoice_now=true");
        assertThat(amounts(invoice(ended))).containsExactly(1L);
    }

    @Test
    void anEventCountsOnceAndCanBeTakenBack() {
        String customer = payer("pm_card_visa");
        ObjectNode meter = meter("sum");
        use(customer, "5", "same");
        String[] again = {
            "event_name=calls", "payload[stripe_customer_id]=" + customer, "payload[value]=5", "identifier=same"
        };
        assertThat(Json.text(refusedPost(400, "/v1/billing/meter_events", again), "param"))
                .isEqualTo("identifier");
        post("/v1/billing/meter_event_adjustments", "event_name=calls", "type=cancel", "cancel[identifier]=same");
        long now = Instant.parse("2027-01-01T00:00:00Z").getEpochSecond();
        JsonNode summary = get("/v1/billing/meters/" + Json.textOf(meter, "id") + "/event_summaries?customer="
                + customer + "&start_time=" + now + "&end_time=" + (now + 3600));
        assertThat(Json.number(summary.path("data").get(0), "aggregated_value")).isZero();
    }

    @Test
    void aMeterThatIsOffCountsNothing() {
        ObjectNode meter = meter("sum");
        assertThat(Json.text(
                        refusedPost(
                                400,
                                "/v1/billing/meters",
                                "display_name=Calls",
                                "event_name=calls",
                                "default_aggregation[formula]=sum"),
                        "param"))
                .isEqualTo("event_name");
        String path = "/v1/billing/meters/" + Json.textOf(meter, "id");
        assertThat(Json.text(post(path + "/deactivate"), "status")).isEqualTo("inactive");
        refusedPost(
                400,
                "/v1/billing/meter_events",
                "event_name=calls",
                "payload[stripe_customer_id]=cus_x",
                "payload[value]=5");
        post(path + "/reactivate");
        assertThat(events(meter))
                .containsExactly("billing.meter.created", "billing.meter.deactivated", "billing.meter.reactivated");
    }
}
