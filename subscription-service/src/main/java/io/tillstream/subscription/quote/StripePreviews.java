package io.tillstream.subscription.quote;

import com.stripe.param.InvoiceCreatePreviewParams;
import com.stripe.param.InvoiceCreatePreviewParams.SubscriptionDetails;
import io.tillstream.stripe.ExpectedValues;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.catalog.PriceMissingAtStripeException;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.subscription.StripeSubscriptionState;
import io.tillstream.web.Problem;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Stripe reckons what a change would invoice, and changes nothing. */
@Component
class StripePreviews {

    private final StripeCalls calls;

    StripePreviews(StripeCalls calls) {
        this.calls = calls;
    }

    /** Of the same change as {@code ChangeRequest} makes, so with the same parameters. */
    Mono<Preview> of(
            StripeSubscriptionState snapshot,
            StripeSubscriptionState.Item item,
            ChangeTarget target,
            long prorationDate) {
        var details = SubscriptionDetails.builder()
                .addItem(SubscriptionDetails.Item.builder()
                        .setId(item.id())
                        .setPrice(target.priceId())
                        .setQuantity((long) target.quantity())
                        .build())
                .setProrationBehavior(SubscriptionDetails.ProrationBehavior.ALWAYS_INVOICE)
                .setProrationDate(prorationDate)
                .build();
        var params = InvoiceCreatePreviewParams.builder()
                .setSubscription(snapshot.id())
                .setSubscriptionDetails(details)
                .build();
        return calls.read(
                        "invoice.preview",
                        (stripe, options) -> stripe.v1().invoices().createPreview(params, options),
                        ExpectedValues.of("currency", String.valueOf(snapshot.currency())))
                .map(answer -> answer.fold(
                        invoice -> Preview.of(StripeSubscriptions.json(invoice), item.periodEnd()),
                        no -> {
                            throw new IllegalStateException("Preview declined: " + no);
                        },
                        no -> {
                            throw PriceMissingAtStripeException.isTold(no)
                                    ? new PriceMissingAtStripeException(
                                            target.plan().id())
                                    : refused(no);
                        }));
    }

    private static Problem refused(StripeResult.Refused<?> no) {
        return StripeProblems.told(
                no, Problem.conflict("change-refused", "Stripe does not allow this change: " + no.code() + "."));
    }
}
