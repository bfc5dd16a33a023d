package io.tillstream.payment.paymentmethod;

import io.tillstream.payment.card.Card;
import io.tillstream.payment.card.Cards;
import io.tillstream.payment.customer.CustomerFacade;
import io.tillstream.payment.customer.StripeTimeLimiter;
import io.tillstream.payment.subscription.StripeSubscriptions;
import io.tillstream.web.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A user removes a card: not before another one pays what this one pays. A start that was never paid needs none. */
@Component
class CardRemoval {

    private final CustomerFacade customers;
    private final Cards cards;
    private final StripeSubscriptions subscriptions;
    private final DuplicateCards duplicates;
    private final PaymentMethodFlow flow;

    CardRemoval(
            CustomerFacade customers,
            Cards cards,
            StripeSubscriptions subscriptions,
            DuplicateCards duplicates,
            PaymentMethodFlow flow) {
        this.customers = customers;
        this.cards = cards;
        this.subscriptions = subscriptions;
        this.duplicates = duplicates;
        this.flow = flow;
    }

    Mono<Void> remove(String userId, String id, @Nullable String replaceWith) {
        if (id.equals(replaceWith)) {
            return Mono.error(Problem.invalid("replaceWith", "is the card to be removed"));
        }
        return flow.own(userId, id)
                .flatMap(card -> replacement(userId, replaceWith)
                        .flatMap(other -> StripeTimeLimiter.on(freed(card, other.orElse(null))
                                .then(detached(card))
                                .thenReturn(true))))
                .then();
    }

    private Mono<Optional<Card>> replacement(String userId, @Nullable String id) {
        return id == null
                ? Mono.just(Optional.empty())
                : cards.find(userId, id)
                        .map(Optional::of)
                        .switchIfEmpty(
                                Mono.error(CardRefusals.unusable("replaceWith", "is not one of your saved cards")));
    }

    private Mono<Void> freed(Card card, @Nullable Card other) {
        return Mono.zip(
                        customers.find(card.userId()),
                        subscriptions.of(card.stripeCustomerId()),
                        cards.duplicatesOf(card.id()).map(Card::id).collectList())
                .flatMap(all -> {
                    String defaultCard = all.getT1().defaultCard();
                    List<String> going = new ArrayList<>(all.getT3()); // the hidden duplicates go with it
                    going.add(card.id());
                    return other == null
                            ? unused(all.getT2(), going, defaultCard)
                            : replaced(
                                    card,
                                    other,
                                    all.getT2(),
                                    going,
                                    defaultCard != null && going.contains(defaultCard));
                });
    }

    /** Neither now nor by what is planned for one. */
    private Mono<Void> unused(List<StripeSubscriptions.Live> live, List<String> going, @Nullable String defaultCard) {
        return Flux.fromIterable(live)
                .filter(StripeSubscriptions.Live::everBegan)
                .filterWhen(one -> going.stream().anyMatch(same -> one.isPaidWith(same, defaultCard))
                        ? Mono.just(true)
                        : subscriptions.isPlannedWith(one, going))
                .next()
                .flatMap(paid -> Mono.error(inUse()));
    }

    private Mono<Void> replaced(
            Card card, Card other, List<StripeSubscriptions.Live> live, List<String> going, boolean isDefault) {
        return Flux.fromIterable(live)
                .concatMap(one -> subscriptions.replace(one, going, other.id()))
                .then(isDefault ? flow.chosen(card.userId(), UUID.randomUUID(), other.id()) : Mono.empty());
    }

    private Mono<Void> detached(Card card) {
        return cards.duplicatesOf(card.id())
                .collectList()
                .flatMapIterable(all -> all)
                .concatMap(same -> duplicates.detach(card.userId(), same.id()))
                .then(duplicates.detach(card.userId(), card.id()));
    }

    private static Problem inUse() {
        return Problem.conflict(
                "payment-method-in-use",
                "A subscription is paid with this card: name another one of yours with replaceWith.");
    }
}
