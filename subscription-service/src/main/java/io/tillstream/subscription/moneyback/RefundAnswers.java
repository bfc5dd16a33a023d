package io.tillstream.subscription.moneyback;

import io.tillstream.delivery.Transactions;
import io.tillstream.stripeevents.RefundState;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.invoice.InvoiceFinder;
import io.tillstream.subscription.moneyback.InvoiceRefund.Purpose;
import io.tillstream.subscription.moneyback.InvoiceRefund.Status;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.Subscriptions;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Keeps what Stripe answers of refunds of an invoice: of ours, and of those of which its events did not tell yet. */
@Component
class RefundAnswers {

    private final InvoiceFinder invoices;
    private final InvoiceRefunds refunds;
    private final MoneyBacks table;
    private final MoneyBackTransition transition;
    private final Subscriptions subscriptions;
    private final Transactions transactions;
    private final PromisedRefunds promised;
    private final Clock clock;

    RefundAnswers(
            InvoiceFinder invoices,
            InvoiceRefunds refunds,
            MoneyBacks table,
            MoneyBackTransition transition,
            Subscriptions subscriptions,
            Transactions transactions,
            PromisedRefunds promised,
            Clock clock) {
        this.invoices = invoices;
        this.refunds = refunds;
        this.table = table;
        this.transition = transition;
        this.subscriptions = subscriptions;
        this.transactions = transactions;
        this.promised = promised;
        this.clock = clock;
    }

    /**
     * What was made of one of our refunds; empty where nothing was. Metadata is anybody's to write: ours is of this sum, and
     * made once.
     */
    Optional<JsonNode> ofOurs(InvoiceRefund refund, List<JsonNode> all) {
        return all.stream()
                .filter(one -> refund.id().toString().equals(ours(one)))
                .filter(one -> refund.mayBe(RefundState.read(one)))
                .findFirst();
    }

    /** @param hearsNo whether who asked for it hears now that it failed; unless they do, a person has to see to it */
    Mono<Void> take(InvoiceRefund refund, RefundState fact, boolean hearsNo) {
        Status failed = hearsNo ? Status.REFUSED : Status.FLAGGED;
        Mono<Boolean> end = fact.givesBack()
                ? refunds.end(refund, Status.DONE, fact.id(), null)
                : refunds.end(refund, failed, fact.id(), why(fact));
        Cause cause = Cause.stripeAnswer("POST /v1/refunds", refund.id());
        return take(refund.invoiceId(), fact, refund.id().toString(), cause, end, fact.givesBack());
    }

    /** What Stripe has given back of an operator's refund's payment, and we do not know. */
    Mono<Void> learn(InvoiceRefund refund, List<JsonNode> all) {
        if (refund.purpose() != Purpose.REQUESTED) {
            return Mono.empty(); // of what came late Stripe gives no more than is left of it
        }
        Cause cause = Cause.question("GET /v1/refunds", refund.id());
        return Flux.fromIterable(all)
                .concatMap(one -> learn(refund.invoiceId(), RefundState.read(one), ours(one), cause))
                .then();
    }

    /** What Stripe says of one that was looked at. */
    Mono<Void> learn(String invoiceId, JsonNode refund) {
        RefundState fact = RefundState.read(refund);
        return learn(invoiceId, fact, ours(refund), Cause.question("GET /v1/refunds/{id}", fact.id()));
    }

    private Mono<Void> learn(String invoiceId, RefundState fact, @Nullable String ours, Cause cause) {
        return table.find(fact.id())
                .filter(known -> known.status().equals(fact.status()))
                .hasElement()
                .flatMap(
                        isKnown -> isKnown ? Mono.empty() : take(invoiceId, fact, ours, cause, Mono.just(true), false));
    }

    private Mono<Void> take(
            String invoiceId,
            RefundState fact,
            @Nullable String ours,
            Cause cause,
            Mono<Boolean> before,
            boolean isMade) {
        return transactions
                .run(invoices.find(invoiceId).flatMap(invoice -> subscriptions
                        .lock(invoice.subscriptionId())
                        .then(before)
                        .then(Mono.defer(() -> transition.take(
                                invoice,
                                fact.id(),
                                ours,
                                known -> MoneyBack.of(
                                        known == null
                                                ? fact
                                                : MoneyBack.refund(known).merge(fact)),
                                clock.instant(),
                                cause)))
                        .then(isMade ? promised.returned(invoiceId, fact.id(), "failed") : Mono.empty())
                        .thenReturn(true)))
                .then();
    }

    private static @Nullable String ours(JsonNode refund) {
        return StripeJson.metadata(refund, StripeMoneyBack.OUR_ID);
    }

    static String why(RefundState fact) {
        String reason = fact.failureReason();
        return reason == null ? fact.status() : reason;
    }
}
