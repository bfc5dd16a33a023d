package io.tillstream.payment.paymentmethod;

import io.tillstream.payment.answers.StripeProblems;
import io.tillstream.payment.card.CardState;
import io.tillstream.payment.card.Cards;
import io.tillstream.stripe.ClientReference;
import io.tillstream.stripeevents.StripeJson;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Checkout Sessions of a user as Stripe has them now: the buyer is often back before any event. */
@Component
public class CheckoutSessionReader {

    private static final String ID = "cs_\\w{1,200}";

    private final StripeSetups stripe;
    private final CardResponseHandler taking;
    private final Cards cards;

    CheckoutSessionReader(StripeSetups stripe, CardResponseHandler taking, Cards cards) {
        this.stripe = stripe;
        this.taking = taking;
        this.cards = cards;
    }

    /**
     * The session, with its intent expanded; empty if there is none or it is not this user's. The card that a setup
     * session brought is in the user's list when this completes. Never called inside a transaction.
     */
    public Mono<JsonNode> read(String userId, String sessionId) {
        if (!sessionId.matches(ID)) {
            return Mono.empty();
        }
        return stripe.session(sessionId)
                .flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)))
                .filter(session -> isOf(userId, session))
                .flatMap(session -> cardOf(userId, session).thenReturn(session));
    }

    private boolean isOf(String userId, JsonNode session) {
        return ClientReference.of(userId).equals(StripeJson.text(session, "client_reference_id"))
                && stripe.environment().equals(StripeJson.metadata(session, "env"));
    }

    private Mono<Void> cardOf(String userId, JsonNode session) {
        JsonNode intent = session.get("setup_intent");
        JsonNode card = intent == null ? null : intent.get("payment_method");
        boolean complete = "complete".equals(StripeJson.text(session, "status"));
        if (!complete || card == null || !card.isObject()) {
            return Mono.empty();
        }
        CardState fact = CardState.read(card);
        String customerId = fact.customerId();
        return customerId == null
                ? Mono.empty()
                : cards.find(fact.id())
                        .hasElement()
                        .filter(known -> !known) // what a known one is by now, answers and events tell
                        .flatMap(unknown -> taking.take(userId, customerId, fact))
                        .then();
    }
}
