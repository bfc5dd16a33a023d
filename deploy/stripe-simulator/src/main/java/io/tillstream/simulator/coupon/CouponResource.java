package io.tillstream.simulator.coupon;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.product.Products;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Timeline;
import java.math.BigDecimal;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/coupons}: create with an id of one's own or not, retrieve, update, list, delete. */
@Component
class CouponResource implements Resource {
    private static final int ID_LENGTH = 8; // as long as the ids that Stripe gives coupons
    private static final BigDecimal WHOLE = BigDecimal.valueOf(100);

    private final Timeline timeline;
    private final Events events;
    private final Coupons coupons;
    private final CouponTerms terms;
    private final Products products;

    CouponResource(Timeline timeline, Events events, Coupons coupons, CouponTerms terms, Products products) {
        this.timeline = timeline;
        this.events = events;
        this.coupons = coupons;
        this.terms = terms;
        this.products = products;
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/coupons", call -> call.list(coupons.store(), new Query(coupons.store())))
                .paged();
        routes.post("/v1/coupons", this::create)
                .takes(
                        "id",
                        "name",
                        "metadata.*",
                        "currency",
                        "amount_off",
                        "percent_off",
                        "currency_options.amount_off")
                .takes("duration", "duration_in_months", "max_redemptions", "redeem_by", "applies_to.products");
        routes.get("/v1/coupons/{id}", this::living);
        routes.post("/v1/coupons/{id}", this::update).takes("name", "metadata.*", "currency_options.amount_off");
        routes.delete("/v1/coupons/{id}", this::delete);
    }

    private ObjectNode living(Call call) {
        if (!coupons.isThere(call.variable("id"))) {
            throw StripeError.missing("coupon", call.variable("id"), "coupon");
        }
        return coupons.store().get(call.variable("id"));
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        String given = params.text("id");
        String id = given == null ? Ids.random(ID_LENGTH) : given;
        if (coupons.isThere(id)) {
            throw StripeError.invalid("resource_already_exists", "Coupon already exists.", "id");
        }
        ObjectNode coupon = Json.object("coupon", id);
        off(params, coupon);
        coupon.put("created", timeline.now());
        duration(params, coupon);
        coupon.put("livemode", false);
        limits(params, coupon);
        Metadata.apply(params, coupon);
        coupon.put("name", params.text("name")).put("times_redeemed", 0).put("valid", true);
        Params applies = params.child("applies_to");
        if (applies != null) {
            applies.texts("products").forEach(product -> products.living(product, "applies_to[products]"));
        }
        terms.forget(id);
        terms.keep(id, params);
        coupons.add(coupon);
        return coupons.store().get(id);
    }

    private static void off(Params params, ObjectNode coupon) {
        Long amount = params.integer("amount_off");
        String percent = params.text("percent_off");
        if ((amount == null) == (percent == null)) {
            throw StripeError.malformed(
                    amount == null ? "parameter_missing" : null,
                    amount == null
                            ? "Must provide percent_off or amount_off when creating a coupon."
                            : "You may only specify one of these parameters: amount_off, percent_off.",
                    amount == null ? null : "amount_off");
        }
        if (amount != null) {
            if (amount < 1) {
                throw StripeError.malformed("parameter_invalid_integer", "Invalid positive integer", "amount_off");
            }
            coupon.put("amount_off", amount);
            coupon.put("currency", Currencies.read(params));
            coupon.putNull("percent_off");
        } else {
            refuseAmounts(params);
            coupon.putNull("amount_off").put("currency", params.has("currency") ? Currencies.read(params) : null);
            coupon.put("percent_off", percent(Objects.requireNonNull(percent)));
        }
    }

    /** docs.stripe.com/api/coupons/create: "only supported if `amount_off` is passed". */
    private static void refuseAmounts(Params params) {
        if (params.has("currency_options")) {
            throw StripeError.malformed(
                    null, "You cannot set `currency_options` unless `amount_off` is set.", "currency_options");
        }
    }

    private static BigDecimal percent(String text) {
        try {
            BigDecimal percent = new BigDecimal(text);
            if (percent.signum() > 0 && percent.compareTo(WHOLE) <= 0) {
                return percent;
            }
        } catch (NumberFormatException e) {
            // Refused below, as a percentage out of bounds is.
        }
        throw StripeError.malformed(
                null, "Invalid percent_off: must be greater than 0 and at most 100.", "percent_off");
    }

    private static void duration(Params params, ObjectNode coupon) {
        String duration = Objects.requireNonNullElse(params.oneOf("duration", "forever", "once", "repeating"), "once");
        coupon.put("duration", duration);
        if (duration.equals("repeating")) {
            coupon.put("duration_in_months", params.requiredInteger("duration_in_months"));
        } else if (params.has("duration_in_months")) {
            throw StripeError.malformed(
                    null,
                    "You cannot set `duration_in_months` unless `duration` is `repeating`.",
                    "duration_in_months");
        } else {
            coupon.putNull("duration_in_months");
        }
    }

    private void limits(Params params, ObjectNode coupon) {
        Long most = params.integer("max_redemptions");
        Long until = params.integer("redeem_by");
        if (until != null && until <= timeline.now()) {
            throw StripeError.malformed(null, "redeem_by must be in the future.", "redeem_by");
        }
        if (most != null && most < 1) {
            throw StripeError.malformed("parameter_invalid_integer", "Invalid positive integer", "max_redemptions");
        }
        coupon.put("max_redemptions", most).put("redeem_by", until);
    }

    private ObjectNode update(Call call) {
        ObjectNode coupon = living(call);
        if (!Json.present(coupon, "amount_off")) {
            refuseAmounts(call.params());
        }
        Metadata.apply(call.params(), coupon); // a refused change must leave nothing behind
        terms.addAmounts(call.variable("id"), call.params().child("currency_options"));
        Store.Change change = coupons.store().update(call.variable("id"), each -> {
            Metadata.apply(call.params(), each);
            call.params().copy(each, "name");
        });
        events.changed("coupon.updated", change);
        return change.object();
    }

    private ObjectNode delete(Call call) {
        ObjectNode unused = living(call);
        coupons.delete(call.variable("id"));
        return Json.object("coupon", call.variable("id")).put("deleted", true);
    }
}
