package io.tillstream.subscription.invoice;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.Outbox;
import io.tillstream.events.InvoiceEvent;
import io.tillstream.events.Money;
import io.tillstream.subscription.access.EntitlementTransition;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Timeline;
import java.time.Instant;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** An invoice that is to come. It has no id: it is the one of its subscription and period. */
@Component
class UpcomingInvoiceHandler {

    private final InvoiceTransition settlement;
    private final Invoices invoices;
    private final Timeline timeline;
    private final Outbox outbox;
    private final EntitlementTransition access;

    UpcomingInvoiceHandler(
            InvoiceTransition settlement,
            Invoices invoices,
            Timeline timeline,
            Outbox outbox,
            EntitlementTransition access) {
        this.settlement = settlement;
        this.invoices = invoices;
        this.timeline = timeline;
        this.outbox = outbox;
        this.access = access;
    }

    /** Tells of it once per period, and not when the period has begun. */
    Mono<EventOutcome> apply(Subscription known, UpcomingInvoice upcoming, ReceivedInvoiceEvent told) {
        return settlement.locked(known.id(), told).flatMap(subscription -> tell(subscription, upcoming)
                .flatMap(outcome -> timeline.told(
                                subscription.id(),
                                told.cause(),
                                word(outcome),
                                upcoming.from().toString())
                        .then(access.follow(subscription, told.type()))
                        .thenReturn(outcome)));
    }

    private Mono<EventOutcome> tell(Subscription subscription, UpcomingInvoice upcoming) {
        Instant begun = subscription.period().start();
        if (begun != null && !upcoming.from().isAfter(begun)) {
            return Mono.just(new EventOutcome.Ignored("the period has begun"));
        }
        return invoices.firstTold(subscription.id(), "upcoming", upcoming.from().toString())
                .flatMap(first -> first
                        ? outbox.append(event(subscription, upcoming)).thenReturn(new EventOutcome.Applied())
                        : Mono.just(new EventOutcome.Ignored("told already")));
    }

    private static InvoiceEvent event(Subscription subscription, UpcomingInvoice upcoming) {
        Instant to = upcoming.to();
        return new InvoiceEvent.Upcoming(
                subscription.id().toString(),
                subscription.userId(),
                new Money(upcoming.amounts().due(), upcoming.amounts().currency()),
                upcoming.from().toString(),
                to == null ? null : to.toString());
    }

    private static String word(EventOutcome outcome) {
        return outcome instanceof EventOutcome.Applied ? "applied" : "ignored";
    }
}
