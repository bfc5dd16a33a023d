package io.tillstream.payment.drift;

import io.tillstream.drift.DriftRows;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** Which intents at Stripe are of our payments. */
final class PaymentIds {

    private PaymentIds() {}

    static Mono<Set<String>> ofIntents(DriftRows rows, Collection<String> intentIds) {
        return rows.texts("select stripe_intent_id from payments where stripe_intent_id = any(:ids)", intentIds)
                .collect(Collectors.toSet());
    }
}
