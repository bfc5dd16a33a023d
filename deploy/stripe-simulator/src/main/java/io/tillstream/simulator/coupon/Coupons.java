package io.tillstream.simulator.coupon;

import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import io.tillstream.simulator.state.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** All coupons: which can be used still, and what they take off. */
@Component
public class Coupons {
    private final Timeline timeline;
    private final Events events;
    private final CouponTerms terms;
    private final Store coupons;
    private final Work expiry;
    private final List<Consumer<String>> whenInvalid = new ArrayList<>();

    Coupons(Timeline timeline, Events events, CouponTerms terms, Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.terms = terms;
        this.coupons = stores.openToOwnIds("coupon", "coupon");
        this.expiry = timeline.work("coupon.expiry", with -> expire(with.get(0)));
        coupons.includes("applies_to", coupon -> terms.appliesTo(Json.textOf(coupon, "id")));
        coupons.includes("currency_options", terms::currencyOptions);
    }

    public Store store() {
        return coupons;
    }

    /** Whether it is there: a deleted one is kept for those who use it already, but not found any more. */
    boolean isThere(String id) {
        return coupons.find(id).isPresent() && !coupons.isMarked(id);
    }

    /** A coupon that may be used now; {@code param} named it. */
    @CanIgnoreReturnValue
    public ObjectNode redeemable(String id, String param) {
        if (!isThere(id)) {
            throw StripeError.missingReference("coupon", id, param);
        }
        ObjectNode coupon = coupons.get(id);
        if (!Json.isTrue(coupon, "valid")) {
            throw StripeError.invalid("coupon_expired", "Coupon expired: " + id, param);
        }
        return coupon;
    }

    /** Called with the id of a coupon that can be used no more. */
    public void whenInvalid(Consumer<String> listener) {
        whenInvalid.add(listener);
    }

    /** Counts one use more. */
    public void redeem(String id) {
        judge(id, 1);
    }

    private void judge(String id, int more) {
        ObjectNode judged = coupons.update(id, coupon -> {
                    coupon.put("times_redeemed", Json.number(coupon, "times_redeemed") + more);
                    judge(coupon);
                })
                .object();
        if (!Json.isTrue(judged, "valid")) {
            whenInvalid.forEach(listener -> listener.accept(id));
        }
    }

    private void judge(ObjectNode coupon) {
        boolean used = Json.present(coupon, "max_redemptions")
                && Json.number(coupon, "times_redeemed") >= Json.number(coupon, "max_redemptions");
        boolean late = Json.present(coupon, "redeem_by") && Json.number(coupon, "redeem_by") <= timeline.now();
        coupon.put("valid", !used && !late);
    }

    /**
     * Minor units that a coupon takes off {@code amount}: never more than that, and nothing if it is an amount off in
     * other currencies only. Whether it applies to a product at all says {@link #appliesTo}.
     */
    public long off(String coupon, long amount, String currency) {
        return terms.off(coupons.get(coupon), amount, currency);
    }

    /** Whether its amount is known in this currency. */
    public boolean knows(ObjectNode coupon, String currency) {
        return terms.off(coupon, Long.MAX_VALUE, currency) > 0;
    }

    /** The currency of a coupon that is of one only; null of a share, or where {@code currency_options} has more. */
    public @Nullable String onlyCurrency(ObjectNode coupon) {
        boolean one = terms.currencyOptions(coupon).size() == 1;
        return one ? Json.text(coupon, "currency") : null;
    }

    /** Whether a coupon takes anything off this product: of all, or of those in {@code applies_to}. */
    public boolean appliesTo(String coupon, String product) {
        return terms.isFor(coupon, product);
    }

    void add(ObjectNode coupon) {
        String id = Json.textOf(coupon, "id");
        if (coupons.find(id).isPresent()) {
            coupons.delete(id, null); // what is left of a deleted one gives way to the new one
        }
        coupons.add(coupon);
        if (Json.present(coupon, "redeem_by")) {
            timeline.in(Duration.ofSeconds(Json.number(coupon, "redeem_by") - timeline.now()), expiry, id);
        }
        events.emit("coupon.created", coupon);
    }

    private void expire(String id) {
        if (isThere(id)) {
            judge(id, 0);
        }
    }

    /** Nobody can use it any more; who does already keeps it. */
    void delete(String id) {
        ObjectNode coupon = coupons.get(id);
        coupons.delete(id, coupon.deepCopy().put("valid", false));
        coupons.mark(id);
        events.emit("coupon.deleted", coupon.put("valid", false));
        whenInvalid.forEach(listener -> listener.accept(id));
    }
}
