package io.tillstream.subscription.invoice;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.subscription.Cause;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** An invoice that is to be paid: Stripe is asked how, and with that learns us how it stands. */
@Component
class OpenInvoiceReader {

    private static final Logger log = LoggerFactory.getLogger(OpenInvoiceReader.class);

    private static final Duration LONGEST = Duration.ofSeconds(10); // a service answers within 12 s

    private final StripeInvoices stripe;
    private final InvoiceTransition settlement;
    private final Transactions transactions;

    OpenInvoiceReader(StripeInvoices stripe, InvoiceTransition settlement, Transactions transactions) {
        this.stripe = stripe;
        this.settlement = settlement;
        this.transactions = transactions;
    }

    /** Without the secret where Stripe cannot be asked now: the hosted page is there all the same. */
    Mono<InvoiceJson.Shown> shown(Invoice invoice) {
        if (!invoice.isOwed()) {
            return Mono.just(InvoiceJson.Shown.of(invoice));
        }
        return Transactions.shield(asked(invoice))
                .timeout(LONGEST)
                .onErrorResume(
                        e -> e instanceof StripeUnavailable || e instanceof TimeoutException, e -> unasked(invoice, e));
    }

    private Mono<InvoiceJson.Shown> asked(Invoice invoice) {
        return stripe.one(invoice.id())
                .flatMap(answer -> answer instanceof StripeResult.Ok<JsonNode> ok
                        ? learned(invoice, ok.value())
                        : Mono.just(InvoiceJson.Shown.of(invoice)));
    }

    private Mono<InvoiceJson.Shown> learned(Invoice invoice, JsonNode refetched) {
        InvoiceState news = InvoiceState.of(refetched);
        if (news == null) {
            return Mono.just(InvoiceJson.Shown.of(invoice));
        }
        ReceivedInvoiceEvent told = ReceivedInvoiceEvent.asked(Cause.question("invoice.retrieve", invoice.id()));
        Mono<Invoice> known = news.fingerprint().equals(invoice.fingerprint())
                ? Mono.just(invoice)
                : transactions.run(settlement.learn(invoice.subscriptionId(), news, told, true));
        return known.map(now -> InvoiceJson.Shown.of(now, now.isOwed() ? secret(refetched) : null));
    }

    static @Nullable String secret(JsonNode invoice) {
        String secret = StripeJson.text(invoice.get("confirmation_secret"), "client_secret");
        // Stripe versions before 2025-03-31.basil have it in the payment intent, where that is expanded.
        return secret != null ? secret : StripeJson.text(invoice.get("payment_intent"), "client_secret");
    }

    private static Mono<InvoiceJson.Shown> unasked(Invoice invoice, Throwable e) {
        log.info("Invoice {} is shown without a way to pay it here: {}", invoice.id(), e.toString());
        return Mono.just(InvoiceJson.Shown.of(invoice));
    }
}
