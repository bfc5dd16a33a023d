package io.tillstream.simulator.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** One customer, one currency: a schedule begins in the one that was planned, beside nothing of another. */
class CurrenciesTest extends Subscribing {
    private static final long DAY = 86_400;

    private String both() {
        return Json.textOf(
                post(
                        "/v1/prices",
                        "currency=usd",
                        "unit_amount=1000",
                        "recurring[interval]=month",
                        "product_data[name]=Gold",
                        "currency_options[eur][unit_amount]=900"),
                "id");
    }

    private String[] planned(String customer, String price, String currency) {
        return new String[] {
            "customer=" + customer,
            "start_date=" + (Json.number(get("/v1/prices/" + price), "created") + DAY),
            "phases[0][currency]=" + currency,
            "phases[0][duration][interval]=month",
            "phases[0][items][0][price]=" + price
        };
    }

    @Test
    void aLaterScheduleBeginsInTheCurrencyOfItsPhase() {
        String price = both();
        ObjectNode schedule = post("/v1/subscription_schedules", planned(payer("pm_card_visa"), price, "eur"));
        assertThat(Json.text(schedule.path("phases").get(0), "currency")).isEqualTo("eur");
        pass("P1DT1M");
        String begun = Json.text(get("/v1/subscription_schedules/" + Json.textOf(schedule, "id")), "subscription");
        assertThat(begun).isNotNull();
        ObjectNode subscription = get("/v1/subscriptions/" + begun);
        assertThat(Json.text(subscription, "currency")).isEqualTo("eur");
        assertThat(Json.number(invoice(subscription), "amount_paid")).isEqualTo(900);
    }

    @Test
    void aScheduleInASecondCurrencyIsRefused() {
        String customer = payer("pm_card_visa");
        String price = both();
        subscribe(customer, price, "currency=usd");
        ObjectNode error = refusedPost(400, "/v1/subscription_schedules", planned(customer, price, "eur"));
        assertThat(Json.text(error, "message")).startsWith("You cannot combine currencies on a single customer.");
        assertThat(get("/v1/subscription_schedules?customer=" + customer).path("data"))
                .isEmpty();
    }

    @Test
    void anAmountOffInASecondCurrencyIsRefusedForACustomer() {
        String customer = payer("pm_card_visa");
        subscribe(customer, both(), "currency=usd");
        String coupon = Json.textOf(post("/v1/coupons", "amount_off=100", "currency=eur"), "id");
        ObjectNode error = refusedPost(400, "/v1/customers/" + customer, "coupon=" + coupon);
        assertThat(Json.text(error, "message")).startsWith("You cannot combine currencies on a single customer.");
        assertThat(Json.present(get("/v1/customers/" + customer), "discount")).isFalse();
        String own = Json.textOf(post("/v1/coupons", "amount_off=100", "currency=usd"), "id");
        post("/v1/customers/" + customer, "coupon=" + own);
        assertThat(Json.present(get("/v1/customers/" + customer), "discount")).isTrue();
    }
}
