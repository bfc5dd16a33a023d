package io.tillstream.simulator.quote;

import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.customer.CustomerCurrencies;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Work;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** All quotes, and the moves of their status: draft, open, and then accepted or canceled. */
@Component
class Quotes {
    private final BillingTime time;
    private final Events events;
    private final QuoteAcceptance acceptance;
    private final CustomerCurrencies currencies;
    private final Store quotes;
    private final Work expiry;

    Quotes(BillingTime time, Events events, QuoteAcceptance acceptance, Stores stores, CustomerCurrencies currencies) {
        currencies.usedBy(this::openCurrencies);
        this.currencies = currencies;
        this.time = time;
        this.events = events;
        this.acceptance = acceptance;
        this.quotes = stores.open("quote", "qt", "customer", "status");
        this.expiry = time.work("quote.expiry", with -> expire(with.get(0)));
    }

    private Stream<String> openCurrencies(String customer) {
        return new Query(quotes)
                .where("customer", customer).where("status", "open").all().stream()
                        .map(quote -> Json.text(quote, "currency"))
                        .filter(Objects::nonNull);
    }

    Store store() {
        return quotes;
    }

    void add(ObjectNode quote) {
        quotes.add(quote);
        events.emit("quote.created", quote);
    }

    static void require(ObjectNode quote, String what, Set<String> statuses) {
        if (!statuses.contains(Json.textOf(quote, "status"))) {
            throw StripeError.invalid(
                    null,
                    "You cannot " + what + " this quote because it has a status of `" + Json.textOf(quote, "status")
                            + "`.",
                    null);
        }
    }

    ObjectNode open(ObjectNode quote, List<ObjectNode> lines) {
        require(quote, "finalize", Set.of("draft"));
        if (!Json.present(quote, "customer")) {
            throw StripeError.invalid(null, "A quote must have a customer to be finalized.", "customer");
        }
        if (lines.isEmpty()) {
            throw StripeError.invalid(null, "A quote must have line items to be finalized.", "line_items");
        }
        if (Json.number(quote, "expires_at") <= time.now()) {
            throw StripeError.invalid(null, "expires_at must be in the future.", "expires_at");
        }
        currencies.refuseOther(Json.textOf(quote, "customer"), Json.textOf(quote, "currency"));
        String id = Json.textOf(quote, "id");
        quotes.update(id, each -> {
            each.setAll(quote);
            each.put("number", number(id));
            become(each, "open", "finalized_at");
        });
        time.in(Duration.ofSeconds(Json.number(quote, "expires_at") - time.now()), expiry, id);
        events.emit("quote.finalized", quotes.get(id));
        return quotes.get(id);
    }

    private static String number(String id) {
        return "QT-" + id.substring(id.length() - 8).toUpperCase(java.util.Locale.ROOT) + "-0001-1";
    }

    private void become(ObjectNode quote, String status, String moment) {
        quote.put("status", status);
        ((ObjectNode) quote.get("status_transitions")).put(moment, time.now());
    }

    ObjectNode accept(ObjectNode quote, List<ObjectNode> lines) {
        require(quote, "accept", Set.of("open"));
        QuoteAcceptance.Made made = acceptance.make(quote, lines);
        String id = Json.textOf(quote, "id");
        quotes.update(id, each -> {
            become(each, "accepted", "accepted_at");
            each.put("subscription", made.subscription()).put("invoice", made.invoice());
        });
        events.emit("quote.accepted", quotes.get(id));
        return quotes.get(id);
    }

    ObjectNode cancel(ObjectNode quote) {
        require(quote, "cancel", Set.of("draft", "open"));
        String id = Json.textOf(quote, "id");
        quotes.update(id, each -> become(each, "canceled", "canceled_at"));
        events.emit("quote.canceled", quotes.get(id));
        return quotes.get(id);
    }

    private void expire(String id) {
        quotes.find(id)
                .filter(each -> Json.is(each, "status", "open"))
                .filter(each -> Json.number(each, "expires_at") <= time.now())
                .ifPresent(this::canceled);
    }

    private void canceled(ObjectNode quote) {
        ObjectNode unused = cancel(quote);
    }
}
