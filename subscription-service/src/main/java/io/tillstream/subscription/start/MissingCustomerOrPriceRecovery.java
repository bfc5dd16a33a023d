package io.tillstream.subscription.start;

import io.tillstream.stripe.StripeResult;
import io.tillstream.subscription.catalog.PlanLookup;
import io.tillstream.subscription.catalog.PriceMissingAtStripeException;
import io.tillstream.subscription.customer.Customers;
import io.tillstream.subscription.subscription.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * What Stripe knows no more though we do, as after its account was emptied: the customer or the price is made anew, and
 * the start begins once more, with these. Stripe made nothing of the first try.
 */
@Component
class MissingCustomerOrPriceRecovery {

    private static final Logger log = LoggerFactory.getLogger(MissingCustomerOrPriceRecovery.class);

    private final Customers customers;
    private final PlanLookup plans;
    private final StartRepository begun;

    MissingCustomerOrPriceRecovery(Customers customers, PlanLookup plans, StartRepository begun) {
        this.customers = customers;
        this.plans = plans;
        this.begun = begun;
    }

    /** Begin once more: what was lost is there again. */
    static final class MadeAnew extends RuntimeException {

        private static final long serialVersionUID = 1;

        MadeAnew() {
            super("made anew at Stripe", null, false, false);
        }
    }

    static boolean isLoss(StripeResult.Refused<?> no) {
        return no.missing() && (isCustomer(no) || isPrice(no));
    }

    private static boolean isCustomer(StripeResult.Refused<?> no) {
        return "customer".equals(no.param());
    }

    private static boolean isPrice(StripeResult.Refused<?> no) {
        return PriceMissingAtStripeException.isTold(no);
    }

    /** Errors with {@link MadeAnew}; empty where somebody else asks for the start too, so that it cannot begin anew. */
    Mono<Void> makeAnew(Subscription row, StripeResult.Refused<?> no) {
        StartParameters wanted = StartParameters.of(row);
        log.warn("Subscription {} begins anew: Stripe knows no {} any more", row.id(), no.param());
        Mono<Void> made = isCustomer(no)
                ? customers.anewInsteadOf(wanted.customerId(), row.userId()).then()
                : plans.anew(wanted.planId());
        return made.then(begun.takeBack(row)).flatMap(gone -> gone ? Mono.error(new MadeAnew()) : Mono.empty());
    }
}
