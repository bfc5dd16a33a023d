package io.tillstream.subscription.invoice;

import com.stripe.param.InvoiceCreatePreviewParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.InvoicePayParams;
import com.stripe.param.InvoiceRetrieveParams;
import io.tillstream.stripe.ExpectedValues;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What Stripe says now of invoices. */
@Component
class StripeInvoices {

    private static final long NEWEST = 100; // one page: more than a period has

    private final StripeCalls calls;

    StripeInvoices(StripeCalls calls) {
        this.calls = calls;
    }

    /** With the secret to pay it by, which is to go to its owner and nowhere else. */
    Mono<StripeResult<JsonNode>> one(String id) {
        var params =
                InvoiceRetrieveParams.builder().addExpand("confirmation_secret").build();
        return calls.read(
                "invoice.retrieve",
                (stripe, options) -> json(stripe.v1()
                        .invoices()
                        .retrieve(id, params, options)
                        .getLastResponse()
                        .body()));
    }

    /** Those of a subscription, the newest first. */
    Mono<StripeResult<JsonNode>> of(String stripeSubscriptionId) {
        var params = InvoiceListParams.builder()
                .setSubscription(stripeSubscriptionId)
                .setLimit(NEWEST)
                .build();
        return calls.read(
                "invoice.list",
                (stripe, options) -> json(stripe.v1()
                        .invoices()
                        .list(params, options)
                        .getLastResponse()
                        .body()));
    }

    /** Pays it now, while its user is there to be asked by the bank; {@code request} names this one try. */
    Mono<StripeResult<JsonNode>> pay(Invoice invoice, @Nullable String paymentMethodId, Object request) {
        var params = InvoicePayParams.builder().setOffSession(false).addExpand("confirmation_secret");
        if (paymentMethodId != null) {
            params.setPaymentMethod(paymentMethodId);
        }
        return calls.write(
                        "invoice.pay",
                        request,
                        (stripe, options) -> stripe.v1().invoices().pay(invoice.id(), params.build(), options),
                        ExpectedValues.of("id", invoice.id())
                                .and("currency", invoice.bill().amounts().currency()))
                .map(answer -> answer.map(made -> json(made.getLastResponse().body())));
    }

    /** The next invoice of a subscription; refused where none is to come. */
    Mono<StripeResult<JsonNode>> preview(String stripeSubscriptionId) {
        var params = InvoiceCreatePreviewParams.builder()
                .setSubscription(stripeSubscriptionId)
                .build();
        return calls.read(
                "invoice.create_preview",
                (stripe, options) -> json(stripe.v1()
                        .invoices()
                        .createPreview(params, options)
                        .getLastResponse()
                        .body()));
    }

    private static JsonNode json(String body) {
        return StripeJson.read(body.getBytes(StandardCharsets.UTF_8));
    }
}
