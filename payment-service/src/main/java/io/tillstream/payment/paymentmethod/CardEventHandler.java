package io.tillstream.payment.paymentmethod;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.RefetchedObject;
import io.tillstream.delivery.TransientFault;
import io.tillstream.payment.answers.StripeProblems;
import io.tillstream.payment.card.Card;
import io.tillstream.payment.card.CardState;
import io.tillstream.payment.card.CardTransition;
import io.tillstream.payment.card.Cards;
import io.tillstream.payment.customer.Customer;
import io.tillstream.payment.customer.CustomerFacade;
import io.tillstream.stripe.OutcomeUnknown;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * What Stripe's events about cards change. Detached is for ever; what is on a card is not monotone, so an event that
 * differs from what is known is settled by reading the card from Stripe. Cards of customers that are not ours are
 * another system's.
 */
@Component
public class CardEventHandler {

    private static final EventOutcome NOT_OURS = new EventOutcome.Ignored("not a present customer of ours");

    private final CustomerFacade customers;
    private final Cards cards;
    private final CardTransition keeping;
    private final StripeCards stripe;
    private final CardResponseHandler taking;

    CardEventHandler(
            CustomerFacade customers,
            Cards cards,
            CardTransition keeping,
            StripeCards stripe,
            CardResponseHandler taking) {
        this.customers = customers;
        this.cards = cards;
        this.keeping = keeping;
        this.stripe = stripe;
        this.taking = taking;
    }

    /** Runs in the settlement's transaction. */
    public Mono<EventOutcome> apply(StripeEvent event, Optional<JsonNode> refetched) {
        return switch (event.type()) {
            case "payment_method.attached", "payment_method.updated", "payment_method.automatically_updated" ->
                told(event, refetched);
            case "payment_method.detached" -> detached(event);
            case "setup_intent.succeeded" -> afterSetup(event, refetched);
            case "setup_intent.setup_failed" -> ignored("nothing was saved");
            case "mandate.updated" -> mandate(event.object());
            case "checkout.session.completed" -> ignored("setup_intent.succeeded tells the card");
            case "checkout.session.expired" -> ignored("nothing was saved");
            default -> ignored("nothing of a card that is kept here");
        };
    }

    /** The payment method as Stripe has it now; asked outside any transaction. */
    public Mono<JsonNode> refetch(StripeEvent event) {
        String id = event.type().startsWith("payment_method.")
                ? event.objectId()
                : StripeJson.id(event.object(), "payment_method");
        if (id == null) {
            return Mono.error(new UnreadableEvent("no payment method"));
        }
        return RefetchedObject.read(cards.version(id), () -> stripe.read(id)
                        .map(answer -> StripeProblems.present(answer).orElseGet(() -> gone(id))))
                .onErrorMap(
                        e -> e instanceof StripeUnavailable || e instanceof OutcomeUnknown,
                        e -> new TransientFault("Card not read", e));
    }

    private Mono<EventOutcome> told(StripeEvent event, Optional<JsonNode> refetched) {
        CardState fact = CardState.read(event.object());
        String customerId = fact.customerId();
        if (customerId == null) {
            return ignored("a card that is not saved");
        }
        return customers
                .lockByStripeId(customerId)
                .flatMap(customer -> refetched
                        .map(read -> takeRead(customer, RefetchedObject.of(read)))
                        .orElseGet(() -> takeUnlessChanged(customer, fact)))
                .defaultIfEmpty(NOT_OURS);
    }

    /** The first event about a card is taken as it is: later ones that differ are settled by Stripe. */
    private Mono<EventOutcome> takeUnlessChanged(Customer customer, CardState fact) {
        return keeping.isNews(fact.id())
                .flatMap(news -> news ? Mono.just(true) : keeping.knows(fact))
                .flatMap(plain -> plain ? take(customer, fact) : removedOrTruth(fact.id()));
    }

    private Mono<EventOutcome> removedOrTruth(String cardId) {
        return cards.find(cardId)
                .<EventOutcome>map(known -> new EventOutcome.NeedsRefetch())
                .defaultIfEmpty(new EventOutcome.Ignored("the card was removed"));
    }

    private Mono<EventOutcome> takeRead(Customer customer, RefetchedObject read) {
        CardState now = CardState.read(read.object());
        return read.unlessOvertaken(cards.version(now.id()), () -> take(customer, now));
    }

    private Mono<EventOutcome> take(Customer customer, CardState fact) {
        String stripeId = customer.stripeId();
        if (stripeId == null || !stripeId.equals(fact.customerId())) {
            return remove(customer.userId(), fact.id());
        }
        return keeping.keep(customer.userId(), stripeId, fact)
                .flatMap(kept -> taking.first(customer, fact, kept))
                .map(kept -> switch (kept) {
                    case NEW, CHANGED, SAME, DUPLICATE -> new EventOutcome.Applied();
                    case REMOVED -> new EventOutcome.Ignored("the card was removed");
                    case NO_CARD -> new EventOutcome.Ignored("not a card");
                });
    }

    private Mono<EventOutcome> detached(StripeEvent event) {
        CardState fact = CardState.read(event.object());
        JsonNode before = event.previousAttributes();
        String customerId = fact.customerId() != null ? fact.customerId() : StripeJson.id(before, "customer");
        return cards.find(fact.id())
                .map(Card::userId)
                .switchIfEmpty(Mono.defer(() -> userOf(customerId)))
                .flatMap(userId -> customers.lock(userId).flatMap(locked -> remove(userId, fact.id())))
                .defaultIfEmpty(NOT_OURS);
    }

    private Mono<String> userOf(@Nullable String customerId) {
        return customerId == null
                ? Mono.empty()
                : customers.lockByStripeId(customerId).map(Customer::userId);
    }

    private Mono<EventOutcome> remove(String userId, String cardId) {
        return keeping.remove(userId, cardId)
                .then(customers.forgetDefaultCard(userId, cardId))
                .thenReturn(new EventOutcome.Applied());
    }

    private Mono<EventOutcome> afterSetup(StripeEvent event, Optional<JsonNode> refetched) {
        String customerId = StripeJson.id(event.object(), "customer");
        String cardId = StripeJson.id(event.object(), "payment_method");
        if (customerId == null || cardId == null) {
            return ignored("set up for no customer");
        }
        return customers
                .lockByStripeId(customerId)
                .flatMap(customer -> refetched
                        .map(read -> takeRead(customer, RefetchedObject.of(read)))
                        .orElseGet(() -> keeping.isNews(cardId)
                                .map(news -> news ? new EventOutcome.NeedsRefetch() : new EventOutcome.Applied())))
                .defaultIfEmpty(NOT_OURS);
    }

    private Mono<EventOutcome> mandate(JsonNode mandate) {
        String cardId = StripeJson.id(mandate, "payment_method");
        String status = StripeJson.text(mandate, "status");
        if (cardId == null || status == null) {
            return ignored("a mandate for no card");
        }
        return cards.keepMandate(cardId, status)
                .map(known -> known ? new EventOutcome.Applied() : new EventOutcome.Ignored("not a card of ours"));
    }

    private static Mono<EventOutcome> ignored(String why) {
        return Mono.just(new EventOutcome.Ignored(why));
    }

    private static JsonNode gone(String id) {
        return StripeJson.read(("{\"id\":\"" + id + "\",\"object\":\"payment_method\",\"customer\":null}")
                .getBytes(StandardCharsets.UTF_8));
    }
}
