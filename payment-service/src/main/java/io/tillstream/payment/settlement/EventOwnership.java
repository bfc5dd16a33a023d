package io.tillstream.payment.settlement;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.payment.payable.Method;
import io.tillstream.payment.payable.Payable;
import io.tillstream.payment.payable.Payables;
import io.tillstream.payment.payable.Payables.Locked;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.Payments;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Finds the payment an event's object belongs to, or says that it is another system's, or has to wait. */
@Component
class EventOwnership {

    private static final EventOutcome FOREIGN = new EventOutcome.Ignored("not ours");

    private final Payables payables;
    private final Payments payments;
    private final String environment;

    EventOwnership(Payables payables, Payments payments, StripeSettings settings) {
        this.payables = payables;
        this.payments = payments;
        this.environment = settings.environment();
    }

    /** An object that carries our metadata: intents, sessions, charges. What is found is locked; inside a transaction. */
    Mono<EventOutcome> carrying(
            JsonNode object, @Nullable String intentId, BiFunction<Payable, Payment, Mono<EventOutcome>> then) {
        return (intentId == null ? Mono.<Locked>empty() : payables.lockByIntent(intentId))
                .switchIfEmpty(Mono.defer(() -> lockByAttempt(object)))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(found -> found.isPresent()
                        ? then.apply(found.get().payable(), found.get().payment())
                        : unplaced(object));
    }

    private Mono<Locked> lockByAttempt(JsonNode object) {
        String customer = StripeJson.id(object, "customer");
        return Mono.justOrEmpty(uuid(attempt(object)))
                .flatMap(payables::lockWithPayment)
                .filter(found -> isOurs(found.payment(), StripeJson.text(object, "id"), customer));
    }

    /**
     * An object without metadata of ours that names its intent, or its charge alone: refunds, disputes, warnings.
     *
     * @param refetched the intent, where Stripe was asked for it
     */
    Mono<EventOutcome> naming(
            JsonNode object, Optional<JsonNode> refetched, Function<Payment, Mono<EventOutcome>> then) {
        String named = StripeJson.id(object, "payment_intent");
        String charge = StripeJson.id(object, "charge");
        if (named == null && charge == null) {
            return Mono.just(FOREIGN);
        }
        String intentId = named != null
                ? named
                : refetched.map(intent -> StripeJson.text(intent, "id")).orElse(null);
        return byIntent(intentId)
                .switchIfEmpty(Mono.defer(() -> refetched.map(this::byAttempt).orElse(Mono.empty())))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(found -> found.isPresent()
                        ? then.apply(found.get())
                        : Mono.just(unplaced(String.valueOf(intentId == null ? charge : intentId), refetched)));
    }

    private EventOutcome unplaced(String id, Optional<JsonNode> refetched) {
        if (refetched.isEmpty()) {
            return new EventOutcome.NeedsRefetch();
        }
        return attempt(refetched.get()) == null ? FOREIGN : new EventOutcome.Parked(id);
    }

    /** It waits for its attempt, unless that is here and says that this is none of it. */
    private Mono<EventOutcome> unplaced(JsonNode object) {
        String attempt = attempt(object);
        return attempt == null
                ? Mono.just(FOREIGN)
                : find(attempt).hasElement().map(here -> here ? FOREIGN : new EventOutcome.Parked(attempt));
    }

    private Mono<Payment> byIntent(@Nullable String intentId) {
        return intentId == null ? Mono.empty() : payments.findByIntent(intentId);
    }

    private Mono<Payment> byAttempt(JsonNode object) {
        String customer = StripeJson.id(object, "customer");
        return find(attempt(object)).filter(payment -> isOurs(payment, StripeJson.text(object, "id"), customer));
    }

    /**
     * Whether we made or linked an object that names a payable: what another service asks before it believes the metadata.
     *
     * @param objectId of an intent or a session
     */
    Mono<Boolean> owns(String reference, String objectId, @Nullable String attempt, @Nullable String customer) {
        return byIntent(objectId)
                .switchIfEmpty(Mono.defer(() -> payments.findBySession(objectId)))
                .switchIfEmpty(Mono.defer(() -> find(attempt).filter(payment -> isOurs(payment, objectId, customer))))
                .map(payment -> payment.reference().equals(reference))
                .defaultIfEmpty(false);
    }

    private Mono<Payment> find(@Nullable String attempt) {
        return Mono.justOrEmpty(uuid(attempt)).flatMap(payments::find);
    }

    private static @Nullable UUID uuid(@Nullable String attempt) {
        try {
            return attempt == null ? null : UUID.fromString(attempt);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * Metadata is anybody's to write. All that we make is of the payment's customer, and of pages we make one, where the
     * payment is by page; a copy of our metadata at anything else pays nothing of ours.
     */
    static boolean isOurs(Payment payment, @Nullable String objectId, @Nullable String customer) {
        if (!payment.stripeCustomerId().equals(customer)) {
            return false;
        }
        boolean isSession = objectId != null && objectId.startsWith("cs_");
        return !isSession
                || (payment.method() == Method.CHECKOUT
                        && (payment.sessionId() == null || payment.sessionId().equals(objectId)));
    }

    /** Our id of the attempt; null where another system, or another installation of ours, made the object. */
    private @Nullable String attempt(JsonNode object) {
        return environment.equals(StripeJson.metadata(object, "env"))
                ? StripeJson.metadata(object, StripePaymentReader.ATTEMPT)
                : null;
    }
}
