package io.tillstream.subscription.moneyback;

import com.stripe.model.StripeObject;
import com.stripe.param.InvoicePaymentListParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.param.RefundListParams;
import io.tillstream.stripe.ExpectedValues;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Payments of invoices at Stripe, and their refunds. */
@Component
public class StripeMoneyBack {

    static final String OUR_ID = "invoice_refund_id";
    static final String ALREADY = "charge_already_refunded";

    private static final long MOST = 100; // one page: more payments than an invoice has

    private final StripeCalls calls;
    private final String environment;

    StripeMoneyBack(StripeCalls calls, StripeSettings settings) {
        this.calls = calls;
        this.environment = settings.environment();
    }

    /** The invoice that an intent paid; empty where it paid none. */
    Mono<JsonNode> invoicePaidBy(String paymentIntent) {
        var params = InvoicePaymentListParams.builder()
                .setPayment(InvoicePaymentListParams.Payment.builder()
                        .setType(InvoicePaymentListParams.Payment.Type.PAYMENT_INTENT)
                        .setPaymentIntent(paymentIntent)
                        .build())
                .setLimit(1L)
                .build();
        return calls.read(
                        "invoice_payment.list",
                        (stripe, options) -> json(stripe.v1().invoicePayments().list(params, options)))
                .flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)))
                .mapNotNull(page -> StripeJson.id(page.path("data").path(0), "invoice"))
                .flatMap(this::invoice);
    }

    /** The intent that made a charge; empty where none did. */
    Mono<String> intentOf(String charge) {
        return calls.read(
                        "charge.retrieve",
                        (stripe, options) -> json(stripe.v1().charges().retrieve(charge, options)))
                .flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)))
                .mapNotNull(found -> StripeJson.id(found, "payment_intent"));
    }

    Mono<JsonNode> invoice(String id) {
        return calls.read(
                        "invoice.retrieve",
                        (stripe, options) -> json(stripe.v1().invoices().retrieve(id, options)))
                .flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)));
    }

    /** The intents that paid an invoice; none where it was paid otherwise. */
    Mono<List<Paid>> payments(String invoiceId) {
        var params = InvoicePaymentListParams.builder()
                .setInvoice(invoiceId)
                .setStatus(InvoicePaymentListParams.Status.PAID)
                .setLimit(MOST)
                .build();
        return calls.read(
                        "invoice_payment.list",
                        (stripe, options) -> json(stripe.v1().invoicePayments().list(params, options)))
                .map(answer -> StripeProblems.present(answer)
                        .map(StripeMoneyBack::paid)
                        .orElse(List.of()));
    }

    /** One payment of an invoice. */
    record Paid(String paymentIntent, long amount) {}

    private static List<Paid> paid(JsonNode page) {
        return page.path("data")
                .valueStream()
                .filter(one -> StripeJson.id(one.get("payment"), "payment_intent") != null)
                .map(one -> {
                    Long amount = StripeJson.number(one, "amount_paid");
                    return new Paid(
                            String.valueOf(StripeJson.id(one.get("payment"), "payment_intent")),
                            amount == null ? 0 : amount);
                })
                .toList();
    }

    /** The refunds of a payment, the newest first, whoever made them. */
    Mono<List<JsonNode>> refunds(String paymentIntent) {
        var params = RefundListParams.builder()
                .setPaymentIntent(paymentIntent)
                .setLimit(MOST)
                .build();
        return calls.read(
                        "refund.list",
                        (stripe, options) -> json(stripe.v1().refunds().list(params, options)))
                .map(answer -> StripeProblems.present(answer)
                        .map(page -> page.path("data").valueStream().toList())
                        .orElse(List.of()));
    }

    /** One refund, whoever made it; empty where Stripe has it no more. */
    Mono<JsonNode> refund(String id) {
        return calls.inBackground()
                .read(
                        "refund.retrieve",
                        (stripe, options) -> json(stripe.v1().refunds().retrieve(id, options)))
                .flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)));
    }

    /** {@code key} is the refund's own: asked twice it is made once. */
    Mono<StripeResult<JsonNode>> refund(InvoiceRefund refund, String paymentIntent) {
        var params = RefundCreateParams.builder()
                .setPaymentIntent(paymentIntent)
                .setAmount(refund.rest())
                .setReason(reason(refund.reason()))
                .putMetadata("invoice_id", refund.invoiceId())
                .putMetadata(OUR_ID, refund.id().toString())
                .putMetadata("env", environment)
                .build();
        ExpectedValues asked = ExpectedValues.of("currency", refund.money().currency())
                .and("amount", refund.rest())
                .and("payment_intent", paymentIntent);
        return calls.write(
                        "invoice.refund",
                        refund.key(),
                        (stripe, options) -> stripe.v1().refunds().create(params, options),
                        asked)
                .map(answer -> answer.map(StripeMoneyBack::json));
    }

    private static RefundCreateParams.@Nullable Reason reason(@Nullable String reason) {
        return reason == null ? null : RefundCreateParams.Reason.valueOf(reason.toUpperCase(Locale.ROOT));
    }

    static <T extends StripeObject> JsonNode json(T answer) {
        return StripeJson.read(answer.getLastResponse().body().getBytes(StandardCharsets.UTF_8));
    }
}
