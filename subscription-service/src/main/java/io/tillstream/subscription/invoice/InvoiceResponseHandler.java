package io.tillstream.subscription.invoice;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.StripeResult;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Invoices that Stripe showed because it was asked, not because it told of them: access follows them at once, and does not
 * wait for their events.
 */
@Component
public class InvoiceResponseHandler {

    private final InvoiceTransition settlement;
    private final StripeInvoices stripe;
    private final Subscriptions subscriptions;
    private final Transactions transactions;

    InvoiceResponseHandler(
            InvoiceTransition settlement,
            StripeInvoices stripe,
            Subscriptions subscriptions,
            Transactions transactions) {
        this.settlement = settlement;
        this.stripe = stripe;
        this.subscriptions = subscriptions;
        this.transactions = transactions;
    }

    /** Takes an invoice that came with an answer about its subscription; one that says too little waits for its event. */
    public Mono<Void> take(UUID subscriptionId, @Nullable JsonNode invoice, Cause cause) {
        InvoiceState snapshot = invoice == null || !invoice.isObject() ? null : InvoiceState.of(invoice);
        return snapshot == null
                ? Mono.empty()
                : transactions
                        .run(settlement.learn(subscriptionId, snapshot, ReceivedInvoiceEvent.asked(cause), true))
                        .then();
    }

    /** The same, and the subscription with what it knows of its payment then. */
    public Mono<Subscription> taken(Subscription subscription, @Nullable JsonNode invoice, Cause cause) {
        return take(subscription.id(), invoice, cause)
                .then(Mono.defer(() -> subscription.isPaymentUnheardOf()
                        ? subscriptions.find(subscription.id())
                        : Mono.just(subscription)));
    }

    /** The subscription, after its newest invoice was read. */
    public Mono<Subscription> newest(Subscription subscription) {
        String id = subscription.billing().latestInvoiceId();
        return id == null
                ? Mono.just(subscription)
                : stripe.one(id)
                        .flatMap(answer -> answer instanceof StripeResult.Ok<JsonNode> found
                                ? take(subscription.id(), found.value(), Cause.question("GET /v1/invoices/{id}", id))
                                : Mono.empty())
                        .then(subscriptions.find(subscription.id()));
    }
}
