package io.tillstream.subscription.invoice;

import io.tillstream.delivery.Outbox;
import io.tillstream.delivery.ParkedEvents;
import io.tillstream.events.InvoiceEvent;
import io.tillstream.events.Money;
import io.tillstream.subscription.access.EntitlementTransition;
import io.tillstream.subscription.subscription.CreditRecoveries;
import io.tillstream.subscription.subscription.LatePayments;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import io.tillstream.subscription.subscription.Timeline;
import io.tillstream.subscription.subscription.VoidedInvoiceChecks;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** The only one who changes an invoice: under the lock of its subscription; what is told and given follows from it. */
@Component
class InvoiceTransition {

    private static final Logger log = LoggerFactory.getLogger(InvoiceTransition.class);

    private final Subscriptions subscriptions;
    private final Invoices invoices;
    private final Timeline timeline;
    private final Outbox outbox;
    private final EntitlementTransition access;
    private final LatePayments late;
    private final ParkedEvents parked;
    private final CreditRecoveries credit;
    private final VoidedInvoiceChecks voided;

    InvoiceTransition(
            Subscriptions subscriptions,
            Invoices invoices,
            Timeline timeline,
            Outbox outbox,
            EntitlementTransition access,
            LatePayments late,
            ParkedEvents parked,
            CreditRecoveries credit,
            VoidedInvoiceChecks voided) {
        this.subscriptions = subscriptions;
        this.invoices = invoices;
        this.timeline = timeline;
        this.outbox = outbox;
        this.access = access;
        this.late = late;
        this.parked = parked;
        this.credit = credit;
        this.voided = voided;
    }

    /**
     * Takes what was told. Inside the caller's transaction.
     *
     * @param asked whether {@code news} is how Stripe has it now
     * @return the invoice as it is then; empty where Stripe has to be asked first
     */
    Mono<Invoice> learn(UUID subscriptionId, InvoiceState news, ReceivedInvoiceEvent told, boolean asked) {
        return locked(subscriptionId, told)
                .zipWith(invoices.find(news.id()).map(Optional::of).defaultIfEmpty(Optional.empty()))
                .flatMap(both -> learn(both.getT1(), both.getT2().orElse(null), news, told, asked));
    }

    /** The subscription, and with it the time that the event tells. */
    Mono<Subscription> locked(UUID subscriptionId, ReceivedInvoiceEvent told) {
        return subscriptions
                .lock(subscriptionId)
                .then(
                        told.isEvent()
                                ? subscriptions.knownAt(subscriptionId, Instant.ofEpochSecond(told.created()))
                                : Mono.empty())
                .then(Mono.defer(() -> subscriptions.find(subscriptionId)));
    }

    private Mono<Invoice> learn(
            Subscription subscription,
            @Nullable Invoice known,
            InvoiceState news,
            ReceivedInvoiceEvent told,
            boolean asked) {
        return Mono.justOrEmpty(InvoiceMerger.after(known, news, told, asked, subscription))
                .flatMap(next -> told.cause().isQuestion() && next.equals(known)
                        ? Mono.just(next)
                        : written(subscription, known, next, news, told));
    }

    /** A question that is answered with what is known leaves no trace: asking is free. */
    private Mono<Invoice> written(
            Subscription subscription,
            @Nullable Invoice known,
            Invoice next,
            InvoiceState news,
            ReceivedInvoiceEvent told) {
        return store(known, next)
                .then(timeline.told(subscription.id(), told.cause(), outcome(known, next, told), next.id()))
                .then(tellPaid(known, next))
                .then(tellTrouble(next, news, told))
                .then(Mono.defer(() -> late.check(subscription, nowPaid(known, next) ? next.id() : null)))
                .then(Mono.defer(() -> recovered(next)))
                .then(isVoidedNow(known, next) ? voided.begin(next.id()) : Mono.empty())
                .then(known == null ? parked.release(next.id()).then() : Mono.empty())
                .then(access.follow(subscription, told.cause().what()))
                .thenReturn(next);
    }

    /** A credit may be told of, or be back from an invoice that is voided, after the money that it came from has gone back. */
    private Mono<Void> recovered(Invoice next) {
        boolean gives = next.bill().amounts().creditGiven() > 0 || next.status() == InvoiceStatus.VOID;
        return gives ? credit.check(next.subscriptionId()) : Mono.empty();
    }

    /** A payment of it may be under way still: one that asks for nothing has none. */
    private static boolean isVoidedNow(@Nullable Invoice known, Invoice next) {
        return next.status() == InvoiceStatus.VOID
                && (known == null || known.status() != InvoiceStatus.VOID)
                && next.bill().amounts().due() > 0;
    }

    private Mono<Void> store(@Nullable Invoice known, Invoice next) {
        if (next.equals(known)) {
            return Mono.empty();
        }
        if (known == null || known.status() != next.status()) {
            log.info(
                    "Invoice {} of subscription {}: {} -> {}",
                    next.id(),
                    next.subscriptionId(),
                    known == null ? "unknown" : known.status().text(),
                    next.status().text());
        }
        return invoices.put(next);
    }

    private static String outcome(@Nullable Invoice known, Invoice next, ReceivedInvoiceEvent told) {
        return known != null && told.isEvent() && told.created() < known.asOf() && next.equals(known)
                ? "ignored"
                : "applied";
    }

    private static boolean nowPaid(@Nullable Invoice known, Invoice next) {
        return next.everPaid() && (known == null || !known.everPaid());
    }

    private Mono<Void> tellPaid(@Nullable Invoice known, Invoice next) {
        return nowPaid(known, next)
                ? outbox.append(new InvoiceEvent.Paid(
                        next.id(),
                        next.subscriptionId().toString(),
                        next.userId(),
                        money(next, next.bill().amounts().paid()),
                        next.bill().billingReason()))
                : Mono.empty();
    }

    /** Once for each attempt, and no more once the invoice is settled: then it would only worry its reader. */
    private Mono<Void> tellTrouble(Invoice next, InvoiceState news, ReceivedInvoiceEvent told) {
        if (next.everPaid() || next.status().isFinal()) {
            return Mono.empty();
        }
        String about = next.id() + ":" + told.attempt();
        if (told.paymentFailed()) {
            return once(next, "payment_failed", about, failed(next, news, told));
        }
        return told.actionRequired() ? once(next, "action_required", about, actionRequired(next)) : Mono.empty();
    }

    private Mono<Void> once(Invoice invoice, String fact, String about, InvoiceEvent event) {
        return invoices.firstTold(invoice.subscriptionId(), fact, about)
                .flatMap(first -> first ? outbox.append(event) : Mono.empty());
    }

    private static InvoiceEvent failed(Invoice next, InvoiceState news, ReceivedInvoiceEvent told) {
        Instant again = news.nextAttemptAt();
        return new InvoiceEvent.PaymentFailed(
                next.id(),
                next.subscriptionId().toString(),
                next.userId(),
                money(next, news.amounts().remaining()),
                Math.max(told.attempt(), 1),
                again == null ? null : again.toString());
    }

    private static InvoiceEvent actionRequired(Invoice next) {
        return new InvoiceEvent.ActionRequired(
                next.id(),
                next.subscriptionId().toString(),
                next.userId(),
                money(next, next.bill().amounts().remaining()),
                next.bill().links().hosted());
    }

    private static Money money(Invoice invoice, long amount) {
        return new Money(amount, invoice.bill().amounts().currency());
    }
}
