package io.tillstream.subscription.settlement;

import io.tillstream.delivery.Outcome;
import io.tillstream.delivery.StripeEventHandler;
import io.tillstream.delivery.TransientFault;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.entitlement.SummaryNews;
import io.tillstream.subscription.invoice.InvoiceNews;
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
    private final InvoiceNews invoices;
    private final SummaryNews summaries;

    StripeNews(PlanNews plans, SubscriptionNews subscriptions, InvoiceNews invoices, SummaryNews summaries) {
        this.plans = plans;
        this.subscriptions = subscriptions;
        this.invoices = invoices;
        this.summaries = summaries;
    }

    @Override
    public Mono<Outcome> apply(StripeEvent event, Optional<JsonNode> truth) {
        return switch (concern(event)) {
            case PLAN -> plans.apply(event, truth);
            case SUBSCRIPTION -> subscriptions.apply(event, truth);
            case INVOICE -> invoices.apply(event, truth);
            case SUMMARY -> summaries.apply(event, truth);
            case NONE -> Mono.just(new Outcome.Ignored("no concern of subscriptions"));
        };
    }

    @Override
    public Mono<JsonNode> truth(StripeEvent event) {
        Mono<JsonNode> object =
                switch (concern(event)) {
                    case PLAN -> plans.truth(event);
                    case SUBSCRIPTION -> subscriptions.truth(event);
                    case INVOICE -> invoices.truth(event);
                    case SUMMARY -> summaries.truth(event);
                    case NONE -> Mono.just(event.object());
                };
        return object.onErrorMap(StripeUnavailable.class, away -> new TransientFault("Stripe", away));
    }

    private enum Concern {
        PLAN,
        SUBSCRIPTION,
        INVOICE,
        SUMMARY,
        NONE
    }

    private static Concern concern(StripeEvent event) {
        String type = event.type();
        if (type.startsWith("product.") || type.startsWith("price.")) {
            return Concern.PLAN;
        }
        if (type.startsWith("customer.subscription.")
                || type.startsWith("subscription_schedule.")
                || type.startsWith("checkout.session.")) {
            return Concern.SUBSCRIPTION;
        }
        if (type.startsWith("invoice.")) {
            return Concern.INVOICE;
        }
        return type.equals("entitlements.active_entitlement_summary.updated") ? Concern.SUMMARY : Concern.NONE;
    }
}
