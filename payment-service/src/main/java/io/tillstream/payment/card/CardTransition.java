package io.tillstream.payment.card;

import io.tillstream.delivery.Outbox;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** How the saved cards change: kept once each, removed for ever. Runs in a transaction that holds the user's customer. */
@Component
public class CardTransition {

    private static final Logger log = LoggerFactory.getLogger(CardTransition.class);

    private final Cards cards;
    private final Outbox outbox;
    private final Clock clock;

    CardTransition(Cards cards, Outbox outbox, Clock clock) {
        this.cards = cards;
        this.outbox = outbox;
        this.clock = clock;
    }

    /** What came of a card that Stripe told of. */
    public enum CardOutcome {
        NEW,
        CHANGED,
        SAME,
        /** The same card is there under another id; this one is not shown. */
        DUPLICATE,
        /** It was removed before; a card that was detached never comes back. */
        REMOVED,
        NO_CARD
    }

    /** Takes in a card as it is at Stripe now. */
    public Mono<CardOutcome> keep(String userId, String stripeCustomerId, CardState fact) {
        CardState.Face face = fact.face();
        if (face == null) {
            return Mono.just(CardOutcome.NO_CARD);
        }
        return cards.wasRemoved(fact.id())
                .flatMap(removed -> removed
                        ? Mono.just(CardOutcome.REMOVED)
                        : cards.find(fact.id())
                                .flatMap(known -> change(known, face))
                                .switchIfEmpty(Mono.defer(() -> add(userId, stripeCustomerId, fact.id(), face))));
    }

    /** Whether a card is known just so. */
    public Mono<Boolean> knows(CardState fact) {
        return cards.find(fact.id())
                .map(known -> known.face().equals(fact.face()))
                .defaultIfEmpty(false);
    }

    /** What is known of an id: a card, a removed one, or nothing. */
    public Mono<Boolean> isNews(String id) {
        return cards.wasRemoved(id)
                .flatMap(removed ->
                        removed ? Mono.just(false) : cards.find(id).hasElement().map(known -> !known));
    }

    /** The card is detached at Stripe. The oldest of its duplicates that are left takes its place. */
    public Mono<Void> remove(String userId, String id) {
        return cards.find(id)
                .flatMap(card -> cards.delete(userId, id)
                        .then(card.isDuplicate() ? Mono.empty() : tellRemoved(card))
                        .thenReturn(true))
                .switchIfEmpty(Mono.defer(() -> cards.delete(userId, id).thenReturn(true)))
                .then();
    }

    /**
     * The bank gave its owner the same card anew: the newer takes the place of the one that is shown, which is a duplicate
     * from then on. Nothing changes where either of them is not what it was.
     */
    public Mono<Void> renew(Card newer) {
        return cards.find(newer.id()).filter(Card::isDuplicate).flatMap(duplicate -> cards.find(
                        String.valueOf(duplicate.duplicateOf()))
                .filter(shown -> !shown.isDuplicate() && duplicate.expiresAt().isAfter(shown.expiresAt()))
                .flatMap(shown -> renew(shown, duplicate)));
    }

    private Mono<Void> renew(Card shown, Card newer) {
        Card heir = with(newer, newer.face(), null);
        log.info("Card {} takes the place of {}, which expires before", newer.id(), shown.id());
        return cards.duplicatesOf(shown.id())
                .filter(other -> !other.id().equals(newer.id()))
                .collectList()
                .flatMap(others -> cards.update(with(shown, shown.face(), newer.id()))
                        .then(cards.update(heir))
                        .then(Mono.when(others.stream()
                                .map(card -> cards.update(with(card, card.face(), newer.id())))
                                .toList())))
                .then(outbox.append(heir.saved()))
                .then(outbox.append(shown.removed()));
    }

    /** The customer at Stripe is no more, and its cards with it. */
    public Mono<Void> removeAll(String userId) {
        return cards.of(userId)
                .collectList()
                .flatMapIterable(all -> all)
                .concatMap(card -> cards.delete(userId, card.id())
                        .then(card.isDuplicate() ? Mono.empty() : outbox.append(card.removed())))
                .then();
    }

    private Mono<CardOutcome> add(String userId, String stripeCustomerId, String id, CardState.Face face) {
        return shownId(userId, id, face).flatMap(shown -> {
            String duplicateOf = shown.isEmpty() ? null : shown.get(0);
            Card card = new Card(id, userId, stripeCustomerId, face, duplicateOf, null, clock.instant());
            log.info("Card {} of {} is {}", id, stripeCustomerId, duplicateOf == null ? "saved" : "a duplicate");
            return cards.insert(card)
                    .then(duplicateOf == null ? outbox.append(card.saved()) : Mono.empty())
                    .thenReturn(duplicateOf == null ? CardOutcome.NEW : CardOutcome.DUPLICATE);
        });
    }

    private Mono<CardOutcome> change(Card known, CardState.Face face) {
        if (known.face().equals(face)) {
            return Mono.just(known.isDuplicate() ? CardOutcome.DUPLICATE : CardOutcome.SAME);
        }
        return shownId(known.userId(), known.id(), face).flatMap(shown -> {
            Card card = with(known, face, shown.isEmpty() ? null : shown.get(0));
            log.info("Card {} is changed", card.id());
            return cards.update(card)
                    .then(tell(known, card))
                    .thenReturn(card.isDuplicate() ? CardOutcome.DUPLICATE : CardOutcome.CHANGED);
        });
    }

    private Mono<Void> tell(Card before, Card after) {
        if (before.isDuplicate()) {
            return after.isDuplicate() ? Mono.empty() : outbox.append(after.saved());
        }
        return outbox.append(after.isDuplicate() ? after.removed() : after.updated());
    }

    /** The id of the same card under another id, if there is one. */
    private Mono<List<String>> shownId(String userId, String id, CardState.Face face) {
        return cards.shown(userId, face.fingerprint())
                .map(Card::id)
                .filter(other -> !other.equals(id))
                .map(List::of)
                .defaultIfEmpty(List.of());
    }

    private Mono<Void> tellRemoved(Card card) {
        log.info("Card {} is removed", card.id());
        return outbox.append(card.removed())
                .thenMany(cards.duplicatesOf(card.id()))
                .collectList()
                .flatMap(duplicates -> duplicates.isEmpty() ? Mono.empty() : promote(duplicates));
    }

    private Mono<Void> promote(List<Card> duplicates) {
        Card heir = with(duplicates.get(0), duplicates.get(0).face(), null);
        Mono<Void> others = Mono.when(duplicates.stream()
                .skip(1)
                .map(card -> cards.update(with(card, card.face(), heir.id())))
                .toList());
        return cards.update(heir).then(others).then(outbox.append(heir.saved()));
    }

    private static Card with(Card card, CardState.Face face, @Nullable String duplicateOf) {
        return new Card(
                card.id(), card.userId(), card.stripeCustomerId(), face, duplicateOf, card.mandate(), card.createdAt());
    }
}
