package io.tillstream.subscription.moneyback;

import io.tillstream.delivery.Outbox;
import io.tillstream.events.InvoiceEvent;
import io.tillstream.events.Money;
import io.tillstream.subscription.access.EntitlementTransition;
import io.tillstream.subscription.invoice.InvoiceFinder;
import io.tillstream.subscription.subscription.Cause;
import io.tillstream.subscription.subscription.CreditRecoveries;
import io.tillstream.subscription.subscription.PendingChangeRefundCheckQueue;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Timeline;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Takes what is told of an invoice's money under the lock of its subscription: others are told, and access follows. */
@Component
class MoneyBackTransition {

    private final MoneyBacks table;
    private final Subscriptions subscriptions;
    private final Timeline timeline;
    private final EntitlementTransition access;
    private final Outbox outbox;
    private final CreditRecoveries credit;
    private final PendingChangeRefundCheckQueue changes;
    private final InvoiceRefunds refunds;
    private final PromisedRefunds promised;
    private final InvoiceFinder invoices;

    MoneyBackTransition(
            MoneyBacks table,
            Subscriptions subscriptions,
            Timeline timeline,
            EntitlementTransition access,
            Outbox outbox,
            CreditRecoveries credit,
            PendingChangeRefundCheckQueue changes,
            InvoiceRefunds refunds,
            PromisedRefunds promised,
            InvoiceFinder invoices) {
        this.table = table;
        this.subscriptions = subscriptions;
        this.timeline = timeline;
        this.access = access;
        this.outbox = outbox;
        this.credit = credit;
        this.changes = changes;
        this.refunds = refunds;
        this.promised = promised;
        this.invoices = invoices;
    }

    /** What is told, given the fact that was known before. */
    interface MoneyBackSource {
        MoneyBack after(@Nullable String knownFact);
    }

    /**
     * Inside the caller's transaction; the same again changes nothing.
     *
     * @param ours which of our refunds it is, as its metadata says; null: of none
     */
    Mono<Void> take(
            InvoiceFinder.Known invoice,
            String objectId,
            @Nullable String ours,
            MoneyBackSource told,
            Instant at,
            Cause cause) {
        return subscriptions.lock(invoice.subscriptionId()).flatMap(subscription -> table.find(objectId)
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(found -> {
                    MoneyBacks.Known known = found.orElse(null);
                    MoneyBack back = told.after(known == null ? null : known.fact());
                    return table.put(invoice.id(), back, at)
                            .then(Mono.defer(() -> table.noteRefunded(invoice.id())))
                            .then(ours == null ? Mono.empty() : refunds.isMadeAs(ours, back, invoice.id()))
                            .then(Mono.defer(() -> owed(invoice, back, known != null && known.counts())))
                            .then(Mono.defer(() -> tell(invoice, known, back)))
                            .then(timeline.told(subscription.id(), cause, "applied", back.id() + " " + back.status()))
                            .then(Mono.defer(() -> credit.check(subscription.id())))
                            .then(back.counts() ? changes.check(subscription.id()) : Mono.empty())
                            .then(Mono.defer(() -> access.follow(subscription, cause.what())));
                }));
    }

    /** What came late, or was promised, stays owed until it is gone: not only asked for, and whoever gave it back. */
    private Mono<Void> owed(InvoiceFinder.Known invoice, MoneyBack back, boolean counted) {
        String reason = back.reason();
        String why = reason == null ? back.status() : reason;
        Mono<Void> owedAgain = refunds.lateIsOwedAgain(invoice.id(), why)
                .then(counted ? Mono.defer(() -> promised.returned(invoice.id(), back.id(), why)) : Mono.empty());
        return (back.counts() ? Mono.<Void>empty() : owedAgain)
                .then(back.isClosedDispute() ? refunds.wake(invoice.id()) : Mono.empty())
                .then(promised.settle(invoice.id(), why));
    }

    private Mono<Void> tell(InvoiceFinder.Known invoice, MoneyBacks.@Nullable Known known, MoneyBack back) {
        return switch (back.kind()) {
            case REFUND -> refund(invoice, known, back);
            case DISPUTE -> dispute(invoice, known, back);
            case FRAUD_WARNING -> known == null ? outbox.append(warning(invoice, back)) : Mono.empty();
            case CREDIT_NOTE ->
                back.counts() && (known == null || !known.counts())
                        ? outbox.append(credited(invoice, back))
                        : Mono.empty();
        };
    }

    private Mono<Void> refund(InvoiceFinder.Known invoice, MoneyBacks.@Nullable Known known, MoneyBack back) {
        boolean gives = back.counts() && (known == null || !known.counts());
        boolean failed = back.status().equals("failed")
                && (known == null || !known.status().equals("failed"));
        if (failed) {
            return outbox.append(failed(invoice, back));
        }
        return gives
                ? table.givenBack(invoice.id()).flatMap(total -> outbox.append(refunded(invoice, back, total)))
                : Mono.empty();
    }

    /** That one took the money may be heard after its end, and then whether it was told of is what was kept of that. */
    private Mono<Void> dispute(InvoiceFinder.Known invoice, MoneyBacks.@Nullable Known known, MoneyBack back) {
        boolean wasNotTold = known != null && tookNothing(known.status());
        boolean isDisputed = !tookNothing(back.status()) && (known == null || (wasNotTold && back.tookMoney()));
        boolean isLate = known != null && known.status().equals("won") && !known.tookMoney() && back.tookMoney();
        boolean wasToldSo = known != null && known.status().equals(back.status()); // what was lost may be won yet
        boolean ends = back.isClosedDispute() && !wasToldSo && !wasNotTold;
        return isDisputed || isLate
                ? invoices.firstTold(invoice.subscriptionId(), "disputed", back.id())
                        .flatMap(first -> tell(invoice, back, isDisputed || first, ends))
                : tell(invoice, back, false, ends);
    }

    private Mono<Void> tell(InvoiceFinder.Known invoice, MoneyBack back, boolean isDisputed, boolean ends) {
        boolean isClosed = ends || (isDisputed && back.isClosedDispute());
        Mono<Void> begun = isDisputed ? outbox.append(disputed(invoice, back)) : Mono.empty();
        Mono<Void> over = isClosed ? outbox.append(closed(invoice, back)) : Mono.empty();
        return Flux.concat(begun, over).then();
    }

    /** An inquiry, or one that was prevented: nobody is told of it, nor of its end, until it takes the money. */
    private static boolean tookNothing(String status) {
        return status.startsWith("warning_") || status.equals("prevented");
    }

    private static Money money(InvoiceFinder.Known invoice, long amount) {
        return new Money(amount, invoice.paid().currency());
    }

    private static InvoiceEvent refunded(InvoiceFinder.Known invoice, MoneyBack back, long total) {
        return new InvoiceEvent.Refunded(
                invoice.id(),
                invoice.subscriptionId().toString(),
                invoice.userId(),
                back.id(),
                money(invoice, back.amount()),
                money(invoice, total),
                total >= invoice.paid().amount(),
                back.reason());
    }

    private static InvoiceEvent failed(InvoiceFinder.Known invoice, MoneyBack back) {
        return new InvoiceEvent.RefundFailed(
                invoice.id(),
                invoice.subscriptionId().toString(),
                invoice.userId(),
                back.id(),
                money(invoice, back.amount()),
                back.reason());
    }

    private static InvoiceEvent disputed(InvoiceFinder.Known invoice, MoneyBack back) {
        return new InvoiceEvent.Disputed(
                invoice.id(),
                invoice.subscriptionId().toString(),
                invoice.userId(),
                back.id(),
                money(invoice, back.amount()),
                back.reason());
    }

    private static InvoiceEvent closed(InvoiceFinder.Known invoice, MoneyBack back) {
        return new InvoiceEvent.DisputeClosed(
                invoice.id(),
                invoice.subscriptionId().toString(),
                invoice.userId(),
                back.id(),
                money(invoice, back.amount()),
                back.status());
    }

    private static InvoiceEvent warning(InvoiceFinder.Known invoice, MoneyBack back) {
        return new InvoiceEvent.FraudWarning(
                invoice.id(), invoice.subscriptionId().toString(), invoice.userId(), back.id(), back.reason());
    }

    private static InvoiceEvent credited(InvoiceFinder.Known invoice, MoneyBack back) {
        return new InvoiceEvent.Credited(
                invoice.id(),
                invoice.subscriptionId().toString(),
                invoice.userId(),
                back.id(),
                money(invoice, back.amount()));
    }
}
