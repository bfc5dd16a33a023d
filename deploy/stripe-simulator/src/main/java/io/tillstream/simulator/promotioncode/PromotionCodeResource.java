package io.tillstream.simulator.promotioncode;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.coupon.Coupons;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Timeline;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/promotion_codes}: create, retrieve, update, list. */
@Component
class PromotionCodeResource implements Resource {
    private static final int CODE_LENGTH = 8; // as long as the codes that Stripe thinks of

    private final Timeline timeline;
    private final Events events;
    private final Coupons coupons;
    private final Customers customers;
    private final PromotionCodes codes;

    PromotionCodeResource(
            Timeline timeline, Events events, Coupons coupons, Customers customers, PromotionCodes codes) {
        this.timeline = timeline;
        this.events = events;
        this.coupons = coupons;
        this.customers = customers;
        this.codes = codes;
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/promotion_codes", this::list).paged().takes("active", "code", "coupon", "customer");
        routes.post("/v1/promotion_codes", this::create)
                .takes("active", "code", "customer", "expires_at", "max_redemptions")
                .takes("metadata.*", "promotion.type", "promotion.coupon", "restrictions.first_time_transaction")
                .takes("restrictions.minimum_amount", "restrictions.minimum_amount_currency");
        routes.get("/v1/promotion_codes/{id}", call -> call.object(codes.store(), "promotion_code"));
        routes.post("/v1/promotion_codes/{id}", this::update).takes("active", "metadata.*");
    }

    private ObjectNode list(Call call) {
        Params params = call.params();
        Query query = new Query(codes.store()).where("customer", params.text("customer"));
        Boolean active = params.flag("active");
        if (active != null) {
            query.where(code -> Json.isTrue(code, "active") == active);
        }
        String typed = params.text("code");
        if (typed != null) {
            query.where(code -> typed.equalsIgnoreCase(Json.text(code, "code")));
        }
        String coupon = params.text("coupon");
        if (coupon != null) {
            query.where(code -> coupon.equals(PromotionCodes.couponOf(code)));
        }
        return call.list(codes.store(), query);
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        Params promotion = params.child("promotion");
        if (promotion == null) {
            throw StripeError.malformed("parameter_missing", "Missing required param: promotion.", "promotion");
        }
        promotion.required("type");
        promotion.oneOf("type", "coupon");
        ObjectNode coupon = coupons.redeemable(promotion.required("coupon"), promotion.param("coupon"));
        call.referenced(customers.store(), "customer");
        String text = Objects.requireNonNullElseGet(
                params.text("code"), () -> Ids.random(CODE_LENGTH).toUpperCase(Locale.ROOT));
        refuseOddCharacters(text);
        boolean active = !Boolean.FALSE.equals(params.flag("active"));
        if (active && codes.isTaken(text, params.text("customer"))) {
            throw StripeError.invalid(
                    null, "An active promotion code with `code: " + text + "` already exists.", "code");
        }
        ObjectNode code = Json.object("promotion_code", Ids.next("promo"));
        code.put("active", active).put("code", text).put("created", timeline.now());
        code.put("customer", params.text("customer")).putNull("customer_account");
        limits(params, coupon, code);
        code.put("livemode", false);
        Metadata.apply(params, code);
        code.putObject("promotion").put("coupon", Json.textOf(coupon, "id")).put("type", "coupon");
        code.set("restrictions", restrictions(params.child("restrictions")));
        codes.add(code.put("times_redeemed", 0));
        return code;
    }

    /** docs.stripe.com/api/promotion_codes/create: letters, digits, and by now dashes. */
    private static void refuseOddCharacters(String text) {
        if (!text.matches("[A-Za-z0-9-]+")) {
            throw StripeError.invalid(
                    null,
                    "The promotion code `" + text + "` is invalid: it may have letters, digits and dashes only.",
                    "code");
        }
    }

    private void limits(Params params, ObjectNode coupon, ObjectNode code) {
        Long until = params.integer("expires_at");
        Long most = params.integer("max_redemptions");
        if (most != null && most < 1) {
            throw StripeError.malformed("parameter_invalid_integer", "Invalid positive integer", "max_redemptions");
        }
        if (until != null && until <= timeline.now()) {
            throw StripeError.malformed(null, "expires_at must be in the future.", "expires_at");
        }
        if (until != null && Json.present(coupon, "redeem_by") && until > Json.number(coupon, "redeem_by")) {
            throw StripeError.malformed(
                    null, "expires_at must not be later than the coupon's redeem_by.", "expires_at");
        }
        if (most != null && Json.present(coupon, "max_redemptions") && most > Json.number(coupon, "max_redemptions")) {
            throw StripeError.malformed(
                    null, "max_redemptions must not be more than the coupon's max_redemptions.", "max_redemptions");
        }
        code.put("expires_at", until != null ? until : orNull(coupon, "redeem_by"));
        code.put("max_redemptions", most);
    }

    private static @Nullable Long orNull(ObjectNode coupon, String field) {
        return Json.present(coupon, field) ? Json.number(coupon, field) : null;
    }

    private static ObjectNode restrictions(@Nullable Params given) {
        ObjectNode restrictions =
                Json.literal("{'first_time_transaction':false,'minimum_amount':null,'minimum_amount_currency':null}");
        if (given == null) {
            return restrictions;
        }
        restrictions.put("first_time_transaction", given.isTrue("first_time_transaction"));
        Long least = given.integer("minimum_amount");
        if (least == null && given.has("minimum_amount_currency")) {
            least = given.requiredInteger("minimum_amount");
        }
        if (least != null) {
            if (least < 1) {
                throw StripeError.malformed(
                        "parameter_invalid_integer", "Invalid positive integer", given.param("minimum_amount"));
            }
            String currency = given.required("minimum_amount_currency");
            restrictions.put("minimum_amount", least);
            restrictions.put(
                    "minimum_amount_currency", Currencies.known(currency, given.param("minimum_amount_currency")));
        }
        return restrictions;
    }

    private ObjectNode update(Call call) {
        ObjectNode code = call.object(codes.store(), "promotion_code");
        Boolean active = call.params().flag("active");
        if (Boolean.TRUE.equals(active) && !Json.isTrue(code, "active")) {
            refuseToRevive(code);
        }
        Metadata.apply(call.params(), code); // a refused change must leave nothing behind
        Store.Change change = codes.store().update(call.variable("id"), each -> {
            Metadata.apply(call.params(), each);
            if (active != null) {
                each.put("active", active);
            }
        });
        events.changed("promotion_code.updated", change);
        return change.object();
    }

    private void refuseToRevive(ObjectNode code) {
        coupons.redeemable(PromotionCodes.couponOf(code), "active");
        boolean late = Json.present(code, "expires_at") && Json.number(code, "expires_at") <= timeline.now();
        boolean used = Json.present(code, "max_redemptions")
                && Json.number(code, "times_redeemed") >= Json.number(code, "max_redemptions");
        if (late || used || codes.isTaken(Json.textOf(code, "code"), Json.text(code, "customer"))) {
            throw StripeError.invalid(null, "This promotion code cannot be made active again.", "active");
        }
    }
}
