package io.tillstream.subscription.invoice;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.web.Problem;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * A user's own invoice. One that their subscription names already and whose event is still on the way is read at Stripe:
 * what one answer names, the next one knows.
 */
@Component
class OwnInvoiceReader {

    private static final Duration LONGEST = Duration.ofSeconds(5); // the secret is asked for after it, within 12 s

    private final Invoices invoices;
    private final Subscriptions subscriptions;
    private final InvoiceResponseHandler answers;

    OwnInvoiceReader(Invoices invoices, Subscriptions subscriptions, InvoiceResponseHandler answers) {
        this.invoices = invoices;
        this.subscriptions = subscriptions;
        this.answers = answers;
    }

    /** Fails with 404 where the user has no such invoice, with 503 where that cannot be told now. */
    Mono<Invoice> find(String id, String userId) {
        Mono<Invoice> known = Mono.defer(() -> invoices.find(id, userId));
        return known.switchIfEmpty(
                Mono.defer(() -> asked(id, userId).then(known).switchIfEmpty(Mono.error(Problem::notFound))));
    }

    /** As it is kept now. */
    Mono<Invoice> now(Invoice invoice) {
        return invoices.find(invoice.id());
    }

    private Mono<Void> asked(String id, String userId) {
        return subscriptions
                .findByLatestInvoice(id, userId)
                .flatMap(named -> Transactions.shield(answers.newest(named)).timeout(LONGEST))
                .onErrorMap(
                        e -> e instanceof StripeUnavailable || e instanceof TimeoutException,
                        e -> Problem.unavailable("Stripe cannot be asked now.", retryAfter(e)))
                .then();
    }

    private static Duration retryAfter(Throwable e) {
        return e instanceof StripeUnavailable away ? away.retryAfter() : Duration.ofSeconds(1);
    }
}
