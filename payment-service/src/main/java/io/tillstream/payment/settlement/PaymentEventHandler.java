package io.tillstream.payment.settlement;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.RefetchedObject;
import io.tillstream.payment.payable.Payable;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.Payment.Known;
import io.tillstream.payment.payable.PaymentStatusCalculator;
import io.tillstream.payment.payable.Payments;
import io.tillstream.stripeevents.CheckoutSessionState;
import io.tillstream.stripeevents.PaymentIntentState;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What events about intents, sessions and charges change. */
@Component
class PaymentEventHandler {

    private static final EventOutcome APPLIED = new EventOutcome.Applied();

    private final EventOwnership placing;
    private final PaymentTransition settlement;
    private final DuplicateIntentRecorder strays;
    private final Payments payments;

    PaymentEventHandler(
            EventOwnership placing, PaymentTransition settlement, DuplicateIntentRecorder strays, Payments payments) {
        this.placing = placing;
        this.settlement = settlement;
        this.strays = strays;
        this.payments = payments;
    }

    Mono<EventOutcome> intent(StripeEvent event, Optional<JsonNode> refetched) {
        PaymentIntentState news = PaymentIntentState.read(event.object(), event.created());
        return placing.carrying(event.object(), news.id(), (payable, now) -> {
            if (isAnother(now, news.id())) {
                return strays.take(payable, now, news, event);
            }
            PaymentIntentState known = now.known().intent();
            Mono<PaymentIntentState> merged = refetched
                    .map(RefetchedObject::of)
                    .map(read -> afterReading(known, news, read, event.created()))
                    .orElseGet(() -> Mono.justOrEmpty(afterTelling(known, news)));
            return merged.flatMap(next -> keep(payable, now, now.known().with(next), event))
                    .defaultIfEmpty(new EventOutcome.NeedsRefetch());
        });
    }

    private static Optional<PaymentIntentState> afterTelling(
            @Nullable PaymentIntentState known, PaymentIntentState news) {
        return known == null ? Optional.of(news).filter(told -> !told.lacksAmount()) : known.after(news);
    }

    private static Mono<PaymentIntentState> afterReading(
            @Nullable PaymentIntentState known, PaymentIntentState news, RefetchedObject read, long created) {
        PaymentIntentState before = known == null ? news : known;
        if (!read.object().has("id")) {
            return Mono.just(before); // Stripe has no such intent any more
        }
        PaymentIntentState now = before.afterAsking(PaymentIntentState.read(read.object(), 0), created);
        return now.isFinal()
                ? Mono.just(now) // for ever, whatever came meanwhile
                : read.unlessOvertaken(Mono.justOrEmpty(known).map(Object::toString), () -> Mono.just(now));
    }

    /** The intent as Stripe has it, which is asked by {@code stripe}; outside any transaction. */
    Mono<JsonNode> refetch(String intentId, Supplier<Mono<JsonNode>> stripe) {
        return RefetchedObject.read(
                payments.findByIntent(intentId)
                        .mapNotNull(payment -> payment.known().intent())
                        .map(Object::toString),
                stripe);
    }

    Mono<EventOutcome> session(StripeEvent event) {
        CheckoutSessionState news = CheckoutSessionState.read(event.object(), event.type());
        return placing.carrying(
                event.object(),
                news.intentId(),
                (payable, now) -> EventOwnership.isOurs(now, news.id(), StripeJson.id(event.object(), "customer"))
                        ? keep(payable, now, now.known().with(news), event)
                        : Mono.just(new EventOutcome.Ignored("a page that we did not make")));
    }

    /** A charge that took the money settles; what else a charge tells, the intent's events tell too. */
    Mono<EventOutcome> charge(StripeEvent event) {
        JsonNode charge = event.object();
        String intentId = StripeJson.id(charge, "payment_intent");
        if (intentId == null) {
            return Mono.just(new EventOutcome.Ignored("a charge without an intent"));
        }
        return placing.carrying(charge, intentId, (payable, now) -> {
            PaymentIntentState taken = taken(charge, intentId, event.created());
            if (isAnother(now, intentId)) {
                return taken == null ? DuplicateIntentRecorder.NO_MONEY : strays.take(payable, now, taken, event);
            }
            Known known = now.known().withReceipt(StripeJson.text(charge, "receipt_url"));
            PaymentIntentState before = known.intent();
            if (taken == null) {
                return keep(payable, now, known, event);
            }
            return keep(
                    payable,
                    now,
                    known.with(before == null ? taken : before.after(taken).orElse(taken)),
                    event);
        });
    }

    private static boolean isAnother(Payment payment, String intentId) {
        return payment.intentId() != null && !payment.intentId().equals(intentId);
    }

    /** The intent of a charge that was captured is succeeded. */
    private static @Nullable PaymentIntentState taken(JsonNode charge, String intentId, long created) {
        Long amount = StripeJson.number(charge, "amount");
        Long captured = StripeJson.number(charge, "amount_captured");
        String currency = StripeJson.text(charge, "currency");
        boolean succeeded = "succeeded".equals(StripeJson.text(charge, "status"));
        if (!succeeded || amount == null || captured == null || captured == 0 || currency == null) {
            return null;
        }
        return new PaymentIntentState(
                intentId,
                PaymentIntentState.SUCCEEDED,
                amount,
                captured,
                currency,
                created,
                StripeJson.id(charge, "customer"),
                StripeJson.text(charge, "id"),
                null,
                null,
                null);
    }

    private Mono<EventOutcome> keep(Payable payable, Payment now, Known known, StripeEvent event) {
        return settlement
                .store(payable, now, PaymentStatusCalculator.after(now, known), "event:" + event.id())
                .thenReturn(APPLIED);
    }
}
