package io.tillstream.payment.settlement;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.StripeEventHandler;
import io.tillstream.delivery.TransientFault;
import io.tillstream.payment.answers.StripeProblems;
import io.tillstream.payment.customer.CustomerEventHandler;
import io.tillstream.payment.paymentmethod.CardEventHandler;
import io.tillstream.payment.refund.StripeRefunds;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeRetrievals;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeEventConsumer;
import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Which event goes where. */
@Component
class StripeEventRouter implements StripeEventHandler {

    /** What the events are about that are followed. */
    private static final Set<String> READ = Set.of(
            "payment_intent",
            "payment_method",
            "setup_intent",
            "mandate",
            "checkout.session",
            "charge",
            "refund",
            "dispute",
            "radar.early_fraud_warning",
            "customer");

    private final PaymentEventHandler payments;
    private final RefundAndDisputeHandler moneyBack;
    private final CustomerEventHandler customers;
    private final CardEventHandler cards;
    private final StripePaymentReader reads;
    private final StripeRefunds refunds;
    private final StripeRetrievals retrievals;

    StripeEventRouter(
            PaymentEventHandler payments,
            RefundAndDisputeHandler moneyBack,
            CustomerEventHandler customers,
            CardEventHandler cards,
            StripePaymentReader reads,
            StripeRefunds refunds,
            StripeRetrievals retrievals) {
        this.payments = payments;
        this.moneyBack = moneyBack;
        this.customers = customers;
        this.cards = cards;
        this.reads = reads;
        this.refunds = refunds;
        this.retrievals = retrievals;
    }

    @Override
    public boolean follows(String type) {
        return handles(type);
    }

    static boolean handles(String type) {
        return concern(type) != EventKind.NONE;
    }

    @Override
    public Mono<EventOutcome> apply(StripeEvent event, Optional<JsonNode> refetched) {
        return switch (concern(event.type())) {
            case INTENT -> payments.intent(event, refetched);
            case CARD -> cards.apply(event, refetched);
            case SESSION -> session(event, refetched);
            case CHARGE -> payments.charge(event);
            case CHARGE_REFUNDED -> moneyBack.chargeRefunded(event, refetched);
            case REFUND -> moneyBack.refund(event, refetched);
            case DISPUTE -> moneyBack.dispute(event, refetched);
            case WARNING -> moneyBack.warning(event, refetched);
            case CUSTOMER -> customers.apply(event, refetched);
            case NONE -> Mono.just(new EventOutcome.Ignored("no concern of payments"));
        };
    }

    private enum EventKind {
        INTENT,
        CARD,
        SESSION,
        CHARGE,
        CHARGE_REFUNDED,
        REFUND,
        DISPUTE,
        WARNING,
        CUSTOMER,
        NONE
    }

    private static EventKind concern(String type) {
        return StripeEventConsumer.PAYMENTS.follows(type) ? kind(type) : EventKind.NONE;
    }

    private static EventKind kind(String type) {
        return switch (type) {
            case "payment_intent.created",
                    "payment_intent.succeeded",
                    "payment_intent.processing",
                    "payment_intent.requires_action",
                    "payment_intent.payment_failed",
                    "payment_intent.canceled",
                    "payment_intent.amount_capturable_updated" -> EventKind.INTENT;
            case "payment_method.attached",
                    "payment_method.detached",
                    "payment_method.updated",
                    "payment_method.automatically_updated",
                    "setup_intent.succeeded",
                    "setup_intent.setup_failed",
                    "mandate.updated" -> EventKind.CARD;
            case "checkout.session.completed",
                    "checkout.session.async_payment_succeeded",
                    "checkout.session.async_payment_failed",
                    "checkout.session.expired" -> EventKind.SESSION;
            case "charge.succeeded",
                    "charge.failed",
                    "charge.updated",
                    "charge.captured",
                    "charge.pending",
                    "charge.expired" -> EventKind.CHARGE;
            case "charge.refunded" -> EventKind.CHARGE_REFUNDED;
            case "refund.created", "refund.updated", "refund.failed", "charge.refund.updated" -> EventKind.REFUND;
            case "charge.dispute.created",
                    "charge.dispute.updated",
                    "charge.dispute.closed",
                    "charge.dispute.funds_withdrawn",
                    "charge.dispute.funds_reinstated" -> EventKind.DISPUTE;
            case "radar.early_fraud_warning.created", "radar.early_fraud_warning.updated" -> EventKind.WARNING;
            case "customer.created", "customer.updated", "customer.deleted" -> EventKind.CUSTOMER;
            default -> EventKind.NONE;
        };
    }

    private Mono<EventOutcome> session(StripeEvent event, Optional<JsonNode> refetched) {
        return switch (String.valueOf(StripeJson.text(event.object(), "mode"))) {
            case "payment" -> payments.session(event);
            case "setup" -> cards.apply(event, refetched);
            default -> Mono.just(new EventOutcome.Ignored("not a session that pays an order"));
        };
    }

    @Override
    public Mono<JsonNode> refetch(StripeEvent event) {
        if (event.type().startsWith("customer.")) {
            return customers.refetch(event);
        }
        if (event.type().startsWith("payment_method.") || event.type().startsWith("setup_intent.")) {
            return cards.refetch(event);
        }
        return read(event).onErrorMap(StripeUnavailable.class, away -> new TransientFault("Stripe", away));
    }

    private Mono<JsonNode> read(StripeEvent event) {
        String own = event.type().startsWith("payment_intent.") ? event.objectId() : null;
        if (own != null) {
            return payments.refetch(own, () -> intent(own));
        }
        String intent = StripeJson.id(event.object(), "payment_intent");
        if (event.type().equals("charge.refunded")) {
            return refundsOf(intent);
        }
        return intent != null ? intent(intent) : intentOfCharge(StripeJson.id(event.object(), "charge"));
    }

    /** What names its charge alone is of the intent that made that; nothing where none did. */
    private Mono<JsonNode> intentOfCharge(@Nullable String charge) {
        return Mono.justOrEmpty(charge)
                .flatMap(id -> retrievals.retrieve("charge", id))
                .flatMap(json -> Mono.justOrEmpty(
                        StripeJson.id(StripeJson.read(json.getBytes(StandardCharsets.UTF_8)), "payment_intent")))
                .flatMap(this::intent)
                .switchIfEmpty(Mono.fromSupplier(StripeEventRouter::nothing));
    }

    @Override
    public Mono<JsonNode> reread(StripeEvent event) {
        String id = event.objectId();
        String type = event.objectType();
        return id == null || !READ.contains(type)
                ? Mono.empty()
                : retrievals
                        .retrieve(type, id)
                        .map(json -> StripeJson.read(json.getBytes(StandardCharsets.UTF_8)))
                        .onErrorMap(StripeUnavailable.class, away -> new TransientFault("Stripe", away));
    }

    private Mono<JsonNode> intent(@Nullable String id) {
        return id == null ? Mono.just(nothing()) : reads.intent(id).map(answer -> orNothing(answer));
    }

    private Mono<JsonNode> refundsOf(@Nullable String intent) {
        return intent == null
                ? Mono.just(nothing())
                : refunds.pageOfIntent(intent).map(answer -> orNothing(answer));
    }

    /** Stripe knows no such object any more: as if it were another system's. */
    private static JsonNode orNothing(StripeResult<JsonNode> answer) {
        return StripeProblems.present(answer).orElseGet(StripeEventRouter::nothing);
    }

    private static JsonNode nothing() {
        return StripeJson.read("{}".getBytes(StandardCharsets.UTF_8));
    }
}
