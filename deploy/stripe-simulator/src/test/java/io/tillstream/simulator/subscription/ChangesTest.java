package io.tillstream.simulator.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a subscriber pays or gets back for changing, by the worked examples of Stripe's documentation. */
class ChangesTest extends Subscribing {
    private static final Random RANDOM = new Random(7);

    private String path(JsonNode subscription) {
        return "/v1/subscriptions/" + Json.textOf(subscription, "id");
    }

    private static String itemIs(JsonNode subscription) {
        return "items[0][id]=" + Json.textOf(item(subscription), "id");
    }

    private static long half(JsonNode subscription) {
        return (start(subscription) + end(subscription)) / 2;
    }

    private ObjectNode preview(JsonNode subscription, String... details) {
        List<String> params = new ArrayList<>(List.of("subscription=" + Json.textOf(subscription, "id")));
        for (String detail : details) {
            int end = Math.min(
                    detail.indexOf('=') < 0 ? detail.length() : detail.indexOf('='),
                    detail.indexOf('[') < 0 ? detail.length() : detail.indexOf('['));
            params.add("subscription_details[" + detail.substring(0, end) + "]" + detail.substring(end));
        }
        return post("/v1/invoices/create_preview", params.toArray(String[]::new));
    }

    private static List<String> descriptions(JsonNode invoice) {
        return StreamSupport.stream(invoice.path("lines").path("data").spliterator(), false)
                .map(line -> Json.textOf(line, "description"))
                .toList();
    }

    /** Stripe's page "Prorations": from 10 USD to 20 USD halfway through the period, 5 USD more. */
    @Test
    void anUpgradeHalfWayCostsHalfTheDifferenceAndJustWhatThePreviewSaid() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Ten", 1000, "month"));
        clock(half(made));
        String twenty = price("Twenty", 2000, "month");
        String[] change = {
            itemIs(made),
            "items[0][price]=" + twenty,
            "proration_behavior=always_invoice",
            "proration_date=" + half(made)
        };
        ObjectNode foreseen = preview(made, change);
        ObjectNode changed = post(path(made), change);
        ObjectNode invoice = invoice(changed);
        assertThat(amounts(invoice)).containsExactly(-500L, 1000L);
        assertThat(Json.number(invoice, "amount_paid")).isEqualTo(500);
        assertThat(descriptions(invoice))
                .containsExactly("Unused time on Ten after 16 Jan 2027", "Remaining time on Twenty after 16 Jan 2027");
        assertThat(amounts(foreseen)).isEqualTo(amounts(invoice));
        assertThat(descriptions(foreseen)).isEqualTo(descriptions(invoice));
        assertThat(Json.number(foreseen, "total")).isEqualTo(500);
        assertThat(Json.number(foreseen, "amount_due")).isEqualTo(500);
        assertThat(end(changed)).isEqualTo(end(made));
        assertThat(Json.text(invoice, "billing_reason")).isEqualTo("subscription_update");
    }

    /**
     * Stripe's API reference, "Update a subscription": who signed up on May 1 for 100 USD and switches to 200 USD halfway
     * is billed 250 USD on June 1.
     */
    @Test
    void prorationsWaitForTheNextInvoice() {
        clock("2027-05-01T00:00:00Z");
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Basic", 10_000, "month"));
        clock(half(made));
        String better = price("Better", 20_000, "month");
        String date = "proration_date=" + half(made);
        ObjectNode foreseen = preview(made, itemIs(made), "items[0][price]=" + better, date);
        ObjectNode changed = post(path(made), itemIs(made), "items[0][price]=" + better, date);
        assertThat(Json.text(changed, "latest_invoice")).isEqualTo(Json.text(made, "latest_invoice"));
        clock(end(made) + 7200);
        ObjectNode renewal = invoice(subscription(made));
        assertThat(Json.number(renewal, "amount_paid")).isEqualTo(25_000);
        assertThat(Json.number(foreseen, "total")).isEqualTo(25_000);
        assertThat(amounts(foreseen)).containsExactlyInAnyOrderElementsOf(amounts(renewal));
    }

    @Test
    void aDowngradeIsCreditedToTheCustomerAndNeverPaidOut() {
        String customer = payer("pm_card_visa");
        ObjectNode made = subscribe(customer, price("Twenty", 2000, "month"));
        clock(half(made));
        ObjectNode changed = post(
                path(made),
                itemIs(made),
                "items[0][price]=" + price("Ten", 1000, "month"),
                "proration_behavior=always_invoice",
                "proration_date=" + half(made));
        assertThat(Json.number(invoice(changed), "total")).isEqualTo(-500);
        assertThat(Json.number(get("/v1/customers/" + customer), "balance")).isEqualTo(-500);
        clock(end(made) + 7200);
        assertThat(Json.number(invoice(subscription(made)), "amount_paid")).isEqualTo(500);
    }

    /** The rule of Stripe's page "Prorations": to the second, so a change and its reversal in one second are nothing. */
    @Test
    void aChangeAndTheChangeBackCostNothing() {
        for (int i = 0; i < 5; i++) {
            String customer = payer("pm_card_visa");
            String first = price("First", RANDOM.nextLong(100, 9999), "month");
            String second = price("Second", RANDOM.nextLong(100, 9999), "month");
            ObjectNode made = subscribe(customer, first, "items[0][quantity]=" + RANDOM.nextInt(1, 5));
            long at = start(made) + RANDOM.nextLong(end(made) - start(made));
            String date = "proration_date=" + at;
            post(path(made), itemIs(made), "items[0][price]=" + second, "items[0][quantity]=3", date);
            post(
                    path(made),
                    itemIs(made),
                    "items[0][price]=" + first,
                    "items[0][quantity]=" + Json.number(item(made), "quantity"),
                    date);
            JsonNode waiting =
                    get("/v1/invoiceitems?pending=true&customer=" + customer).path("data");
            assertThat(waiting).hasSize(4);
            assertThat(StreamSupport.stream(waiting.spliterator(), false)
                            .mapToLong(each -> Json.number(each, "amount"))
                            .sum())
                    .isZero();
        }
    }

    /** The rule of Stripe's page "Compare classic and flexible billing mode": credits are of what was really debited. */
    @Test
    void nobodyIsCreditedMoreThanWasPaidWithACoupon() {
        String coupon = Json.textOf(post("/v1/coupons", "percent_off=50", "duration=once"), "id");
        ObjectNode made =
                subscribe(payer("pm_card_visa"), price("Ten", 1000, "month"), "discounts[0][coupon]=" + coupon);
        clock(half(made));
        ObjectNode changed = post(
                path(made),
                itemIs(made),
                "items[0][price]=" + price("Twenty", 2000, "month"),
                "proration_behavior=always_invoice",
                "proration_date=" + half(made));
        assertThat(amounts(invoice(changed))).containsExactly(-250L, 1000L);
    }

    /** Stripe's API reference, "Update a subscription": another interval is charged at once and resets the date. */
    @Test
    void anotherIntervalIsBilledAtOnceFromNowOn() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Monthly", 1000, "month"));
        clock(half(made));
        String[] change = {itemIs(made), "items[0][price]=" + price("Yearly", 10_000, "year")};
        ObjectNode foreseen = preview(made, change);
        ObjectNode changed = post(path(made), change);
        assertThat(amounts(invoice(changed))).containsExactly(-500L, 10_000L);
        assertThat(amounts(foreseen)).containsExactly(-500L, 10_000L);
        assertThat(start(changed)).isBetween(half(made), half(made) + 5);
        assertThat(end(changed)).isEqualTo(start(changed) + 365 * 86_400);
        assertThat(Json.number(changed, "billing_cycle_anchor")).isEqualTo(start(changed));
    }

    @Test
    void whoCameForFreePaysFromTheDayTheyPay() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Free", 0, "month"));
        assertThat(Json.text(made, "status")).isEqualTo("active");
        pass("P3D");
        ObjectNode changed = post(path(made), itemIs(made), "items[0][price]=" + price("Ten", 1000, "month"));
        assertThat(Json.number(invoice(changed), "amount_paid")).isEqualTo(1000);
        assertThat(start(changed)).isGreaterThanOrEqualTo(start(made) + 3 * 86_400);
    }

    @Test
    void moreSeatsAreChargedForTheRestAndFewerCredited() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Seat", 1000, "month"), "items[0][quantity]=2");
        clock(half(made));
        ObjectNode changed = post(
                "/v1/subscription_items/" + Json.textOf(item(made), "id"),
                "quantity=5",
                "proration_behavior=always_invoice",
                "proration_date=" + half(made));
        assertThat(Json.number(changed, "quantity")).isEqualTo(5);
        ObjectNode invoice = invoice(subscription(made));
        assertThat(amounts(invoice)).containsExactly(-1000L, 2500L);
        assertThat(descriptions(invoice).get(1)).isEqualTo("Remaining time on 5 × Seat after 16 Jan 2027");
    }

    @Test
    void anItemComesAndGoesByItself() {
        String customer = payer("pm_card_visa");
        ObjectNode made = subscribe(customer, price("Ten", 1000, "month"));
        clock(half(made));
        String id = Json.textOf(made, "id");
        ObjectNode added = post(
                "/v1/subscription_items",
                "subscription=" + id,
                "price=" + price("Addon", 400, "month"),
                "proration_date=" + half(made));
        assertThat(get("/v1/subscription_items?subscription=" + id).path("data"))
                .hasSize(2);
        String itemPath = "/v1/subscription_items/" + Json.textOf(added, "id");
        assertThat(Json.isTrue(delete(itemPath + "?proration_date=" + half(made)), "deleted"))
                .isTrue();
        assertThat(StreamSupport.stream(
                                get("/v1/invoiceitems?pending=true&customer=" + customer)
                                        .path("data")
                                        .spliterator(),
                                false)
                        .map(each -> Json.number(each, "amount")))
                .containsExactlyInAnyOrder(200L, -200L);
    }

    @Test
    void withoutProrationTheNewPriceBeginsWithTheNextPeriod() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Ten", 1000, "month"));
        pass("P10D");
        post(path(made), itemIs(made), "items[0][price]=" + price("Twenty", 2000, "month"), "proration_behavior=none");
        clock(end(made) + 7200);
        assertThat(amounts(invoice(subscription(made)))).containsExactly(2000L);
    }

    @Test
    void aChangeDuringATrialIsFree() {
        ObjectNode made = subscribe(payer("pm_card_visa"), price("Ten", 1000, "month"), "trial_period_days=10");
        pass("P2D");
        ObjectNode changed = post(
                path(made),
                itemIs(made),
                "items[0][price]=" + price("Twenty", 2000, "month"),
                "proration_behavior=always_invoice");
        assertThat(Json.text(changed, "latest_invoice")).isEqualTo(Json.text(made, "latest_invoice"));
        ObjectNode ended = post(path(made), "trial_end=now");
        assertThat(Json.text(ended, "status")).isEqualTo("active");
        assertThat(Json.number(invoice(ended), "amount_paid")).isEqualTo(2000);
    }

    /**
     * The other two ends are a pause and a cancel; this one leaves an invoice that is owed: docs.stripe.com/api/subscriptions/update,
     * {@code trial_settings.end_behavior.missing_payment_method}.
     */
    @Test
    void aTrialThatIsEndedWithoutAWayToPayLeavesAnInvoiceThatIsOwed() {
        String customer = Json.textOf(post("/v1/customers", "email=payer@example.com"), "id");
        ObjectNode trial = subscribe(
                customer,
                price("Ten", 1000, "month"),
                "trial_period_days=14",
                "trial_settings[end_behavior][missing_payment_method]=create_invoice");

        ObjectNode ended = post(path(trial), "trial_end=now");

        assertThat(Json.text(ended, "status")).isEqualTo("past_due");
        assertThat(Json.number(ended, "trial_end")).isLessThanOrEqualTo(Json.number(trial, "created") + 60);
        ObjectNode owed = invoice(ended);
        assertThat(Json.textOf(owed, "id")).isNotEqualTo(Json.textOf(trial, "latest_invoice"));
        assertThat(Json.text(owed, "status")).isEqualTo("open");
        assertThat(Json.number(owed, "amount_due")).isEqualTo(1000);
        assertThat(Json.number(owed, "amount_paid")).isZero();
    }

    @Test
    void anAnchorInTheFutureShortensTheFirstPeriod() {
        clock("2027-01-16T00:00:00Z");
        long february = 1_801_440_000; // 2027-02-01T00:00:00Z
        ObjectNode made = subscribe(
                payer("pm_card_visa"), price("Thirty One", 3100, "month"), "billing_cycle_anchor=" + february);
        assertThat(end(made)).isEqualTo(february);
        assertThat(Json.number(invoice(made), "amount_paid")).isEqualTo(1600);
        clock(february + 7200);
        assertThat(Json.number(invoice(subscription(made)), "amount_paid")).isEqualTo(3100);
    }

    @Test
    void aCancellationCanGiveTheRestBackAsCredit() {
        String customer = payer("pm_card_visa");
        ObjectNode made = subscribe(customer, price("Ten", 1000, "month"));
        clock(half(made));
        ObjectNode ended = delete(path(made) + "?prorate=true&invoice_now=true&cancellation_details[feedback]=unused");
        assertThat(Json.text(ended, "status")).isEqualTo("canceled");
        assertThat(Json.text(ended.path("cancellation_details"), "feedback")).isEqualTo("unused");
        assertThat(Json.number(get("/v1/customers/" + customer), "balance")).isEqualTo(-500);
    }

    @Test
    void aPreviewOfNothingIsRefused() {
        String customer = payer("pm_card_visa");
        ObjectNode made = subscribe(customer, price("Ten", 1000, "month"));
        ObjectNode next = post("/v1/invoices/create_preview", "customer=" + customer);
        assertThat(amounts(next)).containsExactly(1000L);
        post(path(made), "cancel_at_period_end=true");
        ObjectNode error = refusedPost(404, "/v1/invoices/create_preview", "subscription=" + Json.textOf(made, "id"));
        assertThat(Json.text(error, "code")).isEqualTo("invoice_upcoming_none");
    }

    @Test
    void aPreviewOfASubscriptionToBeMadeIsItsFirstInvoice() {
        ObjectNode first = post(
                "/v1/invoices/create_preview",
                "customer=" + payer("pm_card_visa"),
                "subscription_details[items][0][price]=" + price("Ten", 1000, "month"),
                "subscription_details[items][0][quantity]=3");
        assertThat(Json.number(first, "total")).isEqualTo(3000);
    }

    @Test
    void aPreviewWithACouponUsesNothingUp() {
        String coupon =
                Json.textOf(post("/v1/coupons", "percent_off=10", "duration=forever", "max_redemptions=1"), "id");
        ObjectNode first = post(
                "/v1/invoices/create_preview",
                "customer=" + payer("pm_card_visa"),
                "discounts[0][coupon]=" + coupon,
                "subscription_details[items][0][price]=" + price("Ten", 1000, "month"));
        assertThat(Json.number(first, "total")).isEqualTo(900);
        assertThat(Json.number(get("/v1/coupons/" + coupon), "times_redeemed")).isZero();
    }
}
