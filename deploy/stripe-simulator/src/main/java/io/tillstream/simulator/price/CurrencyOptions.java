package io.tillstream.simulator.price;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.balance.Currencies;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Stores;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** What a price is in other currencies than its own: shown only by {@code expand[]}. */
@Component
class CurrencyOptions {
    private final StateMap<ObjectNode> byPrice;

    CurrencyOptions(Stores stores) {
        this.byPrice = stores.map("price.currency_options", ObjectNode.class);
    }

    /** Adds or replaces what the parameters name; an empty value takes a currency away. */
    void add(String price, Params params) {
        Params given = params.child("currency_options");
        if (given == null) {
            return;
        }
        refuseUnknown(params);
        ObjectNode all = byPrice.getOrDefault(price, Json.object()).deepCopy();
        for (String currency : given.names()) {
            Params option = given.child(currency);
            if (option == null) {
                all.remove(Prices.lower(currency));
            } else {
                all.set(Prices.lower(currency), option(option));
            }
        }
        byPrice.put(price, all);
    }

    /** Before anything is made: the currencies have to be some that there are. */
    static void refuseUnknown(Params params) {
        Params given = params.child("currency_options");
        if (given != null) {
            given.names().forEach(currency -> Currencies.known(currency, given.param(currency)));
        }
    }

    private static ObjectNode option(Params params) {
        ObjectNode option = Json.object().putNull("custom_unit_amount");
        String tax = params.text("tax_behavior");
        option.put("tax_behavior", tax == null ? "unspecified" : tax);
        PriceJson.amount(params, option);
        return option;
    }

    @Nullable
    String decimal(String price, String currency) {
        ObjectNode all = byPrice.get(price);
        return all == null ? null : Json.text(all.path(currency), "unit_amount_decimal");
    }

    /** With the price's own currency among them, as Stripe shows it. */
    ObjectNode of(ObjectNode price) {
        ObjectNode all = Json.object();
        ObjectNode own = all.putObject(Json.textOf(price, "currency")).putNull("custom_unit_amount");
        for (String field : new String[] {"tax_behavior", "unit_amount", "unit_amount_decimal"}) {
            own.set(field, price.get(field));
        }
        ObjectNode others = byPrice.get(Json.textOf(price, "id"));
        return others == null ? all : all.setAll(others.deepCopy());
    }

    void forget(String price) {
        byPrice.remove(price);
    }
}
