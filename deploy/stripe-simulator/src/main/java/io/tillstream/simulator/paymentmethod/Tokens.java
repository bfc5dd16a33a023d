package io.tillstream.simulator.paymentmethod;

import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/tokens}: a card, to be used once. Stripe's ready ones, {@code tok_visa} and so on, can be used often. */
@Component
class Tokens implements Resource {
    private static final String PREFIX = "tok_";
    private static final String[] CARD_FIELDS = {
        "address_city", "address_country", "address_line1", "address_line2", "address_state", "address_zip", "name"
    };

    private final Timeline timeline;
    private final Cards cards;
    private final Store tokens;

    Tokens(Timeline timeline, Cards cards, Stores stores) {
        this.timeline = timeline;
        this.cards = cards;
        this.tokens = stores.open("token", "tok");
    }

    @Override
    public void addTo(Routes routes) {
        routes.post("/v1/tokens", this::create)
                .takes("card.number", "card.exp_month", "card.exp_year", "card.cvc", "card.name")
                .takes("card.address_city", "card.address_country", "card.address_line1", "card.address_line2")
                .takes("card.address_state", "card.address_zip")
                .openToBrowsers();
        routes.get("/v1/tokens/{id}", call -> call.object(tokens, "token")).openToBrowsers();
    }

    private ObjectNode create(Call call) {
        Params params = call.params().child("card");
        if (params == null) {
            throw StripeError.malformed(
                    null,
                    "You must supply either a card, customer, PII data, bank account, or account to create a token.",
                    null);
        }
        Cards.Typed typed = cards.read(params);
        ObjectNode token = Json.object("token", Ids.next("tok"));
        token.set("card", card(typed, params));
        token.put("client_ip", "127.0.0.1").put("created", timeline.now()).put("livemode", false);
        token.put("type", "card").put("used", false);
        tokens.add(token);
        return token;
    }

    private static ObjectNode card(Cards.Typed typed, Params params) {
        ObjectNode card = Json.object("card", Ids.next("card"));
        for (String field : CARD_FIELDS) {
            card.put(field, params.text(field));
        }
        card.putNull("address_line1_check").putNull("address_zip_check");
        card.put("brand", PaymentMethodJson.spokenBrand(typed.card().brand()));
        card.put("country", typed.card().country());
        card.put("cvc_check", params.has("cvc") ? "unchecked" : null).putNull("dynamic_last4");
        card.put("exp_month", typed.expMonth()).put("exp_year", typed.expYear());
        card.put("fingerprint", typed.card().fingerprint())
                .put("funding", typed.card().funding());
        card.put("last4", typed.card().lastFour()).putObject("metadata");
        card.putObject("networks").putNull("preferred");
        return card.put("regulated_status", "unregulated").putNull("tokenization_method");
    }

    /** Makes a payment method of a token, which is used up by that. */
    ObjectNode spend(String id, String param) {
        Optional<TestCard> ready =
                id.startsWith(PREFIX) ? TestCards.named(id.substring(PREFIX.length())) : Optional.empty();
        if (ready.isPresent()) {
            Cards.Typed typed = cards.ready(ready.get());
            return PaymentMethodJson.card(typed.card(), typed.expMonth(), typed.expYear(), timeline.now());
        }
        ObjectNode token = tokens.find(id).orElseThrow(() -> StripeError.missingReference("token", id, param));
        if (Json.isTrue(token, "used")) {
            throw StripeError.invalid(
                    "token_already_used", "You cannot use a Stripe token more than once: " + id + ".", null);
        }
        tokens.update(id, each -> each.put("used", true));
        ObjectNode details = (ObjectNode) token.get("card");
        TestCard card =
                TestCards.withFingerprint(Json.textOf(details, "fingerprint")).orElseThrow();
        ObjectNode method = PaymentMethodJson.card(
                card, (int) Json.number(details, "exp_month"), (int) Json.number(details, "exp_year"), timeline.now());
        ObjectNode billing = (ObjectNode) method.get("billing_details");
        billing.put("name", Json.text(details, "name"));
        ((ObjectNode) billing.get("address")).put("postal_code", Json.text(details, "address_zip"));
        return method;
    }
}
