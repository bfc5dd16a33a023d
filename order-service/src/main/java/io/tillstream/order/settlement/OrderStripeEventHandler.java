package io.tillstream.order.settlement;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.RefetchedObject;
import io.tillstream.delivery.StripeEventHandler;
import io.tillstream.delivery.TransientFault;
import io.tillstream.order.order.Cause;
import io.tillstream.order.order.Timeline;
import io.tillstream.order.payment.PaymentAttempt;
import io.tillstream.order.payment.PaymentAttempts;
import io.tillstream.order.payment.PaymentServiceClient;
import io.tillstream.sql.Writes;
import io.tillstream.stripeevents.PaymentIntentState;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import io.tillstream.web.Problem;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What Stripe's events do to orders. Each runs in the transaction of its inbox row. */
@Component
class OrderStripeEventHandler implements StripeEventHandler {

    /** In place of Stripe's object: whether payment-service knows it, which says enough. */
    private static final String VOUCHED = "vouched";

    private static final String NOTHING_NEW = "says nothing new";

    private static final String STRANGER = "payment-service made no such payment";

    private final EventOwnership whose;
    private final OrderTransition settlement;
    private final PaymentAttempts payments;
    private final Timeline timeline;
    private final Writes writes;
    private final PaymentServiceClient service;

    OrderStripeEventHandler(
            EventOwnership whose,
            OrderTransition settlement,
            PaymentAttempts payments,
            Timeline timeline,
            Writes writes,
            PaymentServiceClient service) {
        this.whose = whose;
        this.settlement = settlement;
        this.payments = payments;
        this.timeline = timeline;
        this.writes = writes;
        this.service = service;
    }

    @Override
    public boolean follows(String type) {
        return OrderStripeState.follows(type);
    }

    @Override
    public Mono<EventOutcome> apply(StripeEvent event, Optional<JsonNode> refetched) {
        return whose.lock(event).flatMap(owner -> {
            if (owner instanceof EventOwnership.Locked ours) {
                OrderTransitionInput news =
                        news(ours.order().id(), event, refetched.filter(read -> !read.has(VOUCHED)));
                return outcome(ours.order().id(), settlement.learn(ours.order(), cause(event), news));
            }
            if (owner instanceof EventOwnership.Claim claim) {
                return claimed(claim.orderId(), event, refetched);
            }
            return owner instanceof EventOwnership.Unknown unknown
                    ? Mono.just(new EventOutcome.Parked(unknown.waitsFor()))
                    : Mono.just(new EventOutcome.Ignored(((EventOwnership.NotOurs) owner).why()));
        });
    }

    /** An order is paid only by what payment-service made or linked, whatever the metadata of others says. */
    private Mono<EventOutcome> claimed(UUID orderId, StripeEvent event, Optional<JsonNode> refetched) {
        if (refetched.isEmpty()) {
            return settlement
                    .isThere(orderId)
                    .map(here -> here ? new EventOutcome.NeedsRefetch() : new EventOutcome.Parked(orderId.toString()));
        }
        boolean ours = refetched.get().path(VOUCHED).asBoolean(true);
        if (ours) {
            OrderTransitionInput news = news(orderId, event, refetched.filter(read -> !read.has(VOUCHED)));
            return outcome(orderId, settlement.learn(orderId, cause(event), news));
        }
        return writes.send(timeline.told(orderId, cause(event), "ignored", STRANGER))
                .thenReturn(new EventOutcome.Ignored(STRANGER));
    }

    private static Cause cause(StripeEvent event) {
        return Cause.stripeEvent(event.id(), event.type());
    }

    private OrderTransitionInput news(UUID orderId, StripeEvent event, Optional<JsonNode> refetched) {
        return OrderTransitionInput.of(
                        (order, known) -> after(known, event, refetched).orElseThrow(RefetchNeeded::new))
                .withTries(tries -> linked(tries, event))
                .toldAfter(newFacts -> newFacts
                        ? timeline.told(orderId, cause(event), "applied", null)
                        : timeline.told(orderId, cause(event), "ignored", NOTHING_NEW));
    }

    private static Optional<OrderStripeState> after(
            OrderStripeState known, StripeEvent event, Optional<JsonNode> refetched) {
        Optional<RefetchedObject> read =
                refetched.filter(RefetchedObject::isOne).map(RefetchedObject::of);
        Optional<OrderStripeState> next =
                known.after(event, read.map(RefetchedObject::object).or(() -> refetched));
        PaymentIntentState intent = known.intents().get(String.valueOf(event.objectId()));
        read.filter(asked -> next.map(now -> now.intents().get(String.valueOf(event.objectId())))
                        .filter(now -> !now.isFinal()) // final is for ever, whatever came meanwhile
                        .isPresent())
                .ifPresent(asked -> asked.requireNotOvertaken(String.valueOf(intent)));
        return next;
    }

    private static Mono<EventOutcome> outcome(UUID orderId, Mono<OrderTransition.Moved> learned) {
        return learned.<EventOutcome>map(
                        moved -> moved.newFacts() ? new EventOutcome.Applied() : new EventOutcome.Ignored(NOTHING_NEW))
                .switchIfEmpty(Mono.just(new EventOutcome.Parked(orderId.toString())))
                .onErrorResume(RefetchNeeded.class, needed -> Mono.just(new EventOutcome.NeedsRefetch()));
    }

    /** A try whose answer was lost becomes known by the first event of its intent. */
    private OrderTransitionInput.Tries linked(List<PaymentAttempt> tries, StripeEvent event) {
        String attempt = event.metadata("attempt_id");
        String id = event.type().startsWith("payment_intent.")
                ? event.objectId()
                : event.type().startsWith("checkout.session.") ? StripeJson.id(event.object(), "payment_intent") : null;
        return tries.stream()
                .filter(each -> attempt != null && id != null && each.lacksIntentOf(attempt))
                .findFirst()
                .map(found -> OrderTransitionInput.Tries.replacing(
                        tries,
                        found,
                        each -> each.withIntent(String.valueOf(id)),
                        payments.hasIntent(found.id(), String.valueOf(id))))
                .orElseGet(() -> new OrderTransitionInput.Tries(tries, List.of()));
    }

    /** Asked outside any transaction: whether a claim is true, and what Stripe has where the event does not say it. */
    @Override
    public Mono<JsonNode> refetch(StripeEvent event) {
        return whose.find(event)
                .flatMap(owner -> owner instanceof EventOwnership.Claim claim
                        ? vouched(claim.orderId(), event)
                        : owner instanceof EventOwnership.Linked linked ? read(linked.id(), event) : Mono.empty())
                .switchIfEmpty(Mono.fromSupplier(event::object));
    }

    private Mono<JsonNode> vouched(UUID orderId, StripeEvent event) {
        String customer = StripeJson.id(event.object(), "customer");
        return service.owns(orderId, String.valueOf(event.objectId()), event.metadata("attempt_id"), customer)
                .onErrorMap(OrderStripeEventHandler::fault)
                .flatMap(ours -> ours && OrderStripeState.saysTooLittle(event)
                        ? read(orderId, event).switchIfEmpty(Mono.just(event.object()))
                        : Mono.just(PaymentIntentJsonWriter.vouched(VOUCHED, ours)));
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
                        .onErrorMap(OrderStripeEventHandler::fault)
                        .filter(payment -> payment.intent() != null
                                && payment.intent().id().equals(id))
                        .map(payment -> PaymentIntentJsonWriter.of(payment, event)));
    }

    /** A question that payment-service refuses is refused each time; all else passes. */
    private static RuntimeException fault(Throwable fault) {
        return fault instanceof Problem refused && refused.status() < 500
                ? new UnreadableEvent("payment-service refuses: " + refused.code(), refused)
                : new TransientFault("payment-service is away", fault);
    }

    @Override
    public Mono<JsonNode> reread(StripeEvent event) {
        String id = event.objectId();
        return id == null
                ? Mono.empty()
                : service.stripeObject(event.objectType(), id)
                        .onErrorMap(fault -> new TransientFault("payment-service is away", fault));
    }

    /** A signal, not a fault: nothing was written yet. */
    private static final class RefetchNeeded extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefetchNeeded() {
            super("Stripe has to be asked", null, false, false);
        }
    }
}
