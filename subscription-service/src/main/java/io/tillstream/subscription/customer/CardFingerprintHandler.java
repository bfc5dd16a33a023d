package io.tillstream.subscription.customer;

import io.tillstream.delivery.Outcome;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.subscription.Trials;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Cards that our customers save anywhere: one that stood behind a trial is known again. */
@Component
public class CardFingerprintHandler {

    private final Customers customers;
    private final Trials trials;

    CardFingerprintHandler(Customers customers, Trials trials) {
        this.customers = customers;
        this.trials = trials;
    }

    /** Inside the transaction of the event's inbox row. */
    public Mono<Outcome> apply(StripeEvent event) {
        String customer = StripeJson.id(event.object(), "customer");
        String fingerprint = StripeJson.text(event.object().get("card"), "fingerprint");
        if (customer == null || fingerprint == null) {
            return Mono.just(new Outcome.Ignored("no saved card"));
        }
        return customers
                .userOf(customer)
                .flatMap(
                        user -> trials.keepCards(user, List.of(fingerprint)).<Outcome>thenReturn(new Outcome.Applied()))
                .defaultIfEmpty(new Outcome.Ignored("nobody who subscribes"));
    }
}
