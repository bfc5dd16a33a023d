package io.tillstream.subscription.moneyback;

import io.tillstream.delivery.EventOutcome;
import io.tillstream.stripeevents.RefundState;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.invoice.InvoiceFinder;
import io.tillstream.subscription.subscription.Cause;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What Stripe tells of money of invoices that goes back. Refunds, disputes and warnings name the payment intent alone, or its charge:
 * which invoice it paid is kept, or asked.
 */
@Component
public class RefundAndDisputeHandler {

    private static final String CREDIT_NOTE = "credit_note.";

    private final MoneyBackTransition transition;
    private final MoneyBacks table;
    private final InvoiceFinder invoices;
    private final StripeMoneyBack stripe;
    private final StartRefundRefusals starts;

    RefundAndDisputeHandler(
            MoneyBackTransition transition,
            MoneyBacks table,
            InvoiceFinder invoices,
            StripeMoneyBack stripe,
            StartRefundRefusals starts) {
        this.transition = transition;
        this.table = table;
        this.invoices = invoices;
        this.stripe = stripe;
        this.starts = starts;
    }

    public static boolean follows(String type) {
        return type.startsWith("charge.dispute.")
                || type.startsWith("refund.")
                || type.equals("charge.refund.updated")
                || type.startsWith("radar.early_fraud_warning.")
                || type.startsWith(CREDIT_NOTE);
    }

    /**
     * Inside the transaction of the event's inbox row. Which invoice it is of, its intent says; what metadata says, an order's
     * number say, is anybody's to write. Money that goes back came in before: an invoice that is not known as paid is learned
     * first, so that nobody is told of the refund before the payment. What goes back of a start that was undone is of no invoice here.
     */
    public Mono<EventOutcome> apply(StripeEvent event, Optional<JsonNode> refetched) {
        return isReturned(event)
                ? starts.returned(String.valueOf(event.objectId()), () -> RefundState.read(event.object()))
                        .flatMap(ofStart ->
                                ofStart ? Mono.just(new EventOutcome.Applied()) : ofInvoice(event, refetched))
                : ofInvoice(event, refetched);
    }

    private static boolean isReturned(StripeEvent event) {
        String status = StripeJson.text(event.object(), "status");
        boolean isRefund = event.type().startsWith("refund.") || event.type().equals("charge.refund.updated");
        return isRefund && ("failed".equals(status) || "canceled".equals(status));
    }

    private Mono<EventOutcome> ofInvoice(StripeEvent event, Optional<JsonNode> refetched) {
        String object = event.objectId();
        String intent = intent(event);
        boolean isNote = noteOf(event) != null;
        if (object == null || (intent == null && charge(event) == null && !isNote)) {
            return Mono.just(new EventOutcome.Ignored("of no bill"));
        }
        return refetched
                .map(asked -> invoiceOf(asked, intent))
                .orElseGet(() -> Mono.justOrEmpty(noteOf(event))
                        .switchIfEmpty(table.invoiceOf(intent))
                        .flatMap(invoices::find))
                .flatMap(invoice -> isNote || invoice.everPaid()
                        ? take(invoice, object, event)
                        : refetched.isEmpty()
                                ? Mono.just(new EventOutcome.NeedsRefetch())
                                : invoices.learn(invoice, refetched.get(), Cause.stripeEvent(event))
                                        .flatMap(known -> take(known, object, event)))
                .switchIfEmpty(Mono.defer(() -> unknown(refetched)));
    }

    private Mono<EventOutcome> take(InvoiceFinder.Known invoice, String object, StripeEvent event) {
        return transition
                .take(
                        invoice,
                        object,
                        StripeJson.metadata(event.object(), StripeMoneyBack.OUR_ID),
                        known -> MoneyBack.of(event, known),
                        Instant.ofEpochSecond(event.created()),
                        Cause.stripeEvent(event))
                .thenReturn(new EventOutcome.Applied());
    }

    /** The invoice that Stripe says it is, if it is known here. */
    private Mono<InvoiceFinder.Known> invoiceOf(JsonNode invoice, @Nullable String intent) {
        String id = StripeJson.text(invoice, "id");
        return id == null
                ? Mono.empty()
                : invoices.find(id)
                        .flatMap(known -> intent == null
                                ? Mono.just(known)
                                : table.paidBy(intent, id).thenReturn(known));
    }

    private Mono<EventOutcome> unknown(Optional<JsonNode> refetched) {
        if (refetched.isEmpty()) {
            return Mono.just(new EventOutcome.NeedsRefetch());
        }
        String id = StripeJson.text(refetched.get(), "id");
        return id == null
                ? Mono.just(new EventOutcome.Ignored("of no bill"))
                : invoices.isOurs(refetched.get())
                        .map(ours ->
                                ours ? new EventOutcome.Parked(id) : new EventOutcome.Ignored("another system's bill"));
    }

    /** The invoice as Stripe has it; an empty object where there is none. */
    public Mono<JsonNode> refetch(StripeEvent event) {
        String note = noteOf(event);
        String intent = intent(event);
        Mono<JsonNode> invoice = note != null
                ? stripe.invoice(note)
                : intent != null ? stripe.invoicePaidBy(intent) : invoicePaidByCharge(charge(event));
        return invoice.defaultIfEmpty(JsonNodeFactory.instance.objectNode());
    }

    private Mono<JsonNode> invoicePaidByCharge(@Nullable String charge) {
        return Mono.justOrEmpty(charge).flatMap(stripe::intentOf).flatMap(stripe::invoicePaidBy);
    }

    /** The invoice that a credit note names. */
    private static @Nullable String noteOf(StripeEvent event) {
        return event.type().startsWith(CREDIT_NOTE) ? StripeJson.id(event.object(), "invoice") : null;
    }

    private static @Nullable String intent(StripeEvent event) {
        return event.type().startsWith(CREDIT_NOTE) ? null : StripeJson.id(event.object(), "payment_intent");
    }

    private static @Nullable String charge(StripeEvent event) {
        return event.type().startsWith(CREDIT_NOTE) ? null : StripeJson.id(event.object(), "charge");
    }
}
