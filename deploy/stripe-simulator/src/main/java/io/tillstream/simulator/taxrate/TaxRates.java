package io.tillstream.simulator.taxrate;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.math.BigDecimal;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/tax_rates}: create, retrieve, update, list. What a rate is of cannot be changed; it can be archived. */
@Component
public class TaxRates implements Resource {
    private static final BigDecimal WHOLE = BigDecimal.valueOf(100);
    private static final int MOST_DECIMALS = 4; // Stripe's limit

    private final Timeline timeline;
    private final Events events;
    private final Store rates;

    TaxRates(Timeline timeline, Events events, Stores stores) {
        this.timeline = timeline;
        this.events = events;
        this.rates = stores.open("tax_rate", "txr");
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/tax_rates", this::create)
                .takes("active", "country", "description", "display_name", "inclusive", "jurisdiction")
                .takes("metadata.*", "percentage", "state");
        routes.get("/v1/tax_rates", this::list).paged().takes("active", "inclusive");
        routes.get("/v1/tax_rates/{id}", call -> call.object(rates, "tax_rate"));
        routes.post("/v1/tax_rates/{id}", this::update)
                .takes("active", "country", "description", "display_name", "jurisdiction", "metadata.*", "state");
    }

    public Store store() {
        return rates;
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        params.required("inclusive");
        BigDecimal percentage = percentage(params);
        ObjectNode rate = Json.object("tax_rate", Ids.next("txr"));
        rate.put("active", !Boolean.FALSE.equals(params.flag("active"))).putNull("country");
        rate.put("created", timeline.now()).putNull("description");
        rate.put("display_name", params.required("display_name")).putNull("effective_percentage");
        rate.putNull("flat_amount").put("inclusive", params.isTrue("inclusive")).putNull("jurisdiction");
        rate.putNull("jurisdiction_level").put("livemode", false);
        apply(params, rate);
        rate.put("percentage", percentage).put("rate_type", "percentage");
        if (!rate.has("state")) {
            rate.putNull("state");
        }
        rates.add(rate.putNull("tax_type"));
        events.emit("tax_rate.created", rate);
        return rate;
    }

    private static BigDecimal percentage(Params params) {
        BigDecimal percentage = new BigDecimal(params.required("percentage")).stripTrailingZeros();
        boolean within = percentage.signum() >= 0 && percentage.compareTo(WHOLE) <= 0;
        if (!within || percentage.scale() > MOST_DECIMALS) {
            throw StripeError.malformed(
                    null,
                    "Invalid percentage: must be between 0 and 100, with up to four decimal places.",
                    "percentage");
        }
        return percentage.scale() < 0 ? percentage.setScale(0) : percentage;
    }

    private ObjectNode list(Call call) {
        Query query = new Query(rates);
        for (String field : new String[] {"active", "inclusive"}) {
            Boolean wanted = call.params().flag(field);
            if (wanted != null) {
                query.where(rate -> Json.isTrue(rate, field) == wanted);
            }
        }
        return call.list(rates, query);
    }

    private ObjectNode update(Call call) {
        apply(call.params(), call.object(rates, "tax_rate")); // a refused change must leave nothing behind
        Store.Change change = rates.update(call.variable("id"), each -> apply(call.params(), each));
        events.changed("tax_rate.updated", change);
        return change.object();
    }

    private static void apply(Params params, ObjectNode rate) {
        params.copy(rate, "country", "description", "jurisdiction", "state");
        String name = params.text("display_name");
        if (name != null) {
            rate.put("display_name", name);
        }
        Boolean active = params.flag("active");
        if (active != null) {
            rate.put("active", active);
        }
        Metadata.apply(params, rate);
    }
}
