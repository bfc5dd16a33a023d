package io.tillstream.simulator.subscription;

import io.tillstream.simulator.checkout.CheckoutSessionCheck;
import org.springframework.stereotype.Component;

/** What Checkout's pages promise of a subscription is judged as the request for one. */
@Component
class CheckoutSubscriptionCheck {
    CheckoutSubscriptionCheck(CheckoutSessionCheck pages, NewSubscriptions creation) {
        pages.ofSubscriptions(creation::check);
    }
}
