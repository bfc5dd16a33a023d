package io.tillstream.simulator.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.state.Json;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Nobody gets the better plan before it is paid, and nobody loses the old one over a card. */
class PendingUpdatesTest extends Subscribing {
    private String customer = "";

    private ObjectNode subscriber() {
        customer = payer("pm_card_visa");
        ObjectNode made = subscribe(customer, price("Ten", 1000, "month"));
        give(customer, "pm_card_chargeCustomerFail");
        pass("P5D");
        return made;
    }

    private String[] upgrade(JsonNode made, String behavior) {
        return new String[] {
            "items[0][id]=" + Json.textOf(item(made), "id"),
            "items[0][price]=" + price("Twenty", 2000, "month"),
            "proration_behavior=always_invoice",
            "payment_behavior=" + behavior
        };
    }

    private String path(JsonNode subscription) {
        return "/v1/subscriptions/" + Json.textOf(subscription, "id");
    }

    private static long price(JsonNode subscription) {
        return Json.number(item(subscription).path("price"), "unit_amount");
    }

    @Test
    void anUpdateWaitsForItsPayment() {
        ObjectNode made = subscriber();
        ObjectNode waiting = post(path(made), upgrade(made, "pending_if_incomplete"));
        assertThat(price(waiting)).isEqualTo(1000);
        assertThat(Json.text(waiting, "status")).isEqualTo("active");
        assertThat(Json.number(waiting.path("pending_update"), "expires_at"))
                .isBetween(start(made) + 5 * 86_400 + 23 * 3600, start(made) + 5 * 86_400 + 23 * 3600 + 60);
        give(customer, "pm_card_visa");
        post("/v1/invoices/" + Json.textOf(waiting, "latest_invoice") + "/pay");
        ObjectNode applied = subscription(made);
        assertThat(price(applied)).isEqualTo(2000);
        assertThat(Json.present(applied, "pending_update")).isFalse();
        assertThat(events(made))
                .endsWith(
                        "customer.subscription.updated",
                        "customer.subscription.updated",
                        "customer.subscription.pending_update_applied");
    }

    @Test
    void anUpdateThatNobodyPaysIsForgotten() {
        ObjectNode made = subscriber();
        ObjectNode waiting = post(path(made), upgrade(made, "pending_if_incomplete"));
        pass("PT23H1M");
        ObjectNode left = subscription(made);
        assertThat(price(left)).isEqualTo(1000);
        assertThat(Json.present(left, "pending_update")).isFalse();
        assertThat(Json.text(get("/v1/invoices/" + Json.textOf(waiting, "latest_invoice")), "status"))
                .isEqualTo("void");
        assertThat(events(made)).endsWith("customer.subscription.pending_update_expired");
        clock(end(made) + 60);
        assertThat(amounts(invoice(subscription(made)))).containsExactly(1000L);
    }

    /** A debit that is on its way comes in: of an invoice that is void nobody would hear of it. */
    @Test
    void theInvoiceOfAnUpdateIsNotVoidedByTheEndWhileABankIsAtIt() {
        ObjectNode made = subscriber();
        give(customer, "pm_usBankAccount_processing");
        ObjectNode waiting = post(path(made), upgrade(made, "pending_if_incomplete"));
        assertThat(Json.present(waiting, "pending_update")).isTrue();

        delete(path(made));

        String invoice = "/v1/invoices/" + Json.textOf(waiting, "latest_invoice");
        assertThat(Json.text(get(invoice), "status")).isEqualTo("open");
        assertThat(Json.present(subscription(made), "pending_update")).isFalse();
    }

    /** docs.stripe.com/billing/subscriptions/pending-updates#canceling-changing: the debit takes its money all the same. */
    @Test
    void theInvoiceOfAnUpdateIsVoidOnceAnotherTakesItsPlaceThoughABankIsAtIt() {
        ObjectNode made = subscriber();
        give(customer, "pm_usBankAccount_processing");
        ObjectNode first = post(path(made), upgrade(made, "pending_if_incomplete"));

        ObjectNode second = post(path(made), upgrade(made, "pending_if_incomplete"));

        String invoice = "/v1/invoices/" + Json.textOf(first, "latest_invoice");
        assertThat(Json.text(get(invoice), "status")).isEqualTo("void");
        assertThat(Json.text(second, "latest_invoice")).isNotEqualTo(Json.text(first, "latest_invoice"));
        assertThat(Json.present(second, "pending_update")).isTrue();
    }

    @Test
    void anUpdateThatCouldNotBePaidLeavesNothingIfAskedSo() {
        ObjectNode made = subscriber();
        ObjectNode error = refusedPost(402, path(made), upgrade(made, "error_if_incomplete"));
        assertThat(Json.text(error, "code")).isEqualTo("card_declined");
        ObjectNode left = subscription(made);
        assertThat(price(left)).isEqualTo(1000);
        assertThat(Json.text(left, "latest_invoice")).isEqualTo(Json.text(made, "latest_invoice"));
        assertThat(Json.text(left, "status")).isEqualTo("active");
    }

    @Test
    void anUpdateThatIsMadeAnywayPutsItInArrears() {
        ObjectNode made = subscriber();
        ObjectNode changed = post(path(made), upgrade(made, "allow_incomplete"));
        assertThat(price(changed)).isEqualTo(2000);
        assertThat(Json.text(changed, "status")).isEqualTo("past_due");
    }

    @Test
    void anUpdateThatIsPaidAtOnceIsMadeAtOnce() {
        ObjectNode made = subscriber();
        give(customer, "pm_card_visa");
        ObjectNode changed = post(path(made), upgrade(made, "pending_if_incomplete"));
        assertThat(price(changed)).isEqualTo(2000);
        assertThat(events(made)).doesNotContain("customer.subscription.pending_update_applied");
    }

    private String[] discounted(JsonNode made, String coupon) {
        String[] upgrade = upgrade(made, "pending_if_incomplete");
        String[] discounted = Arrays.copyOf(upgrade, upgrade.length + 1);
        discounted[upgrade.length] = coupon.isEmpty() ? "discounts=" : "discounts[0][coupon]=" + coupon;
        return discounted;
    }

    private long used(String coupon) {
        return Json.number(get("/v1/coupons/" + coupon), "times_redeemed");
    }

    /** docs.stripe.com/changelog/dahlia/2026-05-27/pending-subscription-updates-discount-and-discounts-properties. */
    @Test
    void aDiscountWaitsWithItsUpdateAndIsUsedOnceThatIsPaid() {
        ObjectNode made = subscriber();
        String coupon = Json.textOf(post("/v1/coupons", "percent_off=50", "duration=forever"), "id");

        ObjectNode waiting = post(path(made), discounted(made, coupon));

        JsonNode pending = waiting.path("pending_update");
        assertThat(waiting.path("discounts")).isEmpty();
        assertThat(pending.path("discounts")).hasSize(1);
        assertThat(Json.text(pending, "discount.source.coupon")).isEqualTo(coupon);
        assertThat(used(coupon)).isZero();
        give(customer, "pm_card_visa");
        post("/v1/invoices/" + Json.textOf(waiting, "latest_invoice") + "/pay");
        ObjectNode applied = subscription(made);
        assertThat(applied.path("discounts")).isEqualTo(pending.path("discounts"));
        assertThat(used(coupon)).isEqualTo(1);
        clock(end(made) + 7200);
        assertThat(Json.number(invoice(subscription(made)), "total")).isEqualTo(1000);
    }

    @Test
    void aDiscountOfAnUpdateThatNobodyPaysIsNotUsed() {
        ObjectNode made = subscriber();
        String coupon = Json.textOf(post("/v1/coupons", "percent_off=50", "duration=forever"), "id");
        post(path(made), discounted(made, coupon));

        pass("PT23H1M");

        assertThat(subscription(made).path("discounts")).isEmpty();
        assertThat(used(coupon)).isZero();
    }

    /** What was agreed on before stays until the update is paid. */
    @Test
    void aDiscountThatAnUpdateWouldTakeAwayStaysUntilItIsPaid() {
        ObjectNode made = subscriber();
        String coupon = Json.textOf(post("/v1/coupons", "percent_off=10", "duration=forever"), "id");
        post(path(made), "discounts[0][coupon]=" + coupon);

        ObjectNode waiting = post(path(made), discounted(made, ""));

        assertThat(waiting.path("discounts")).hasSize(1);
        assertThat(waiting.at("/pending_update/discounts").isArray()).isTrue();
        give(customer, "pm_card_visa");
        post("/v1/invoices/" + Json.textOf(waiting, "latest_invoice") + "/pay");
        assertThat(subscription(made).path("discounts")).isEmpty();
    }

    @Test
    void anUpdateThatIsPaidAtOnceUsesItsDiscountOnce() {
        ObjectNode made = subscriber();
        give(customer, "pm_card_visa");
        String coupon = Json.textOf(post("/v1/coupons", "percent_off=50", "duration=forever"), "id");

        ObjectNode changed = post(path(made), discounted(made, coupon));

        assertThat(changed.path("discounts")).hasSize(1);
        assertThat(used(coupon)).isEqualTo(1);
    }
}
