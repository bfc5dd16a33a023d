package io.tillstream.simulator.discount;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.coupon.Coupons;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.promotioncode.PromotionCodes;
import io.tillstream.simulator.promotioncode.PromotionCodes.Purchase;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Coupons in use. Who takes {@code discounts} in a request first asks {@link #wanted}, which refuses what cannot be
 * used, and then {@link #redeem}, which counts the use and gives the discount object.
 */
@Component
public class Discounts {
    private final BillingTime time;
    private final Events events;
    private final Coupons coupons;
    private final PromotionCodes codes;
    private final Store discounts;

    /** A coupon that may be used, by itself or by a code; or a discount that is there already and is to stay. */
    public record Wanted(
            String coupon,
            @Nullable String promotionCode,
            @Nullable String discount) {}

    /** What a discount hangs on; all but one of the last four are null. */
    public record Target(
            @Nullable String customer,
            @Nullable String subscription,
            @Nullable String subscriptionItem,
            @Nullable String invoice,
            @Nullable String checkoutSession) {
        public static Target subscription(String customer, String id) {
            return new Target(customer, id, null, null, null);
        }

        public static Target session(@Nullable String customer, String id) {
            return new Target(customer, null, null, null, id);
        }

        public static Target invoice(String customer, String id) {
            return new Target(customer, null, null, id, null);
        }
    }

    Discounts(BillingTime time, Events events, Coupons coupons, PromotionCodes codes, Stores stores) {
        this.time = time;
        this.events = events;
        this.coupons = coupons;
        this.codes = codes;
        this.discounts = stores.open("discount", "di");
    }

    public Store store() {
        return discounts;
    }

    /** Reads the list {@code discounts} of a request: each a coupon, a promotion code, or a discount to keep. */
    public List<Wanted> wanted(Params params, Purchase purchase) {
        List<Wanted> wanted = new ArrayList<>();
        for (Params entry : params.children("discounts")) {
            wanted.add(wanted(
                    entry.text("coupon"), entry.text("promotion_code"), entry.text("discount"), purchase, entry));
        }
        return wanted;
    }

    private Wanted wanted(
            @Nullable String coupon,
            @Nullable String code,
            @Nullable String discount,
            Purchase purchase,
            Params entry) {
        if (discount != null) {
            ObjectNode known = discounts
                    .find(discount)
                    .orElseThrow(() -> StripeError.missingReference("discount", discount, entry.param("discount")));
            return new Wanted(couponOf(known), Json.text(known, "promotion_code"), discount);
        }
        if (code != null) {
            return byCode(code, purchase, entry.param("promotion_code"));
        }
        if (coupon == null) {
            throw StripeError.malformed(
                    "parameter_missing",
                    "Each discount must have one of coupon, promotion_code or discount.",
                    entry.param("coupon"));
        }
        refuseOtherCurrency(coupons.redeemable(coupon, entry.param("coupon")), purchase, entry.param("coupon"));
        return byCoupon(coupon, entry.param("coupon"));
    }

    /** By a coupon's id; {@code param} named it. */
    public Wanted byCoupon(String coupon, String param) {
        return new Wanted(Json.textOf(coupons.redeemable(coupon, param), "id"), null, null);
    }

    /** By a promotion code's id (not what a buyer types); {@code param} named it. */
    public Wanted byCode(String code, Purchase purchase, String param) {
        String coupon = PromotionCodes.couponOf(codes.redeemable(code, purchase, param));
        refuseOtherCurrency(coupons.redeemable(coupon, param), purchase, param);
        return new Wanted(coupon, code, null);
    }

    /** An amount off is of its own currencies; a share is of any. */
    private void refuseOtherCurrency(ObjectNode coupon, Purchase purchase, String param) {
        if (Json.present(coupon, "amount_off") && !coupons.knows(coupon, purchase.currency())) {
            throw StripeError.invalid(
                    null,
                    "This discount cannot be redeemed because its currency (" + Json.textOf(coupon, "currency")
                            + ") does not match the currency of the purchase (" + purchase.currency() + ").",
                    param);
        }
    }

    /** Counts the use and gives the discount, stored; one that is there already is given as it is. */
    public ObjectNode redeem(Wanted wanted, Target target) {
        ObjectNode discount = prepare(wanted, target);
        use(wanted, discount);
        return discount;
    }

    /** The discount, stored and not used yet: it may come to nothing. One that is there already is given as it is. */
    public ObjectNode prepare(Wanted wanted, Target target) {
        if (wanted.discount() != null) {
            return discounts.get(wanted.discount());
        }
        ObjectNode discount = of(wanted, target);
        discounts.add(discount);
        return discount;
    }

    /** Counts the use of what was prepared. */
    public void use(Wanted wanted, ObjectNode discount) {
        if (wanted.discount() != null) {
            return;
        }
        count(wanted);
        if (!Json.present(discount, "invoice") && !Json.present(discount, "checkout_session")) {
            events.emit("customer.discount.created", discount);
        }
    }

    /** The same in the place of another one, which ends by that. */
    public ObjectNode replace(Wanted wanted, Target target, ObjectNode old) {
        discounts.mark(Json.textOf(old, "id"));
        ObjectNode discount = add(wanted, target);
        events.emit("customer.discount.updated", discount, Json.previous(old, discount));
        return discount;
    }

    /** The discount of what is only offered: stored, and not counted as a use. */
    public ObjectNode offer(Wanted wanted, @Nullable String customer) {
        ObjectNode discount = of(wanted, new Target(customer, null, null, null, null));
        discounts.add(discount);
        return discount;
    }

    private ObjectNode add(Wanted wanted, Target target) {
        ObjectNode discount = of(wanted, target);
        discounts.add(discount);
        count(wanted);
        return discount;
    }

    private void count(Wanted wanted) {
        coupons.redeem(wanted.coupon());
        if (wanted.promotionCode() != null) {
            codes.redeem(wanted.promotionCode());
        }
    }

    private ObjectNode of(Wanted wanted, Target target) {
        ObjectNode discount = Json.object("discount", Ids.next("di"));
        discount.put("checkout_session", target.checkoutSession()).put("customer", target.customer());
        discount.putNull("customer_account").put("end", end(coupons.store().get(wanted.coupon())));
        discount.put("invoice", target.invoice()).putNull("invoice_item");
        discount.put("promotion_code", wanted.promotionCode());
        discount.putObject("source").put("coupon", wanted.coupon()).put("type", "coupon");
        discount.put("start", time.now()).put("subscription", target.subscription());
        return discount.put("subscription_item", target.subscriptionItem());
    }

    /** When a repeating coupon, used from now on, ends; null for those that end by use or never. */
    private @Nullable Long end(ObjectNode coupon) {
        if (!Json.is(coupon, "duration", "repeating")) {
            return null;
        }
        return Instant.ofEpochSecond(time.now())
                .atZone(ZoneOffset.UTC)
                .plusMonths(Json.number(coupon, "duration_in_months"))
                .toEpochSecond();
    }

    /** The currency of an amount off; null of a share, which has none. */
    @Nullable
    String currency(JsonNode discount) {
        return Json.text(coupons.store().get(couponOf(discount)), "currency");
    }

    /** The currency of an amount off that is of no other one; null if any other would do. */
    @Nullable
    String onlyCurrency(JsonNode discount) {
        return coupons.onlyCurrency(coupons.store().get(couponOf(discount)));
    }

    /** Takes a discount off what it hangs on. */
    public void end(String id) {
        ObjectNode discount = discounts.get(id);
        if (discounts.isMarked(id)) {
            return;
        }
        discounts.mark(id); // it stays readable, for the invoices that it changed
        events.emit("customer.discount.deleted", discount);
    }

    public static String couponOf(JsonNode discount) {
        return Json.textOf(discount.path("source"), "coupon");
    }

    /** Minor units that a discount object takes off {@code amount}; whether it applies says {@link #appliesTo}. */
    public long off(JsonNode discount, long amount, String currency) {
        return coupons.off(couponOf(discount), amount, currency);
    }

    public boolean appliesTo(JsonNode discount, String product) {
        return coupons.appliesTo(couponOf(discount), product);
    }

    /** Whether it is to be used on one invoice only. */
    public boolean isOnce(JsonNode discount) {
        return Json.is(coupons.store().get(couponOf(discount)), "duration", "once");
    }

    /** Whether a repeating discount has ended by a time, in seconds. */
    public static boolean hasEnded(JsonNode discount, long at) {
        return Json.present(discount, "end") && Json.number(discount, "end") <= at;
    }

    /** Whether it takes an amount off, to be used once an invoice, and not a share of each line. */
    public boolean isAmount(JsonNode discount) {
        return Json.present(coupons.store().get(couponOf(discount)), "amount_off");
    }
}
