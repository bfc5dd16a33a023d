package io.tillstream.simulator.promotioncode;

import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.coupon.Coupons;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import io.tillstream.simulator.state.Work;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** All promotion codes, and who may use one. */
@Component
public class PromotionCodes {
    private static final Set<String> NO_TRANSACTION = Set.of("draft", "void", "uncollectible");

    private final Timeline timeline;
    private final Events events;
    private final Coupons coupons;
    private final Stores stores;
    private final Store codes;
    private final Work end;

    /**
     * What somebody wants to pay less for.
     *
     * @param customer who; null if it is not known yet
     * @param amount in minor units, before any discount
     */
    public record Purchase(@Nullable String customer, String currency, long amount) {}

    PromotionCodes(Timeline timeline, Events events, Coupons coupons, Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.coupons = coupons;
        this.stores = stores;
        this.codes = stores.open("promotion_code", "promo", "code");
        this.end = timeline.work("promotion_code.end", with -> end(with.get(0)));
        coupons.whenInvalid(this::retire);
    }

    public Store store() {
        return codes;
    }

    /** The active code that this customer means, in whatever case: one for all, or one for them alone. */
    public Optional<ObjectNode> typed(String code, @Nullable String customer) {
        return active(code).stream()
                .filter(each -> !Json.present(each, "customer") || Json.is(each, "customer", String.valueOf(customer)))
                .findFirst();
    }

    /** Whether somebody would have to choose between this code, for {@code customer} or for all, and another. */
    boolean isTaken(String code, @Nullable String customer) {
        return active(code).stream()
                .anyMatch(each ->
                        customer == null || !Json.present(each, "customer") || Json.is(each, "customer", customer));
    }

    private List<ObjectNode> active(String code) {
        return new Query(codes)
                .where(each -> Json.isTrue(each, "active") && code.equalsIgnoreCase(Json.text(each, "code")))
                .all();
    }

    /** A code is active only as long as its coupon is valid. */
    private void retire(String coupon) {
        for (ObjectNode code : new Query(codes)
                .where(each -> Json.isTrue(each, "active") && coupon.equals(couponOf(each)))
                .all()) {
            end(Json.textOf(code, "id"));
        }
    }

    private void end(String id) {
        events.changed("promotion_code.updated", codes.update(id, each -> each.put("active", false)));
    }

    /** A promotion code, by its id, that may be used for this; {@code param} named it. */
    public ObjectNode redeemable(String id, Purchase purchase, String param) {
        ObjectNode code = codes.find(id)
                .orElseThrow(
                        () -> StripeError.invalid("resource_missing", "No such promotion code: '" + id + "'", param));
        if (!Json.isTrue(code, "active")) {
            throw refused("This promotion code is not active.", param);
        }
        coupons.redeemable(couponOf(code), param);
        String only = Json.text(code, "customer");
        if (only != null && !only.equals(purchase.customer())) {
            throw refused("This promotion code cannot be redeemed because it belongs to another customer.", param);
        }
        restrict(code, purchase, param);
        return code;
    }

    private void restrict(ObjectNode code, Purchase purchase, String param) {
        ObjectNode restrictions = (ObjectNode) code.get("restrictions");
        String customer = purchase.customer();
        if (Json.isTrue(restrictions, "first_time_transaction") && customer != null && hasBought(customer)) {
            throw refused(
                    "This promotion code cannot be redeemed because the associated customer has prior transactions.",
                    param);
        }
        long least = Json.is(restrictions, "minimum_amount_currency", purchase.currency())
                ? Json.number(restrictions, "minimum_amount")
                : 0;
        if (purchase.amount() < least) {
            throw refused(
                    "This promotion code cannot be redeemed because the order does not meet its minimum amount.",
                    param);
        }
    }

    private static StripeError refused(String message, String param) {
        return StripeError.invalid(null, message, param);
    }

    /** By Stripe's rule: a successful payment, or an invoice that is not void. */
    private boolean hasBought(String customer) {
        boolean paid = stores.ofType("charge")
                .flatMap(charges -> new Query(charges)
                        .where("customer", customer)
                        .where("status", "succeeded")
                        .newest())
                .isPresent();
        return paid
                || stores.ofType("invoice")
                        .flatMap(invoices -> new Query(invoices)
                                .where("customer", customer)
                                .where(invoice -> !NO_TRANSACTION.contains(Json.text(invoice, "status")))
                                .newest())
                        .isPresent();
    }

    public static String couponOf(ObjectNode code) {
        return Json.textOf(code.path("promotion"), "coupon");
    }

    /** Counts one use more; the last one allowed makes it inactive. */
    public void redeem(String id) {
        events.changed("promotion_code.updated", codes.update(id, code -> {
            long times = Json.number(code, "times_redeemed") + 1;
            code.put("times_redeemed", times);
            if (Json.present(code, "max_redemptions") && times >= Json.number(code, "max_redemptions")) {
                code.put("active", false);
            }
        }));
    }

    void add(ObjectNode code) {
        codes.add(code);
        String id = Json.textOf(code, "id");
        if (Json.present(code, "expires_at")) {
            timeline.in(Duration.ofSeconds(Json.number(code, "expires_at") - timeline.now()), end, id);
        }
        events.emit("promotion_code.created", code);
    }
}
