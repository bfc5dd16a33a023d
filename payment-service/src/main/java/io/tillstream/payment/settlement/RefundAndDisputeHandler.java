package io.tillstream.payment.settlement;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.payment.dispute.DisputeTransition;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.refund.RefundSubmitter;
import io.tillstream.payment.refund.RefundTransition;
import io.tillstream.payment.refund.Refunds;
import io.tillstream.stripeevents.DisputeState;
import io.tillstream.stripeevents.RefundState;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import java.util.Optional;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What events about refunds, disputes and fraud warnings change. */
@Component
class RefundAndDisputeHandler {

    private static final EventOutcome APPLIED = new EventOutcome.Applied();

    private final EventOwnership placing;
    private final PaymentTransition settlement;
    private final RefundTransition refunds;
    private final Refunds stored;
    private final DisputeTransition disputes;

    RefundAndDisputeHandler(
            EventOwnership placing,
            PaymentTransition settlement,
            RefundTransition refunds,
            Refunds stored,
            DisputeTransition disputes) {
        this.placing = placing;
        this.settlement = settlement;
        this.refunds = refunds;
        this.stored = stored;
        this.disputes = disputes;
    }

    Mono<EventOutcome> refund(StripeEvent event, Optional<JsonNode> refetched) {
        RefundState fact = RefundState.read(event.object());
        return placing.naming(
                event.object(),
                refetched,
                payment -> locked(payment, now -> refunds.learn(now, fact, RefundSubmitter.ourId(event.object()))));
    }

    /** A charge says how much of it went back. If that is more than the refunds we know, Stripe lists them all. */
    Mono<EventOutcome> chargeRefunded(StripeEvent event, Optional<JsonNode> refetched) {
        JsonNode charge = event.object();
        Long refunded = StripeJson.number(charge, "amount_refunded");
        return placing.carrying(
                charge,
                StripeJson.id(charge, "payment_intent"),
                (payable, now) -> refetched.isPresent()
                        ? learnAll(now, refetched.get()).thenReturn(APPLIED)
                        : covers(now, refunded == null ? 0 : refunded)
                                .map(enough -> enough ? APPLIED : new EventOutcome.NeedsRefetch()));
    }

    private Mono<Boolean> covers(Payment payment, long refunded) {
        return stored.ofPayment(payment.id())
                .filter(refund -> refund.stripeId() != null && refund.status().givesBack())
                .reduce(0L, (sum, refund) -> sum + refund.money().amount())
                .map(sum -> sum >= refunded);
    }

    private Mono<Void> learnAll(Payment payment, JsonNode list) {
        JsonNode data = list.get("data");
        return data == null
                ? Mono.empty()
                : Flux.fromStream(data.valueStream())
                        .concatMap(refund ->
                                refunds.learn(payment, RefundState.read(refund), RefundSubmitter.ourId(refund)))
                        .then();
    }

    Mono<EventOutcome> dispute(StripeEvent event, Optional<JsonNode> refetched) {
        DisputeState fact = DisputeState.read(event.object(), event.type());
        return placing.naming(
                event.object(),
                refetched,
                payment -> locked(payment, now -> disputes.learn(now, fact).then(refunds.afterDispute(now))));
    }

    Mono<EventOutcome> warning(StripeEvent event, Optional<JsonNode> refetched) {
        JsonNode warning = event.object();
        String id = event.objectId();
        String type = StripeJson.text(warning, "fraud_type");
        JsonNode actionable = warning.get("actionable");
        if (id == null) {
            throw new UnreadableEvent("Early fraud warning without id");
        }
        return placing.naming(
                warning,
                refetched,
                payment -> locked(
                        payment,
                        now -> disputes.warned(
                                now, id, type == null ? "misc" : type, actionable != null && actionable.asBoolean())));
    }

    private Mono<EventOutcome> locked(Payment payment, java.util.function.Function<Payment, Mono<?>> work) {
        return settlement.locked(payment, (payable, now) -> work.apply(now).then(Mono.just(APPLIED)));
    }
}
