package io.tillstream.order.settlement;

import io.tillstream.delivery.Outcome;
import io.tillstream.delivery.StripeEventHandler;
import io.tillstream.delivery.TransientFault;
import io.tillstream.order.order.Cause;
import io.tillstream.order.order.Timeline;
import io.tillstream.order.payment.OrderPayments;
import io.tillstream.order.payment.PaymentService;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What Stripe's events do to orders. Each runs in the transaction of its inbox row. */
@Component
class SettlingEvents implements StripeEventHandler {

    private final WhoseEvent whose;
    private final Settlement settlement;
    private final OrderPayments payments;
    private final Timeline timeline;
    private final PaymentService service;

    SettlingEvents(
            WhoseEvent whose,
            Settlement settlement,
            OrderPayments payments,
            Timeline timeline,
            PaymentService service) {
        this.whose = whose;
        this.settlement = settlement;
        this.payments = payments;
        this.timeline = timeline;
        this.service = service;
    }

    @Override
    public Mono<Outcome> apply(StripeEvent event, Optional<JsonNode> truth) {
        if (!OrderFacts.follows(event.type())) {
            return Mono.just(new Outcome.Ignored("orders do not follow " + event.type()));
        }
        return whose.find(event).flatMap(owner -> {
            if (owner instanceof WhoseEvent.Order ours) {
                return applyTo(ours.id(), event, truth);
            }
            return owner instanceof WhoseEvent.Unknown unknown
                    ? Mono.just(new Outcome.Parked(unknown.waitsFor()))
                    : Mono.just(new Outcome.Ignored(((WhoseEvent.NotOurs) owner).why()));
        });
    }

    private Mono<Outcome> applyTo(UUID orderId, StripeEvent event, Optional<JsonNode> truth) {
        Cause cause = Cause.stripeEvent(event.id(), event.type());
        return linkAttempt(orderId, event)
                .then(settlement.learn(orderId, cause, (order, known) -> known.after(event, truth)
                        .orElseThrow(TruthNeeded::new)))
                .flatMap(moved -> moved.newFacts()
                        ? timeline.told(orderId, cause, "applied", null).thenReturn((Outcome) new Outcome.Applied())
                        : timeline.told(orderId, cause, "ignored", "says nothing new")
                                .thenReturn((Outcome) new Outcome.Ignored("says nothing new")))
                .switchIfEmpty(Mono.just(new Outcome.Parked(orderId.toString())))
                .onErrorResume(TruthNeeded.class, needed -> Mono.just(new Outcome.NeedsTruth()));
    }

    /** A try whose answer was lost becomes known by the first event of its intent. */
    private Mono<Void> linkAttempt(UUID orderId, StripeEvent event) {
        String attempt = event.metadata("attempt_id");
        String id = event.type().startsWith("payment_intent.")
                ? event.objectId()
                : event.type().startsWith("checkout.session.") ? StripeJson.id(event.object(), "payment_intent") : null;
        return attempt != null && id != null ? payments.hasIntent(orderId, attempt, id) : Mono.empty();
    }

    /**
     * Only intents need it: payment-service reads the one from Stripe, however many were tried for the order. One that it
     * does not know is taken as the event has it, if the event has all.
     */
    @Override
    public Mono<JsonNode> truth(StripeEvent event) {
        String id = String.valueOf(event.objectId());
        return whose.find(event)
                .ofType(WhoseEvent.Order.class)
                .flatMap(order -> service.intent(order.id(), id))
                .onErrorMap(fault -> new TransientFault("payment-service is away", fault))
                .filter(payment ->
                        payment.intent() != null && payment.intent().id().equals(id))
                .map(payment -> StripeShape.of(payment, event))
                .switchIfEmpty(Mono.fromSupplier(event::object));
    }

    /** A signal, not a fault: nothing was written yet. */
    private static final class TruthNeeded extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TruthNeeded() {
            super("Stripe has to be asked", null, false, false);
        }
    }
}
