package io.tillstream.simulator.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.subscription.Subscribing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whoever shows a price before it is agreed to shows what will be billed. docs.stripe.com/api/invoices/create_preview,
 * docs.stripe.com/invoicing/preview, docs.stripe.com/billing/subscriptions/subscription-schedules#preview-an-invoice.
 */
class PreviewsTest extends Subscribing {
    private static final String PREVIEW = "/v1/invoices/create_preview";

    private String coupon(String... terms) {
        return Json.textOf(post("/v1/coupons", terms), "id");
    }

    private String rate(String percentage) {
        return Json.textOf(
                post("/v1/tax_rates", "display_name=VAT", "percentage=" + percentage, "inclusive=false"), "id");
    }

    private ObjectNode schedule(String customer, String gold) {
        return post(
                "/v1/subscription_schedules",
                "customer=" + customer,
                "start_date=now",
                "end_behavior=release",
                "phases[0][duration][interval]=month",
                "phases[0][items][0][price]=" + gold);
    }

    /** The phases of a schedule that runs with another one after it. */
    private static List<String> then(JsonNode schedule, String now, String... next) {
        JsonNode current = schedule.path("current_phase");
        List<String> phases = new ArrayList<>(List.of(
                "phases[0][start_date]=" + Json.number(current, "start_date"),
                "phases[0][end_date]=" + Json.number(current, "end_date"),
                "phases[0][items][0][price]=" + now));
        for (String each : next) {
            phases.add("phases[1]" + each);
        }
        return phases;
    }

    private ObjectNode previewed(String id, List<String> details) {
        List<String> all = new ArrayList<>(List.of("schedule=" + id));
        for (String detail : details) {
            int end =
                    detail.indexOf('[') < 0 ? detail.indexOf('=') : Math.min(detail.indexOf('='), detail.indexOf('['));
            all.add("schedule_details[" + detail.substring(0, end) + "]" + detail.substring(end));
        }
        return post(PREVIEW, all.toArray(String[]::new));
    }

    @Test
    void phasesThatAreOnlyAskedAboutCostWhatTheyCostOnceAgreed() {
        String gold = price("Gold", 1000, "month");
        ObjectNode schedule = schedule(payer("pm_card_visa"), gold);
        String id = Json.textOf(schedule, "id");
        List<String> wanted =
                then(schedule, gold, "[items][0][price]=" + price("Platinum", 3000, "month"), "[items][0][quantity]=2");

        ObjectNode foreseen = previewed(id, wanted);

        assertThat(amounts(foreseen)).containsExactly(6000L);
        assertThat(get("/v1/subscription_schedules/" + id).path("phases"))
                .as("nothing is agreed by asking")
                .hasSize(1);
        post("/v1/subscription_schedules/" + id, wanted.toArray(String[]::new));
        clock(Json.number(schedule.path("current_phase"), "end_date") + 7200);
        ObjectNode subscription = get("/v1/subscriptions/" + Json.textOf(schedule, "subscription"));
        assertThat(amounts(invoice(subscription))).isEqualTo(amounts(foreseen));
    }

    /** "If the schedule_details params update the currently active phase, specifies if and how to prorate". */
    @ParameterizedTest
    @CsvSource({"always_invoice, -500 1000", "create_prorations, -500 1000 2000", "none, 2000"})
    void aChangeOfTheRunningPhaseIsProratedAsItIsAskedFor(String behavior, String lines) {
        String ten = price("Ten", 1000, "month");
        ObjectNode schedule = schedule(payer("pm_card_visa"), ten);
        JsonNode current = schedule.path("current_phase");
        clock((Json.number(current, "start_date") + Json.number(current, "end_date")) / 2);

        ObjectNode foreseen = previewed(
                Json.textOf(schedule, "id"),
                List.of(
                        "proration_behavior=" + behavior,
                        "phases[0][start_date]=" + Json.number(current, "start_date"),
                        "phases[0][end_date]=" + Json.number(current, "end_date"),
                        "phases[0][items][0][price]=" + price("Twenty", 2000, "month")));

        assertThat(String.join(
                        " ", amounts(foreseen).stream().map(String::valueOf).toList()))
                .isEqualTo(lines);
    }

    /** A phase that begins within a period is prorated as that phase says. */
    @Test
    void aPhaseThatBeginsWithinThePeriodIsOnTheNextInvoice() {
        String ten = price("Ten", 1000, "month");
        ObjectNode schedule = schedule(payer("pm_card_visa"), ten);
        JsonNode current = schedule.path("current_phase");
        long half = (Json.number(current, "start_date") + Json.number(current, "end_date")) / 2;

        ObjectNode foreseen = previewed(
                Json.textOf(schedule, "id"),
                List.of(
                        "phases[0][start_date]=" + Json.number(current, "start_date"),
                        "phases[0][end_date]=" + half,
                        "phases[0][items][0][price]=" + ten,
                        "phases[1][items][0][price]=" + price("Twenty", 2000, "month"),
                        "phases[1][duration][interval]=month"));

        assertThat(amounts(foreseen)).containsExactly(-500L, 1000L, 2000L);
    }

    @Test
    void aScheduleThatWouldEndTheSubscriptionBillsNothingMore() {
        String ten = price("Ten", 1000, "month");
        ObjectNode schedule = schedule(payer("pm_card_visa"), ten);
        String id = "schedule=" + Json.textOf(schedule, "id");

        ObjectNode refused = refusedPost(404, PREVIEW, id, "schedule_details[end_behavior]=cancel");

        assertThat(Json.text(refused, "code")).isEqualTo("invoice_upcoming_none");
        assertThat(amounts(post(PREVIEW, id))).containsExactly(1000L);
        assertThat(amounts(post(PREVIEW, id, "schedule_details[end_behavior]=release")))
                .containsExactly(1000L);
    }

    @Test
    void aScheduleThatIsStillToBeMadeShowsItsFirstInvoice() {
        String customer = payer("pm_card_visa");
        String half = coupon("percent_off=50", "duration=once");
        String fee =
                Json.textOf(post("/v1/prices", "currency=usd", "unit_amount=300", "product_data[name]=Set-up"), "id");

        ObjectNode first = post(
                PREVIEW,
                "customer=" + customer,
                "schedule_details[phases][0][items][0][price]=" + price("Ten", 1000, "month"),
                "schedule_details[phases][0][add_invoice_items][0][price]=" + fee,
                "schedule_details[phases][0][discounts][0][coupon]=" + half,
                "schedule_details[phases][0][duration][interval]=month",
                "schedule_details[phases][1][items][0][price]=" + price("Twenty", 2000, "month"),
                "schedule_details[phases][1][duration][interval]=month");

        assertThat(amounts(first)).containsExactly(1000L, 300L);
        assertThat(Json.number(first, "total")).isEqualTo(650);
        assertThat(get("/v1/subscription_schedules").path("data")).isEmpty();
        assertThat(get("/v1/subscriptions").path("data")).isEmpty();
        assertThat(Json.number(get("/v1/coupons/" + half), "times_redeemed")).isZero();
    }

    /** "Cannot be used with subscription or subscription_ prefixed fields." */
    @Test
    void aScheduleAndASubscriptionAreNotAskedAboutAtOnce() {
        String ten = price("Ten", 1000, "month");
        String customer = payer("pm_card_visa");
        String[] planned = {
            "customer=" + customer,
            "schedule_details[phases][0][items][0][price]=" + ten,
            "subscription_details[items][0][price]=" + ten
        };
        assertThat(Json.text(refusedPost(400, PREVIEW, planned), "param")).isEqualTo("schedule_details");
        assertThat(Json.text(
                        refusedPost(
                                400,
                                PREVIEW,
                                "customer=" + customer,
                                "schedule_details[phases][0][items][0][price]=price_none"),
                        "param"))
                .isEqualTo("schedule_details[phases][0][items][0][price]");
        assertThat(Json.text(
                        refusedPost(
                                400,
                                PREVIEW,
                                "customer=" + customer,
                                "schedule_details[phases][0][items][0][price]=" + ten,
                                "schedule_details[phases][0][items][0][tax_rates][0]=" + rate("10")),
                        "code"))
                .isEqualTo("parameter_not_simulated");
    }

    @Test
    void discountsAndTaxesOfSingleItemsAreInTheTotal() {
        String customer = payer("pm_card_visa");
        String half = coupon("percent_off=50", "duration=once", "max_redemptions=1");
        String[] asked = {
            "customer=" + customer,
            "subscription_details[items][0][price]=" + price("Ten", 1000, "month"),
            "subscription_details[items][0][discounts][0][coupon]=" + half,
            "subscription_details[items][0][tax_rates][0]=" + rate("10"),
            "subscription_details[items][1][price]=" + price("Twenty", 2000, "month"),
            "subscription_details[default_tax_rates][0]=" + rate("20"),
            "invoice_items[0][amount]=400",
            "invoice_items[0][discounts][0][coupon]=" + half,
            "invoice_items[0][tax_rates][0]=" + rate("5"),
            "invoice_items[0][metadata][why]=Set-up"
        };

        ObjectNode first = post(PREVIEW, asked);

        assertThat(amounts(first)).containsExactly(400L, 1000L, 2000L);
        assertThat(Json.number(first, "total")).isEqualTo(200 + 10 + 500 + 50 + 2000 + 400);
        JsonNode lines = first.path("lines").path("data");
        assertThat(lines.get(0).path("discount_amounts").get(0).path("amount").asLong())
                .isEqualTo(200);
        assertThat(Json.text(lines.get(0), "metadata.why")).isEqualTo("Set-up");
        assertThat(lines.get(1).path("discounts")).hasSize(1);
        assertThat(lines.get(2).path("discounts")).isEmpty();
        assertThat(Json.number(get("/v1/coupons/" + half), "times_redeemed")).isZero();
        assertThat(Json.text(refusedPost(400, PREVIEW, asked[0], asked[1], asked[2] + "_none"), "param"))
                .isEqualTo("subscription_details[items][0][discounts][0][coupon]");
    }

    @Test
    void aChangeWithADiscountOfItsItemIsProratedByWhatIsLeft() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Ten", 1000, "month"));
        clock((start(made) + end(made)) / 2);
        String half = coupon("percent_off=50", "duration=forever");

        ObjectNode foreseen = post(
                PREVIEW,
                "subscription=" + Json.textOf(made, "id"),
                "subscription_details[items][0][id]=" + Json.textOf(item(made), "id"),
                "subscription_details[items][0][price]=" + price("Forty", 4000, "month"),
                "subscription_details[items][0][discounts][0][coupon]=" + half);

        assertThat(amounts(foreseen)).containsExactly(-500L, 1000L, 4000L);
        assertThat(Json.number(foreseen, "total")).isEqualTo(2500);
        assertThat(item(subscription(made)).path("discounts")).isEmpty();
    }

    /** docs.stripe.com/invoicing/preview: "excluding one-off items and discounts". */
    @Test
    void whatRecursIsShownWithoutWhatIsBilledOnce() {
        String customer = payer("pm_card_visa");
        String once = coupon("percent_off=15", "duration=once");
        String forever = coupon("percent_off=10", "duration=forever");
        String gold = price("Gold", 4900, "month");
        String[] asked = {
            "customer=" + customer,
            "preview_mode=recurring",
            "subscription_details[items][0][price]=" + gold,
            "subscription_details[trial_end]=1799000000",
            "invoice_items[0][amount]=29900",
            "discounts[0][coupon]=" + once,
            "discounts[1][coupon]=" + forever
        };
        ObjectNode first = post(PREVIEW, asked);
        assertThat(amounts(first)).containsExactly(4900L);
        assertThat(Json.number(first, "total")).isEqualTo(4410);

        ObjectNode made = subscribe(customer, gold, "discounts[0][coupon]=" + forever);
        post("/v1/invoiceitems", "customer=" + customer, "amount=700", "currency=usd");
        String subscription = "subscription=" + Json.textOf(made, "id");
        assertThat(amounts(post(PREVIEW, subscription))).containsExactly(700L, 4900L);
        ObjectNode recurring = post(PREVIEW, subscription, "preview_mode=recurring");
        assertThat(amounts(recurring)).containsExactly(4900L);
        assertThat(Json.number(recurring, "total")).isEqualTo(4410);
    }

    /** What could not be subscribed to is not foreseen either. */
    @Test
    void aPriceInASecondCurrencyOrOfNoProductIsNotForeseen() {
        String customer = payer("pm_card_visa");
        ObjectNode made = subscribe(customer, price("Gold", 1000, "month"));
        String euros = Json.textOf(
                post(
                        "/v1/prices",
                        "currency=eur",
                        "unit_amount=900",
                        "recurring[interval]=month",
                        "product_data[name]=Gold"),
                "id");
        for (String way : new String[] {"subscription_details[items]", "schedule_details[phases][0][items]"}) {
            ObjectNode error = refusedPost(400, PREVIEW, "customer=" + customer, way + "[0][price]=" + euros);
            assertThat(Json.textOf(error, "message")).startsWith("You cannot combine currencies");
        }
        String item = "invoice_items[0][price_data]";
        String product = Json.textOf(post("/v1/products", "name=Set-up"), "id");
        String[] asked = {"subscription=" + Json.textOf(made, "id"), item + "[currency]=usd", item + "[unit_amount]=5"};
        ObjectNode foreseen = post(PREVIEW, asked[0], asked[1], asked[2], item + "[product]=" + product);
        assertThat(Json.text(foreseen.path("lines").path("data").get(0), "description"))
                .isEqualTo("Set-up");
        assertThat(Json.text(
                        refusedPost(400, PREVIEW, asked[0], asked[1], asked[2], item + "[product]=prod_none"), "param"))
                .isEqualTo(item + "[product]");
    }

    /** The first example of docs.stripe.com/invoicing/preview: nobody is known yet, and nothing recurs. */
    @Test
    void whoIsNotKnownYetIsToldAPriceToo() {
        ObjectNode items =
                post(PREVIEW, "currency=usd", "invoice_items[0][amount]=29900", "invoice_items[1][amount]=9900");
        assertThat(Json.number(items, "total")).isEqualTo(39800);
        assertThat(Json.text(items, "customer")).isNull();

        ObjectNode first = post(
                PREVIEW,
                "subscription_details[items][0][price]=" + price("Gold", 4900, "month"),
                "customer_details[tax_exempt]=none",
                "invoice_items[0][amount]=100");
        assertThat(amounts(first)).containsExactly(100L, 4900L);

        assertThat(Json.text(refusedPost(400, PREVIEW, "preview_mode=next"), "param"))
                .isEqualTo("customer");
    }
}
