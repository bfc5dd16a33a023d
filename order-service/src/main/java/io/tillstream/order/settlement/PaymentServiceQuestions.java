package io.tillstream.order.settlement;

import io.tillstream.delivery.RefetchedObject;
import io.tillstream.delivery.TransientFault;
import io.tillstream.order.payment.PaymentServiceClient;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import io.tillstream.web.Problem;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * What payment-service is asked about an event, outside any transaction: whether a claim is true, whose intent it is, and what
 * Stripe has where the event does not say it.
 */
@Component
class PaymentServiceQuestions {

    /** In place of Stripe's object: whether payment-service knows it, which says enough. */
    static final String VOUCHED = "vouched";

    private final EventOwnership whose;
    private final OrderTransition settlement;
    private final PaymentServiceClient service;

    PaymentServiceQuestions(EventOwnership whose, OrderTransition settlement, PaymentServiceClient service) {
        this.whose = whose;
        this.settlement = settlement;
        this.service = service;
    }

    Mono<JsonNode> refetch(StripeEvent event) {
        return whose.find(event).flatMap(owner -> ask(owner, event)).switchIfEmpty(Mono.fromSupplier(event::object));
    }

    private Mono<JsonNode> ask(EventOwnership.Owner owner, StripeEvent event) {
        if (owner instanceof EventOwnership.Claim claim) {
            return vouched(claim.orderId(), event);
        }
        if (owner instanceof EventOwnership.Named named) {
            return isAnyOrders(named.intentId()).map(ours -> PaymentIntentJsonWriter.vouched(VOUCHED, ours));
        }
        return owner instanceof EventOwnership.Linked linked ? read(linked.id(), event) : Mono.empty();
    }

    private Mono<JsonNode> vouched(UUID orderId, StripeEvent event) {
        return owns(orderId, event.object())
                .flatMap(ours -> ours && OrderStripeState.saysTooLittle(event)
                        ? read(orderId, event).switchIfEmpty(Mono.just(event.object()))
                        : Mono.just(PaymentIntentJsonWriter.vouched(VOUCHED, ours)));
    }

    /**
     * Whether an intent is of an order, as it says itself and payment-service confirms. One that cannot be found may be: what
     * names it goes on waiting.
     */
    private Mono<Boolean> isAnyOrders(String intentId) {
        return service.stripeObject("payment_intent", intentId)
                .onErrorMap(PaymentServiceQuestions::fault)
                .flatMap(intent -> Mono.justOrEmpty(whose.orderNamedBy(intent))
                        .flatMap(orderId -> owns(orderId, intent))
                        .defaultIfEmpty(false))
                .defaultIfEmpty(true);
    }

    /** Whether payment-service made an intent or session for the order that it names. */
    private Mono<Boolean> owns(UUID orderId, JsonNode object) {
        return service.owns(
                        orderId,
                        String.valueOf(StripeJson.text(object, "id")),
                        StripeJson.metadata(object, "attempt_id"),
                        StripeJson.id(object, "customer"))
                .onErrorMap(PaymentServiceQuestions::fault);
    }

    /**
     * Only intents need it: payment-service reads the one from Stripe, however many were tried for the order. One that it
     * does not know is taken as the event has it, if the event has all.
     */
    private Mono<JsonNode> read(UUID orderId, StripeEvent event) {
        String id = String.valueOf(event.objectId());
        return RefetchedObject.read(
                settlement.intent(orderId, id).map(known -> String.valueOf(known.orElse(null))),
                () -> service.intent(orderId, id)
                        .onErrorMap(PaymentServiceQuestions::fault)
                        .filter(payment -> payment.intent() != null
                                && payment.intent().id().equals(id))
                        .map(payment -> PaymentIntentJsonWriter.of(payment, event)));
    }

    Mono<JsonNode> reread(StripeEvent event) {
        String id = event.objectId();
        return id == null
                ? Mono.empty()
                : service.stripeObject(event.objectType(), id)
                        .onErrorMap(fault -> new TransientFault("payment-service is away", fault));
    }

    /** A question that payment-service refuses is refused each time; all else passes. */
    private static RuntimeException fault(Throwable fault) {
        return fault instanceof Problem refused && refused.status() < 500
                ? new UnreadableEvent("payment-service refuses: " + refused.code(), refused)
                : new TransientFault("payment-service is away", fault);
    }
}
