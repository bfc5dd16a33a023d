package io.tillstream.subscription.invoice;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.RefetchedObject;
import io.tillstream.stripe.RefusalReason;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.UnreadableEvent;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * What Stripe tells of invoices. Each event carries the invoice as it was: it is kept, and with it
 *
 * <ul>
 *   <li>paid, payment_succeeded: access is given, what was owed is settled
 *   <li>payment_failed, payment_action_required, overdue: payment is owed from then on, and dunning begins
 *   <li>voided, marked_uncollectible: nothing is asked for any more
 *   <li>finalization_failed: why it cannot be asked for
 *   <li>upcoming: told once per period
 * </ul>
 */
@Component
public class InvoiceEventHandler {

    private static final String UPCOMING = "invoice.upcoming";

    private static final Set<String> FOLLOWED = Set.of(
            UPCOMING,
            "invoice.created",
            "invoice.finalized",
            "invoice.finalization_failed",
            "invoice.paid",
            "invoice.payment_succeeded",
            "invoice.payment_failed",
            "invoice.payment_action_required",
            "invoice.updated",
            "invoice.voided",
            "invoice.marked_uncollectible",
            "invoice.overdue");

    private final InvoiceOwnershipResolver placing;
    private final InvoiceTransition settlement;
    private final UpcomingInvoiceHandler upcoming;
    private final StripeInvoices stripe;
    private final Subscriptions subscriptions;
    private final Invoices invoices;

    InvoiceEventHandler(
            InvoiceOwnershipResolver placing,
            InvoiceTransition settlement,
            UpcomingInvoiceHandler upcoming,
            StripeInvoices stripe,
            Subscriptions subscriptions,
            Invoices invoices) {
        this.placing = placing;
        this.settlement = settlement;
        this.upcoming = upcoming;
        this.stripe = stripe;
        this.subscriptions = subscriptions;
        this.invoices = invoices;
    }

    public static boolean follows(String type) {
        return FOLLOWED.contains(type);
    }

    /** Inside the transaction of the event's inbox row. */
    public Mono<EventOutcome> apply(StripeEvent event, Optional<JsonNode> refetched) {
        Optional<RefetchedObject> read = refetched.map(RefetchedObject::of);
        return placing.whose(object(event, read)).flatMap(whose -> apply(event, read, whose));
    }

    private static JsonNode object(StripeEvent event, Optional<RefetchedObject> refetched) {
        return refetched.map(RefetchedObject::object).orElse(event.object());
    }

    private Mono<EventOutcome> apply(StripeEvent event, Optional<RefetchedObject> refetched, InvoiceOwnership whose) {
        if (whose instanceof InvoiceOwnership.Ours ours) {
            return event.type().equals(UPCOMING)
                    ? upcoming(ours.subscription(), event, refetched)
                    : bill(ours.subscription(), event, refetched);
        }
        if (whose instanceof InvoiceOwnership.Waiting waiting) {
            return Mono.just(new EventOutcome.Parked(waiting.stripeSubscriptionId()));
        }
        return whose instanceof InvoiceOwnership.Foreign foreign
                ? Mono.just(new EventOutcome.Ignored(foreign.why()))
                : unclear(event, refetched, "whose it is");
    }

    private Mono<EventOutcome> bill(Subscription subscription, StripeEvent event, Optional<RefetchedObject> refetched) {
        InvoiceState news = InvoiceState.of(object(event, refetched));
        if (news == null) {
            return unclear(event, refetched, "status and amounts");
        }
        Mono<EventOutcome> learned = settlement
                .learn(subscription.id(), news, ReceivedInvoiceEvent.of(event), refetched.isPresent())
                .<EventOutcome>map(known -> new EventOutcome.Applied())
                .defaultIfEmpty(new EventOutcome.NeedsRefetch());
        return refetched
                .map(read -> subscriptions
                        .lock(subscription.id())
                        .then(read.unlessOvertaken(invoices.version(news.id()), () -> learned)))
                .orElse(learned);
    }

    private Mono<EventOutcome> upcoming(
            Subscription subscription, StripeEvent event, Optional<RefetchedObject> refetched) {
        UpcomingInvoice bill = UpcomingInvoice.of(object(event, refetched));
        return bill == null
                ? unclear(event, refetched, "amounts and period")
                : upcoming.apply(subscription, bill, ReceivedInvoiceEvent.of(event));
    }

    /**
     * Stripe is asked; an invoice that does not say it even then is no use to anybody. One that is only to come may not come
     * any more, and without it nothing of money is lost.
     */
    private static Mono<EventOutcome> unclear(StripeEvent event, Optional<RefetchedObject> refetched, String what) {
        if (refetched.isEmpty()) {
            return Mono.just(new EventOutcome.NeedsRefetch());
        }
        return event.type().equals(UPCOMING)
                ? Mono.just(new EventOutcome.Ignored("does not say " + what + ", and cannot be previewed"))
                : Mono.error(new UnreadableEvent(event.type() + " that does not say " + what));
    }

    /** The event's object as Stripe has it now; as the event has it where Stripe has it no more. */
    public Mono<JsonNode> refetch(StripeEvent event) {
        return RefetchedObject.read(
                Mono.justOrEmpty(event.objectId()).flatMap(invoices::version), () -> asStripeHasIt(event));
    }

    private Mono<JsonNode> asStripeHasIt(StripeEvent event) {
        String id = event.objectId();
        String subscription = InvoiceOwnershipResolver.subscriptionOf(event.object());
        if (id != null && !event.type().equals(UPCOMING)) {
            return stripe.one(id).map(answer -> StripeProblems.present(answer).orElse(event.object()));
        }
        return subscription == null
                ? Mono.just(event.object())
                : stripe.preview(subscription).map(answer -> read(event, answer));
    }

    private static JsonNode read(StripeEvent event, StripeResult<JsonNode> answer) {
        boolean isNone = answer instanceof StripeResult.Refused<?> no && no.refusal() == RefusalReason.STATE;
        return isNone ? event.object() : StripeProblems.present(answer).orElse(event.object());
    }
}
