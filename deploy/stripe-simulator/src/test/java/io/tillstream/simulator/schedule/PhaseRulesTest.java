package io.tillstream.simulator.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A plan that cannot be carried out is refused when it is made, not found out on its day. */
class PhaseRulesTest extends Subscribing {
    private static final String SCHEDULES = "/v1/subscription_schedules";

    private String once() {
        return Json.textOf(post("/v1/prices", "currency=usd", "unit_amount=700", "product_data[name]=Setup"), "id");
    }

    private String archived() {
        String price = price("Old", 900, "month");
        post("/v1/prices/" + price, "active=false");
        return price;
    }

    private String foreign() {
        String other = payer("pm_card_visa");
        return Json.textOf(get("/v1/customers/" + other), "invoice_settings.default_payment_method");
    }

    private String filled(String param) {
        return param.replace("{archived}", param.contains("{archived}") ? archived() : "")
                .replace("{once}", param.contains("{once}") ? once() : "")
                .replace("{recurring}", param.contains("{recurring}") ? price("More", 100, "month") : "")
                .replace("{foreign}", param.contains("{foreign}") ? foreign() : "");
    }

    private static String[] phases(ObjectNode schedule, String current, String next, String... more) {
        JsonNode now = schedule.path("phases").get(0);
        String[] params = new String[more.length + 5];
        params[0] = "phases[0][items][0][price]=" + current;
        params[1] = "phases[0][start_date]=" + Json.number(now, "start_date");
        params[2] = "phases[0][end_date]=" + Json.number(now, "end_date");
        params[3] = "phases[1][items][0][price]=" + next;
        params[4] = "phases[1][duration][interval]=month";
        System.arraycopy(more, 0, params, 5, more.length);
        return params;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "phases[1][discounts][0][coupon]=nothing | phases[1][discounts][0][coupon] | No such coupon",
                "phases[1][items][1][price]={archived} | phases[1][items][1][price] | The price specified is inactive",
                "phases[1][items][1][price]={once} | phases[1][items][1][price] | only accepts prices with `type=recurring`",
                "phases[1][add_invoice_items][0][price]={recurring} | phases[1][add_invoice_items][0][price]"
                        + " | only accepts prices with `type=one_time`",
                "phases[1][default_payment_method]={foreign} | phases[1][default_payment_method]"
                        + " | does not have a payment method with the ID",
                "default_settings[default_payment_method]={foreign} | default_settings[default_payment_method]"
                        + " | does not have a payment method with the ID",
                "phases[1][collection_method]=send_invoice | default_settings[invoice_settings][days_until_due]"
                        + " | `days_until_due` must be set",
                "phases[1][trial_end]=2000000000 | phases[1][trial_end] | must not be after its `end_date`"
            })
    void aLaterPhaseThatNoSubscriptionCouldBeInIsRefused(String param, String named, String words) {
        String customer = payer("pm_card_visa");
        String price = price("Gold", 2000, "month");
        String wrong = filled(param);
        long start = Json.number(get("/v1/prices/" + price), "created") + 86_400;
        ObjectNode error = refusedPost(
                400,
                SCHEDULES,
                "customer=" + customer,
                "start_date=" + start,
                "phases[0][items][0][price]=" + price,
                "phases[0][duration][interval]=month",
                "phases[1][items][0][price]=" + price,
                "phases[1][duration][interval]=month",
                wrong);
        assertThat(Json.textOf(error, "message")).contains(words);
        assertThat(Json.text(error, "param")).isEqualTo(named);
        assertThat(get(SCHEDULES + "?customer=" + customer).path("data")).isEmpty();
        ObjectNode subscription = subscribe(customer, price);
        ObjectNode schedule = post(SCHEDULES, "from_subscription=" + Json.textOf(subscription, "id"));
        String path = SCHEDULES + "/" + Json.textOf(schedule, "id");
        assertThat(Json.textOf(refusedPost(400, path, phases(schedule, price, price, wrong)), "message"))
                .contains(words);
        assertThat(get(path).path("phases")).hasSize(1);
    }

    @Test
    void whatHoldsForAllPhasesIsJudgedWithoutThem() {
        String price = price("Gold", 2000, "month");
        long start = Json.number(get("/v1/prices/" + price), "created") + 86_400;
        ObjectNode schedule = post(
                SCHEDULES,
                "customer=" + payer("pm_card_visa"),
                "start_date=" + start,
                "phases[0][items][0][price]=" + price,
                "phases[0][duration][interval]=month");
        ObjectNode error = refusedPost(
                400,
                SCHEDULES + "/" + Json.textOf(schedule, "id"),
                "default_settings[default_payment_method]=" + foreign());
        assertThat(Json.text(error, "param")).isEqualTo("default_settings[default_payment_method]");
    }

    @Test
    void aPhaseIsGivenAgainThoughItsPriceIsSoldNoMore() {
        String gold = price("Gold", 2000, "month");
        String basic = price("Basic", 500, "month");
        ObjectNode subscription = subscribe(payer("pm_card_visa"), gold);
        ObjectNode schedule = post(SCHEDULES, "from_subscription=" + Json.textOf(subscription, "id"));
        String path = SCHEDULES + "/" + Json.textOf(schedule, "id");
        post(path, phases(schedule, gold, basic));
        post("/v1/prices/" + gold, "active=false");
        post("/v1/prices/" + basic, "active=false");
        assertThat(post(path, phases(schedule, gold, basic, "phases[1][metadata][why]=again"))
                        .path("phases"))
                .hasSize(2);
    }

    @Test
    void whatIsMeteredCanBePlanned() {
        String meter = Json.textOf(
                post(
                        "/v1/billing/meters",
                        "display_name=Calls",
                        "event_name=calls",
                        "default_aggregation[formula]=sum"),
                "id");
        String price = Json.textOf(
                post(
                        "/v1/prices",
                        "currency=usd",
                        "unit_amount=3",
                        "recurring[interval]=month",
                        "recurring[usage_type]=metered",
                        "recurring[meter]=" + meter,
                        "product_data[name]=Calls"),
                "id");
        ObjectNode schedule = post(
                SCHEDULES,
                "customer=" + payer("pm_card_visa"),
                "start_date=now",
                "phases[0][items][0][price]=" + price,
                "phases[0][duration][interval]=month");
        assertThat(schedule.path("phases").get(0).path("items").get(0).has("quantity"))
                .isFalse();
        assertThat(Json.text(schedule, "status")).isEqualTo("active");
    }
}
