package io.tillstream.subscription.invoice;

import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.catalog.PlanLookup;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.subscription.subscription.Subscriptions;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Finds the subscription of an invoice. Where it stands in the invoice differs before and after 2025-03-31.basil. */
@Component
class InvoiceOwnershipResolver {

    private final Subscriptions subscriptions;
    private final PlanLookup plans;
    private final String environment;

    InvoiceOwnershipResolver(Subscriptions subscriptions, PlanLookup plans, StripeSettings settings) {
        this.subscriptions = subscriptions;
        this.plans = plans;
        this.environment = settings.environment();
    }

    Mono<InvoiceOwnership> whose(JsonNode invoice) {
        String stripeId = subscriptionOf(invoice);
        if (stripeId == null) {
            return Mono.just(
                    wantsOne(invoice)
                            ? new InvoiceOwnership.Untold()
                            : new InvoiceOwnership.Foreign("not of a subscription"));
        }
        return subscriptions
                .findByStripeId(stripeId)
                .switchIfEmpty(Mono.defer(() -> named(invoice, stripeId)))
                .<InvoiceOwnership>map(InvoiceOwnership.Ours::new)
                .switchIfEmpty(Mono.defer(() -> unknown(invoice, stripeId)));
    }

    static @Nullable String subscriptionOf(JsonNode invoice) {
        String now = StripeJson.id(invoice.path("parent").get("subscription_details"), "subscription");
        if (now != null) {
            return now;
        }
        String older = StripeJson.id(invoice, "subscription");
        return older != null ? older : ofLines(invoice);
    }

    private static @Nullable String ofLines(JsonNode invoice) {
        return invoice.path("lines")
                .path("data")
                .valueStream()
                .map(InvoiceOwnershipResolver::ofLine)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String ofLine(JsonNode line) {
        JsonNode parent = line.path("parent");
        String item = StripeJson.id(parent.get("subscription_item_details"), "subscription");
        String older = StripeJson.id(line, "subscription");
        return item != null ? item : older;
    }

    private static boolean wantsOne(JsonNode invoice) {
        String reason = StripeJson.text(invoice, "billing_reason");
        return reason != null && (reason.startsWith("subscription") || reason.equals("upcoming"));
    }

    /** Begun here, and Stripe's answer has not told us its id yet. */
    private Mono<Subscription> named(JsonNode invoice, String stripeId) {
        UUID id = ownId(invoice);
        return id == null
                ? Mono.empty()
                : subscriptions
                        .find(id)
                        .filter(found -> found.stripeId() == null || stripeId.equals(found.stripeId()))
                        .filter(found -> isOfItsCustomer(found, invoice)
                                && billsItsPrice(found, invoice)
                                && isInItsCurrency(found, invoice));
    }

    /** Metadata is anybody's to write. */
    private static boolean isOfItsCustomer(Subscription found, JsonNode invoice) {
        String customer = found.stripeCustomerId();
        return customer == null || customer.equals(StripeJson.id(invoice, "customer"));
    }

    private static boolean isInItsCurrency(Subscription found, JsonNode invoice) {
        return found.terms().currency().equals(StripeJson.text(invoice, "currency"));
    }

    /** The first invoice of a start is by the price that it asked for. */
    private static boolean billsItsPrice(Subscription found, JsonNode invoice) {
        String price = found.terms().stripePriceId();
        return found.stripeId() != null
                || price == null
                || InvoiceState.lines(invoice).stream().anyMatch(line -> price.equals(line.priceId()));
    }

    private @Nullable UUID ownId(JsonNode invoice) {
        JsonNode metadata = metadata(invoice);
        String id = StripeJson.text(metadata, "subscription_id");
        if (id == null || !environment.equals(StripeJson.text(metadata, "env"))) {
            return null;
        }
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The subscription's, as it was when the invoice was made. */
    private static JsonNode metadata(JsonNode invoice) {
        JsonNode now = invoice.path("parent").path("subscription_details").path("metadata");
        JsonNode older = invoice.path("subscription_details").path("metadata");
        return now.isObject() ? now : older.isObject() ? older : MissingNode.getInstance();
    }

    /** One of our plans: somebody makes the subscription at Stripe, and we take it over when it is told. */
    private Mono<InvoiceOwnership> unknown(JsonNode invoice, String stripeId) {
        UUID ownId = ownId(invoice);
        if (ownId != null) {
            return subscriptions
                    .find(ownId)
                    .filter(found -> !isInItsCurrency(found, invoice))
                    .<InvoiceOwnership>map(
                            found -> new InvoiceOwnership.Foreign("in another currency than was asked for"))
                    .defaultIfEmpty(new InvoiceOwnership.Waiting(stripeId));
        }
        String env = StripeJson.text(metadata(invoice), "env");
        if (env != null && !env.equals(environment)) {
            return Mono.just(new InvoiceOwnership.Foreign("of the environment " + env));
        }
        return billsAPlan(invoice)
                .map(ours -> ours
                        ? new InvoiceOwnership.Waiting(stripeId)
                        : new InvoiceOwnership.Foreign("another system's subscription"));
    }

    private Mono<Boolean> billsAPlan(JsonNode invoice) {
        return Flux.fromIterable(InvoiceState.lines(invoice))
                .mapNotNull(InvoiceLine::priceId)
                .concatMap(plans::byPrice)
                .hasElements();
    }
}
