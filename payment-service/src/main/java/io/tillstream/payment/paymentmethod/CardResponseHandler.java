package io.tillstream.payment.paymentmethod;

import io.tillstream.delivery.Transactions;
import io.tillstream.payment.card.Card;
import io.tillstream.payment.card.CardState;
import io.tillstream.payment.card.CardTransition;
import io.tillstream.payment.card.CardTransition.CardOutcome;
import io.tillstream.payment.customer.Customer;
import io.tillstream.payment.customer.CustomerFacade;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Stores what Stripe answered about a card, each in a transaction of its own that holds the user's customer. */
@Component
class CardResponseHandler {

    private final Transactions transactions;
    private final CustomerFacade customers;
    private final CardTransition keeping;

    CardResponseHandler(Transactions transactions, CustomerFacade customers, CardTransition keeping) {
        this.transactions = transactions;
        this.customers = customers;
        this.keeping = keeping;
    }

    /** Empty if Stripe's customer is the user's no more. */
    Mono<CardOutcome> take(String userId, String customerId, CardState fact) {
        return transactions.run(customers
                .lockByStripeId(customerId)
                .filter(customer -> customer.userId().equals(userId))
                .flatMap(customer ->
                        keeping.keep(userId, customerId, fact).flatMap(kept -> first(customer, fact, kept))));
    }

    /** The first card of a user becomes the default, on whatever road it came; see {@link DefaultCardSweep}. */
    Mono<CardOutcome> first(Customer customer, CardState fact, CardOutcome kept) {
        return kept == CardOutcome.NEW && customer.defaultCard() == null
                ? customers.wantDefault(customer.userId(), fact.id()).thenReturn(kept)
                : Mono.just(kept);
    }

    /** The same card with a later expiry takes the place of the one before. */
    Mono<Void> renewed(Card newer) {
        return transactions
                .run(customers.lock(newer.userId()).flatMap(customer -> keeping.renew(newer)
                        .thenReturn(true)))
                .then();
    }

    /** The card is detached at Stripe. */
    Mono<Void> removed(String userId, String cardId) {
        return transactions
                .run(customers.lock(userId).flatMap(customer -> keeping.remove(userId, cardId)
                        .then(customers.forgetDefaultCard(userId, cardId))
                        .thenReturn(true)))
                .then();
    }
}
