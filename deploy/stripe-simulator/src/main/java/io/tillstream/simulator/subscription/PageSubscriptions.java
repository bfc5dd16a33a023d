package io.tillstream.simulator.subscription;

import io.tillstream.simulator.checkout.PagePromises;
import org.springframework.stereotype.Component;

/** What Checkout's pages promise of a subscription is judged as the request for one. */
@Component
class PageSubscriptions {
    PageSubscriptions(PagePromises pages, NewSubscriptions creation) {
        pages.ofSubscriptions(creation::check);
    }
}
