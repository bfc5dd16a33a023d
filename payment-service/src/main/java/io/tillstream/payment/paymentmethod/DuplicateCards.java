package io.tillstream.payment.paymentmethod;

import io.tillstream.delivery.Sweep;
import io.tillstream.delivery.SweepPeriods;
import io.tillstream.payment.answers.StripeProblems;
import io.tillstream.payment.card.Card;
import io.tillstream.payment.card.CardState;
import io.tillstream.payment.card.Cards;
import io.tillstream.payment.card.DuplicateCardDetachQueue;
import io.tillstream.payment.customer.CustomerFacade;
import io.tillstream.payment.subscription.StripeSubscriptions;
import io.tillstream.stripe.StripeResult;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** The same card twice: the one that expires later takes the other's place everywhere, and the other is detached. */
@Component
class DuplicateCards extends Sweep {

    private static final Logger log = LoggerFactory.getLogger(DuplicateCards.class);

    private final DuplicateCardDetachQueue due;
    private final StripeCards stripe;
    private final StripeSubscriptions subscriptions;
    private final CardResponseHandler taking;
    private final Cards cards;
    private final CustomerFacade customers;

    DuplicateCards(
            DuplicateCardDetachQueue due,
            StripeCards stripe,
            StripeSubscriptions subscriptions,
            CardResponseHandler taking,
            Cards cards,
            CustomerFacade customers,
            SweepPeriods periods) {
        super(periods.of("duplicate-cards"));
        this.due = due;
        this.stripe = stripe;
        this.subscriptions = subscriptions;
        this.taking = taking;
        this.cards = cards;
        this.customers = customers;
    }

    /** One round; a fault of one card does not keep the others. */
    @Override
    protected Mono<Void> round() {
        return due.claim()
                .collectList()
                .flatMapIterable(all -> all)
                .concatMap(card -> settle(card).onErrorResume(fault -> {
                    log.warn("Duplicate {} is detached later: {}", card.id(), fault.toString());
                    return Mono.empty();
                }))
                .onErrorResume(fault -> {
                    log.warn("Duplicates wait: {}", fault.toString());
                    return Mono.empty();
                })
                .then();
    }

    /**
     * Of the two the one that expires later stays, on whatever road it came: it becomes what the user sees, what Stripe
     * has as default, and what pays the subscriptions. Only then the other goes. Each step may be done again.
     */
    private Mono<Void> settle(Card duplicate) {
        return cards.find(String.valueOf(duplicate.duplicateOf()))
                .flatMap(shown -> duplicate.expiresAt().isAfter(shown.expiresAt())
                        ? taking.renewed(duplicate).then(replace(shown, duplicate))
                        : replace(duplicate, shown));
    }

    private Mono<Void> replace(Card gone, Card stays) {
        return subscriptions
                .of(gone.stripeCustomerId())
                .flatMapIterable(live -> live)
                .concatMap(one -> subscriptions.replace(one, List.of(gone.id()), stays.id()))
                .then(isDefault(gone))
                .flatMap(was -> was
                        ? customers
                                .chooseCard(gone.userId(), UUID.randomUUID(), stays.id())
                                .map(StripeResult::value)
                                .then()
                        : Mono.<Void>empty())
                .then(Mono.defer(() -> detach(gone.userId(), gone.id())));
    }

    private Mono<Boolean> isDefault(Card card) {
        return customers
                .find(card.userId())
                .map(customer -> card.id().equals(customer.defaultCard()))
                .defaultIfEmpty(false);
    }

    /** Detaches a card at Stripe, then takes it away here. One that is not attached any more is as good. */
    Mono<Void> detach(String userId, String cardId) {
        return stripe.detach(cardId)
                .flatMap(answer -> answer.fold(
                        done -> taking.removed(userId, cardId),
                        no -> Mono.error(new IllegalStateException("Card not detached: " + no)),
                        no -> stripe.read(cardId)
                                .flatMap(read -> attached(read)
                                        ? Mono.error(stripe.notDetached(no))
                                        : taking.removed(userId, cardId))));
    }

    private static boolean attached(StripeResult<JsonNode> read) {
        return StripeProblems.present(read)
                .map(card -> CardState.read(card).customerId() != null)
                .orElse(false);
    }
}
