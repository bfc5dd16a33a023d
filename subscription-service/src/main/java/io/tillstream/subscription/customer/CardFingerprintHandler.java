package io.tillstream.subscription.customer;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.subscription.Trials;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Cards and bank accounts that our customers save anywhere: one that stood behind a trial is known again. */
@Component
public class CardFingerprintHandler {

    private final Customers customers;
    private final Trials trials;

    CardFingerprintHandler(Customers customers, Trials trials) {
        this.customers = customers;
        this.trials = trials;
    }

    /** Inside the transaction of the event's inbox row. */
    public Mono<EventOutcome> apply(StripeEvent event) {
        String customer = StripeJson.id(event.object(), "customer");
        String fingerprint = PaymentMethodFingerprint.of(event.object());
        if (customer == null || fingerprint == null) {
            return Mono.just(new EventOutcome.Ignored("no saved card or bank account"));
        }
        return customers
                .userOf(customer)
                .flatMap(user -> trials.keepCards(user, List.of(fingerprint))
                        .<EventOutcome>thenReturn(new EventOutcome.Applied()))
                .defaultIfEmpty(new EventOutcome.Ignored("nobody who subscribes"));
    }
}
