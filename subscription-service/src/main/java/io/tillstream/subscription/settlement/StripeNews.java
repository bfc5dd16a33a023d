package io.tillstream.subscription.settlement;

import io.tillstream.delivery.Outcome;
import io.tillstream.delivery.StripeEventHandler;
import io.tillstream.delivery.TransientFault;
import io.tillstream.stripe.StripeRetrievals;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.customer.CardNews;
import io.tillstream.subscription.entitlement.SummaryNews;
import io.tillstream.subscription.invoice.InvoiceNews;
import io.tillstream.subscription.moneyback.MoneyBackNews;
import io.tillstream.subscription.plan.PlanNews;
import java.util.Optional;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Which event goes where. */
@Component
class StripeNews implements StripeEventHandler {

    private final PlanNews plans;
    private final SubscriptionNews subscriptions;
    private final ScheduleNews schedules;
    private final SessionNews sessions;
    private final InvoiceNews invoices;
    private final Renewals renewals;
    private final SummaryNews summaries;
    private final CardNews cards;
    private final MoneyBackNews moneyBack;
    private final StripeRetrievals retrievals;

    StripeNews(
            PlanNews plans,
            SubscriptionNews subscriptions,
            ScheduleNews schedules,
            SessionNews sessions,
            InvoiceNews invoices,
            Renewals renewals,
            SummaryNews summaries,
            CardNews cards,
            MoneyBackNews moneyBack,
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
        this.retrievals = retrievals;
    }

    @Override
    public boolean follows(String type) {
        return concern(type) != Concern.NONE;
    }

    @Override
    public Mono<Outcome> apply(StripeEvent event, Optional<JsonNode> truth) {
        return switch (concern(event.type())) {
            case PLAN -> plans.apply(event, truth);
            case SUBSCRIPTION -> subscriptions.apply(event, truth);
            case SCHEDULE -> schedules.apply(event, truth);
            case SESSION -> sessions.apply(event, truth);
            case INVOICE -> invoices.apply(event, truth).flatMap(outcome -> renewed(event, outcome));
            case SUMMARY -> summaries.apply(event, truth);
            case CARD -> cards.apply(event);
            case MONEY_BACK -> moneyBack.apply(event, truth);
            case CUSTOMER -> sessions.customerDeleted(event);
            case NONE -> Mono.just(new Outcome.Ignored("no concern of subscriptions"));
        };
    }

    @Override
    public Mono<JsonNode> truth(StripeEvent event) {
        Mono<JsonNode> object =
                switch (concern(event.type())) {
                    case PLAN -> plans.truth(event);
                    case SUBSCRIPTION -> subscriptions.truth(event);
                    case SCHEDULE -> schedules.truth(event);
                    case SESSION -> sessions.truth(event);
                    case INVOICE -> invoices.truth(event);
                    case SUMMARY -> summaries.truth(event);
                    case MONEY_BACK -> moneyBack.truth(event);
                    case CARD, CUSTOMER, NONE -> Mono.just(event.object());
                };
        return object.onErrorMap(StripeUnavailable.class, away -> new TransientFault("Stripe", away));
    }

    /** A summary has no id, nor has a bill that is to come: both are read by {@link #truth}. */
    @Override
    public Mono<JsonNode> reread(StripeEvent event) {
        String id = event.objectId();
        String type = event.objectType();
        boolean read = id != null && StripeRetrievals.knows(type);
        return read
                ? retrievals
                        .retrieve(type, String.valueOf(id))
                        .map(StripeReads::json)
                        .onErrorMap(StripeUnavailable.class, away -> new TransientFault("Stripe", away))
                : Mono.empty();
    }

    private Mono<Outcome> renewed(StripeEvent event, Outcome outcome) {
        String invoice = event.objectId();
        return outcome instanceof Outcome.Applied && invoice != null
                ? renewals.afterInvoice(invoice).thenReturn(outcome)
                : Mono.just(outcome);
    }

    private enum Concern {
        PLAN,
        SUBSCRIPTION,
        SCHEDULE,
        SESSION,
        INVOICE,
        SUMMARY,
        CARD,
        MONEY_BACK,
        CUSTOMER,
        NONE
    }

    private static Concern concern(String type) {
        if (type.startsWith("product.") || type.startsWith("price.")) {
            return Concern.PLAN;
        }
        if (type.startsWith("customer.subscription.")) {
            return Concern.SUBSCRIPTION;
        }
        if (type.startsWith("subscription_schedule.")) {
            return Concern.SCHEDULE;
        }
        if (type.startsWith("checkout.session.")) {
            return Concern.SESSION;
        }
        if (InvoiceNews.follows(type)) {
            return Concern.INVOICE;
        }
        if (type.equals("customer.deleted")) {
            return Concern.CUSTOMER;
        }
        if (MoneyBackNews.follows(type)) {
            return Concern.MONEY_BACK;
        }
        if (type.startsWith("payment_method.")) {
            return Concern.CARD;
        }
        return type.equals("entitlements.active_entitlement_summary.updated") ? Concern.SUMMARY : Concern.NONE;
    }
}
