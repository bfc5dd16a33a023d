package io.tillstream.simulator.checkout;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.coupon.Coupons;
import io.tillstream.simulator.discount.Discounts;
import io.tillstream.simulator.discount.Discounts.Wanted;
import io.tillstream.simulator.promotioncode.PromotionCodes;
import io.tillstream.simulator.promotioncode.PromotionCodes.Purchase;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a session costs less: by the shop's choice, or by a code that the buyer types. */
@Component
public class SessionDiscounts {
    private final Coupons coupons;
    private final PromotionCodes codes;
    private final Discounts discounts;
    private final LineItems lines;

    SessionDiscounts(Coupons coupons, PromotionCodes codes, Discounts discounts, LineItems lines) {
        this.coupons = coupons;
        this.codes = codes;
        this.discounts = discounts;
        this.lines = lines;
    }

    /** Takes a trial and the shop's discounts off the lines of a new session; gives what to redeem. */
    @CanIgnoreReturnValue
    public List<Wanted> reduce(Params params, List<ObjectNode> sold) {
        Params subscription = params.child("subscription_data");
        if (subscription != null && (subscription.has("trial_period_days") || subscription.has("trial_end"))) {
            sold.stream()
                    .filter(line -> Json.is(line, "price.type", "recurring"))
                    .forEach(line -> line.put("amount_subtotal", 0).put("amount_total", 0));
        }
        if (params.has("allow_promotion_codes") && params.has("discounts")) {
            throw StripeError.malformed(
                    null,
                    "You may only specify one of these parameters: allow_promotion_codes, discounts.",
                    "allow_promotion_codes");
        }
        if (sold.isEmpty() || !params.has("discounts")) {
            return List.of();
        }
        List<Wanted> wanted = discounts.wanted(params, purchase(params.text("customer"), sold));
        wanted.forEach(each -> takeOff(each.coupon(), sold));
        return wanted;
    }

    private static Purchase purchase(@Nullable String customer, List<ObjectNode> sold) {
        return new Purchase(customer, Json.textOf(sold.get(0), "currency"), SessionJson.sum(sold, "amount_subtotal"));
    }

    /** A share off each line that the coupon is for, or an amount off them one after the other. */
    private void takeOff(String coupon, List<ObjectNode> sold) {
        List<ObjectNode> reduced = sold.stream()
                .filter(line -> coupons.appliesTo(coupon, Json.textOf(line.path("price"), "product")))
                .toList();
        if (reduced.isEmpty()) {
            return;
        }
        String currency = Json.textOf(reduced.get(0), "currency");
        long left = coupons.off(coupon, SessionJson.sum(reduced, "amount_total"), currency);
        boolean share = Json.present(coupons.store().get(coupon), "percent_off");
        for (ObjectNode line : reduced) {
            long total = Json.number(line, "amount_total");
            long off = Math.min(left, share ? coupons.off(coupon, total, currency) : total);
            left -= off;
            line.put("amount_discount", Json.number(line, "amount_discount") + off)
                    .put("amount_total", total - off);
        }
    }

    public static void show(ObjectNode session, List<Wanted> wanted) {
        if (!wanted.isEmpty()) {
            ArrayNode shown = session.putArray("discounts");
            for (Wanted each : wanted) {
                shown.addObject()
                        .put("coupon", each.promotionCode() == null ? each.coupon() : null)
                        .put("promotion_code", each.promotionCode());
            }
        }
    }

    /** Within a turn: a buyer typed a code. What the session costs changes at once; a bad code is refused. */
    void type(Sessions sessions, ObjectNode session, String typed) {
        String id = Json.textOf(session, "id");
        if (!Json.isTrue(session, "allow_promotion_codes")) {
            throw StripeError.invalid(null, "This shop takes no promotion codes.", "promotion_code");
        }
        ObjectNode code = codes.typed(typed, Json.text(session, "customer"))
                .orElseThrow(() -> StripeError.invalid(null, "This code is invalid.", "promotion_code"));
        List<ObjectNode> sold = lines.of(id);
        sold.forEach(line -> line.put("amount_discount", 0).put("amount_total", Json.number(line, "amount_subtotal")));
        Wanted wanted = discounts.byCode(
                Json.textOf(code, "id"), purchase(Json.text(session, "customer"), sold), "promotion_code");
        takeOff(wanted.coupon(), sold);
        lines.change(sold);
        sessions.store().update(id, each -> {
            show(each, List.of(wanted));
            each.put("amount_total", SessionJson.sum(sold, "amount_total"));
            ((ObjectNode) each.get("total_details")).put("amount_discount", SessionJson.sum(sold, "amount_discount"));
            boolean free = SessionJson.sum(sold, "amount_total") == 0;
            each.put("payment_status", free ? "no_payment_required" : "unpaid");
        });
    }

    /** A payment counts as a use of its coupons; for a subscription that happens when it is made. */
    void redeem(ObjectNode session) {
        for (JsonNode each : session.path("discounts")) {
            String code = Json.text(each, "promotion_code");
            String coupon = code == null
                    ? Json.textOf(each, "coupon")
                    : PromotionCodes.couponOf(codes.store().get(code));
            Discounts.Target target =
                    Discounts.Target.session(Json.text(session, "customer"), Json.textOf(session, "id"));
            ObjectNode unused = discounts.redeem(new Wanted(coupon, code, null), target);
        }
    }
}
