package io.tillstream.subscription.settlement;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.StripeEventHandler;
import io.tillstream.delivery.TransientFault;
import io.tillstream.stripe.StripeRetrievals;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeEventConsumer;
import io.tillstream.subscription.access.ActiveEntitlementSummaryHandler;
import io.tillstream.subscription.catalog.PlanEventHandler;
import io.tillstream.subscription.customer.CardFingerprintHandler;
import io.tillstream.subscription.invoice.InvoiceEventHandler;
import io.tillstream.subscription.moneyback.RefundAndDisputeHandler;
import io.tillstream.subscription.moneyback.VoidedInvoiceFlow;
import java.util.Optional;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Which event goes where. */
@Component
class StripeEventRouter implements StripeEventHandler {

    private final PlanEventHandler plans;
    private final SubscriptionEventHandler subscriptions;
    private final ScheduleEventHandler schedules;
    private final CheckoutSessionHandler sessions;
    private final InvoiceEventHandler invoices;
    private final Renewals renewals;
    private final ActiveEntitlementSummaryHandler summaries;
    private final CardFingerprintHandler cards;
    private final RefundAndDisputeHandler moneyBack;
    private final VoidedInvoiceFlow voided;
    private final StripeRetrievals retrievals;

    StripeEventRouter(
            PlanEventHandler plans,
            SubscriptionEventHandler subscriptions,
            ScheduleEventHandler schedules,
            CheckoutSessionHandler sessions,
            InvoiceEventHandler invoices,
            Renewals renewals,
            ActiveEntitlementSummaryHandler summaries,
            CardFingerprintHandler cards,
            RefundAndDisputeHandler moneyBack,
            VoidedInvoiceFlow voided,
            StripeRetrievals retrievals) {
        this.plans = plans;
        this.subscriptions = subscriptions;
        this.schedules = schedules;
        this.sessions = sessions;
        this.invoices = invoices;
        this.renewals = renewals;
        this.summaries = summaries;
        this.cards = cards;
        this.moneyBack = moneyBack;
        this.voided = voided;
        this.retrievals = retrievals;
    }

    @Override
    public boolean follows(String type) {
        return handles(type);
    }

    static boolean handles(String type) {
        return concern(type) != EventKind.NONE;
    }

    /** An order's payment pays no invoice: it costs nothing here, as {@code docs/performance.md} has it. */
    @Override
    public boolean concerns(StripeEvent event) {
        return !VoidedInvoiceFlow.follows(event.type()) || VoidedInvoiceFlow.mayBeOfInvoice(event);
    }

    @Override
    public Mono<EventOutcome> apply(StripeEvent event, Optional<JsonNode> refetched) {
        return switch (concern(event.type())) {
            case PLAN -> plans.apply(event, refetched);
            case SUBSCRIPTION -> subscriptions.apply(event, refetched);
            case SCHEDULE -> schedules.apply(event, refetched);
            case SESSION -> sessions.apply(event, refetched);
            case INVOICE -> invoices.apply(event, refetched).flatMap(outcome -> renewed(event, outcome));
            case SUMMARY -> summaries.apply(event, refetched);
            case CARD -> cards.apply(event);
            case MONEY_BACK -> moneyBack.apply(event, refetched);
            case LATE_MONEY -> voided.apply(event);
            case CUSTOMER -> sessions.customerDeleted(event);
            case NONE -> Mono.just(new EventOutcome.Ignored("no concern of subscriptions"));
        };
    }

    @Override
    public Mono<JsonNode> refetch(StripeEvent event) {
        Mono<JsonNode> object =
                switch (concern(event.type())) {
                    case PLAN -> plans.refetch(event);
                    case SUBSCRIPTION -> subscriptions.refetch(event);
                    case SCHEDULE -> schedules.refetch(event);
                    case SESSION -> sessions.refetch(event);
                    case INVOICE -> invoices.refetch(event);
                    case SUMMARY -> summaries.refetch(event);
                    case MONEY_BACK -> moneyBack.refetch(event);
                    case CARD, LATE_MONEY, CUSTOMER, NONE -> Mono.just(event.object());
                };
        return object.onErrorMap(StripeUnavailable.class, away -> new TransientFault("Stripe", away));
    }

    /** A summary has no id, nor has an invoice that is to come: both are read by {@link #refetch}. */
    @Override
    public Mono<JsonNode> reread(StripeEvent event) {
        String id = event.objectId();
        String type = event.objectType();
        boolean read = id != null && StripeRetrievals.knows(type);
        return read
                ? retrievals
                        .retrieve(type, String.valueOf(id))
                        .map(StripeSubscriptionReader::json)
                        .onErrorMap(StripeUnavailable.class, away -> new TransientFault("Stripe", away))
                : Mono.empty();
    }

    private Mono<EventOutcome> renewed(StripeEvent event, EventOutcome outcome) {
        String invoice = event.objectId();
        return outcome instanceof EventOutcome.Applied && invoice != null
                ? renewals.afterInvoice(invoice).thenReturn(outcome)
                : Mono.just(outcome);
    }

    private enum EventKind {
        PLAN,
        SUBSCRIPTION,
        SCHEDULE,
        SESSION,
        INVOICE,
        SUMMARY,
        CARD,
        MONEY_BACK,
        LATE_MONEY,
        CUSTOMER,
        NONE
    }

    private static EventKind concern(String type) {
        return StripeEventConsumer.SUBSCRIPTIONS.follows(type) ? kind(type) : EventKind.NONE;
    }

    private static EventKind kind(String type) {
        if (type.startsWith("product.") || type.startsWith("price.")) {
            return EventKind.PLAN;
        }
        if (type.startsWith("customer.subscription.")) {
            return EventKind.SUBSCRIPTION;
        }
        if (type.startsWith("subscription_schedule.")) {
            return EventKind.SCHEDULE;
        }
        if (type.startsWith("checkout.session.")) {
            return EventKind.SESSION;
        }
        if (InvoiceEventHandler.follows(type)) {
            return EventKind.INVOICE;
        }
        if (type.equals("customer.deleted")) {
            return EventKind.CUSTOMER;
        }
        if (RefundAndDisputeHandler.follows(type)) {
            return EventKind.MONEY_BACK;
        }
        if (VoidedInvoiceFlow.follows(type)) {
            return EventKind.LATE_MONEY;
        }
        if (type.startsWith("payment_method.")) {
            return EventKind.CARD;
        }
        return type.equals("entitlements.active_entitlement_summary.updated") ? EventKind.SUMMARY : EventKind.NONE;
    }
}
