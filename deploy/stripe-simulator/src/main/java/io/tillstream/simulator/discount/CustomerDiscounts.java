package io.tillstream.simulator.discount;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.customer.CustomerCurrencies;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.discount.Discounts.Target;
import io.tillstream.simulator.discount.Discounts.Wanted;
import io.tillstream.simulator.promotioncode.PromotionCodes.Purchase;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * The discount of a customer: it lowers what has none of its own. Only versions of the API before 2025-09-30.clover give
 * one, by {@code coupon} or {@code promotion_code} (docs.stripe.com/changelog/clover); it can be taken away in all.
 */
@Component
public class CustomerDiscounts implements Resource {
    private final Customers customers;
    private final Discounts discounts;
    private final CustomerCurrencies currencies;

    CustomerDiscounts(Customers customers, Discounts discounts, CustomerCurrencies currencies, BillingTime time) {
        currencies.usedBy(customer -> of(customer, time.now()).map(discounts::currency).stream());
        this.customers = customers;
        this.discounts = discounts;
        this.currencies = currencies;
        customers.uponCreation(
                each -> give(Json.textOf(each.customer(), "id"), each.call().params()));
        customers.beforeUpdate(this::give);
    }

    @Override
    public void addTo(Routes routes) {
        routes.delete("/v1/customers/{id}/discount", this::delete);
    }

    /** The discount that there is now, if it has not ended by {@code at}. */
    public Optional<ObjectNode> of(String customer, long at) {
        return customers
                .store()
                .find(customer)
                .filter(each -> each.path("discount").isObject())
                .map(each -> (ObjectNode) each.get("discount"))
                .filter(discount -> !Discounts.hasEnded(discount, at));
    }

    private void give(String customer, Params params) {
        String coupon = params.text("coupon");
        String code = params.text("promotion_code");
        if (coupon == null && code == null) {
            if (params.unset("coupon") || params.unset("promotion_code")) {
                end(customer);
            }
            return;
        }
        Wanted wanted = wanted(customer, coupon, code);
        Target target = new Target(customer, null, null, null, null);
        ObjectNode old = of(customer, Long.MIN_VALUE).orElse(null);
        ObjectNode discount = old == null ? discounts.redeem(wanted, target) : discounts.replace(wanted, target, old);
        customers.store().update(customer, each -> each.set("discount", discount));
        String currency = discounts.onlyCurrency(discount);
        if (currency != null) {
            currencies.refuseOther(customer, currency); // the old discount does not count any more
        }
    }

    private Wanted wanted(String customer, @Nullable String coupon, @Nullable String code) {
        String currency = Json.text(customers.store().get(customer), "currency");
        return code == null
                ? discounts.byCoupon(coupon == null ? "" : coupon, "coupon")
                : discounts.byCode(
                        code, new Purchase(customer, currency == null ? "usd" : currency, 0), "promotion_code");
    }

    /** Takes it away, if there is one. */
    public void end(String customer) {
        of(customer, Long.MIN_VALUE).ifPresent(discount -> {
            customers.store().update(customer, each -> each.putNull("discount"));
            discounts.end(Json.textOf(discount, "id"));
        });
    }

    private ObjectNode delete(Call call) {
        String id = call.variable("id");
        call.object(customers.store(), "customer");
        ObjectNode discount = of(id, Long.MIN_VALUE)
                .orElseThrow(() ->
                        StripeError.of(404, "invalid_request_error", null, "No active discount for customer: " + id));
        end(id);
        discount.remove("end");
        return discount.put("deleted", true);
    }
}
