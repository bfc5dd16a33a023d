package io.tillstream.simulator.quote;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.checkout.LineItems;
import io.tillstream.simulator.checkout.SessionDiscounts;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.page.Amounts;
import io.tillstream.simulator.page.Pdf;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/quotes}: create, retrieve, update, finalize, accept, cancel, list, lines, and the PDF. */
@Component
class QuoteResource implements Resource {
    private static final Duration GOOD_FOR = Duration.ofDays(30); // Stripe's default
    private static final String[] PARAMS = {
        "automatic_tax.enabled=false",
        "collection_method",
        "customer",
        "description",
        "discounts.coupon",
        "discounts.promotion_code",
        "expires_at",
        "footer",
        "header",
        "invoice_settings.days_until_due",
        "line_items.id",
        "line_items.price",
        "line_items.price_data.*",
        "line_items.quantity",
        "metadata.*",
        "subscription_data.billing_mode.type",
        "subscription_data.description",
        "subscription_data.metadata.*",
        "subscription_data.trial_period_days",
        "test_clock"
    };

    private final BillingTime time;
    private final Customers customers;
    private final Quotes quotes;
    private final LineItems lines;
    private final SessionDiscounts discounts;
    private final QuoteDiscounts offers;

    QuoteResource(
            BillingTime time,
            Customers customers,
            Quotes quotes,
            LineItems lines,
            SessionDiscounts discounts,
            QuoteDiscounts offers) {
        this.time = time;
        this.customers = customers;
        this.quotes = quotes;
        this.lines = lines;
        this.discounts = discounts;
        this.offers = offers;
        quotes.store().includes("line_items", quote -> firstLines(Json.textOf(quote, "id")));
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/quotes", this::create).takesAnyOf(PARAMS);
        routes.get("/v1/quotes", this::list).paged().takes("customer", "status", "test_clock");
        routes.get("/v1/quotes/{id}", this::quote);
        routes.post("/v1/quotes/{id}", this::update).takesAnyOf(PARAMS);
        routes.post("/v1/quotes/{id}/finalize", this::open).takes("expires_at");
        routes.post("/v1/quotes/{id}/accept", call -> quotes.accept(quote(call), lines.of(call.variable("id"))));
        routes.post("/v1/quotes/{id}/cancel", call -> quotes.cancel(quote(call)));
        routes.get("/v1/quotes/{id}/line_items", this::lineItems).paged();
        routes.get("/v1/quotes/{id}/computed_upfront_line_items", this::lineItems)
                .paged();
        routes.get("/v1/quotes/{id}/pdf", this::pdf).answers("application/pdf");
    }

    @CanIgnoreReturnValue
    private ObjectNode quote(Call call) {
        return call.object(quotes.store(), "quote");
    }

    private ObjectNode create(Call call) {
        Params params = call.params();
        ObjectNode quote = QuoteJson.draft(time.now(), time.now() + GOOD_FOR.toSeconds());
        String clock = params.text("test_clock");
        quote.put("test_clock", clock);
        return said(quote, params, List.of());
    }

    /** What a request says of a quote, old or new; a refused one leaves nothing behind. */
    private ObjectNode said(ObjectNode quote, Params params, List<ObjectNode> before) {
        refusePast(params);
        buyer(params, quote);
        QuoteJson.apply(params, quote);
        List<ObjectNode> sold = params.has("line_items") ? read(params) : before;
        discount(params, quote, sold);
        QuoteJson.compute(quote, sold);
        String id = Json.textOf(quote, "id");
        lines.replace(id, sold);
        if (quotes.store().find(id).isEmpty()) {
            quotes.add(quote);
            return quote;
        }
        return quotes.store().update(id, each -> each.setAll(quote)).object();
    }

    private void buyer(Params params, ObjectNode quote) {
        String customer = params.text("customer");
        if (customer == null) {
            return;
        }
        boolean known = customers
                .store()
                .find(customer)
                .filter(each -> !Json.isTrue(each, "deleted"))
                .isPresent();
        if (!known) {
            throw StripeError.missingReference("customer", customer, "customer");
        }
        quote.put("customer", customer);
        if (!Json.present(quote, "test_clock")) {
            quote.put("test_clock", time.clock(customer));
        }
    }

    private List<ObjectNode> read(Params params) {
        List<ObjectNode> sold = new ArrayList<>(lines.read(params, time.now(), true));
        boolean mixed = sold.stream()
                        .filter(QuoteJson::isRecurring)
                        .map(line -> line.path("price").path("recurring"))
                        .map(each -> Json.text(each, "interval") + " " + Json.number(each, "interval_count"))
                        .distinct()
                        .count()
                > 1;
        if (mixed) {
            throw StripeError.invalid(
                    null, "All recurring prices of a quote must have the same interval.", "line_items");
        }
        return sold;
    }

    private void discount(Params params, ObjectNode quote, List<ObjectNode> sold) {
        if (!params.has("discounts") && !params.has("line_items")) {
            return;
        }
        ObjectNode wanted = Json.object();
        if (params.has("discounts")) {
            wanted.set("discounts", params.raw("discounts"));
            quote.putArray("discounts");
        } else if (!quote.path("discounts").isEmpty()) {
            ObjectNode again = wanted.putObject("discounts");
            quote.path("discounts").forEach(id -> again.set(Integer.toString(again.size()), offers.given(id)));
        }
        String customer = Json.text(quote, "customer");
        if (customer != null) {
            wanted.put("customer", customer);
        }
        sold.forEach(line -> line.put("amount_discount", 0).put("amount_total", Json.number(line, "amount_subtotal")));
        offers.show(quote, discounts.reduce(new Params(wanted), sold));
    }

    private ObjectNode update(Call call) {
        ObjectNode quote = quote(call);
        Quotes.require(quote, "update", Set.of("draft"));
        return said(quote, call.params(), lines.of(call.variable("id")));
    }

    private void refusePast(Params params) {
        Long expires = params.integer("expires_at");
        if (expires != null && expires <= time.now()) {
            throw StripeError.invalid(
                    null, "Invalid timestamp: must be an integer Unix timestamp in the future.", "expires_at");
        }
    }

    private ObjectNode open(Call call) {
        ObjectNode quote = quote(call);
        refusePast(call.params());
        Long expires = call.params().integer("expires_at");
        if (expires != null) {
            quote.put("expires_at", expires);
        }
        return quotes.open(quote, lines.of(call.variable("id")));
    }

    private ObjectNode list(Call call) {
        Params params = call.params();
        String clock = params.text("test_clock");
        Query query = new Query(quotes.store())
                .where("customer", params.text("customer"))
                .where("status", params.text("status"));
        if (clock != null || params.text("customer") == null) {
            query.where(each -> Objects.equals(Json.text(each, "test_clock"), clock));
        }
        return call.list(quotes.store(), query);
    }

    private ObjectNode lineItems(Call call) {
        quote(call);
        return lines.page(call, call.variable("id"));
    }

    private ObjectNode firstLines(String id) {
        return lines.first("/v1/quotes/" + id + "/line_items", id);
    }

    private ObjectNode pdf(Call call) {
        ObjectNode quote = quote(call);
        @Nullable String number = Json.text(quote, "number");
        if (number == null) {
            throw StripeError.invalid(null, "A quote has a PDF once it is finalized.", null);
        }
        List<String> rows = new ArrayList<>(List.of("Tillstream", "", "Quote " + number, ""));
        String currency = Json.textOf(quote, "currency");
        for (ObjectNode line : lines.of(call.variable("id"))) {
            String text = Objects.requireNonNullElse(Json.text(line, "description"), "Item");
            rows.add(Pdf.row(
                    text + " x " + Json.number(line, "quantity"),
                    Amounts.spoken(Json.number(line, "amount_total"), currency)));
        }
        rows.add("");
        rows.add(Pdf.row("Total", Amounts.spoken(Json.number(quote, "amount_total"), currency)));
        return Call.bytes(Pdf.of(rows));
    }
}
