package io.tillstream.payment.paymentmethod;

import io.tillstream.payment.answers.StripeProblems;
import io.tillstream.payment.card.Card;
import io.tillstream.payment.card.CardState;
import io.tillstream.payment.card.CardTransition.CardOutcome;
import io.tillstream.payment.card.Cards;
import io.tillstream.payment.customer.CustomerDeletionInProgressException;
import io.tillstream.payment.customer.CustomerFacade;
import io.tillstream.payment.customer.StripeTimeLimiter;
import io.tillstream.payment.subscription.StripeSubscriptions;
import io.tillstream.stripe.RefusalReason;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * A user saves a card and changes it. Stripe is asked first, then its answer is stored; a crash in between is mended by
 * the event of the same change, or by the same request again.
 */
@Component
class PaymentMethodFlow {

    private static final Duration SOON = Duration.ofSeconds(2);

    private final CustomerFacade customers;
    private final Cards cards;
    private final CardResponseHandler taking;
    private final DuplicateCards duplicates;
    private final StripeCards stripe;
    private final StripeSubscriptions subscriptions;

    PaymentMethodFlow(
            CustomerFacade customers,
            Cards cards,
            CardResponseHandler taking,
            DuplicateCards duplicates,
            StripeCards stripe,
            StripeSubscriptions subscriptions) {
        this.customers = customers;
        this.cards = cards;
        this.taking = taking;
        this.duplicates = duplicates;
        this.stripe = stripe;
        this.subscriptions = subscriptions;
    }

    /** Either a payment method that Stripe has, or a token to make one from. */
    record AddCommand(
            UUID request,
            @Nullable String paymentMethodId,
            @Nullable String token,
            boolean makeDefault) {}

    /** A card as its user sees it; {@code isNew} is false for one that was saved before. */
    record Shown(Card card, boolean isDefault, boolean isNew) {}

    Mono<Shown> save(String userId, AddCommand wish) {
        return StripeTimeLimiter.on(
                paymentMethod(userId, wish).flatMap(id -> saved(userId, id)).flatMap(kept -> customers
                        .find(userId)
                        .flatMap(now -> wish.makeDefault() || now.defaultCard() == null
                                ? madeDefault(userId, wish.request(), kept)
                                : shown(userId, kept))));
    }

    private record KeptCard(Card card, boolean isNew) {}

    private record Attached(String customerId, CardState fact) {}

    private Mono<String> paymentMethod(String userId, AddCommand wish) {
        String token = wish.token();
        if (token != null) {
            return stripe.fromToken(wish.request(), token)
                    .flatMap(answer -> answer.fold(
                            made -> Mono.just(CardState.read(made).id()),
                            no -> Mono.error(StripeProblems.declined(no)),
                            no -> Mono.error(CardRefusals.token(no))));
        }
        String id = String.valueOf(wish.paymentMethodId());
        return cards.find(id)
                .filter(known -> !known.userId().equals(userId))
                .<String>flatMap(other -> Mono.error(Problem.notFound()))
                .defaultIfEmpty(id);
    }

    /** Whether it was saved before is decided before Stripe is asked: the event of this save may be faster than its answer. */
    private Mono<KeptCard> saved(String userId, String id) {
        return cards.find(id).hasElement().flatMap(wasThere -> attached(userId, id, true)
                .flatMap(card -> kept(userId, card, wasThere)));
    }

    private Mono<Attached> attached(String userId, String id, boolean again) {
        return CustomerDeletionInProgressException.told(customers.stripeCustomerOf(userId))
                .flatMap(customerId -> stripe.attach(id, customerId)
                        .flatMap(answer -> answer.fold(
                                card -> Mono.just(new Attached(customerId, CardState.read(card))),
                                no -> Mono.error(StripeProblems.declined(no)),
                                no -> noCustomer(no) && again
                                        ? customers.missing(customerId).then(attached(userId, id, false))
                                        : ours(customerId, id, no))));
    }

    private static boolean noCustomer(StripeResult.Refused<JsonNode> no) {
        return no.missing("customer");
    }

    /** Attaching what is attached is refused: fine if it is attached to this user's customer. A fault of ours says nothing of it. */
    private Mono<Attached> ours(String customerId, String id, StripeResult.Refused<JsonNode> refused) {
        if (refused.missing()) {
            return Mono.error(Problem.notFound());
        }
        if (refused.refusal() == RefusalReason.OURS) {
            return Mono.error(StripeProblems.ours(refused));
        }
        return stripe.read(id)
                .map(answer -> CardState.read(StripeProblems.present(answer).orElseThrow(Problem::notFound)))
                .map(card -> new Attached(customerId, attachedTo(customerId, card)));
    }

    private static CardState attachedTo(String customerId, CardState card) {
        if (card.customerId() == null) {
            throw usedUp();
        }
        if (!card.customerId().equals(customerId)) {
            throw Problem.notFound();
        }
        return card;
    }

    private static Problem usedUp() {
        return CardRefusals.unusable("paymentMethodId", "cannot be saved: it was used or removed before");
    }

    private Mono<KeptCard> kept(String userId, Attached attached, boolean wasThere) {
        String id = attached.fact().id();
        return taking.take(userId, attached.customerId(), attached.fact())
                .switchIfEmpty(Mono.error(new StripeUnavailable("The customer changed meanwhile", SOON, null)))
                .flatMap(kept -> switch (kept) {
                    case NEW, SAME, CHANGED -> cards.find(id).map(card -> new KeptCard(card, !wasThere));
                    case DUPLICATE -> instead(userId, id);
                    case REMOVED -> Mono.error(usedUp());
                    case NO_CARD ->
                        duplicates
                                .detach(userId, id)
                                .then(Mono.error(Problem.invalid("paymentMethodId", "is not a card")));
                });
    }

    /** The same card is saved already: it stays, with the later expiry, and the one that came now goes. */
    private Mono<KeptCard> instead(String userId, String duplicateId) {
        return cards.find(duplicateId).flatMap(duplicate -> cards.find(String.valueOf(duplicate.duplicateOf()))
                .flatMap(known -> duplicate.expiresAt().isAfter(known.expiresAt())
                        ? renewed(userId, known, duplicate)
                        : duplicates.detach(userId, duplicateId).thenReturn(known))
                .map(known -> new KeptCard(known, false)));
    }

    /** Where Stripe does not take the expiry, both stay, until {@link DuplicateCards} has the newer one take the other's place. */
    private Mono<Card> renewed(String userId, Card known, Card duplicate) {
        return stripe.update(known.id(), CardUpdateRequest.expiryOf(duplicate.face()))
                .flatMap(answer -> answer.fold(
                        now -> stored(known, now).flatMap(card -> duplicates
                                .detach(userId, duplicate.id())
                                .thenReturn(card)),
                        no -> Mono.just(known),
                        no -> Mono.just(known)));
    }

    private Mono<Card> stored(Card card, JsonNode answer) {
        return taking.take(card.userId(), card.stripeCustomerId(), CardState.read(answer))
                .filter(kept -> kept != CardOutcome.REMOVED)
                .then(cards.find(card.id()));
    }

    private Mono<Shown> madeDefault(String userId, UUID request, KeptCard kept) {
        return chosen(userId, request, kept.card().id()).then(shown(userId, kept));
    }

    /** The card that pays what names no card, at Stripe too. */
    Mono<Void> chosen(String userId, UUID request, String cardId) {
        return customers
                .chooseCard(userId, request, cardId)
                .flatMap(answer -> answer.fold(
                        done -> Mono.<Void>empty(),
                        no -> Mono.error(StripeProblems.declined(no)),
                        no -> Mono.error(CardRefusals.refused(no))));
    }

    private Mono<Shown> shown(String userId, KeptCard kept) {
        return customers
                .find(userId)
                .mapNotNull(now -> now.defaultCard())
                .flatMap(cards::shownFor)
                .defaultIfEmpty("")
                .map(shown -> new Shown(kept.card(), kept.card().id().equals(shown), kept.isNew()));
    }

    /** {@code forSubscriptions}: those that are paid with another card are moved with the default. */
    Mono<Shown> change(
            String userId, String id, CardUpdateRequest change, boolean makeDefault, boolean forSubscriptions) {
        return own(userId, id)
                .flatMap(card -> StripeTimeLimiter.on(changed(card, change)
                        .flatMap(now -> makeDefault
                                ? madeDefault(userId, UUID.randomUUID(), new KeptCard(now, false))
                                : shown(userId, new KeptCard(now, false)))
                        .flatMap(shown -> forSubscriptions
                                ? paysSubscriptions(shown.card()).thenReturn(shown)
                                : Mono.just(shown))));
    }

    /** Those without a card of their own follow the default by themselves, but not what is planned for them. */
    private Mono<Void> paysSubscriptions(Card card) {
        return subscriptions
                .of(card.stripeCustomerId())
                .flatMapIterable(live -> live)
                .concatMap(one -> one.cardId() == null || card.id().equals(one.cardId())
                        ? subscriptions.payPlanned(one, card.id())
                        : subscriptions.pay(one, card.id()))
                .then();
    }

    Mono<Card> own(String userId, String id) {
        return cards.find(userId, id).switchIfEmpty(Mono.error(Problem::notFound));
    }

    private Mono<Card> changed(Card card, CardUpdateRequest change) {
        if (change.isEmpty()) {
            return Mono.just(card);
        }
        return stripe.update(card.id(), change)
                .flatMap(answer -> answer.fold(
                        now -> stored(card, now),
                        no -> Mono.error(CardRefusals.refused(no)),
                        no -> Mono.error(no.missing() ? Problem.notFound() : CardRefusals.refused(no))));
    }
}
