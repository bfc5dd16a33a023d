package io.tillstream.order.settlement;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.RefetchedObject;
import io.tillstream.delivery.StripeEventHandler;
import io.tillstream.order.order.Cause;
import io.tillstream.order.order.Timeline;
import io.tillstream.order.payment.PaymentAttempt;
import io.tillstream.order.payment.PaymentAttempts;
import io.tillstream.sql.Writes;
import io.tillstream.stripeevents.PaymentIntentState;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeEventConsumer;
import io.tillstream.stripeevents.StripeJson;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What Stripe's events do to orders. Each runs in the transaction of its inbox row. */
@Component
class OrderStripeEventHandler implements StripeEventHandler {

    private static final String VOUCHED = PaymentServiceQuestions.VOUCHED;

    private static final String NOTHING_NEW = "says nothing new";

    private static final String STRANGER = "payment-service made no such payment";

    private final EventOwnership whose;
    private final PaymentServiceQuestions questions;
    private final OrderTransition settlement;
    private final PaymentAttempts payments;
    private final Timeline timeline;
    private final Writes writes;

    OrderStripeEventHandler(
            EventOwnership whose,
            PaymentServiceQuestions questions,
            OrderTransition settlement,
            PaymentAttempts payments,
            Timeline timeline,
            Writes writes) {
        this.whose = whose;
        this.questions = questions;
        this.settlement = settlement;
        this.payments = payments;
        this.timeline = timeline;
        this.writes = writes;
    }

    @Override
    public boolean follows(String type) {
        return StripeEventConsumer.ORDERS.follows(type);
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
            if (owner instanceof EventOwnership.Named named) {
                return Mono.just(naming(named.intentId(), refetched));
            }
            return owner instanceof EventOwnership.Unknown unknown
                    ? Mono.just(new EventOutcome.Parked(unknown.waitsFor()))
                    : Mono.just(new EventOutcome.Ignored(((EventOwnership.NotOurs) owner).why()));
        });
    }

    /** Of an order whose intent is not known yet, or of none. */
    private static EventOutcome naming(String intentId, Optional<JsonNode> refetched) {
        return refetched
                .<EventOutcome>map(answer -> answer.path(VOUCHED).asBoolean(true)
                        ? new EventOutcome.Parked(intentId)
                        : new EventOutcome.Ignored("its intent is no order's"))
                .orElseGet(EventOutcome.NeedsRefetch::new);
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

    @Override
    public Mono<JsonNode> refetch(StripeEvent event) {
        return questions.refetch(event);
    }

    @Override
    public Mono<JsonNode> reread(StripeEvent event) {
        return questions.reread(event);
    }

    /** A signal, not a fault: nothing was written yet. */
    private static final class RefetchNeeded extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefetchNeeded() {
            super("Stripe has to be asked", null, false, false);
        }
    }
}
