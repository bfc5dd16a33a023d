package io.tillstream.payment.payment;

import io.tillstream.payment.answers.StripeProblems;
import io.tillstream.payment.card.Cards;
import io.tillstream.payment.payable.Method;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.web.Problem;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** A user pays with their own saved cards only. */
@Component
class CardOwnership {

    private final Cards cards;
    private final StripeCalls calls;

    CardOwnership(Cards cards, StripeCalls calls) {
        this.cards = cards;
        this.calls = calls;
    }

    Mono<Void> check(PaymentCommand order, String customerId) {
        String card = order.paymentMethodId();
        if (order.method() != Method.SAVED_CARD || card == null) {
            return Mono.empty();
        }
        return cards.find(order.userId(), card)
                .map(known -> known.stripeCustomerId().equals(customerId))
                .filter(own -> own)
                .switchIfEmpty(Mono.defer(() -> ownAtStripe(card, customerId)))
                .flatMap(own -> own ? Mono.empty() : Mono.error(notTheirs()));
    }

    private static Problem notTheirs() {
        return Problem.of(422, "payment-method-unusable", "This is not one of your saved cards.")
                .withErrors(List.of(new Problem.Field("payment.paymentMethodId", "is not one of your saved cards")));
    }

    /** A card whose event has not come yet. */
    private Mono<Boolean> ownAtStripe(String card, String customerId) {
        return calls.read(
                        "payment_method.retrieve",
                        (stripe, options) -> stripe.v1().paymentMethods().retrieve(card, options))
                .map(answer -> StripeProblems.present(answer)
                        .map(found -> customerId.equals(found.getCustomer()))
                        .orElse(false));
    }
}
